"""What Pandoc has no words for, put into the parts of its DOCX; the same bytes for the same input.

Rows that stay whole, coloured cells, numbers that Word counts, the list of headings, languages with their fonts, the
running head.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from copy import deepcopy
from io import BytesIO
from types import MappingProxyType
from xml.etree.ElementTree import Element, SubElement, fromstring, register_namespace, tostring
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from generator.languages import nearest
from generator.paper.equations import Node

OFFICE = "http://schemas.openxmlformats.org"
SPACES = {
    "w": f"{OFFICE}/wordprocessingml/2006/main",
    "m": f"{OFFICE}/officeDocument/2006/math",
    "r": f"{OFFICE}/officeDocument/2006/relationships",
    "a": f"{OFFICE}/drawingml/2006/main",
    "pic": f"{OFFICE}/drawingml/2006/picture",
    "wp": f"{OFFICE}/drawingml/2006/wordprocessingDrawing",
    "cp": f"{OFFICE}/package/2006/metadata/core-properties",
    "dc": "http://purl.org/dc/elements/1.1/",
    "dcterms": "http://purl.org/dc/terms/",
    "xsi": "http://www.w3.org/2001/XMLSchema-instance",
}
EAST = MappingProxyType(
    {
        "zh-Hant": ("zh-TW", "Microsoft JhengHei"),
        "zh-Hans": ("zh-CN", "Microsoft YaHei"),
        "ja": ("ja-JP", "Yu Gothic"),
        "ko": ("ko-KR", "Malgun Gothic"),
    }
)
"""How Word calls a language of East Asia, and the font of its system's that reads it."""
LATIN = MappingProxyType({"en": "en-US"})
HEAT, BELOW = (0x5B, 0x8D, 0xB1), (0xE0, 0x9A, 0x55)  # cells of 100 % and of -100 %
SHORT = 12  # rows
CONTENTS = r'TOC \o "1-1" \h \z \u'
EARLIEST = (1980, 1, 1, 0, 0, 0)  # the first moment of a ZIP's calendar

for prefix, address in SPACES.items():
    register_namespace(prefix, address)


def shade(percent: float) -> str:
    """The colour of a cell that holds so much of 100 %, as Word writes it."""
    share = min(1.0, abs(percent) / 100)
    full = HEAT if percent >= 0 else BELOW
    return "".join(f"{round(255 + (part - 255) * share):02X}" for part in full)


def finished(made: bytes, content: Node) -> bytes:
    """Pandoc's file of a document with these values."""
    with ZipFile(BytesIO(made)) as given:
        parts = {one.filename: given.read(one) for one in given.infolist() if not one.is_dir()}
    edits: dict[str, Callable[[Element, Node], None]] = {
        "word/document.xml": _body,
        "word/footnotes.xml": _languages,
        "word/styles.xml": _styles,
        "docProps/core.xml": _properties,
    }
    for name, edit in edits.items():
        part = fromstring(parts[name])
        edit(part, content)
        parts[name] = tostring(part, "UTF-8", xml_declaration=True)
    for name in (name for name in parts if re.fullmatch(r"word/(header|footer)\d*\.xml", name)):
        parts[name] = _filled(parts[name], content["head"])
    return _zipped(parts)


def _zipped(parts: Mapping[str, bytes]) -> bytes:
    stream = BytesIO()
    with ZipFile(stream, "w") as out:
        for name in sorted(parts, key=lambda name: (not name.startswith("[Content"), name)):
            entry = ZipInfo(name, EARLIEST)
            entry.compress_type = ZIP_DEFLATED
            out.writestr(entry, parts[name])
    return stream.getvalue()


def _filled(part: bytes, head: Mapping[str, str]) -> bytes:
    """The running head, with who and what in their places."""
    text = part.decode()
    for place, said in head.items():
        text = text.replace(f"{{{place}}}", escape(said))
    return text.encode()


def tag(name: str) -> str:
    """`w:val` as the tree has it."""
    prefix, local = name.split(":")
    return f"{{{SPACES[prefix]}}}{local}"


def _add(parent: Element, name: str, place: int | None = None, /, **given: str) -> Element:
    """A new part of an element, at its end or at a place of it; its attributes are Word's."""
    made = Element(tag(name), {tag(f"w:{key}"): value for key, value in given.items()})
    parent.insert(len(parent) if place is None else place, made)
    return made


