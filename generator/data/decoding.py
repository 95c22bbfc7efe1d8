"""Picture files into pixels, by the decoders that read a file and do nothing else.

The format is told by content, and only from a list: one whose reader starts a program (EPS) is not in it, whatever the
file is called. What is much larger than it is needed is decoded small, which differs from the exact average by less
than one of 256 levels; a whole photograph is never held longer than it takes to reduce it.
"""

import logging
import os
import struct
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from math import prod
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError
from PIL.ImageFile import ImageFile
from PIL.TiffImagePlugin import TiffImageFile

from generator.data.levels import BYTES, DEEP, FLOATS, WHOLE, WORDS, Extremes, Levels, levels_of
from generator.data.resize import Span, drafted, resize, spans
from generator.errors import PictureError
from generator.foreign import opened, parsed
from generator.limits import USUAL, Limits
from generator.samples import Frame, Picture

READ = {  # formats by Pillow's name for them, and the suffixes that their files have
    "JPEG": (".jpg", ".jpeg", ".jpe", ".jfif"),
    "MPO": (".mpo",),  # several JPEGs in one file, as some cameras write them: the first
    "PNG": (".png", ".apng"),
    "WEBP": (".webp",),
    "GIF": (".gif",),
    "BMP": (".bmp",),
    "DIB": (".dib",),
    "TIFF": (".tif", ".tiff"),
    "AVIF": (".avif", ".avifs"),
    "JPEG2000": (".jp2", ".j2k", ".j2c", ".jpc", ".jpf", ".jpx"),
    "PPM": (".pgm", ".ppm", ".pbm", ".pnm"),
}
SHOWN = ("JPEG", "MPO", "PNG", "WEBP", "GIF")  # what browsers and PDFs show as it is
DRAFTED = ("JPEG", "MPO")  # whose decoder can give a smaller picture for less work
HEIF = {"HEIF": (".heic", ".heif")}  # with the extra `heic`
WIDE = ("I;16", "I;16B", "I;16L")  # 16 bits a pixel
STORED = "stored"  # in `info`: how the file holds its values; of colours of 16 bits Pillow reads the upper eight
SAMPLE_FORMAT = 339  # of TIFF: 1 without a sign, 2 with one, 3 floats
PNG_DEPTH = 24  # where a PNG says how many bits a sample has
BARE = (".tif", ".tiff", ".pgm", ".pnm")  # that may hold such
RESAMPLED = {"bilinear": Image.Resampling.BILINEAR, "bicubic": Image.Resampling.BICUBIC}
RESAMPLED["lanczos"] = Image.Resampling.LANCZOS
SIDE = 65_535  # pixels, as in a JPEG: weights are held for each pixel along a side
IN_DIGITS, DIGITS = "ppm_plain", 2_000_000  # Pillow reads them in Python, a million in some seconds
MUCH = 2  # times the size that is needed: from there on a picture is decoded small
ORIENTATION, SIDEWAYS = 0x0112, 5  # of EXIF: from there on height and width are swapped
UPSIDE, MIRRORED = (3, 4, 7, 8), (2, 3, 6, 7)  # whose first rows, or columns, are the last that are stored
DRAFT = "draft"  # in `info`: height and width before, how many times smaller they are, and which are turned round
CURE = "replace or remove it"
STRANGE, CUT_SHORT = "its kind of pixels is not known", "damaged or cut short"
HEIC = "HEIC, as iPhones take them: the extra `heic` reads it, and any program for photographs saves it as JPEG"
OTHERS = (  # what is often called a picture, by the place and the sign in its head
    (0, b"%!ps", "PostScript, a program that draws one"),
    (0, b"\xc5\xd0\xd3\xc6", "PostScript, a program that draws one"),
    (0, b"%pdf", "PDF"),
    (0, b"<svg", "SVG"),
    (0, b"<?xml", "SVG or another XML file"),
    (0, b"<html", "a web page, perhaps of a download that failed"),
    (0, b"<!doctype html", "a web page, perhaps of a download that failed"),
    (0, b"8bps", "Photoshop"),
    (0, b"pk\3\4", "a ZIP archive: unpack it"),
    (0, b"\x1f\x8b", "packed by gzip: unpack it"),
    (0, b"\xff\x0a", "JPEG XL: save it as PNG or JPEG"),
    (4, b"JXL ", "JPEG XL: save it as PNG or JPEG"),
    (0, b"\x89hdf", "HDF5, an array: store it as .npz"),
    (0, b"\x93numpy", "an array: `source: npz` reads it"),
    (0, b"ii*\0", f"{STRANGE} (a TIFF of several bands?): store them as an array, .npz"),
    (0, b"mm\0*", f"{STRANGE} (a TIFF of several bands?): store them as an array, .npz"),
    *((0, sign, CUT_SHORT) for sign in (b"\x89png", b"\xff\xd8\xff", b"gif8", b"bm", b"\xff\x4f\xff\x51")),
    *((4, sign, CUT_SHORT) for sign in (b"ftypavif", b"ftypavis", b"jP  ")),
    *((4, sign, HEIC) for sign in (b"ftypheic", b"ftypheix", b"ftyphevc", b"ftypheim", b"ftypmif1", b"ftypmsf1")),
    (4, b"ftyp", "a video"),
    (8, b"WEBP", CUT_SHORT),
    (8, b"AVI ", "a video"),
    (128, b"DICM", "DICOM, a medical image: export it as PNG or TIFF"),
)
TIFF = {b"ii*\0": "<I", b"mm\0*": ">I"}  # its signs, and how it says where its description begins
HEAD = 256  # bytes of a file that say what it is

