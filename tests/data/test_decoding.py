"""Picture files into pixels."""

import os
import struct
import zlib
from importlib.util import find_spec
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

from generator.data import decoding
from generator.data.decoding import READ, formats, read_picture, suffixes
from generator.data.picture_files import PictureFiles
from generator.errors import DataError
from generator.samples import Frame

RAMP = np.add.outer(np.arange(32), np.arange(48)).astype(np.uint8) * 3
COLOUR = np.stack([RAMP, RAMP // 2, 255 - RAMP], -1)
SUFFIXES = sorted({suffix for name in ("JPEG", "PNG", "TIFF", "BMP") for suffix in READ[name]})


def test_a_picture_is_turned_upright(tmp_path):
    """EXIF orientation 6, as telephones write it: the stored left column is the shown top row."""
    picture = Image.fromarray(np.array([[10, 20], [30, 40], [50, 60]], np.uint8))
    exif = Image.Exif()
    exif[0x0112] = 6
    picture.save(tmp_path / "a.png", exif=exif)
    np.testing.assert_array_equal(read_picture(tmp_path / "a.png"), [[50, 30, 10], [60, 40, 20]])


@pytest.mark.parametrize(
    ("mode", "shape"), [("L", (4, 4)), ("1", (4, 4)), ("P", (4, 4, 3)), ("LA", (4, 4, 4)), ("CMYK", (4, 4, 3))]
)
def test_every_mode_becomes_grey_or_colour(tmp_path, mode, shape):
    """Palettes, bits, transparency and print colours are read as what one sees."""
    suffix = "tif" if mode == "CMYK" else "png"
    Image.new("RGB", (4, 4), (200, 200, 200)).convert(mode).save(tmp_path / f"a.{suffix}")
    picture = read_picture(tmp_path / f"a.{suffix}")
    assert picture.shape == shape
    assert picture.dtype == np.uint8
    assert picture[0, 0].ravel()[0] in (200, 204, 255)


def test_sixteen_bits_become_eight(tmp_path):
    """A 16-bit grey of a scanner is the same grey, not white."""
    Image.fromarray(np.full((4, 4), 0x8000, np.uint16)).save(tmp_path / "a.png")
    np.testing.assert_array_equal(read_picture(tmp_path / "a.png"), 128)


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_every_suffix_of_a_format_is_read(tmp_path, suffix):
    """Also the rarer ones: .jfif, .jpe."""
    Image.fromarray(COLOUR).save(tmp_path / "plain", next(f for f, known in READ.items() if suffix in known))
    (tmp_path / f"a{suffix}").write_bytes((tmp_path / "plain").read_bytes())
    assert suffix in suffixes()
    assert np.abs(read_picture(tmp_path / f"a{suffix}").astype(int) - COLOUR).mean() < 3


@pytest.mark.parametrize("format", [name for name in READ if name not in ("MPO", "DIB")])
def test_every_safe_format_is_read_whatever_its_file_is_called(tmp_path, format):
    """The content decides."""
    Image.fromarray(COLOUR).save(tmp_path / "plain", format)
    (tmp_path / "plain").rename(tmp_path / "a.png")
    assert format in formats()
    assert np.abs(read_picture(tmp_path / "a.png").astype(int) - COLOUR).mean() < 4


@pytest.mark.parametrize(
    ("start", "words"),
    [
        (b"%!PS-Adobe-3.0 EPSF-3.0", "PostScript, a program"),
        (b"%PDF-1.7", "PDF"),
        (b"<svg xmlns=", "SVG"),
        (b"<!DOCTYPE html>", "a web page"),
        (b"version https://git-lfs.github.com/spec/v1", "a Git LFS pointer"),
        (b"II*\0\x08\0\0\0\0\0", "its kind of pixels is not known"),
        (b"\xff\xd8\xff\xe0", "damaged or cut short"),
        (b"", "empty"),
        (b"nothing", "none of JPEG"),
    ],
)
def test_what_is_no_picture_is_said_and_never_run(tmp_path, monkeypatch, start, words):
    """An EPS called .png does not reach the program that would draw it."""
    monkeypatch.setattr("subprocess.Popen.__init__", lambda *_, **__: pytest.fail("a program was started"))
    (tmp_path / "a.png").write_bytes(start)
    with pytest.raises(DataError, match=f"a.png: not a picture that can be read: {words}"):
        PictureFiles(tmp_path, ("a.png",)).decode(np.arange(1))


def test_a_real_postscript_file_is_not_drawn(tmp_path, monkeypatch):
    """Pillow would hand it to Ghostscript."""
    monkeypatch.setattr("subprocess.Popen.__init__", lambda *_, **__: pytest.fail("a program was started"))
    Image.fromarray(COLOUR).save(tmp_path / "a.eps")
    (tmp_path / "a.eps").rename(tmp_path / "a.jpg")
    with pytest.raises(DataError, match="PostScript"):
        read_picture(tmp_path / "a.jpg")


@pytest.mark.parametrize("orientation", [1, 3, 6, 8])
def test_a_photograph_decoded_small_stands_upright(tmp_path, orientation):
    """The draft is asked for in the sides of what is stored."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    large = np.repeat(np.repeat(COLOUR, 20, 0), 20, 1)
    Image.fromarray(large).save(tmp_path / "a.jpg", quality=95, exif=exif)
    shape = (24, 16) if orientation in (6, 8) else (16, 24)
    small = PictureFiles(tmp_path, ("a.jpg",)).fit(np.arange(1), Frame((*shape, 3)))[0]
    whole = read_picture(tmp_path / "a.jpg").reshape(shape[0], 40, shape[1], 40, 3).mean((1, 3)) / 255
    assert np.abs(small - whole).mean() < 0.02


def test_a_broken_picture_is_its_message_alone(tmp_path, capfd):
    """Nothing of a library on the console: no warning of Python's, no line of libtiff."""
    Image.fromarray(COLOUR).save(tmp_path / "a.tif", compression="tiff_lzw")
    content = bytearray((tmp_path / "a.tif").read_bytes())
    content[20:200] = bytes(180)
    (tmp_path / "a.tif").write_bytes(content)
    with pytest.raises(DataError, match=r"a\.tif: not a picture"):
        PictureFiles(tmp_path, ("a.tif",)).fit(np.arange(1), Frame((8, 8, 3)))
    assert capfd.readouterr().err == ""


def test_transparency_is_laid_over_white_also_where_a_picture_is_decoded_small(tmp_path):
    """What shows through is weighed as one sees it."""
    clear = np.zeros((64, 64, 4), np.uint8)
    clear[:, 32:] = (0, 0, 0, 255)
    Image.fromarray(clear).save(tmp_path / "a.png")
    image = PictureFiles(tmp_path, ("a.png",)).fit(np.arange(1), Frame((8, 8, 1)))[0, ..., 0]
    np.testing.assert_allclose(image[:, [0, -1]], [[1, 0]] * 8, atol=0.01)


def test_heic_is_read_where_its_package_is_installed(monkeypatch):
    """The extra registers its reader; without it the suffix is none that is looked at."""
    asked = []
    package = SimpleNamespace(register_heif_opener=lambda: asked.append("registered"))
    for function in (formats, suffixes):
        function.cache_clear()
    assert (".heic" in suffixes()) == (find_spec("pillow_heif") is not None)
    suffixes.cache_clear()
    with monkeypatch.context() as patched:
        patched.setattr(decoding, "find_spec", lambda name: package)
        patched.setattr(decoding, "import_module", lambda name: package)
        assert ".heic" in suffixes()
        formats()
    assert asked == ["registered"]
    for function in (formats, suffixes):
        function.cache_clear()


def deep_png(path, values):
    """A PNG of 16 bits a colour, which Pillow reads and does not write."""
    lines = b"".join(b"\0" + row.astype(">u2").tobytes() for row in values)
    head = struct.pack(">IIBBBBB", values.shape[1], values.shape[0], 16, 2, 0, 0, 0)
    content = b"\x89PNG\r\n\x1a\n"
    for name, data in ((b"IHDR", head), (b"IDAT", zlib.compress(lines)), (b"IEND", b"")):
        content += struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
    path.write_bytes(content)


def test_colours_of_sixteen_bits_have_the_range_of_sixteen_bits(tmp_path):
    """Pillow keeps the upper eight: the range is said in what the file holds."""
    deep_png(tmp_path / "a.png", COLOUR.astype(np.uint16) * 16)
    assert PictureFiles(tmp_path, ("a.png",)).top(0) == (257 * 15, 4095)
    for range in (None, (0, 4095)):
        read = PictureFiles(tmp_path, ("a.png",), range).decode(np.arange(1))[0]
        assert np.abs(read - COLOUR / 255).mean() < 0.05


def test_negative_values_need_a_range(tmp_path, capfd):
    """The mistake is told, and the console is whole afterwards."""
    Image.fromarray((COLOUR[..., 0] / 127.5 - 1).astype(np.float32)).save(tmp_path / "a.tif")
    with pytest.raises(DataError, match=r"run from -1 to .*; say `data: \{range: \[low, high\]\}`"):
        PictureFiles(tmp_path, ("a.tif",)).decode(np.arange(1))
    os.write(2, b"heard")
    assert capfd.readouterr().err == "heard"


def tiff(path, values, sign):
    """A TIFF of one channel as microscopes write it: without a sign (1), with one (2), floats (3)."""
    head = {256: values.shape[1], 257: values.shape[0], 258: values.itemsize * 8, 259: 1, 262: 1, 273: 134, 277: 1}
    head |= {278: values.shape[0], 279: values.nbytes, 339: sign}
    entries = b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in head.items())
    path.write_bytes(struct.pack("<2sHIH", b"II", 42, 8, len(head)) + entries + bytes(4) + values.tobytes())


@pytest.mark.parametrize("range", [None, (0, 4095)])
def test_sixteen_bits_with_a_sign_are_those_without(tmp_path, range):
    """The same pixels, largest value and question."""
    values = RAMP.astype("<u2") * 17
    read = []
    for sign in (1, 2):
        tiff(tmp_path / "a.tif", values, sign)
        files = PictureFiles(tmp_path, ("a.tif",), range)
        read.append((files.top(0), files.questions, files.decode(np.arange(1))[0].tolist()))
    assert read[0] == read[1]
    assert read[0][0] == (values.max(), 4095)
    np.testing.assert_allclose(read[1][2], values / 4095, atol=1e-6)


@pytest.mark.parametrize("sign", [1, 2])
def test_all_of_sixteen_bits_become_bytes(tmp_path, sign):
    """The upper eight of them, with a sign or without."""
    tiff(tmp_path / "a.tif", RAMP.astype("<u2") * 128, sign)
    assert read_picture(tmp_path / "a.tif").tolist() == (RAMP // 2).tolist()


@pytest.mark.parametrize(("kind", "low"), [("<i1", -100), ("<i2", -600), ("<i4", -70000), ("<f4", -3)])
def test_values_below_zero_are_named_truly_and_read_with_a_range(tmp_path, kind, low):
    """Whatever the number of bits."""
    values = np.linspace(low, 100, 48).astype(kind).reshape(6, 8)
    tiff(tmp_path / "a.tif", values, 3 if "f" in kind else 2)
    with pytest.raises(DataError, match=f"its values run from {low:g} to 100; say"):
        read_picture(tmp_path / "a.tif")
    read = PictureFiles(tmp_path, ("a.tif",), (low, 100)).decode(np.arange(1))[0]
    np.testing.assert_allclose(read, (values.astype(float) - low) / (100 - low), atol=1e-6)


def test_large_values_of_32_bits_have_no_sign(tmp_path):
    """Half of all 32-bit numbers are above what a number with a sign can be."""
    values = np.linspace(0, 4e9, 48).astype("<u4").reshape(6, 8)
    tiff(tmp_path / "a.tif", values, 1)
    np.testing.assert_allclose(read_picture(tmp_path / "a.tif"), values / values.max(), atol=1e-6)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("range", [None, (0, 1)])
def test_no_numbers_are_refused_with_a_range_too(tmp_path, value, range):
    """Neither is a colour, and no range makes it one."""
    values = np.full((6, 8), 0.5, "<f4")
    values[2, 3] = value
    tiff(tmp_path / "a.tif", values, 3)
    for read in (lambda files: files.decode(np.arange(1)), lambda files: files.fit(np.arange(1), Frame((3, 4, 1)))):
        with pytest.raises(DataError, match=r"a\.tif: some of its values are no numbers") as told:
            read(PictureFiles(tmp_path, ("a.tif",), range))
        assert "range" not in str(told.value)
