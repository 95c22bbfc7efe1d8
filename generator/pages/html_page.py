"""A Page becomes HTML in one language or two; styles and scripts stand in it, named by their hash in its policy."""

import re
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import replace
from functools import cache, partial
from hashlib import sha256
from html import unescape
from html.parser import HTMLParser
from math import ceil
from mimetypes import guess_type
from urllib.parse import unquote

from generator.errors import InputError
from generator.pages.assembly import BOTH
from generator.pages.blocks import PictureRows
from generator.pages.page import Page, ShownFigure
from generator.pages.prose_html import html as prose_html
from generator.pages.prose_html import inline as prose_inline
from generator.shipped import SHIPPED, Templates
from generator.templating import Environment, Markup, page_environment, render_page
from generator.text import Passage
from generator.words import Words

STYLES = ("css/theme.css", "css/layout.css", "css/content.css")
SPACES = re.compile(r"""("(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')|/\*.*?\*/|\s*([{};])\s*|([:,])\s+|\s+""", re.DOTALL)
HARMLESS = frozenset(
    {"content-security-policy", "content-type", "x-ua-compatible", "", "icon", "alternate", "canonical"}
)
CLASSES, NUMBERED = re.compile('class="([^"]*)"'), re.compile(r"(?<=[{}])(?:\.\w+ )?(?:\w+)?\.([a-z]\d+)\{[^{}]*\}")
WIDE, APART, CLOSE = 918, 20, 4  # CSS pixels: of a figure where the page is widest, and between its rows and pictures
MOST = 6  # rows beside each other
POLICY = "default-src 'none'; img-src {pictures}; base-uri 'none'; form-action 'none'"
PICTURE = re.compile(r"""(<(?:img|a)\b[^>]*?\s(?:src|href)=")([^"]*)(?=")""")


def html(page: Page, language: str, root: str = "../", templates: Templates = SHIPPED) -> str:
    """The page in one language; `root` leads from where it lies to the site's root ('' for the root itself)."""
    return _framed("page.html", page, (language,), f"{language}/index.html", root, templates)


def side_by_side(page: Page, root: str = "../", templates: Templates = SHIPPED) -> str:
    """The page with its languages beside each other."""
    return _framed("both.html", page, page.words.languages, f"{BOTH}/index.html", root, templates)


def single(
    page: Page, languages: tuple[str, ...], pictures: Mapping[str, bytes], templates: Templates = SHIPPED
) -> str:
    """One file with everything in it, to be read without the site: one language, or several beside each other."""
    alone = replace(page, switch=(), downloads=())
    text = _framed("page.html" if len(languages) == 1 else "both.html", alone, languages, "", "", templates)
    return PICTURE.sub(partial(_held, pictures), text)


def _held(pictures: Mapping[str, bytes], found: re.Match[str]) -> str:
    """A picture stands in the page itself; a link to one leads to the large view, which needs the script."""
    name = unquote(unescape(found[2]))
    if name not in pictures:
        return found[0]
    kind = guess_type(name)[0] or "image/png"
    held = f"data:{kind};base64,{b64encode(pictures[name]).decode()}"
    return found[1] + (held if found[1].startswith("<img") else "#view")


def _framed(template: str, page: Page, shown: tuple[str, ...], here: str, root: str, templates: Templates) -> str:
    """The template with the page and the languages to show of it: `lang` first, the `others` beside it."""
    environment = _environment(templates, root)
    styles = slim("\n".join(render_page(environment, name, {}) for name in STYLES))
    written = {name: render_page(environment, f"{name}.js", {}) for name in ("early", "script")}
    scripts = written if templates.own(".js") else {name: spare(script) for name, script in written.items()}
    inlined = {"styles": styles, **scripts}
    context: dict[str, object] = {
        "page": page,
        "shown": shown,
        "lang": shown[0],
        "others": shown[1:],
        "root": root,
        "here": here,
        "policy": policy_of(inlined, "'self' data:" if page.switch else "data:"),
        **{name: Markup(text) for name, text in inlined.items()},
    }
    text = render_page(environment, template, context)
    if templates.sandboxed and (templates.own(".html") or templates.own(".css")):
        text = _enclosed(text, str(context["policy"]))
    used = _used(styles, text)
    return text.replace(styles, used).replace(_digest(styles), _digest(used))


