"""The four sources: what they read, and what they say of files that are wrong."""

import numpy as np
import pytest
from PIL import Image
from skimage.data import lfw_subset

from generator.data.sources import DataSource, guess_kind, read_picture, read_samples
from generator.errors import DataError

CLASSES = (("angry", "生氣"), ("happy", "高興"), ("sad", "難過"))
RNG = np.random.default_rng(3)
FACES = RNG.integers(0, 256, (9, 4, 4), dtype=np.uint8)
LABELS = np.arange(9) % 3


def read(kind, path, usage=None):
    return read_samples(DataSource(kind, path, usage), CLASSES)


def pictures(samples):
    return np.array(samples.decode(np.arange(len(samples))))


def test_lfw_is_a_hundred_small_grey_faces_without_labels():
    """scikit-image's subset has faces in its first hundred only."""
    samples = read("lfw", None)
    assert len(samples) == 100
    assert not samples.labelled
    face = samples.decode(np.array([7]))[0]
    np.testing.assert_allclose(face, lfw_subset()[7], atol=1e-6)
    assert face.shape == (25, 25)
    assert 0 <= face.min() < face.max() <= 1


@pytest.mark.parametrize(
    "x",
    [FACES, FACES.astype(np.int64), FACES.astype(np.float32), (FACES / 255).astype(np.float64), FACES[..., None]],
)
def test_npz_pictures_of_every_type_are_the_same_pictures(tmp_path, x):
    """uint8, integers, floats in 0..255 and floats in 0..1 mean the same picture."""
    path = tmp_path / "faces.npz"
    np.savez(path, x=x, y=LABELS)
    samples = read("npz", path)
    values = pictures(samples).reshape(9, 4, 4)
    unit = values / 255 if values.dtype == np.uint8 else values
    np.testing.assert_allclose(unit, FACES / 255, atol=1e-6)
    np.testing.assert_array_equal(samples.label, LABELS)


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        ({"images": FACES}, "has the arrays images; wanted are `x`"),
        ({"x": FACES, "labels": LABELS}, "has the arrays x, labels"),
        ({"x": FACES[0]}, r"x has the shape \(4, 4\)"),
        ({"x": FACES, "y": LABELS[:4]}, r"y has the shape \(4,\)"),
        ({"x": FACES, "y": np.eye(9)}, r"y has the shape \(9, 9\)"),
        ({"x": FACES, "y": LABELS + 7}, r"y\[0\]: label 7 with 3 classes"),
        ({"x": FACES / 127.5 - 1}, r"x\[0\] is not a picture.*before any preprocessing"),
        ({"x": np.where(np.arange(9)[:, None, None] == 6, np.nan, FACES)}, r"x\[6\] is not a picture"),
        ({"x": np.array([["a"]])[None]}, "x has the type"),
    ],
)
def test_a_wrong_npz_names_the_array(tmp_path, arrays, message):
    """Unknown keys, shapes, labels and values are refused at their place."""
    path = tmp_path / "faces.npz"
    np.savez(path, **arrays)
    with pytest.raises(DataError, match=message):
        read("npz", path)


def test_a_file_that_is_no_npz_is_refused(tmp_path):
    """A text under the name of an archive is a DataError, and so is an array of objects."""
    path = tmp_path / "faces.npz"
    path.write_text("not an archive")
    with pytest.raises(DataError, match=r"not an \.npz"):
        read("npz", path)
    np.savez(path, x=np.array([{}], object))
    with pytest.raises(DataError, match=r"not an \.npz"):
        read("npz", path)


def folder_of(path, names):
    for n, name in enumerate(names):
        file = path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(np.full((4, 4), n, np.uint8)).save(file)
    return path


@pytest.mark.parametrize("names", [("angry", "happy", "sad"), ("0", "1", "02"), ("生氣", "高興", "SAD")])
def test_sub_folders_are_classes_by_id_number_or_name(tmp_path, names):
    """A class may be named as the spec's id, as its number, or in any language."""
    folder_of(tmp_path, [f"{name}/{n}.png" for name in names for n in range(2)])
    samples = read("folder", tmp_path)
    assert sorted(samples.label) == [0, 0, 1, 1, 2, 2]


