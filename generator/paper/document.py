"""The PDF's document as values for the Typst template: a Page in one language or in several, block by block.

A figure stands once, with its words in every language; prose follows in the order of the languages.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, fields, is_dataclass
from types import MappingProxyType
from typing import Any

from generator.pages.arrangement import arranged
from generator.pages.blocks import SILENCE, Image, Matrix, MatrixCell, MatrixRow, PictureRows, Row, Sheet
from generator.pages.hand_in import details_anchor
from generator.pages.page import ColourKey, MethodCard, Page, PageSection, ShownFigure, ShownQuestion
from generator.paper.equations import Node
from generator.paper.text_nodes import Said, Tongues
from generator.results import LightLine
from generator.text import Prose, Text
from generator.words import Interface

HEAD = 56  # characters of the title in the running head
REGIONS: Mapping[str, str] = MappingProxyType({"zh-hant": "tw", "zh": "tw", "zh-hans": "cn"})
WIDE = frozenset({"zh", "ja", "ko"})
TRADITIONAL = ("tw", "hk", "mo")
WORDS = (  # of the interface, that the template sets by itself
    *("page.contents", "page.appendix", "evidence.heading", "method.paper", "method.uses"),
    *("matrix.label", "matrix.n", "matrix.recall", "matrix.precision"),
)


def document(
    page: Page, languages: Sequence[str], speaking: Callable[[tuple[str, ...], Interface], Tongues] = Tongues
) -> Node:
    """Everything the template prints, in its order."""
    tongues = speaking(tuple(languages), page.words)
    content = list(_blocks(page, tongues))
    colon = page.words("punctuation.colon")
    pieces = [one.label + colon + one.value for one in page.author]  # unbreakable; the last is whose report it is
    signature = {language: [tongues.printed(piece[language]) for piece in pieces] for language in languages}
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
        "author": [{"lang": language, "pieces": signature[language]} for language in languages if page.author],
        "head": _running_head(page, tongues),
        "words": {key: tongues.word(key) for key in WORDS},
        "anchors": sorted({block["anchor"] for block in content if block.get("anchor")}),
        "blocks": content,
    }


def _language(code: str) -> Node:
    """A BCP 47 code as Typst takes it: without its region, Chinese would get Simplified words and punctuation.

    The font is made for Taiwan and has the forms of others by language and script; of marks alone the script is told.
    """
    first, *rest = code.lower().split("-")
    region = REGIONS.get(code.lower()) or next((part for part in rest if len(part) == 2), None)
    script = {"script": "hani"} if first in WIDE and region not in TRADITIONAL else {}
    return {"lang": first, "region": region, "wide": first in WIDE, **script}


def _running_head(page: Page, tongues: Tongues) -> Node:
    """Who on the left, what on the right, each on one line."""
    language = tongues.languages[0]
    title = " ".join(page.title[language].split())
    who = "　".join(piece.value[language] for piece in (page.author[:1] + page.author[1:][-1:]))
    shortened = title if len(title) <= HEAD else title[: HEAD - 1] + "…"
    return {"who": tongues.printed(who[:HEAD]), "title": tongues.printed(shortened)}


def _blocks(page: Page, tongues: Tongues) -> Iterator[Node]:
    for question in page.questions:
        answer = list(_answer(question, tongues))
        held = bool(answer[0]["prose"])  # the first words of an answer stand on the page of its question
        yield from ({**block, "held": held} for block in _question(question, tongues))
        yield from answer
    for section in (one for one in page.sections if one.closing):
        yield _heading(1, section.anchor, tongues.say(section.title))
        yield from _passages(section, tongues, 2)
    behind = list(_appendix(page, tongues))
    if behind:
        yield {**_heading(1, "appendix", tongues.word("page.appendix")), "apart": True}
        yield from behind


def _appendix(page: Page, tongues: Tongues) -> Iterator[Node]:
    """What stands behind the answers."""
    for section in (one for one in page.sections if not one.closing):
        yield _heading(2, section.anchor, tongues.say(section.title))
        yield from _passages(section, tongues, 3)
    if page.methods:
        yield _heading(2, "methods", tongues.word("page.methods"))
    for card in page.methods:
        yield _heading(3, card.anchor, tongues.say(card.title))
        yield {**node(card, tongues), "kind": "card"}
    if page.foot:
        yield _heading(2, "foot", tongues.word("page.foot"))
        yield {"kind": "facts", "details": node(page.foot, tongues)}


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
            yield {**node(block, tongues), "kind": "figure"}


def _passages(of: PageSection, tongues: Tongues, level: int) -> Iterator[Node]:
    """Words, tables and pictures under a heading; what is folded on a screen is open on paper."""
    for block in of.blocks:
        if isinstance(block, Prose):
            yield {"kind": "prose", "style": "plain", "lead": [], "prose": tongues.prose(block)}
        elif isinstance(block, PageSection):
            yield _heading(level, block.anchor, tongues.say(block.title))
            yield from _passages(block, tongues, level + 1)
        elif isinstance(block, LightLine):
            yield {**node(block, tongues), "kind": "light"}
        elif isinstance(block, tuple):
            yield {"kind": "settings", "details": node(block, tongues)}
        else:
            yield {"kind": "body", "body": node(block, tongues)}


def node(value: object, tongues: Tongues) -> Any:  # noqa: ANN401  a tree of JSON's types
    """A piece of the page as the template takes it: its kind and fields by their names, texts in every language."""
    if isinstance(value, Text):
        return tongues.say(value)
    if isinstance(value, Prose):
        return tongues.prose(value)
    if isinstance(value, tuple):
        return [node(one, tongues) for one in value]
    if not is_dataclass(value) or isinstance(value, type):
        return value
    own = ON_PAPER[type(value)](value, tongues) if type(value) in ON_PAPER else {}
    rest = (field.name for field in fields(value) if field.name not in own)
    return {"kind": type(value).__name__, **own, **{name: node(getattr(value, name), tongues) for name in rest}}


def _figure(figure: ShownFigure, tongues: Tongues) -> Node:
    """The captions stand together, each language's on its own lines: the number and the caption, or else the title."""
    label, captions = figure.label + tongues.words("figure.gap"), []
    for language in tongues.languages:
        said = tongues.alone(language).prose(figure.caption)
        title = "" if said else figure.title[language]
        captions.append({"lang": language, "label": label[language], "title": title, "prose": said})
    return {"anchor": figure.anchor, "further": details_anchor(figure), "caption": None, "captions": captions}


