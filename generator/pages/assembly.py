"""Report, results, drawings and language into a Page: every decision of the templates is taken here.

What a page consists of stands in generator/pages/page.py; the renderers import it from there.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from generator.pages.figure_page import Built, examples_of, figure_of
from generator.pages.page import Block, Detail, Link, MethodCard, Page, PageSection, Prose, ShownFigure, ShownQuestion
from generator.pages.reader import Reader
from generator.prose.numbers import FIGURE_MARK
from generator.spec.grammar import Author, Question
from generator.text import Text

MARK = re.compile(re.escape(FIGURE_MARK).replace(r"\{\}", r"([\w-]+)"))
NBSP = "\u00a0"
BOTH = "both"  # the folder of the page with both languages


class Report(Protocol):
    """What a page tells of a spec."""

    @property
    def title(self) -> Text: ...
    @property
    def author(self) -> Author: ...
    @property
    def questions(self) -> tuple[Question, ...]: ...


@dataclass(frozen=True)
class Imprint:
    """What stands around the report: the languages of the site by their own names, the files beside it, its foot.

    `foot` has values by a key of the words (`model`, `data`, `versions` …). `downloads` are the suffixes of the
    report's other forms, `pdf` and `md`.
    """

    languages: Mapping[str, str]
    foot: Mapping[str, str]
    downloads: tuple[str, ...] = ()
    sections: tuple[PageSection, ...] = ()


def figure_numbers(report: Report) -> Mapping[str, int]:
    """The number of every figure, counted through the report in the order of the spec."""
    figures = (figure.id for question in report.questions for figure in question.figures)
    return {name: number for number, name in enumerate(figures, 1)}


def assemble(report: Report, built: Mapping[str, Built], reader: Reader, imprint: Imprint) -> Page:
    """The page in the reader's language; figures that are not in `built` are left out with their place."""
    examples = examples_of({name: figure.result for name, figure in built.items()})
    figures = {name: figure_of(figure, reader, examples) for name, figure in built.items()}
    asked = tuple(_questions(report.questions, figures, reader))
    cards = tuple(_cards(list(built.values()), figures, reader))
    return Page(
        language=reader.language,
        title=reader.text(report.title),
        author=tuple(_title_block(report.author, reader)),
        languages=tuple(_languages(imprint, reader)),
        contents=tuple(_contents(asked, imprint.sections, reader)),
        questions=asked,
        sections=imprint.sections,
        methods=cards,
        foot=tuple(Detail(reader.words(f"foot.{key}"), value) for key, value in imprint.foot.items()),
        downloads=tuple(
            Link(suffix.upper() if suffix == "pdf" else "Markdown", f"report.{reader.language}.{suffix}")
            for suffix in imprint.downloads
        ),
        words=reader.words,
        description=reader.words(
            "page.description", figures=len(figures), methods=reader.words.listed([card.title for card in cards])
        ),
    )


def _title_block(author: Author, reader: Reader) -> Iterator[Detail]:
    """The bold line at the end edge; a piece that is left out is not shown empty."""
    for key in ("student_id", "department", "name"):
        text: Text = getattr(author, key)
        if text:
            yield Detail(reader.words(f"title.{key}"), reader.text(text))


def _languages(imprint: Imprint, reader: Reader) -> Iterator[Link]:
    """Every language by its own name, then all of them side by side where there are two."""
    for language, name in imprint.languages.items():
        yield Link(name, f"{language}/index.html", language, language == reader.language)
    if len(imprint.languages) == 2:
        yield Link(reader.words("language.both"), f"{BOTH}/index.html")


def _questions(
    questions: Sequence[Question], figures: Mapping[str, ShownFigure], reader: Reader
) -> Iterator[ShownQuestion]:
    """The questions with every figure once: where the first answer places it, else after its own answer."""
    answers = [reader.prose(question.answer) for question in questions]
    places = dict(reversed([(name, n) for n, answer in enumerate(answers, 1) for name in _marks(answer)]))
    for number, (question, answer) in enumerate(zip(questions, answers, strict=True), 1):
        here = [name for name, place in places.items() if place == number]
        follow = [figure.id for figure in question.figures if figure.id not in places]
        yield ShownQuestion(
            id=question.id,
            number=number,
            title=reader.text(question.title),
            points=_points(question.points, reader),
            prompt=reader.prose(question.prompt),
            collaborators=_collaborators(question.collaborators, reader),
            answer=(*_answer(answer, here, figures), *(figures[name] for name in follow if name in figures)),
        )


def _marks(prose: Prose | None) -> list[str]:
    return MARK.findall(prose.source) if prose else []


def _points(points: float | None, reader: Reader) -> str:
    if points is None:
        return ""
    key = "question.points.one" if points == 1 and reader.words.has("question.points.one") else "question.points.other"
    return reader.words(key, n=f"{points:g}")


def _collaborators(names: Sequence[Text] | None, reader: Reader) -> str:
    """The line in brackets; an empty list says that nobody helped, None asks for no line."""
    if names is None:
        return ""
    listed = reader.joined(tuple(reader.text(name) for name in names)) or reader.words("question.nobody")
    return reader.words("question.collaborators", names=listed)


def _answer(prose: Prose | None, here: Sequence[str], figures: Mapping[str, ShownFigure]) -> Iterator[Block]:
    """The text cut at the figures that it places."""
    if prose is None:
        return
    left = [name for name in here if name in figures]
    for position, piece in enumerate(MARK.split(prose.source)):
        if position % 2 == 0 and piece.strip():
            yield Prose(piece.strip("\n"), prose.language)
        elif piece in left:
            left.remove(piece)
            yield figures[piece]


def _contents(questions: Sequence[ShownQuestion], sections: Sequence[PageSection], reader: Reader) -> Iterator[Link]:
    for question in questions:
        figures = (block for block in question.answer if isinstance(block, ShownFigure))
        children = tuple(Link(f"{figure.label}{NBSP}{figure.title}", f"#{figure.anchor}") for figure in figures)
        title = reader.words("question.contents", n=question.number, title=question.title)
        yield Link(title, f"#{question.anchor}", children=children)
    yield from (Link(section.title, f"#{section.anchor}") for section in sections)
    yield Link(reader.words("page.methods"), "#methods")
    yield Link(reader.words("page.foot"), "#foot")


def _cards(built: Sequence[Built], figures: Mapping[str, ShownFigure], reader: Reader) -> Iterator[MethodCard]:
    """A card for each method in the order of its first figure; what it cost is counted over all of them."""
    for name in dict.fromkeys(figure.result.method for figure in built):
        own = [figure for figure in built if figure.result.method == name]
        method, words = own[0].method, reader.words
        passes = sum(figure.result.model_passes for figure in own)
        uses = [figures[figure.result.id] for figure in own]
        yield MethodCard(
            method=name,
            title=reader.text(method.title),
            summary=reader.text(method.summary),
            paper=method.paper,
            uses=tuple(Link(figure.label, f"#{figure.anchor}") for figure in uses),
            details=(
                Detail(words("method.access"), words(f"access.{method.access}")),
                *((Detail(words("method.passes"), f"{passes:,}"),) if passes else ()),
            ),
        )
