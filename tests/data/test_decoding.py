"""Picture files into pixels."""

import os
import struct
import zlib
from importlib.util import find_spec
from io import BytesIO
from random import Random
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

from generator.data import decoding
from generator.data.decoding import READ, formats, read_picture, suffixes
from generator.data.picture_files import PictureFiles
from generator.errors import DataError
from generator.limits import Limits
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
        (b"II*\0\x08\0\0\0\0\0", "its kind of pixels is not known"),
        (b"II*\0\xff\xff\0\0\0\0", "damaged or cut short"),
        (b"MM\0*\0\0\xff\xff\0\0", "damaged or cut short"),
        (b"\0\0\0\x18ftypheic\0\0\0\0", "HEIC, as iPhones take them: the extra `heic` reads it"),
        (b"\0\0\0\x18ftypmif1\0\0\0\0", "HEIC, as iPhones take them: the extra `heic` reads it"),
        (b"\0\0\0\x18ftypmp42\0\0\0\0", "a video"),
        (b"\0" * 128 + b"DICM\2\0\0\0", "DICOM, a medical image: export it as PNG or TIFF"),
        (b"\xff\x0a\0\0", "JPEG XL"),
        (b"PK\x03\x04\0\0", "a ZIP archive: unpack it"),
        (b"\x93NUMPY\1\0", "an array: `source: npz` reads it"),
        (b"RIFF\x10\0\0\0WEBPVP8 ", r"\(could not create decoder"),
        (b"\xff\xd8\xff\xe0", "damaged or cut short"),
        (b"", "empty"),
        (b"nothing", "none of JPEG"),
    ],
)
def test_what_is_no_picture_is_said_and_never_run(tmp_path, monkeypatch, start, words):
    """An EPS called .png does not reach the program that would draw it."""
    if "heic" in words and find_spec("pillow_heif"):
        pytest.skip("is read here")
    monkeypatch.setattr("subprocess.Popen.__init__", lambda *_, **__: pytest.fail("a program was started"))
    (tmp_path / "a.png").write_bytes(start)
    with pytest.raises(DataError, match=rf"a\.png: not a picture that can be read:? {words}"):
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