def _row(row: Row, tongues: Tongues) -> Node:
    """What only a screen can show is left out."""
    prediction = tongues.word("figure.predicted", prediction=row.prediction) if row.prediction else []
    target = tongues.word("figure.target", target=row.target) if row.target else []
    index = tongues.word("figure.image", index=row.index)
    return {"prediction": prediction, "target": target, "index": index, "face": None, "veil": None, "values": None}


def _sheet(sheet: Sheet, tongues: Tongues) -> Node:
    """A chart in each language, once where it has no words."""
    shown = {sheet.images[language].name: language for language in tongues.languages}
    alone = ((sheet.images[language], tongues.alone(language)) for language in shown.values())
    return {"images": [node(picture, one) for picture, one in alone]}


ON_PAPER: Mapping[type, Callable[[Any, Tongues], Node]] = MappingProxyType(
    {
        ShownFigure: _figure,
        ColourKey: lambda key, tongues: {"title": tongues.say(key.title + " · " + key.note if key.note else key.title)},
        Image: lambda shown, tongues: {"alt": tongues.one_line(shown.alt), "smooth": shown.role == "chart"},
        PictureRows: lambda table, _: {"arrangement": asdict(arranged(table))},
        Row: _row,
        Sheet: _sheet,
        MatrixCell: lambda cell, tongues: {"count": tongues.number(f"{cell.count:,}")},
        MatrixRow: lambda row, tongues: {
            "total": tongues.number(f"{row.total:,}"),
            "recall": tongues.number(row.recall),
        },
        Matrix: lambda matrix, tongues: {"precision": [tongues.number(share) for share in matrix.precision]},
        MethodCard: lambda card, tongues: {"paper": tongues.printed(card.paper)},
    }
)
"""What of a kind is otherwise on paper than by the names of its fields."""
