"""Report, results, drawings and languages into a Page: every decision of the templates is taken here."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from generator.pages.blocks import NOTHING, Detail
from generator.pages.figure_page import Built, examples_of, figure_of
from generator.pages.footnotes import spread
from generator.pages.page import Link, MethodCard, Page, PageSection, ShownFigure, ShownQuestion
from generator.pages.reader import Reader
from generator.prose.numbers import FIGURE_MARK
from generator.spec.grammar import Author, Question
from generator.spec.report import Report
from generator.text import Passage, Prose, Text

MARK = re.compile(re.escape(FIGURE_MARK).replace(r"\{\}", r"([\w-]+)"))
NBSP = "\u00a0"
BOTH = "both"  # the folder of the page with both languages

Figures = Mapping[str, ShownFigure]
Answer = tuple[Passage | ShownFigure, ...]


@dataclass(frozen=True)
class Imprint:
    """What stands around the report: its foot by a key of the words (`model`, `data`, `versions` …), its other forms.

    `downloads` has the names of these by the suffix of their files, `sections` is what stands after the questions.
    """

    foot: Mapping[str, str | Text]
    downloads: Mapping[str, str] = field(default_factory=dict)
    sections: tuple[PageSection, ...] = ()


def figure_numbers(report: Report) -> Mapping[str, int]:
    """The number of every figure, counted through the report in the order of the spec."""
    figures = (figure.id for question in report.questions for figure in question.figures)
    return {name: number for number, name in enumerate(figures, 1)}


def assemble(report: Report, built: Mapping[str, Built], reader: Reader, imprint: Imprint) -> Page:
    """The page in the reader's languages; figures that are not in `built` are left out with their place."""
    examples = examples_of({name: figure.result for name, figure in built.items()})
    figures = {name: figure_of(figure, reader, examples) for name, figure in built.items()}
    asked = tuple(_questions(report.questions, figures, reader))
    cards = tuple(_cards(list(built.values()), figures, reader))
    return Page(
        words=reader.words,
        title=reader.text(report.title),
        author=tuple(_title_block(report.author, reader)),
        switch=tuple(_switch(reader)),
        contents={language: tuple(_contents(asked, imprint, reader, language)) for language in reader.words.languages},
        questions=asked,
        sections=imprint.sections,
        methods=cards,
        foot=tuple(Detail(reader.words(f"foot.{key}"), Text.of(value)) for key, value in imprint.foot.items()),
        downloads=tuple(
            Link(Text.of(name), f"report.{language}.{suffix}", language)
            for language in reader.words.languages
            for suffix, name in imprint.downloads.items()
        ),
        description=reader.words(
            "page.description", figures=len(figures), methods=reader.words.listed(card.title for card in cards)
        ),
    )


def _title_block(author: Author, reader: Reader) -> Iterator[Detail]:
    """The bold line at the end edge; a piece that is left out is not shown empty."""
    for key in ("student_id", "department", "name"):
        text: Text = getattr(author, key)
        if text:
            yield Detail(reader.words(f"title.{key}"), reader.text(text))


def _switch(reader: Reader) -> Iterator[Link]:
    """Every language by its own name, then all of them side by side where there are two."""
    for language, words in reader.words.by_language.items():
        yield Link(Text.of(words("language.name")), f"{language}/index.html", language)
    if len(reader.words.languages) == 2:
        yield Link(reader.words("language.both"), f"{BOTH}/index.html")


def _questions(questions: Sequence[Question], figures: Figures, reader: Reader) -> Iterator[ShownQuestion]:
    """The questions with their answers in each language."""
    said = [reader.answered(question.answer) for question in questions]
    answers = {language: _answers(questions, said, figures, language) for language in reader.words.languages}
    for number, question in enumerate(questions, 1):
        yield ShownQuestion(
            id=question.id,
            number=number,
            title=reader.text(question.title),
            points=_points(question.points, reader),
            prompt=reader.prose(question.prompt),
            collaborators=_collaborators(question.collaborators, reader),
            answers={language: own[number - 1] for language, own in answers.items()},
        )


def _points(points: float | None, reader: Reader) -> Text:
    if points is None:
        return NOTHING
    several = reader.words("question.points.other", n=f"{points:g}")
    return reader.words.known("question.points.one", several, n=f"{points:g}") if points == 1 else several


def _collaborators(names: Sequence[Text] | None, reader: Reader) -> Text:
    """The line in brackets; an empty list says that nobody helped, None asks for no line."""
    if names is None:
        return NOTHING
    listed = reader.words.joined(map(reader.text, names)) or reader.words("question.nobody")
    return reader.words("question.collaborators", names=listed)


def _answers(questions: Sequence[Question], said: Sequence[Prose], figures: Figures, language: str) -> list[Answer]:
    """Every figure once: where the first answer places it, else after the answer of its own question."""
    passages = [prose[language] or Passage("", language) for prose in said]
    places = dict(reversed([(name, n) for n, one in enumerate(passages) for name in MARK.findall(one.source)]))
    answers = []
    for number, (question, passage) in enumerate(zip(questions, passages, strict=True)):
        here = [name for name, place in places.items() if place == number and name in figures]
        follow = [figure.id for figure in question.figures if figure.id not in places and figure.id in figures]
        answers.append((*_cut(passage, question.id, here, figures), *(figures[name] for name in follow)))
    return answers


def _cut(passage: Passage, name: str, here: Sequence[str], figures: Figures) -> Iterator[Passage | ShownFigure]:
    """The passage of the question `name` cut at the figures that it places."""
    left, pieces = list(here), MARK.split(passage.source)
    pieces[::2] = spread(pieces[::2], name)
    for position, piece in enumerate(pieces):
        if position % 2 == 0 and piece.strip():
            yield Passage(piece.strip("\n"), passage.language)
        elif piece in left:
            left.remove(piece)
            yield figures[piece]


def _contents(questions: Sequence[ShownQuestion], imprint: Imprint, reader: Reader, language: str) -> Iterator[Link]:
    """The questions with their figures in the order of a language, the sections, and what stands at the end."""
    for question in questions:
        figures = (block for block in question.answer(language) if isinstance(block, ShownFigure))
        children = tuple(Link(figure.label + NBSP + figure.title, f"#{figure.anchor}") for figure in figures)
        title = reader.words("question.contents", n=question.number, title=question.title)
        yield Link(title, f"#{question.anchor}", children=children)
    yield from (Link(section.title, f"#{section.anchor}") for section in imprint.sections)
    yield Link(reader.words("page.methods"), "#methods")
    yield Link(reader.words("page.foot"), "#foot")


def _cards(built: Sequence[Built], figures: Figures, reader: Reader) -> Iterator[MethodCard]:
    """A card for each method in the order of its first figure; what it cost is counted over all of them."""
    for name in dict.fromkeys(figure.result.method for figure in built):
        own = [figure for figure in built if figure.result.method == name]
        method, words = own[0].method, reader.words
        passes = sum(figure.result.model_passes for figure in own)
        uses = [figures[figure.result.id] for figure in own]
        access = Detail(words("method.access"), words(f"access.{method.access}"))
        yield MethodCard(
            method=name,
            title=reader.method_title(method),
            summary=reader.method_summary(method),
            paper=method.paper,
            uses=tuple(Link(figure.label, f"#{figure.anchor}") for figure in uses),
            details=(access, Detail(words("method.passes"), Text.of(f"{passes:,}"))) if passes else (access,),
        )
