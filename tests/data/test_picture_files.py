"""Many picture files: what they become is what each would, in bounded memory and without a word of a library."""

import os
import warnings
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from PIL import Image, ImageOps

from generator.data import picture_files
from generator.data.picture_files import PictureFiles
from generator.samples import Frame

FRAME = Frame((24, 32, 3))


def photograph(height=480, width=640, seed=0):
    """Noise whose spectrum falls off as that of a photograph does."""
    rng = np.random.default_rng(seed)
    frequency = np.hypot(np.fft.fftfreq(height)[:, None], np.fft.fftfreq(width))
    frequency[0, 0] = 1
    layers = [np.fft.ifft2(np.fft.fft2(rng.standard_normal((height, width))) / frequency).real for _ in range(3)]
    values = np.stack(layers, -1)
    return np.clip(128 + 50 * values / values.std(), 0, 255).astype(np.uint8)


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("photographs")
    for number in range(3):
        Image.fromarray(photograph(seed=number)).save(folder / f"{number}.jpg", quality=92)
    return PictureFiles(folder, tuple(sorted(file.name for file in folder.iterdir())))


def exact(path, size):
    """The whole picture averaged in floats, channel by channel."""
    pixels = np.asarray(Image.open(path)).astype(np.float32)
    layers = [Image.fromarray(pixels[..., c]).resize(size, Image.Resampling.BILINEAR) for c in range(3)]
    return np.stack([np.asarray(layer) for layer in layers], -1) / 255


def test_a_photograph_decoded_small_is_the_photograph_averaged(files):
    """Pillow's antialiased bilinear filter over all pixels is the oracle: less than a level of 256 on average."""
    images = files.fit(np.arange(3), FRAME)
    for image, name in zip(images, files.names, strict=True):
        assert np.abs(image - exact(files.folder / name, (32, 24))).mean() < 1 / 255


@pytest.mark.parametrize("orientation", [1, 2, 5, 6, 7, 8])
@pytest.mark.parametrize(
    "asked", [{}, {"aspect": "crop"}, {"aspect": "pad"}, {"shorter": 60}, {"filter": "area", "aspect": "crop"}]
)
def test_a_photograph_decoded_small_has_its_place(tmp_path, asked, orientation):
    """The crop is that of the whole picture, however it is turned: less than a level on average on fine waves."""
    y, x = np.indices((605, 909))
    waves = (128 + 60 * np.sin(x / 12) + 60 * np.sin(y / 11)).astype(np.uint8)
    exif = Image.Exif()
    exif[0x0112] = orientation
    Image.fromarray(waves).save(tmp_path / "a.jpg", quality=95, exif=exif)
    upright = ImageOps.exif_transpose(Image.open(tmp_path / "a.jpg"))
    upright.save(tmp_path / "a.png")
    small, whole = PictureFiles(tmp_path, ("a.jpg", "a.png")).fit(np.arange(2), Frame((48, 48, 1), **asked))
    assert np.abs(small - whole).mean() < 1 / 255


def test_an_image_is_decoded_once_as_long_as_there_is_room(files, monkeypatch):
    """What was made stays; another frame is made anew."""
    files.kept.clear()
    first = files.fit(np.arange(3), FRAME)
    monkeypatch.setattr(picture_files, "read_fitted", lambda *_: pytest.fail("decoded again"))
    np.testing.assert_array_equal(files.fit(np.array([2, 0]), FRAME), first[[2, 0]])
    monkeypatch.undo()
    assert files.fit(np.array([1]), Frame((8, 8, 1))).shape == (1, 8, 8, 1)


def test_room_is_bounded(files, monkeypatch):
    """Of three images two are kept where there is room for two."""
    files.kept.clear()
    monkeypatch.setattr(picture_files, "KEPT", 2 * 24 * 32 * 3 + 1)
    files.fit(np.arange(3), FRAME)
    assert len(files.kept) == 2


def test_a_large_file_is_known_by_its_bytes_a_small_one_by_its_pixels(tmp_path):
    """A copy is found in both cases, and a small picture in another format too."""
    Image.fromarray(photograph()).save(tmp_path / "a.jpg", quality=95)
    (tmp_path / "b.jpg").write_bytes((tmp_path / "a.jpg").read_bytes())
    Image.fromarray(photograph(8, 8)).save(tmp_path / "c.png")
    Image.fromarray(photograph(8, 8)).save(tmp_path / "d.bmp")
    assert (tmp_path / "a.jpg").stat().st_size > picture_files.WHOLE
    found = PictureFiles(tmp_path, ("a.jpg", "b.jpg", "c.png", "d.bmp")).digests(np.arange(4))
    assert found[0] == found[1] != found[2] == found[3]


def test_callers_at_the_same_time_leave_the_console_and_the_warnings_as_they_were(tmp_path, capfd):
    """Each silences the whole process while it decodes: they wait for each other."""
    for number in range(8):
        Image.fromarray(photograph(64, 64, number)).save(tmp_path / f"{number}.tif")
    files = PictureFiles(tmp_path, tuple(f"{number}.tif" for number in range(8)))
    before = list(warnings.filters)
    with ThreadPoolExecutor(4) as pool:
        shapes = list(pool.map(lambda n: files.fit(np.array([n]), Frame((8, 8, n % 2 * 2 + 1))).shape, range(8)))
    assert shapes == [(1, 8, 8, n % 2 * 2 + 1) for n in range(8)]
    os.write(2, b"heard")
    assert capfd.readouterr().err == "heard"
    assert list(warnings.filters) == before


def test_further_pages_are_told(tmp_path):
    """Of a file of several pictures the first is read, and nobody would know."""
    page = Image.fromarray(photograph(8, 8))
    page.save(tmp_path / "a.tif", save_all=True, append_images=[page, page])
    page.save(tmp_path / "b.TIFF")
    page.save(tmp_path / "c.jpg")
    names = ("a.tif", "b.TIFF", "c.jpg")
    told = "1 file has several pages, of which the first is read: a.tif; save each page as a file of its own"
    assert PictureFiles(tmp_path, names).questions == (told,)
    assert PictureFiles(tmp_path, names, (0, 255)).questions == (told,)
    assert PictureFiles(tmp_path, names[1:]).questions == ()