logging.getLogger("PIL").addHandler(logging.NullHandler())  # what it has to say of a file, it raises


@cache
def formats() -> tuple[str, ...]:
    """The formats that can be read here, by Pillow's names."""
    if find_spec("pillow_heif"):
        import_module("pillow_heif").register_heif_opener()
    Image.init()
    Image.MAX_IMAGE_PIXELS = None  # `limits` says how many, and is asked before anything is decoded
    return tuple(name for name in (*READ, *HEIF) if name in Image.OPEN)


@cache
def suffixes() -> tuple[str, ...]:
    """What the names of their files end in."""
    heif = HEIF if find_spec("pillow_heif") else {}
    return tuple(suffix for known in (READ | heif).values() for suffix in known)


def read_picture(file: Path, levels: Levels | None = None, limits: Limits = USUAL) -> Picture:
    """One picture as stored, upright: grey `(h, w)`, or `(h, w, c)` with c of 3 or 4; raises PictureError.

    uint8, or float in 0..1 where the file holds other values.
    """
    return _valued(_decoded(file, limits), levels or levels_of([(file, stored_range(file, limits))]))


def read_fitted(file: Path, frame: Frame, levels: Levels, limits: Limits = USUAL) -> Picture:
    """One picture as the image that a frame wants: `(H, W[, c])` uint8 where it was decoded small, else float."""
    small = frame.crop is None and frame.antialias and frame.filter != "nearest" and levels.range is None
    picture = _decoded(file, limits, frame if small else None)
    reduced = _reduced(picture, frame) if _as_bytes(picture, levels) else None
    if reduced is not None:
        return np.asarray(reduced)
    return resize([_valued(picture, levels)], frame, _sides(picture, frame))[0]


def stored_size(file: Path, limits: Limits = USUAL) -> tuple[int, int]:
    """Height and width of a picture, from the head of its file."""
    with _opened(file, limits) as picture:
        turned = picture.getexif().get(ORIENTATION, 1) >= SIDEWAYS
        return picture.size if turned else (picture.height, picture.width)


def stored_range(file: Path, limits: Limits = USUAL) -> Extremes:
    """How a picture is stored, and the least and the largest value that its file holds."""
    picture = _decoded(file, limits)
    pixels = np.asarray(picture)
    return picture.info[STORED], float(pixels.min()) * _step(picture), float(pixels.max()) * _step(picture)


def has_pages(file: Path, limits: Limits = USUAL) -> bool:
    """Whether a file holds more pictures than the first, which alone is read."""
    with _opened(file, limits) as picture, suppress(EOFError):
        picture.seek(1)
        return True
    return False