def _body(root: Element, content: Node) -> None:
    for row in root.iter(tag("w:tr")):
        settings = row.find(tag("w:trPr"))
        _add(_add(row, "w:trPr", 0) if settings is None else settings, "w:cantSplit", 0)
    for picture in root.iter(tag("wp:inline")):
        words = picture.find(tag("wp:docPr"))
        for named in picture.iter(tag("pic:cNvPr")):  # Pandoc says there what it was made from: the whole picture
            named.set("descr", words.get("descr", "") if words is not None else "")
    _turn_tables(root)
    _keep_short_tables(root)
    _shade(root)
    _count(root)
    _languages(root, content)
    apart = {block["anchor"] for block in content["blocks"] if block.get("apart")}
    for paragraph in _places(root, apart):
        _add(paragraph[0], "w:pageBreakBefore", 1)
    for paragraph in _places(root, {"contents"}):
        _list_headings(root, paragraph, content)


def _places(root: Element, names: set[str]) -> Iterator[Element]:
    """The paragraphs that begin at places with these names."""
    for parent in list(root.iter()):
        for mark in (one for one in parent.findall(tag("w:bookmarkStart")) if one.get(tag("w:name")) in names):
            behind = list(parent)[list(parent).index(mark) + 1 :]
            yield next(one for one in behind if one.tag == tag("w:p"))


def _turn_tables(root: Element) -> None:
    """The first column of a table whose words are written leftward stands on the right."""
    for table in root.iter(tag("w:tbl")):
        settings = table.find(tag("w:tblPr"))
        if settings is not None and table.find(f".//{tag('w:bidi')}") is not None:
            _add(settings, "w:bidiVisual", 1)


def _keep_short_tables(root: Element) -> None:
    """A table of a few lines stands on one page; one with pictures breaks between its rows."""
    for table in root.iter(tag("w:tbl")):
        rows = table.findall(tag("w:tr"))
        if len(rows) <= SHORT and table.find(f".//{tag('w:drawing')}") is None:
            for paragraph in (one for row in rows[:-1] for one in row.iter(tag("w:p"))):
                settings = paragraph.find(tag("w:pPr"))
                if settings is not None and settings.find(tag("w:keepNext")) is None:
                    _add(settings, "w:keepNext", 1)


def _shade(root: Element) -> None:
    """Cells take the colours that their places are named by, and the places go."""
    for cell in root.iter(tag("w:tc")):
        for mark in cell.findall(tag("w:bookmarkStart")):
            name = mark.get(tag("w:name"), "")
            if not name.startswith("shade-"):
                continue
            settings = cell.find(tag("w:tcPr"))
            assert settings is not None, "a cell without settings"
            _add(settings, "w:shd", val="clear", color="auto", fill=name.rsplit("-", 1)[1])
            ends = (end for end in cell.findall(tag("w:bookmarkEnd")) if end.get(tag("w:id")) == mark.get(tag("w:id")))
            for one in (mark, *ends):
                cell.remove(one)


def _count(root: Element) -> None:
    """The number of a figure is one that Word counts: a list of figures can be made of them."""
    captions = (paragraph for paragraph in root.iter(tag("w:p")) if _style(paragraph) == "Caption")
    for paragraph in captions:
        for run in paragraph.findall(tag("w:r"))[:2]:
            text = run.find(tag("w:t"))
            found = re.fullmatch(r"(\D*)(\d+)(\D*)", (text.text or "") if text is not None else "")
            if text is None or not found:
                continue
            place, number = list(paragraph).index(run), found[2]
            text.text = found[1]
            field = [*_field(run, rf"SEQ Figure \r {number}"), _run(run, "w:t", number)]
            field += [_run(run, "w:fldChar", fldCharType="end"), _run(run, "w:t", found[3])]
            paragraph[place + 1 : place + 1] = field
            break


def _style(paragraph: Element) -> str:
    named = paragraph.find(f"{tag('w:pPr')}/{tag('w:pStyle')}")
    return "" if named is None else named.get(tag("w:val"), "")


def _run(like: Element | None, name: str, /, text: str = "", **given: str) -> Element:
    """A run with one part, set like another."""
    run = Element(tag("w:r"))
    look = None if like is None else like.find(tag("w:rPr"))
    if look is not None:
        run.append(deepcopy(look))
    part = _add(run, name, **given)
    if text:
        part.text = text
        part.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
    return run