def _claiming(width, height):
    """A PNG of a few bytes that says how large it is."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", head), (b"IDAT", zlib.compress(bytes(1000))), (b"IEND", b""))
    parts = (struct.pack(">I", len(c)) + n + c + struct.pack(">I", zlib.crc32(n + c)) for n, c in chunks)
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


@pytest.mark.parametrize(
    ("width", "height", "words"),
    [
        (13_000, 13_000, r"13000 × 13000 pixels, more than the 120,000,000 .*`limits: \{pixels: 169000000\}`"),
        (60_000, 60_000, r"more than the 120,000,000"),
        (2_000_000, 1, r"2000000 × 1 pixels, more than 65,535 along a side"),
        (1, 2**31 - 1, r"more than 65,535 along a side"),
        (10_900, 10_900, r"not a picture that can be read \(image file is truncated"),
    ],
)
def test_a_picture_that_claims_too_much_is_refused_before_memory_is_taken(tmp_path, width, height, words):
    """By its head; what is within the limit is decoded, and then found to be cut short."""
    (tmp_path / "a.png").write_bytes(_claiming(width, height))
    files = PictureFiles(tmp_path, ("a.png",))
    for read in (lambda: files.decode(np.arange(1)), lambda: files.fit(np.arange(1), Frame((8, 8, 3)))):
        with pytest.raises(DataError, match=rf"a\.png: .*{words}"):
            read()


def test_pixels_in_digits_are_read_as_long_as_it_takes_seconds(tmp_path):
    """The text form of PGM; a photograph in it would take minutes."""
    (tmp_path / "a.pgm").write_bytes(b"P2\n2 1\n255\n7 9")
    assert read_picture(tmp_path / "a.pgm").tolist() == [[7, 9]]
    (tmp_path / "a.pgm").write_bytes(b"P2\n2000 1001\n255\n7 9")
    with pytest.raises(
        DataError, match=r"a\.pgm: more than 2,000,000 pixels that are written in digits; save it as PNG"
    ):
        read_picture(tmp_path / "a.pgm")


def test_the_limit_of_pixels_is_the_specs(tmp_path):
    """Smaller or larger than the usual one, for the head too."""
    Image.fromarray(COLOUR).save(tmp_path / "a.png")
    few, enough = (PictureFiles(tmp_path, ("a.png",), limits=Limits(pixels=n)) for n in (32 * 48 - 1, 32 * 48))
    assert enough.sizes(np.arange(1)) == [(32, 48)]
    with pytest.raises(DataError, match="48 × 32 pixels"):
        few.sizes(np.arange(1))


@pytest.mark.parametrize("name", ["pipe.png", "zero.tif", "folder.jpg"])
def test_what_is_no_file_is_not_waited_for(tmp_path, name):
    """A pipe, an endless device or a folder that is called a picture."""
    os.mkfifo(tmp_path / "pipe.png")
    (tmp_path / "zero.tif").symlink_to("/dev/zero")
    (tmp_path / "folder.jpg").mkdir()
    files = PictureFiles(tmp_path, (name,))
    for read in (files.decode, files.sizes, files.digests, lambda at: files.fit(at, Frame((8, 8, 3)))):
        with pytest.raises(DataError, match=f"{name}: .*where a file is needed"):
            read(np.arange(1))


SEEDS = [
    *((name, options) for name in READ for options in ({},)),
    ("JPEG", {"progressive": True}),
    ("WEBP", {"lossless": True}),
    *(("TIFF", {"compression": f"tiff_{how}"}) for how in ("lzw", "deflate", "jpeg")),
]


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(("format", "options"), SEEDS)
def test_a_damaged_picture_is_read_or_refused_in_words(tmp_path, format, options):
    """Cut short, with bytes changed, taken out or set to the largest number: of every format."""
    content = BytesIO()
    Image.fromarray(COLOUR).save(content, "JPEG" if format == "MPO" else format, **options)
    whole, path = content.getvalue(), tmp_path / f"a{READ[format][0]}"
    files, random = PictureFiles(tmp_path, (path.name,), limits=Limits(pixels=1 << 20)), Random(f"{format}{options}")
    for _ in range(25):
        path.write_bytes(_damaged(whole, random))
        for read in (files.digests, files.sizes, lambda at: files.fit(at, Frame((8, 8, 3)))):
            try:
                read(np.arange(1))
            except DataError as error:
                assert str(error).startswith(f"{path}: ")
                assert len(str(error)) < 500
                assert "\n" not in str(error)


def _damaged(whole, random):
    """The bytes of a file with something wrong, most often in its head."""
    if random.random() < 0.3:
        return whole[: random.randrange(len(whole))]
    content = bytearray(whole)
    for _ in range(random.choice((1, 2, 8))):
        at = random.randrange(min(len(content), random.choice((64, len(content)))))
        content[at : at + random.choice((1, 2, 4))] = random.choice(
            (b"", b"\0", b"\xff\xff\xff\x7f", random.randbytes(2))
        )
    return bytes(content)


def test_twelve_bits_in_a_jpeg_2000_have_the_range_of_their_largest_value(tmp_path):
    """As in other files of 16 bits; told with a question."""
    values = (np.arange(64, dtype=np.uint16) * 65).reshape(8, 8)
    Image.fromarray(values).save(tmp_path / "a.jp2")
    Image.fromarray(COLOUR).save(tmp_path / "b.jp2")
    files = PictureFiles(tmp_path, ("a.jp2", "b.jp2"))
    assert len(files.questions) == 1
    assert "in files of 16 bits the values reach 4095" in files.questions[0]
    np.testing.assert_allclose(files.decode(np.arange(1))[0], values / 4095, atol=1e-6)