@cache
def _environment(templates: Templates, root: str) -> Environment:
    """Templates are compiled once for where a page lies; Jinja compiles one anew when its file changes."""
    environment = page_environment(templates)
    environment.filters |= {
        "kind": lambda value: type(value).__name__,
        "prose": partial(_prose, root),
        "inline": partial(_inline, root),
        "veiled": veiled,
        "across": across,
    }
    return environment


def _used(styles: str, page: str) -> str:
    """The styles without those of numbered classes (`.h12`) that the page has none of."""
    classes = {name for given in CLASSES.findall(page) for name in given.split()}
    return NUMBERED.sub(lambda rule: rule[0] if rule[1] in classes else "", styles)


def spare(script: str) -> str:
    """A script without the lines that are comments, and what sets its lines in."""
    lines = (line.strip() for line in script.splitlines())
    return "\n".join(line for line in lines if line and not line.startswith("//")) + "\n"


def slim(styles: str) -> str:
    """Styles without comments and the spaces that separate nothing: strings stay, marks lose the space round them."""

    def needed(found: re.Match[str]) -> str:
        if found.lastindex:
            return found[found.lastindex]
        return "" if found[0].startswith("/*") else " "

    return SPACES.sub(needed, styles).strip()


class _Calls(HTMLParser):
    """Raises InputError for what would call another host before any policy is asked."""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: (value or "").lower() for name, value in attrs}
        said = given.get("http-equiv", "content-security-policy").strip() if tag == "meta" else given.get("rel", "")
        if said not in HARMLESS and tag in ("meta", "link"):
            raise InputError(f"templates/: <{tag}> with '{said:.40}' is more than data; --trust-templates lets it be")


def _enclosed(text: str, policy: str) -> str:
    """A page of somebody else's template: our policy stands before all that it says."""
    _Calls().feed(text)
    return f'<!doctype html><meta http-equiv="Content-Security-Policy" content="{policy}">\n{text}'


def _digest(text: str) -> str:
    return f"sha256-{b64encode(sha256(text.encode()).digest()).decode()}"


def policy_of(inlined: Mapping[str, str], pictures: str) -> str:
    """The content security policy: pictures from where they lie, and only the styles and scripts of this build."""
    digests = {name: f"'{_digest(text)}'" for name, text in inlined.items()}
    scripts = " ".join(digest for name, digest in digests.items() if name != "styles")
    return f"{POLICY.format(pictures=pictures)}; style-src {digests['styles']}; script-src {scripts}"


def _prose(root: str, passage: Passage, language: str, prefix: str, answering: Words | None = None) -> Markup:
    """A passage for readers of `language`; an answer runs in after a bold word at the head of its first paragraph."""
    text = prose_html(passage.source, 3, prefix, root)
    if answering:
        word, space = Markup.escape(answering("question.answer")), answering("punctuation.sentence")
        mark = f'<b class="run-in">{word}</b>{space}'
        text = text.replace("<p>", f"<p>{mark}", 1) if text.startswith("<p>") else f"<p>{mark}</p>\n{text}"
    return Markup(f'<div class="prose"{_spoken(passage, language)}>{text}</div>')


def _inline(root: str, passage: Passage, language: str) -> Markup:
    """A passage within a line, in a span of its language where it stands in for the page's."""
    text = prose_inline(passage.source, root)
    spoken = _spoken(passage, language)
    return Markup(f"<span{spoken}>{text}</span>" if spoken else text)


def _spoken(passage: Passage, language: str) -> str:
    return "" if passage.language == language else f' lang="{Markup.escape(passage.language)}"'


def veiled(figure: ShownFigure) -> bool:
    """Whether the figure has maps that lie over a face, so that their opacity can be chosen."""
    rows = (row for body in figure.bodies if isinstance(body, PictureRows) for row in body.rows)
    return any(row.veil or row.values for row in rows)


def across(body: PictureRows) -> int:
    """How many rows stand beside each other where the page is widest: what their pictures allow, evenly shared."""
    widths = (sum(image.shown + CLOSE for image in row.images) - CLOSE for row in body.rows)
    most = max(1, (WIDE + APART) // (max(widths, default=WIDE) + APART))
    lines = max(1, ceil(len(body.rows) / min(most, MOST)))
    return max(1, ceil(len(body.rows) / lines))
