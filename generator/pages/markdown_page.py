"""A Page as Markdown that GitHub shows: plain text without its signs, prose without HTML that would be stripped."""

import re
from collections.abc import Mapping, Sequence
from html import escape, unescape
from textwrap import indent
from unicodedata import category
from urllib.parse import quote

from generator.pages.addresses import PICTURES, beside, linkable
from generator.pages.footnotes import inlined
from generator.pages.formulas import harmless
from generator.pages.markdown_reader import CODE, FENCE, FORMULA, WIDTH, fences, pixels, tidy
from generator.pages.page import Page, ShownQuestion
from generator.shipped import SHIPPED, Templates
from generator.templating import page_environment, render_page
from generator.text import Passage, Text, spelled

URL = "%/:?#[]@!$&'*+,;=~"  # signs that an address keeps
FORMULAS = re.compile(FORMULA)
PARAGRAPH = "\n\n"
SIGNS = re.compile(r"[\\`*_\[\]|~$#&<>]")
ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
PICTURE = (
    r"(?<!\\)!\[(?P<alt>[^\[\]\n]*)\]\(\s*(?:<(?P<angled>[^<>\n]*)>|(?P<bare>[^\s()<>]*))"
    r"(?:\s+(?:\"(?P<double>[^\"\n]*)\"|'(?P<single>[^'\n]*)'))?\s*\)(?P<size>\{[^{}\n]{1,40}\})?"
)
WHOLE = re.compile(f"{CODE}|{PICTURE}")  # what is not read sign by sign
ADDRESS = re.compile(r"\](?P<mark>\(|:)(?P<space>[ \t]*)(?:<(?P<angled>[^<>\n]*)>|(?P<bare>\S*))")
ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")
DEFINITION = re.compile(r"( {0,3}):(?= {1,3}\S)")
DEFINED = re.compile(r" {0,3}- |    ")
HEADING = re.compile(r"^(#{1,6})(?=\s)")
ANCHOR = re.compile(r"\]\((#[^)\s]+)\)")
STRONG = re.compile(r"(?P<before>\w?)\*\*(?P<inner>\S(?:[^*\n]*\S)?)\*\*")


def escaped(text: str) -> str:
    """Plain text on one line, every sign of Markdown and HTML shown as itself."""
    return SIGNS.sub(lambda sign: _shown(sign[0]), " ".join(text.split()))


def _shown(sign: str) -> str:
    """One sign as Markdown shows it."""
    return ENTITIES.get(sign, f"\\{sign}")


