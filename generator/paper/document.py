"""The PDF's document as values for the Typst template: one Page, or the same in several languages block by block.

A figure stands once, with its words in every language; prose follows in the order of the languages.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import zip_longest
from types import MappingProxyType
from typing import Any

from generator.pages.page import (
    Block,
    Body,
    Cell,
    ColourKey,
    Image,
    LightLine,
    Matrix,
    MatrixRow,
    MethodCard,
    Page,
    PageSection,
    PictureGrid,
    PictureRows,
    Prose,
    Row,
    Sheet,
    ShownFigure,
    ShownQuestion,
    Subsection,
    Table,
)
from generator.paper.equations import Node
from generator.paper.text_nodes import Said, Tongues, breakable, one_line, zipped
from generator.words import Words

Figures = Mapping[str, ShownFigure]

HEAD = 56  # characters of the title in the running head
REGIONS: Mapping[str, str] = MappingProxyType({"zh-hant": "tw", "zh": "tw", "zh-hans": "cn"})
WIDE = frozenset({"zh", "ja", "ko"})


def document(pages: Sequence[Page]) -> Node:
    """Everything the template prints, in its order."""
    tongues = Tongues(tuple(page.words for page in pages))
    content = list(_blocks(pages, tongues))
    return {
        "languages": {language: _language(language) for language in tongues.languages},
        "colons": {page.language: page.words("punctuation.colon") for page in pages},
        "first": tongues.languages[0],
        "title": tongues.say(page.title for page in pages),
        "meta": _meta(pages),
        "author": [_signature(page) for page in pages if page.author],
        "head": _running_head(pages[0]),
        "contents": tongues.word("page.contents"),
        "anchors": sorted({block["anchor"] for block in content if block.get("anchor")}),
        "blocks": content,
    }


def _language(code: str) -> Node:
    """A BCP 47 code as Typst takes it: without its region, Chinese would get Simplified words and punctuation."""
    first, *rest = code.lower().split("-")
    region = REGIONS.get(code.lower()) or next((part for part in rest if len(part) == 2), None)
    return {"lang": first, "region": region, "wide": first in WIDE}


def _meta(pages: Sequence[Page]) -> Node:
    """Metadata of the file: the last piece of the title block is whose it is."""
    author = one_line(page.author[-1].value for page in pages if page.author)
    description = one_line(page.description for page in pages)
    return {"title": one_line(page.title for page in pages), "author": author, "description": description}


def _signature(page: Page) -> Node:
    """The title block in one language, each piece on its own."""
    colon = page.words("punctuation.colon")
    return {"lang": page.language, "pieces": [breakable(one.label + colon + one.value) for one in page.author]}


def _running_head(page: Page) -> Node:
    """Who on the left, what on the right, each on one line."""
    title = " ".join(page.title.split())
    who = "　".join(piece.value for piece in (page.author[:1] + page.author[1:][-1:]))
    shortened = title if len(title) <= HEAD else title[: HEAD - 1] + "…"
    return {"who": breakable(who[:HEAD]), "title": breakable(shortened)}


def _blocks(pages: Sequence[Page], tongues: Tongues) -> Iterator[Node]:
    catalogue = [{one.id: one for one in page.figures} for page in pages]
    for questions in zipped(pages, lambda page: page.questions):
        yield from _question(questions, tongues)
        yield from _answer([one.answer for one in questions], catalogue, tongues)
    for sections in zipped(pages, lambda page: page.sections):
        yield from _section(sections, tongues)
    yield from _methods(pages, tongues)
    if pages[0].foot:
        yield _heading(1, "foot", tongues.word("page.foot"))
        yield {"kind": "facts", "details": tongues.details([page.foot for page in pages])}


def _heading(level: int, anchor: str, text: Said) -> Node:
    return {"kind": "heading", "level": level, "anchor": anchor, "text": text}


def _question(parallel: Sequence[ShownQuestion], tongues: Tongues) -> Iterator[Node]:
    """The number, title and points, the prompt, and who helped."""
    first = parallel[0]
    number = tongues.words[0]("question.number", n=first.number)
    points = tongues.say(one.points for one in parallel)
    heading = _heading(1, first.anchor, tongues.say(one.title for one in parallel))
    yield {**heading, "number": number, "points": points}
    prompt = tongues.prose(one.prompt for one in parallel)
    if prompt:
        yield {"kind": "prose", "style": "prompt", "prose": prompt}
    collaborators = tongues.say(one.collaborators for one in parallel)
    if collaborators:
        yield {"kind": "line", "text": collaborators}


def _answer(answers: Sequence[Sequence[Block]], catalogue: Sequence[Figures], tongues: Tongues) -> Iterator[Node]:
    """The answers run beside each other from figure to figure, in the order of the first."""
    lead = tongues.word("question.answer")
    order = _order(answers[0])
    stretches = [_stretches(answer, order) for answer in answers]
    for texts, name in zip_longest(zip(*stretches, strict=True), order):
        yield {"kind": "prose", "style": "answer", "lead": lead, "prose": tongues.prose(texts)}
        lead = []
        if name is not None:
            yield figure([figures.get(name, catalogue[0][name]) for figures in catalogue], tongues)


def _order(answer: Sequence[Block]) -> list[str]:
    return [block.id for block in answer if isinstance(block, ShownFigure)]


def _stretches(answer: Sequence[Block], order: list[str]) -> list[Prose | None]:
    """The prose before each figure and after the last; all of it after the last where the order is another one."""
    alike = _order(answer) == order
    pieces: list[list[Prose]] = [[]]
    for block in answer:
        if isinstance(block, Prose):
            pieces[-1].append(block)
        elif alike:
            pieces.append([])
    missing: list[list[Prose]] = [[] for _ in range(len(order) + 1 - len(pieces))]
    return [_joined(piece) for piece in missing + pieces]


def _joined(piece: list[Prose]) -> Prose | None:
    return Prose("\n\n".join(one.source for one in piece), piece[0].language) if piece else None


def _section(parallel: Sequence[PageSection], tongues: Tongues) -> Iterator[Node]:
    yield _heading(1, parallel[0].anchor, tongues.say(one.title for one in parallel))
    yield from _passages(parallel, tongues, 2)


def _passages(parallel: Sequence[PageSection | Subsection], tongues: Tongues, level: int) -> Iterator[Node]:
    """Words, tables and pictures under a heading; what is folded on a screen is open on paper."""
    for blocks in zipped(parallel, lambda one: one.blocks):
        first = blocks[0]
        if isinstance(first, Prose):
            prose = tongues.prose(block for block in blocks if isinstance(block, Prose))
            yield {"kind": "prose", "style": "plain", "lead": [], "prose": prose}
        elif isinstance(first, Subsection):
            parts = [block for block in blocks if isinstance(block, Subsection)]
            yield _heading(level, first.anchor, tongues.say(one.title for one in parts))
            yield from _passages(parts, tongues, level + 1)
        else:
            shown = [block for block in blocks if not isinstance(block, Prose | Subsection)]
            yield {"kind": "body", "body": body(shown, tongues)}


def _methods(pages: Sequence[Page], tongues: Tongues) -> Iterator[Node]:
    if pages[0].methods:
        yield _heading(1, "methods", tongues.word("page.methods"))
    for cards in zipped(pages, lambda page: page.methods):
        yield _heading(2, cards[0].anchor, tongues.say(one.title for one in cards))
        yield _card(cards, tongues)


def _card(parallel: Sequence[MethodCard], tongues: Tongues) -> Node:
    """What a method is and where it comes from, with links to its figures."""
    uses = [
        {"href": same[0].href, "text": tongues.say(one.title for one in same)}
        for same in zipped(parallel, lambda one: one.uses)
    ]
    return {
        "kind": "card",
        "summary": tongues.say(one.summary for one in parallel),
        "paper": {"label": tongues.word("method.paper"), "text": breakable(parallel[0].paper)},
        "details": tongues.details([one.details for one in parallel]),
        "uses": {"label": tongues.word("method.uses"), "links": uses},
    }


def figure(parallel: Sequence[ShownFigure], tongues: Tongues) -> Node:
    """A figure with its captions, legend, bodies and what stands below it."""
    return {
        "kind": "figure",
        "anchor": parallel[0].anchor,
        "captions": [_caption(one, words) for one, words in zip(parallel, tongues.words, strict=True)],
        "legend": _legend([f.legend for f in parallel if f.legend], tongues),
        "bodies": [body(same, tongues) for same in zipped(parallel, lambda f: f.bodies)],
        "details": tongues.details([f.details for f in parallel]),
        "remarks": [tongues.say(same) for same in zipped(parallel, lambda f: f.remarks)],
        "evidence": [_evidence(same, tongues) for same in zipped(parallel, lambda f: f.evidence)],
        "failure": tongues.say(f.failure for f in parallel),
    }


def _caption(one: ShownFigure, words: Words) -> Node:
    """Number and caption, or the title where there is none."""
    said = Tongues((words,)).prose([one.caption])
    label = one.label + words("figure.gap")
    return {"lang": words.language, "label": label, "title": "" if said else one.title, "prose": said}


def _evidence(parallel: Sequence[LightLine], tongues: Tongues) -> Node:
    return {
        "light": parallel[0].light,
        "word": tongues.say(one.light_word for one in parallel),
        "name": tongues.say(one.name for one in parallel),
        "sentence": tongues.say(one.sentence for one in parallel),
        "numbers": tongues.say(one.numbers for one in parallel),
    }


def _legend(parallel: Sequence[ColourKey], tongues: Tongues) -> Node | None:
    if not parallel:
        return None
    return {
        "title": tongues.say(" · ".join(filter(None, (one.title, one.note))) for one in parallel),
        "low": parallel[0].low,
        "high": parallel[0].high,
        "signed": parallel[0].signed,
        "below": tongues.say(one.below for one in parallel),
        "above": tongues.say(one.above for one in parallel),
        "bar": image([one.bar for one in parallel if one.bar]),
    }


def image(parallel: Sequence[Image]) -> Node | None:
    """A picture that is the same in every language, with the alternative texts of all."""
    if not parallel:
        return None
    first = parallel[0]
    alt = one_line(one.alt for one in parallel)
    return {"name": first.name, "alt": alt, "width": first.width, "height": first.height, "smooth": _smooth(first)}


def _smooth(picture: Image) -> bool:
    """Whether it is a drawing; photographs and maps keep their pixels."""
    return picture.role == "chart"


def _images(parallel: Sequence[Sequence[Image]]) -> list[Node | None]:
    return [image(same) for same in zip(*parallel, strict=True)]


def body(parallel: Sequence[Body], tongues: Tongues) -> Node:
    """A body of a figure, by its kind."""
    made = BODIES[type(parallel[0])](parallel, tongues)
    return {**made, "heading": tongues.say(one.heading for one in parallel)}


def _rows(parallel: Sequence[PictureRows], tongues: Tongues) -> Node:
    panels = [tongues.say(same) for same in zipped(parallel, lambda one: one.panels)]
    rows = [_row(same, tongues) for same in zipped(parallel, lambda one: one.rows)]
    return {"kind": "rows", "head": tongues.word("matrix.label"), "panels": panels, "rows": rows}


def _row(parallel: Sequence[Row], tongues: Tongues) -> Node:
    return {
        "label": tongues.say(one.label for one in parallel),
        "probability": parallel[0].probability,
        "index": tongues.word("figure.image", index=parallel[0].index),
        "prediction": tongues.filled("figure.predicted", "prediction", (one.prediction for one in parallel)),
        "target": tongues.filled("figure.target", "target", (one.target for one in parallel)),
        "images": _images([one.images for one in parallel]),
        "remark": tongues.say(one.remark for one in parallel),
        "details": tongues.details([one.details for one in parallel]),
        "note": tongues.prose(one.note for one in parallel),
    }


def _grid(parallel: Sequence[PictureGrid], tongues: Tongues) -> Node:
    cells = [_cell(same, tongues) for same in zipped(parallel, lambda one: one.cells)]
    face = image([one.face for one in parallel if one.face])
    return {"kind": "grid", "columns": parallel[0].columns, "cells": cells, "face": face}


def _cell(parallel: Sequence[Cell], tongues: Tongues) -> Node:
    short = tongues.say(one.short for one in parallel)
    return {"short": short, "images": _images([one.images for one in parallel]), "dead": bool(parallel[0].remark)}


def _sheet(parallel: Sequence[Sheet], tongues: Tongues) -> Node:
    """A chart in each language, once where it has no words."""
    different = {one.image.name: one.image for one in parallel}
    return {"kind": "sheet", "images": [image([picture]) for picture in different.values()]}


def _matrix(parallel: Sequence[Matrix], tongues: Tongues) -> Node:
    """The confusion matrix: a count and a share in each cell, totals and recall behind, precision below."""
    first = parallel[0]
    return {
        "kind": "matrix",
        "corner": tongues.say(one.corner for one in parallel),
        "classes": [tongues.say(same) for same in zipped(parallel, lambda one: one.classes)],
        "total": tongues.word("matrix.n"),
        "recall": tongues.word("matrix.recall"),
        "rows": [_matrix_row(same, tongues) for same in zipped(parallel, lambda one: one.rows)],
        "below": tongues.word("matrix.precision"),
        "precision": list(first.precision),
        "notes": [tongues.say(one.share_of for one in parallel), tongues.say(one.summary for one in parallel)],
    }


def _matrix_row(parallel: Sequence[MatrixRow], tongues: Tongues) -> Node:
    first = parallel[0]
    cells = [
        {"count": f"{cell.count:,}", "share": cell.share, "percent": cell.percent, "diagonal": cell.diagonal}
        for cell in first.cells
    ]
    head = tongues.say(one.head for one in parallel)
    return {"head": head, "cells": cells, "total": f"{first.total:,}", "recall": first.recall}


def _table(parallel: Sequence[Table], tongues: Tongues) -> Node:
    lines = zipped(parallel, lambda one: one.rows)
    return {
        "kind": "table",
        "head": [tongues.say(same) for same in zipped(parallel, lambda one: one.head)],
        "rows": [[tongues.say(same) for same in zip(*line, strict=True)] for line in lines],
        "lights": [list(line) for line in parallel[0].lights],
        "images": _images([one.images for one in parallel]),
    }


BODIES: Mapping[type, Callable[[Any, Tongues], Node]] = MappingProxyType(
    {PictureRows: _rows, PictureGrid: _grid, Sheet: _sheet, Matrix: _matrix, Table: _table}
)
