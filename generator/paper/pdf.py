"""The one door to Typst and to pikepdf: pages and pictures in, a tagged PDF out, the same bytes for the same input.

Typst reads files, so the document is laid out in a temporary folder; the system's fonts are never looked at.
"""

import json
import shutil
from collections.abc import Mapping, Sequence
from io import BytesIO
from pathlib import Path
from threading import Lock

import numpy as np
import pikepdf
import typst
from pikepdf import Array, Name, ObjectStreamMode, Stream, String

from generator.disk import temporary_folder
from generator.drawing import fonts
from generator.drawing.png import indexed
from generator.errors import ComputationError
from generator.pages.page import Page
from generator.paper.document import document
from generator.paper.equations import Node
from generator.shipped import Templates

pikepdf.settings.set_flate_compression_level(7)  # 9 takes three times as long for a hundredth
LAYOUT = "report.typ"
LARGE = 100_000  # pixels from which a table of colours is worth its search
ONE_AT_A_TIME = Lock()  # pikepdf crashes in several threads where an audit hook is set


def pdf(page: Page, languages: Sequence[str], pictures: Mapping[str, bytes], templates: Templates) -> bytes:
    """The report in one language, or in several with each figure once.

    `pictures` are files of the site by their path; `templates` where report.typ is looked for.
    Raises ComputationError with Typst's words for a layout that fails or warns.
    """
    with temporary_folder() as root:
        _lay_out(root, document(page, languages), pictures, _template(templates))
        return compact(_compiled(root))


def _template(templates: Templates) -> Path:
    found = next((folder / LAYOUT for folder in templates.folders if (folder / LAYOUT).is_file()), None)
    if found is None:
        raise ComputationError(f"no {LAYOUT} in {', '.join(map(str, templates.folders))}")
    return found


def _lay_out(root: Path, content: Node, pictures: Mapping[str, bytes], template: Path) -> None:
    """The folder that Typst sees: the layout, its values, the pictures, and the fonts alone in theirs."""
    (root / "fonts").mkdir()
    shutil.copyfile(template, root / LAYOUT)
    (root / "report.json").write_text(json.dumps(content, ensure_ascii=False), "utf-8")
    for name, data in pictures.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(data)
    for font in fonts.paper():
        _place(font, root / "fonts" / font.name)


def _place(source: Path, target: Path) -> None:
    """A link, or a copy where the system forbids links."""
    try:
        target.symlink_to(source)
    except OSError:
        shutil.copyfile(source, target)


def _compiled(root: Path) -> bytes:
    try:
        made, warnings = typst.compile_with_warnings(
            str(root / LAYOUT),
            root=str(root),
            font_paths=[str(root / "fonts")],
            ignore_system_fonts=True,
            format="pdf",
            pdf_standards="ua-1",
        )
    except RuntimeError as error:
        raise ComputationError(f"the PDF could not be set: {_first(error)}") from error
    if warnings:
        raise ComputationError("the PDF was set with a warning: " + "; ".join(map(_first, warnings)))
    return bytes(made)


def _first(error: Exception) -> str:
    """The message without the trace through the layout."""
    return str(error).strip().split("\n")[0]


def compact(data: bytes) -> bytes:
    """The same document in three quarters of its bytes, every object and pixel of it as it was.

    Typst writes each element of the tags by itself, without compression, and pictures of few colours in full colour.
    """
    with ONE_AT_A_TIME, pikepdf.open(BytesIO(data)) as document:
        streams = (thing for thing in document.objects if isinstance(thing, Stream))
        for image in (stream for stream in streams if stream.get("/Subtype") == Name.Image):
            plain = image.get("/Filter") == Name.FlateDecode  # a photograph stays as it is
            if plain and int(image.Width) * int(image.Height) >= LARGE:
                _with_table(image)
        stream = BytesIO()
        how = {"object_stream_mode": ObjectStreamMode.generate, "deterministic_id": True, "recompress_flate": True}
        document.save(stream, **how, fix_metadata_version=False)
        return stream.getvalue()


def _with_table(image: Stream) -> None:
    """An RGB image of few colours as a table of them and a byte a pixel, in the colour space it had."""
    pixels = np.frombuffer(image.read_bytes(), np.uint8)
    if pixels.size != int(image.Width) * int(image.Height) * 3:
        return
    found = indexed(pixels.reshape(int(image.Height), int(image.Width), 3))
    if found:
        colours, index = found
        image.ColorSpace = Array([Name.Indexed, image.ColorSpace, len(colours) - 1, String(colours.tobytes())])
        image.write(index.tobytes())