def as_it_is(file: Path, limits: Limits = USUAL) -> bytes:
    """The bytes of a picture that browsers and PDFs show; raises PictureError."""
    endings = [suffix for name in SHOWN for suffix in READ[name]]
    if file.suffix.lower() not in endings:
        raise PictureError(f"{file}: a text shows PNG, JPEG, WebP and GIF, in files whose names end so; save it as PNG")
    with _opened(file, limits) as picture:
        if picture.format not in SHOWN or picture.fp is None:
            raise PictureError(f"{file}: holds {picture.format}; a text shows {', '.join(SHOWN)}: save it as PNG")
        place = picture.fp.tell()
        picture.fp.seek(0)
        content = bytes(picture.fp.read())
        picture.fp.seek(place)
        picture.load()
        return content


def may_be_valued(file: Path, limits: Limits = USUAL) -> bool:
    """Whether a file may hold other values than bytes, by its suffix and, of some formats, its head."""
    suffix = file.suffix.lower()
    if suffix in READ["JPEG2000"]:
        with _opened(file, limits) as picture:
            return picture.mode in WIDE
    if suffix not in READ["PNG"]:
        return suffix in BARE
    with opened(file, PictureError, limits) as content:
        return content.read(PNG_DEPTH + 1)[PNG_DEPTH:] == b"\x10"


def _decoded(file: Path, limits: Limits, frame: Frame | None = None) -> Image.Image:
    """A picture, upright, no larger than a frame needs."""
    with _opened(file, limits) as picture:
        if frame is not None and picture.format in DRAFTED:
            _draft(picture, frame)
        deep = any(";16" in str(tile[3]) for tile in picture.tile) or picture.mode in WIDE
        sign = picture.tag_v2.get(SAMPLE_FORMAT, (0,))[0] if isinstance(picture, TiffImageFile) else 0
        picture.load()
        upright = _signed(_upright(picture), sign)
        kinds = {"I": WHOLE, "F": WHOLE if sign == 1 else FLOATS}
        upright.info[STORED] = DEEP if deep else kinds.get(upright.mode, "bytes")
        if upright.mode == "F" and not np.isfinite(np.asarray(upright)).all():
            raise PictureError(f"{file}: some of its values are no numbers (NaN or infinity); {CURE}")
        return upright


@contextmanager
def _opened(file: Path, limits: Limits) -> Iterator[ImageFile]:
    """A picture whose head is read; whatever a decoder raises inside is a PictureError that says what the file is."""
    with opened(file, PictureError, limits) as content:
        start, size = content.read(HEAD), content.seek(0, os.SEEK_END)
        content.seek(0)
        what = f"{file}: not a picture that can be read"
        try:
            with parsed(PictureError, what, f"; {CURE}"), Image.open(content, formats=formats()) as picture:
                if any(tile[0] == IN_DIGITS for tile in picture.tile) and prod(picture.size) > DIGITS:
                    raise PictureError(
                        f"{file}: more than {DIGITS:,} pixels that are written in digits; save it as PNG"
                    )
                if large := _too_large(picture.size, limits):
                    raise PictureError(f"{file}: {large}")
                yield picture
        except PictureError as error:
            if isinstance(error.__cause__, UnidentifiedImageError):
                raise PictureError(f"{what}: {_instead(start, size)}; {CURE}") from error.__cause__
            raise


def _too_large(size: tuple[int, int], limits: Limits) -> str:
    """What is said of a width and height that no picture may have, or ''."""
    told = f"{size[0]} × {size[1]} pixels, more than"
    if max(size) > SIDE:
        return f"{told} {SIDE:,} along a side; make it smaller"
    if prod(size) > limits.pixels:
        return (
            f"{told} the {limits.pixels:,} that a picture may have; make it smaller, or say "
            f"`limits: {{pixels: {prod(size)}}}` in the spec"
        )
    return ""


def _instead(start: bytes, size: int) -> str:
    """What a file is that is no picture, by how it begins."""
    begun = start.lower().lstrip()
    if begun[:4] in TIFF and struct.unpack_from(TIFF[begun[:4]], start.ljust(8), 4)[0] >= size:
        return CUT_SHORT
    words = (words for place, sign, words in OTHERS if (start[place:] if place else begun).startswith(sign))
    return next(words, f"none of {', '.join(formats())}") if begun else "empty"


