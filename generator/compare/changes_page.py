"""What changed as one HTML file a language, its pictures within, in the look of the report."""

from collections.abc import Iterator, Sequence

from generator.compare.changes import Changes
from generator.compare.changes_view import ChangesView
from generator.pages.html_page import STYLES, policy_of, slim
from generator.shipped import SHIPPED
from generator.templating import Markup, page_environment, render_page
from generator.words import Interface

FOLDER = "diff"  # of a site that holds them, or where the command was called
OWN_STYLE = "css/diff.css"


def pages(changes: Changes, interface: Interface) -> Iterator[tuple[str, str]]:
    """Every page by its path: the first language at the root, each other one in a folder of its own."""
    for language, path in places(interface.languages).items():
        yield path, html(changes, interface, language, "../" * path.count("/"))


def places(languages: Sequence[str]) -> dict[str, str]:
    """Where the page of a language lies."""
    return {language: f"{language}/index.html" if place else "index.html" for place, language in enumerate(languages)}


def html(changes: Changes, interface: Interface, language: str, root: str) -> str:
    """The page in one language; `root` leads from where it lies to the folder of all of them."""
    environment = page_environment(SHIPPED)
    styles = slim("\n".join(render_page(environment, name, {}) for name in (*STYLES, OWN_STYLE)))
    switch: Sequence[tuple[str, str, str]] = [
        (code, interface.by_language[code]("language.name"), root + path)
        for code, path in places(interface.languages).items()
    ]
    context: dict[str, object] = {
        "view": ChangesView(changes, interface.by_language[language]),
        "words": interface.by_language[language],
        "lang": language,
        "switch": switch if len(switch) > 1 else (),
        "styles": Markup(styles),
        "policy": policy_of({"styles": styles}, "data:"),
    }
    return render_page(environment, "diff.html", context)
