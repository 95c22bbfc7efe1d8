"""The forms in which a report is published, all from one page: pages of HTML, Markdown and PDF.

A further form is a function here and its entry in `FORMS`, and its name in `build_options.FORMATS`.
"""

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from generator.pages import html_page, markdown_page
from generator.pages.assembly import BOTH
from generator.pages.page import Page

Files = Iterator[tuple[str, bytes | str]]


@dataclass(frozen=True)
class Print:
    """What a form is made from: the page, the files of figures/ by name, and where templates are looked for.

    With an open `model` there is less memory.
    """

    page: Page
    pictures: Mapping[str, bytes]
    folders: tuple[Path, ...]
    model: bool

    @property
    def languages(self) -> tuple[str, ...]:
        return self.page.words.languages


@dataclass(frozen=True)
class PublishedForm:
    """`files` of the site by their path; `download` is what pages call `report.<language>.<name of the form>`."""

    files: Callable[[Print], Files]
    download: str = ""


def html(of: Print) -> Files:
    """A page a language, the first one also at the root, and one with both where there are two."""
    yield "index.html", html_page.html(of.page, of.languages[0], "", of.folders)
    for language in of.languages:
        yield f"{language}/index.html", html_page.html(of.page, language, folders=of.folders)
    if len(of.languages) == 2:
        yield f"{BOTH}/index.html", html_page.side_by_side(of.page, folders=of.folders)


def pdf(of: Print) -> Files:
    """One a language, and one with all of them where there are several."""
    from generator.paper.pdf import pdf  # here: Typst is not needed for the other forms

    asked: dict[str, tuple[str, ...]] = {f"report.{language}.pdf": (language,) for language in of.languages}
    if len(of.languages) > 1:
        asked["report.pdf"] = of.languages
    with ThreadPoolExecutor(1 if of.model else len(asked)) as pool:  # Typst holds no lock of Python's
        made = pool.map(lambda languages: pdf(of.page, languages, of.pictures, of.folders), asked.values())
        yield from zip(asked, made, strict=True)


def markdown(of: Print) -> Files:
    """One a language."""
    for language in of.languages:
        yield f"report.{language}.md", markdown_page.markdown(of.page, language, of.folders)


FORMS: Mapping[str, PublishedForm] = {
    "html": PublishedForm(html),
    "pdf": PublishedForm(pdf, "PDF"),
    "md": PublishedForm(markdown, "Markdown"),
}