def slug(heading: str) -> str:
    """The anchor that GitHub gives a heading."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def prose(source: str, places: Mapping[str, str]) -> str:
    """A block of prose: raw HTML as text, headings below the question's, references to the headings' anchors.

    What another reader of Markdown would take for a picture or a link is one only where it may be.
    """
    lines = _listed(list(fences(tidy(source).strip("\n").split("\n"))))
    shift = _shift(lines)
    return "\n".join(spelled(line) if fenced else _line(line, shift, places) for line, fenced in lines)


def _listed(lines: list[tuple[str, bool]]) -> list[tuple[str, bool]]:
    """Lists of definitions as bold terms with a list below each: GitHub has no others."""
    out: list[tuple[str, bool]] = []
    for line, fenced in lines:
        found = None if fenced else DEFINITION.match(line)
        if found:
            for back in range(len(out) - 1, -1, -1):
                term, code = out[back]
                if (
                    code
                    or DEFINED.match(term)
                    or term.lstrip().startswith("|")
                    or (not term.strip() and back < len(out) - 1)
                ):
                    break
                out[back] = (f"**{term.strip()}**", False) if term.strip() else out[back]
            line = f"{found[1]}-{line[found.end() :]}"
        out.append((line, fenced))
    return out


def one_line(source: str, places: Mapping[str, str]) -> str:
    """Prose for a caption or a cell of a table."""
    lines = list(fences(tidy(inlined(source)).split("\n")))
    shift = _shift(lines)
    shown = (one for one in lines if not (one[1] and FENCE.fullmatch(one[0].lstrip())))
    pieces = (_coded(line) if fenced and line.strip() else _line(line, shift, places) for line, fenced in shown)
    return re.sub(r"(?<!\\)\|", r"\|", " ".join(" ".join(pieces).split()))


def _shift(lines: Sequence[tuple[str, bool]]) -> int:
    """By how many levels the headings stand too high."""
    levels = (len(found[1]) for line, fenced in lines if not fenced and (found := HEADING.match(line)))
    return 3 - min(levels, default=3)


def _line(line: str, shift: int, places: Mapping[str, str]) -> str:
    """A line outside a block of code: its code and pictures whole, the rest sign by sign."""
    line = f"\\{line.lstrip()}" if FENCE.fullmatch(line) else line  # it is closed nowhere
    text = HEADING.sub(lambda found: "#" * min(6, len(found[1]) + shift), line)
    pieces, end = [], 0
    for whole in WHOLE.finditer(text):
        pieces += [_read(text[end : whole.start()], places), _code(whole[0]) if whole["ticks"] else _picture(whole)]
        end = whole.end()
    return "".join((*pieces, _read(text[end:], places)))


def _read(text: str, places: Mapping[str, str]) -> str:
    """In it `<` begins a link or nothing, `![` nothing, and an address leads where a link may lead."""
    formulas = FORMULAS.sub(lambda found: found[1] + harmless(found[2]) + found[1], text)
    led = ADDRESS.sub(_led, formulas).replace("![", r"!\[")
    plain = re.sub(r"<(?!https?://|mailto:)", "&lt;", led)
    return spelled(_strengthened(ANCHOR.sub(lambda found: f"]({places.get(found[1], found[1])})", plain)), _shown)


def _led(found: re.Match[str]) -> str:
    """The address of a link, or words."""
    target = found["angled"] if found["bare"] is None else found["bare"]
    decoded = ESCAPED.sub(r"\1", spelled(unescape(target)))
    if not target or not linkable(decoded):
        return f"]\\{found[0][1:]}"
    return found[0] if found["bare"] is not None else f"]{found['mark']}{found['space']}{quote(decoded, URL)}"


def _picture(found: re.Match[str]) -> str:
    """A picture beside the spec, at its place in the site, or its words."""
    target = found["angled"] if found["bare"] is None else found["bare"]
    path, alt = beside(ESCAPED.sub(r"\1", spelled(unescape(target)))), escaped(spelled(found["alt"]))
    asked = pixels(width) if (width := WIDTH.fullmatch(found["size"] or "")) else ""
    behind = "" if asked else escaped(found["size"] or "")
    if not path:
        return alt + behind
    place, said = f"{PICTURES}/{quote(path)}", escaped(spelled(found["double"] or found["single"] or ""))
    picture = (
        f'<img src="{place}" alt="{escape(spelled(found["alt"]))}" width="{asked}">' if asked else f"![{alt}]({place})"
    )
    alone = found.string.strip() == found[0] and not behind
    return picture + (f"<br>*{said or alt}*" if (said or alt) and alone else "") + behind


def _code(code: str) -> str:
    """Code as it is, but where a reader that ends it elsewhere would find an address in it."""
    ticks = len(code) - len(code.lstrip("`"))
    return _coded(code[ticks:-ticks].strip()) if "](" in code or "]:" in code else spelled(code)


def _coded(text: str) -> str:
    return f"<code>{escaped(spelled(text))}</code>"


def _strengthened(text: str) -> str:
    """`**「嘴」**是` is no emphasis to CommonMark, for a mark stands inside and a letter outside."""

    def strong(found: re.Match[str]) -> str:
        before, inner = found.group("before"), found.group("inner")
        follows = text[found.end() : found.end() + 1]
        broken = (_mark(inner[-1]) and follows.isalnum()) or (_mark(inner[0]) and before.isalnum())
        return f"{before}<strong>{inner}</strong>" if broken else found.group(0)

    return STRONG.sub(strong, text)


def _mark(character: str) -> bool:
    return category(spelled(character))[0] in "PS"


def markdown(page: Page, language: str, templates: Templates = SHIPPED) -> str:
    """The report in one language as Markdown that GitHub shows, beside the folder figures/."""
    environment = page_environment(templates)
    places = _places(page, language)

    def plain(text: Text | str) -> str:
        return escaped(text[language] if isinstance(text, Text) else text)

    environment.filters |= {
        "kind": lambda value: type(value).__name__,
        "md": plain,
        "picture": lambda image: f"![{plain(image.alt)}](figures/{quote(image.name)})",
        "line": lambda passage: one_line(passage.source, places),
        "quoted": lambda passage: indent(prose(passage.source, places), "> ", lambda line: True),
        "prose": lambda passage, run_in: _block(passage, run_in, places),
        "place": lambda href: places.get(href, href),
        "heading": lambda question: _heading(question, page),
    }
    context = {"page": page, "lang": language, "words": page.words.by_language[language]}
    return re.sub(r"\n{3,}", "\n\n", render_page(environment, "report.md", context)).strip() + "\n"


def _places(page: Page, language: str) -> Mapping[str, str]:
    """GitHub's anchors by those of the page; a method's leads to the list of methods."""
    headings = {f"#{question.anchor}": _heading(question, page) for question in page.questions}
    headings |= {f"#{figure.anchor}": figure.label for figure in page.figures(language)}
    headings |= {f"#{section.anchor}": section.title for section in page.sections}
    headings |= {"#methods": page.words("page.methods"), "#foot": page.words("page.foot")}
    headings |= {f"#{card.anchor}": page.words("page.methods") for card in page.methods}
    return {anchor: "#" + slug(heading[language]) for anchor, heading in headings.items()}


def _heading(question: ShownQuestion, page: Page) -> Text:
    points = page.words.bracketed(question.points) if question.points else ""
    return page.words("question.number", n=question.number) + " " + question.title + points


def _block(passage: Passage, run_in: str, places: Mapping[str, str]) -> str:
    """A passage with the bold word that it begins with, in its first paragraph if it begins with one."""
    text = prose(passage.source, places)
    starts_paragraph = bool(text) and not re.match(r"[#>|`~\-+*\d\s]", text)
    return f"**{escaped(run_in)}**{' ' if starts_paragraph else PARAGRAPH}{text}" if run_in else text
