"""What a site keeps for the one that is compared with it later: what it says, and what it rests on, image by image."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from generator.artefacts import READABLE
from generator.build.cache import key_of, source_of
from generator.build.publish import Publication
from generator.build.subject import DATA, DataSet
from generator.compare.per_image import MOST, packed, per_image
from generator.pages.page import ShownFigure, ShownQuestion
from generator.samples import UNLABELLED
from generator.text import Passage, Prose, Text, spelled


def kept(of: Publication) -> dict[str, Any]:
    """The part of the manifest that nothing but a comparison reads."""
    page, reader, classes = of.page, of.narrator.reader, of.report.classes
    rows = {int(row) for figure in of.evidence.figures.values() for row in figure.each.get("index", ())}
    return {
        "languages": list(page.words.languages),
        "title": _text(page.title),
        "classes": {one.id: _text(reader.text(one.name)) for one in classes} if len(classes) <= READABLE else {},
        "regions": {region.id: _text(reader.text(region.name)) for region in of.report.regions},
        "questions": [_question(question, page.words.languages) for question in page.questions],
        "evaluation": dict(_evaluations(of)),
        "pictures": dict(zip(map(str, sorted(rows)), _prints(of.study.subject.data, sorted(rows)), strict=True)),
    }


def _text(text: Text) -> dict[str, str]:
    return {language: spelled(one) for language, one in text.by_language.items()}


def _prose(prose: Prose) -> dict[str, str]:
    return {language: spelled(passage.source) for language, passage in prose.by_language.items()}


def _question(question: ShownQuestion, languages: Sequence[str]) -> dict[str, Any]:
    """What is answered, and how its figures are called, in every language."""
    answers = {language: question.answers[language] for language in languages}
    said = {
        language: "\n\n".join(spelled(block.source) for block in blocks if isinstance(block, Passage))
        for language, blocks in answers.items()
    }
    figures = [block for block in answers[languages[0]] if isinstance(block, ShownFigure)]
    called = [
        {"id": one.id, "label": _text(one.label), "title": _text(one.title), "caption": _prose(one.caption)}
        for one in figures
    ]
    return {"id": question.id, "title": _text(question.title), "answer": said, "figures": called}


def _evaluations(of: Publication) -> Iterator[tuple[str, dict[str, Any]]]:
    """What the first model says of each image, and any other whose confusions are shown, by the model's name."""
    shown = {model for one in of.built.values() if one.method.kind == "evaluation" for model in one.spec.model}
    for place, (name, subject) in enumerate(of.study.subjects.items()):
        evaluation = of.study.evaluation_of(subject) if not place or name in shown else None
        if evaluation is not None and 0 < len(evaluation.label) <= MOST:
            seen = [] if of.study.given_of(subject) else _prints(subject.data)
            yield name, packed(per_image(evaluation, [bytes.fromhex(one) for one in seen]))


def _prints(data: DataSet, rows: Sequence[int] | None = None) -> Sequence[str]:
    """The first bytes of the digests of images, by the rows of their file, or of all with a label; equal for equal."""
    key = key_of(prints=rows, data=data.digest, source=source_of(*DATA, "build/kept.py"))

    def look() -> list[str]:
        samples = data.samples
        every = rows is None
        asked = np.flatnonzero(samples.label != UNLABELLED) if every else samples.places(np.array(rows, np.int64))
        return [one[:4].hex() for one in samples.fingerprints(asked)]

    return [] if rows == [] else data.cache.remember(key, look)
