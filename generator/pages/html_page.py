"""A Page becomes HTML or Markdown text; styles and scripts stand in the page, named by their hash in its policy."""

import re
from base64 import b64encode
from collections.abc import Mapping, Sequence
from functools import cache
from hashlib import sha256
from pathlib import Path

from generator.pages.assembly import BOTH
from generator.pages.page import Link, Page, PictureRows, Prose, ShownFigure
from generator.pages.pairs import pairs
from generator.pages.prose_html import html as prose_html
from generator.pages.prose_html import inline as prose_inline
from generator.shipped import TEMPLATES
from generator.templating import Environment, Markup, page_environment, render_page

STYLES = ("css/theme.css", "css/layout.css", "css/content.css")
SPACES = re.compile(r"""("(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')|/\*.*?\*/|\s*([{};])\s*|([:,])\s+|\s+""", re.DOTALL)
POLICY = "default-src 'none'; img-src 'self' data:; base-uri 'none'; form-action 'none'"


def html(page: Page, root: str = "../", folders: Sequence[Path] = (TEMPLATES,)) -> str:
    """The page of one language; `root` leads from where it lies to the site's root ('' for the root itself)."""
    return _framed("page.html", (page,), page.languages, root, folders)


def side_by_side(pages: tuple[Page, Page], root: str = "../", folders: Sequence[Path] = (TEMPLATES,)) -> str:
    """The page with two languages in pairs of blocks."""
    languages = tuple(
        Link(link.title, link.href, link.language, link.href.startswith(f"{BOTH}/")) for link in pages[0].languages
    )
    return _framed("both.html", pages, languages, root, folders)


def _framed(
    template: str, pages: tuple[Page, ...], languages: tuple[Link, ...], root: str, folders: Sequence[Path]
) -> str:
    environment = _environment(tuple(folders))
    inlined = _inlined(environment)
    context: dict[str, object] = {
        "pages": pages,
        "both": len(pages) > 1,
        "pairs": pairs(*pages) if len(pages) == 2 else (),
        "lang": pages[0].language,
        "title": " · ".join(page.title for page in pages),
        "words": pages[0].words,
        "languages": languages,
        "root": root,
        "home": root == "",
        "policy": _policy(inlined),
        **{name: Markup(text) for name, text in inlined.items()},
    }
    return render_page(environment, template, context)


@cache
def _environment(folders: tuple[Path, ...]) -> Environment:
    """Templates are compiled once; Jinja compiles one anew when its file changes."""
    environment = page_environment(folders)
    environment.filters |= {
        "kind": lambda value: type(value).__name__,
        "prose": _prose,
        "inline": _inline,
        "veiled": veiled,
        "carded": lambda page, method: any(card.method == method for card in page.methods),
    }
    return environment


def _inlined(environment: Environment) -> Mapping[str, str]:
    """What stands in the page itself: a folder opened from a disk may not load files of its own under a policy."""
    styles = "\n".join(render_page(environment, name, {}) for name in STYLES)
    scripts = {name: render_page(environment, f"{name}.js", {}) for name in ("early", "script")}
    return {"styles": _slim(styles), **scripts}


def _slim(styles: str) -> str:
    """Styles without comments and the spaces that separate nothing."""
    return SPACES.sub(_needed, styles).strip()


def _needed(found: re.Match[str]) -> str:
    """A string as it is, a mark without the space round it, one space of several."""
    if found.lastindex:
        return found[found.lastindex]
    return "" if found[0].startswith("/*") else " "


def _policy(inlined: Mapping[str, str]) -> str:
    """The content security policy: nothing from outside, and only the styles and scripts of this build."""
    digests = {name: f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'" for name, text in inlined.items()}
    scripts = " ".join(digest for name, digest in digests.items() if name != "styles")
    return f"{POLICY}; style-src {digests['styles']}; script-src {scripts}"


def _prose(prose: Prose, page: Page, prefix: str, run_in: str = "") -> Markup:
    """A block of prose; `run_in` is the bold word that its first paragraph begins with."""
    text = prose_html(prose.source, 3, prefix)
    if run_in:
        mark = f'<b class="run-in">{Markup.escape(run_in)}</b>{page.words("punctuation.sentence")}'
        text = text.replace("<p>", f"<p>{mark}", 1) if text.startswith("<p>") else f"<p>{mark}</p>\n{text}"
    return Markup(f'<div class="prose"{_spoken(prose, page)}>{text}</div>')


def _inline(prose: Prose, page: Page) -> Markup:
    """Prose within a line, in a span of its language where it stands in for the page's."""
    text = prose_inline(prose.source)
    spoken = _spoken(prose, page)
    return Markup(f"<span{spoken}>{text}</span>" if spoken else text)


def _spoken(prose: Prose, page: Page) -> str:
    return "" if prose.language == page.language else f' lang="{Markup.escape(prose.language)}"'


def veiled(figure: ShownFigure) -> bool:
    """Whether the figure has maps that lie over a face, so that their opacity can be chosen."""
    rows = (row for body in figure.bodies if isinstance(body, PictureRows) for row in body.rows)
    return any(row.veil or row.values for row in rows)
