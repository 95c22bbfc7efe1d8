"""The PDF's document as values for the Typst template: a Page in one language or in several, block by block.

A figure stands once, with its words in every language; prose follows in the order of the languages.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from generator.pages.page import (
    SILENCE,
    Body,
    ColourKey,
    Image,
    Matrix,
    MatrixRow,
    MethodCard,
    Page,
    PageSection,
    PictureGrid,
    PictureRows,
    Row,
    Sheet,
    ShownFigure,
    ShownQuestion,
    Table,
)
from generator.paper.equations import Node
from generator.paper.text_nodes import Said, Tongues, breakable
from generator.text import Prose, Text

HEAD = 56  # characters of the title in the running head
REGIONS: Mapping[str, str] = MappingProxyType({"zh-hant": "tw", "zh": "tw", "zh-hans": "cn"})
WIDE = frozenset({"zh", "ja", "ko"})


def document(page: Page, languages: Sequence[str]) -> Node:
    """Everything the template prints, in its order."""
    tongues = Tongues(tuple(languages), page.words)
    content = list(_blocks(page, tongues))
    colon = page.words("punctuation.colon")
    return {
        "languages": {language: _language(language) for language in languages},
        "colons": {language: colon[language] for language in languages},
        "first": languages[0],
        "title": tongues.say(page.title),
        "meta": {
            "title": tongues.one_line(page.title),
            "author": tongues.one_line(page.author[-1].value) if page.author else "",
            "description": tongues.one_line(page.description),
        },
        "author": [_signature(page, language) for language in languages if page.author],
        "head": _running_head(page, languages[0]),
        "contents": tongues.word("page.contents"),
        "anchors": sorted({block["anchor"] for block in content if block.get("anchor")}),
        "blocks": content,
    }


def _language(code: str) -> Node:
    """A BCP 47 code as Typst takes it: without its region, Chinese would get Simplified words and punctuation."""
    first, *rest = code.lower().split("-")
    region = REGIONS.get(code.lower()) or next((part for part in rest if len(part) == 2), None)
    return {"lang": first, "region": region, "wide": first in WIDE}


def _signature(page: Page, language: str) -> Node:
    """The title block in one language, each piece on its own; the last is whose report it is."""
    pieces = [one.label + page.words("punctuation.colon") + one.value for one in page.author]
    return {"lang": language, "pieces": [breakable(piece[language]) for piece in pieces]}


def _running_head(page: Page, language: str) -> Node:
    """Who on the left, what on the right, each on one line."""
    title = " ".join(page.title[language].split())
    who = "　".join(piece.value[language] for piece in (page.author[:1] + page.author[1:][-1:]))
    shortened = title if len(title) <= HEAD else title[: HEAD - 1] + "…"
    return {"who": breakable(who[:HEAD]), "title": breakable(shortened)}


def _blocks(page: Page, tongues: Tongues) -> Iterator[Node]:
    for question in page.questions:
        yield from _question(question, tongues)
        yield from _answer(question, tongues)
    for section in page.sections:
        yield _heading(1, section.anchor, tongues.say(section.title))
        yield from _passages(section, tongues, 2)
    if page.methods:
        yield _heading(1, "methods", tongues.word("page.methods"))
    for card in page.methods:
        yield _heading(2, card.anchor, tongues.say(card.title))
        yield _card(card, tongues)
    if page.foot:
        yield _heading(1, "foot", tongues.word("page.foot"))
        yield {"kind": "facts", "details": tongues.details(page.foot)}


def _heading(level: int, anchor: str, text: Said) -> Node:
    return {"kind": "heading", "level": level, "anchor": anchor, "text": text}


def _question(question: ShownQuestion, tongues: Tongues) -> Iterator[Node]:
    """The number, title and points, the prompt, and who helped."""
    number = tongues.words("question.number", n=question.number)[tongues.languages[0]]
    heading = _heading(1, question.anchor, tongues.say(question.title))
    yield {**heading, "number": number, "points": tongues.say(question.points)}
    prompt = tongues.prose(question.prompt)
    if prompt:
        yield {"kind": "prose", "style": "prompt", "prose": prompt}
    collaborators = tongues.say(question.collaborators)
    if collaborators:
        yield {"kind": "line", "text": collaborators}


def _answer(question: ShownQuestion, tongues: Tongues) -> Iterator[Node]:
    """Prose, be it empty, before each figure and after the last; the first has a word that leads it in."""
    lead, prose = tongues.word("question.answer"), SILENCE
    for block in (*question.answer(*tongues.languages), None):
        if isinstance(block, Prose):
            prose = block
            continue
        yield {"kind": "prose", "style": "answer", "lead": lead, "prose": tongues.prose(prose)}
        lead, prose = [], SILENCE
        if block is not None:
            yield figure(block, tongues)


def _passages(of: PageSection, tongues: Tongues, level: int) -> Iterator[Node]:
    """Words, tables and pictures under a heading; what is folded on a screen is open on paper."""
    for block in of.blocks:
        if isinstance(block, Prose):
            yield {"kind": "prose", "style": "plain", "lead": [], "prose": tongues.prose(block)}
        elif isinstance(block, PageSection):
            yield _heading(level, block.anchor, tongues.say(block.title))
            yield from _passages(block, tongues, level + 1)
        else:
            yield {"kind": "body", "body": body(block, tongues)}


def _card(card: MethodCard, tongues: Tongues) -> Node:
    """What a method is and where it comes from, with links to its figures."""
    return {
        "kind": "card",
        "summary": tongues.say(card.summary),
        "paper": {"label": tongues.word("method.paper"), "text": breakable(card.paper)},
        "details": tongues.details(card.details),
        "uses": {
            "label": tongues.word("method.uses"),
            "links": [{"href": link.href, "text": tongues.say(link.title)} for link in card.uses],
        },
    }


def figure(shown: ShownFigure, tongues: Tongues) -> Node:
    """A figure with its captions, legend, bodies and what stands below it."""
    return {
        "kind": "figure",
        "anchor": shown.anchor,
        "captions": [_caption(shown, Tongues((language,), tongues.words)) for language in tongues.languages],
        "legend": _legend(shown.legend, tongues) if shown.legend else None,
        "bodies": [body(one, tongues) for one in shown.bodies],
        "details": tongues.details(shown.details),
        "remarks": [tongues.say(remark) for remark in shown.remarks],
        "evidence": [
            {
                "light": line.light,
                "word": tongues.say(line.light_word),
                "name": tongues.say(line.name),
                "sentence": tongues.say(line.sentence),
                "numbers": tongues.say(line.numbers),
            }
            for line in shown.evidence
        ],
        "failure": tongues.say(shown.failure),
    }


def _caption(shown: ShownFigure, alone: Tongues) -> Node:
    """Number and caption in one language, or the title where there is none."""
    (language,) = alone.languages
    said = alone.prose(shown.caption)
    label = shown.label + alone.words("figure.gap")
    title = "" if said else shown.title[language]
    return {"lang": language, "label": label[language], "title": title, "prose": said}


def _legend(legend: ColourKey, tongues: Tongues) -> Node:
    return {
        "title": tongues.say(legend.title + " · " + legend.note if legend.note else legend.title),
        "low": legend.low,
        "high": legend.high,
        "signed": legend.signed,
        "below": tongues.say(legend.below),
        "above": tongues.say(legend.above),
        "bar": image(legend.bar, tongues),
    }


def image(picture: Image | None, tongues: Tongues) -> Node | None:
    """A picture with its alternative text; a drawing is smooth, photographs and maps keep their pixels."""
    if picture is None:
        return None
    size = {"width": picture.width, "height": picture.height}
    return {"name": picture.name, "alt": tongues.one_line(picture.alt), **size, "smooth": picture.role == "chart"}


def _images(pictures: Iterable[Image], tongues: Tongues) -> list[Node | None]:
    return [image(picture, tongues) for picture in pictures]


def body(shown: Body, tongues: Tongues) -> Node:
    """A body of a figure, by its kind."""
    return {**BODIES[type(shown)](shown, tongues), "heading": tongues.say(shown.heading)}


def _rows(shown: PictureRows, tongues: Tongues) -> Node:
    panels = [tongues.say(panel) for panel in shown.panels]
    rows = [_row(row, tongues) for row in shown.rows]
    return {"kind": "rows", "head": tongues.word("matrix.label"), "panels": panels, "rows": rows}


def _row(row: Row, tongues: Tongues) -> Node:
    def filled(place: str, key: str, value: Text) -> Said:
        return tongues.word(key, **{place: value}) if value else []

    return {
        "label": tongues.say(row.label),
        "probability": row.probability,
        "index": tongues.word("figure.image", index=row.index),
        "prediction": filled("prediction", "figure.predicted", row.prediction),
        "target": filled("target", "figure.target", row.target),
        "images": _images(row.images, tongues),
        "remark": tongues.say(row.remark),
        "details": tongues.details(row.details),
        "note": tongues.prose(row.note),
    }


def _grid(shown: PictureGrid, tongues: Tongues) -> Node:
    cells = [
        {"short": tongues.say(cell.short), "images": _images(cell.images, tongues), "dead": bool(cell.remark)}
        for cell in shown.cells
    ]
    return {"kind": "grid", "columns": shown.columns, "cells": cells, "face": image(shown.face, tongues)}


def _sheet(shown: Sheet, tongues: Tongues) -> Node:
    """A chart in each language, once where it has no words."""
    languages = {shown.images[language].name: language for language in tongues.languages}
    alone = {language: Tongues((language,), tongues.words) for language in languages.values()}
    return {"kind": "sheet", "images": [image(shown.images[language], one) for language, one in alone.items()]}


def _matrix(shown: Matrix, tongues: Tongues) -> Node:
    """The confusion matrix: a count and a share in each cell, totals and recall behind, precision below."""
    return {
        "kind": "matrix",
        "corner": tongues.say(shown.corner),
        "classes": [tongues.say(name) for name in shown.classes],
        "total": tongues.word("matrix.n"),
        "recall": tongues.word("matrix.recall"),
        "rows": [_matrix_row(row, tongues) for row in shown.rows],
        "below": tongues.word("matrix.precision"),
        "precision": list(shown.precision),
        "notes": [tongues.say(shown.share_of), tongues.say(shown.summary)],
    }


def _matrix_row(row: MatrixRow, tongues: Tongues) -> Node:
    cells = [
        {"count": f"{cell.count:,}", "share": cell.share, "percent": cell.percent, "diagonal": cell.diagonal}
        for cell in row.cells
    ]
    return {"head": tongues.say(row.head), "cells": cells, "total": f"{row.total:,}", "recall": row.recall}


def _table(shown: Table, tongues: Tongues) -> Node:
    return {
        "kind": "table",
        "head": [tongues.say(name) for name in shown.head],
        "rows": [[tongues.say(cell) for cell in row] for row in shown.rows],
        "lights": [list(line) for line in shown.lights],
        "images": _images(shown.images, tongues),
    }


BODIES: Mapping[type, Callable[[Any, Tongues], Node]] = MappingProxyType(
    {PictureRows: _rows, PictureGrid: _grid, Sheet: _sheet, Matrix: _matrix, Table: _table}
)