def _field(like: Element | None, code: str) -> list[Element]:
    """The beginning of a field; behind it stands what it says until it is brought up to date, and its end."""
    begin, words = _run(like, "w:fldChar", fldCharType="begin"), _run(like, "w:instrText", f" {code} ")
    return [begin, words, _run(like, "w:fldChar", fldCharType="separate")]


def _list_headings(root: Element, before: Element, content: Node) -> None:
    """The headings behind a paragraph as a field that Word brings up to date; it begins with what they are."""
    parent = next(one for one in root.iter() if before in list(one))
    headings = [block for block in content["blocks"] if block["kind"] == "heading" and block["level"] == 1]
    lines = [Element(tag("w:p")) for _heading in headings]
    for line, heading in zip(lines, headings, strict=True):
        _add(_add(line, "w:pPr"), "w:pStyle", val="TOC1")
        link = _add(line, "w:hyperlink", anchor=heading["anchor"])
        said = " / ".join(words for _language, words in heading["text"])
        link.append(_run(None, "w:t", f"{heading.get('number', '')} {said}".strip()))
    if not lines:
        return
    lines[0][1:1] = _field(None, CONTENTS)
    lines[-1].append(_run(None, "w:fldChar", fldCharType="end"))
    place = list(parent).index(before) + 1
    parent[place:place] = lines


def _languages(root: Element, content: Node) -> None:
    """The language of each run by Word's names; one of East Asia that is not the document's own brings its font."""
    own = _eastern(content["languages"])
    for look in root.iter(tag("w:rPr")):
        spoken = look.find(tag("w:lang"))
        code = spoken.get(tag("w:val"), "") if spoken is not None else ""
        eastern = nearest(code, EAST)
        _upright(look, eastern or own)
        if spoken is None or not eastern:
            if spoken is not None:
                spoken.set(tag("w:val"), LATIN.get(code, code))
            continue
        named, font = EAST[eastern]
        spoken.attrib = {tag("w:eastAsia"): named}
        if eastern != own:
            _fonts(look).set(tag("w:eastAsia"), font)


def _upright(look: Element, eastern: str) -> None:
    """What is stressed in characters has dots, and does not slant."""
    slants = [part for part in look if part.tag in (tag("w:i"), tag("w:iCs"))]
    if slants and _fonts(look).get(tag("w:hint")) == "eastAsia":
        for part in slants:
            look.remove(part)
        last = next((place for place, part in enumerate(look) if part.tag == tag("w:lang")), len(look))
        _add(look, "w:em", last, val="underDot" if eastern.startswith("zh") else "dot")


def _eastern(languages: Sequence[str]) -> str:
    """The first of them that is one of East Asia."""
    return next((found for code in languages if (found := nearest(code, EAST))), "")


def _fonts(look: Element) -> Element:
    found = look.find(tag("w:rFonts"))
    first = 1 if look.find(tag("w:rStyle")) is not None else 0
    return _add(look, "w:rFonts", first) if found is None else found


def _styles(root: Element, content: Node) -> None:
    """The document's languages, and the font of one of East Asia that is not what the styles were made for."""
    look = root.find(f"{tag('w:docDefaults')}/{tag('w:rPrDefault')}/{tag('w:rPr')}")
    if look is None:
        return
    spoken = look.find(tag("w:lang"))
    spoken = _add(look, "w:lang") if spoken is None else spoken
    first, eastern = content["first"], _eastern(content["languages"])
    spoken.set(tag("w:val"), "en-US" if nearest(first, EAST) else LATIN.get(first, first))
    if eastern and spoken.get(tag("w:eastAsia")) != EAST[eastern][0]:
        spoken.set(tag("w:eastAsia"), EAST[eastern][0])
        _fonts(look).attrib |= {tag("w:eastAsia"): EAST[eastern][1]}


def _properties(root: Element, content: Node) -> None:
    """Whose report it is and what; no moment at which it was made."""
    said = {"title": content["meta"]["title"], "creator": content["meta"]["author"], "language": content["first"]}
    said["description"] = content["meta"]["description"]
    for name, text in said.items():
        found = root.find(tag(f"dc:{name}"))
        (SubElement(root, tag(f"dc:{name}")) if found is None else found).text = text
    for moment in [one for one in root if one.tag.startswith("{" + SPACES["dcterms"])]:
        root.remove(moment)