def test_files_come_in_natural_order_with_the_label_of_their_name(tmp_path):
    """`0_2` stands before `0_10`, and `<class index>_<n>` is labelled by its first number."""
    folder_of(tmp_path, ["0_10.png", "0_2.png", "2_1.png"])
    (tmp_path / ".hidden.png").write_text("not looked at")
    samples = read("folder", tmp_path)
    np.testing.assert_array_equal([p[0, 0] for p in samples.decode(np.arange(3))], [1, 0, 2])
    np.testing.assert_array_equal(samples.label, [0, 0, 2])


def test_loose_pictures_have_no_labels(tmp_path):
    """A date in a camera's file name is no class."""
    folder_of(tmp_path, ["20190101_12.png", "face.png"])
    assert not read("folder", tmp_path).labelled


@pytest.mark.parametrize(
    ("names", "message"),
    [
        (["happi/1.png"], "happi: no class has this name; did you mean 'happy'"),
        (["zebra/1.png"], "zebra: no class has this name; allowed: 0 to 2, or angry"),
        (["7_1.png", "1_1.png"], "7_1.png: label 7 with 3 classes"),
        ([], "no pictures in this folder"),
    ],
)
def test_a_wrong_folder_names_the_file(tmp_path, names, message):
    """Unknown classes and empty folders are refused with what is allowed."""
    folder_of(tmp_path, names)
    with pytest.raises(DataError, match=message):
        read("folder", tmp_path)


def test_nothing_is_decoded_before_it_is_asked_for_and_a_corrupt_picture_is_named(tmp_path):
    """A broken file hurts only those who look at it, and then by its name."""
    folder_of(tmp_path, ["a.png", "b.png"])
    (tmp_path / "b.png").write_bytes(b"\x89PNG\r\n\x1a\n broken")
    samples = read("folder", tmp_path)
    assert samples.decode(np.array([0]))[0].shape == (4, 4)
    with pytest.raises(DataError, match=r"b\.png: not a picture"):
        samples.decode(np.array([1]))
    (tmp_path / "b.png").write_bytes((tmp_path / "a.png").read_bytes()[:45])
    with pytest.raises(DataError, match=r"b\.png: not a picture"):
        samples.decode(np.array([1]))


def test_the_digest_of_a_folder_follows_its_files(tmp_path):
    """The same as long as nothing changes; another file or another content gives another."""
    one = read("folder", folder_of(tmp_path, ["a.png"])).digest
    assert read("folder", tmp_path).digest == one
    two = read("folder", folder_of(tmp_path / "more", ["0/a.png"])).digest
    Image.fromarray(np.arange(100, dtype=np.uint8).reshape(10, 10)).save(tmp_path / "more" / "0" / "a.png")
    assert len({one, two, read("folder", tmp_path / "more").digest}) == 3


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


@pytest.mark.parametrize(
    ("kind", "name", "message"),
    [
        ("csv", "no.csv", "no such file"),
        ("folder", "no", "no such folder"),
        ("csv", ".", "did you mean `source: folder`"),
    ],
)
def test_a_path_that_does_not_fit_is_refused(tmp_path, kind, name, message):
    """A missing path, or a folder where a file is wanted."""
    with pytest.raises(DataError, match=message):
        read(kind, tmp_path / name)


def test_a_source_without_its_path_is_refused():
    """Only the built-in faces need none."""
    with pytest.raises(DataError, match="needs a `path`"):
        read("csv", None)


def test_the_kind_of_a_path_follows_its_form(tmp_path):
    """`--data` tells a folder, a CSV and an NPZ apart, and refuses the rest."""
    assert guess_kind(tmp_path) == "folder"
    assert guess_kind(tmp_path / "a.CSV") == "csv"
    assert guess_kind(tmp_path / "a.npz") == "npz"
    with pytest.raises(DataError, match="wanted is"):
        guess_kind(tmp_path / "a.pkl")