def _draft(picture: Image.Image, frame: Frame) -> None:
    """Asks the decoder for a smaller picture, still larger than what is needed."""
    orientation = picture.getexif().get(ORIENTATION, 1)
    turned = orientation >= SIDEWAYS
    height, width = picture.size if turned else picture.size[::-1]
    down, right = spans((height, width), frame)
    least = [
        int(MUCH * new * side / (span.high - span.low))
        for span, new, side in zip((down, right), frame.shape, (height, width), strict=False)
    ]
    if least[0] <= height and least[1] <= width:
        size = (least[0], least[1]) if turned else (least[1], least[0])
        whole, found = picture.width, picture.draft("L" if frame.shape[2] == 1 else None, size)
        if found is not None:
            picture.info[DRAFT] = (height, width), whole / found[1][2], (orientation in UPSIDE, orientation in MIRRORED)


def _sides(picture: Image.Image, frame: Frame) -> tuple[Span, Span]:
    """What of a decoded picture becomes the image: of a smaller one the place that is meant in the whole."""
    if DRAFT not in picture.info:
        return spans(picture.size[::-1], frame)
    size, times, reverse = picture.info[DRAFT]
    found = (
        drafted(span, times, have - side / times if back else 0, have)
        for span, side, have, back in zip(spans(size, frame), size, picture.size[::-1], reverse, strict=True)
    )
    return next(found), next(found)


def _upright(picture: Image.Image) -> Image.Image:
    """As one sees it: grey stays grey, transparency stays, values of a scanner stay, all else becomes RGB."""
    ImageOps.exif_transpose(picture, in_place=True)
    if picture.mode in ("L", "RGB", "RGBA", *WIDE, "I", "F"):
        return picture
    if picture.mode == "1":
        return picture.convert("L")
    return picture.convert("RGBA" if picture.has_transparency_data else "RGB")


def _signed(picture: Image.Image, sign: int) -> Image.Image:
    """The values of a TIFF with the sign that it says: Pillow takes eight bits to have none, and 32 to have one."""
    if (picture.mode, sign) == ("L", 2):
        return Image.fromarray(np.asarray(picture).view(np.int8).astype(np.int32))
    if (picture.mode, sign) == ("I", 1):
        return Image.fromarray(np.asarray(picture).view(np.uint32).astype(np.float32))
    return picture


def _reduced(picture: Image.Image, frame: Frame) -> Image.Image | None:
    """A picture that is much too large at the size of the frame; None where it is not, or must be taken exactly."""
    down, right = _sides(picture, frame)
    padded = down.padding + right.padding
    scales = [(span.high - span.low) / new for span, new in zip((down, right), frame.shape, strict=False)]
    wanted = frame.antialias and frame.filter in RESAMPLED and not padded and picture.mode in ("L", "RGB", "RGBA")
    if not wanted or min(scales) < MUCH:
        return None
    top, left = down.first, right.first
    if (down.taken, right.taken) != picture.size[::-1]:
        picture = picture.crop((left, top, left + right.taken, top + down.taken))
    box = (right.low, down.low, right.high, down.high)
    return picture.resize((frame.shape[1], frame.shape[0]), RESAMPLED[frame.filter], box)


def _step(picture: Image.Image) -> int:
    """How many stored values one that was decoded stands for."""
    return 257 if picture.info[STORED] == DEEP and picture.mode in ("L", "RGB", "RGBA") else 1


def _as_bytes(picture: Image.Image, levels: Levels) -> bool:
    """Whether a picture's bytes are what they were stored as."""
    bounds = levels.bounds(picture.info[STORED])
    return picture.mode in ("L", "RGB", "RGBA") and bounds == (WORDS if picture.info[STORED] == DEEP else BYTES)


def _valued(picture: Image.Image, levels: Levels) -> Picture:
    """The pixels: as bytes, or in 0..1 where a range is said or the format has none; transparency has its own."""
    pixels = np.asarray(picture)
    low, high = levels.bounds(picture.info[STORED])
    if _as_bytes(picture, levels):
        return pixels
    if picture.info[STORED] == DEEP and (low, high) == WORDS:
        return (pixels >> 8).astype(np.uint8)
    values = pixels.astype(np.float32) * np.float32(_step(picture))
    values = np.clip((values - np.float32(low)) / np.float32(high - low), 0, 1)
    if picture.mode == "RGBA":
        values[..., 3] = pixels[..., 3].astype(np.float32) / np.float32(255)
    return values
