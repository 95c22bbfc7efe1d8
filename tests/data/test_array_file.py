"""Arrays of pictures: which array is what, in every shape and type, and what is said where that is not plain."""

import numpy as np
import pytest

from generator.data.array_file import read_arrays
from generator.data.data_source import DataSource
from generator.errors import DataError

CLASSES = (("angry", "生氣"), ("happy", "高興"), ("sad", "難過"))
NUMBERED = (("1",), ("2",), ("3",))
RNG = np.random.default_rng(3)
FACES = RNG.integers(0, 256, (9, 4, 4), dtype=np.uint8)
COLOURS = RNG.integers(0, 256, (9, 5, 6, 3), dtype=np.uint8)
DIGITS = RNG.integers(0, 256, (9, 8, 8), dtype=np.uint8)
LABELS = np.arange(9) % 3
ONE_HOT = np.eye(3)[LABELS]


def read(path, **asked):
    return read_arrays(DataSource("npz", path, **asked), CLASSES)


def bytes_of(samples):
    values = np.array(samples.decode(np.arange(len(samples))))
    return values if values.dtype == np.uint8 else np.rint(values * 255).astype(np.uint8)


@pytest.mark.parametrize(
    "x",
    [FACES, FACES.astype(np.int64), FACES.astype(np.float32), (FACES / 255).astype(np.float64), FACES[..., None]],
)
def test_pictures_of_every_type_are_the_same_pictures(tmp_path, x):
    """uint8, integers, floats in 0..255 and floats in 0..1 mean the same picture."""
    np.savez(tmp_path / "faces.npz", x=x, y=LABELS)
    samples = read(tmp_path / "faces.npz")
    np.testing.assert_array_equal(bytes_of(samples).reshape(9, 4, 4), FACES)
    np.testing.assert_array_equal(samples.label, LABELS)


@pytest.mark.parametrize(
    ("x", "expected", "asked"),
    [
        (np.moveaxis(COLOURS, 3, 1), COLOURS, {}),
        (DIGITS[:, None], DIGITS[..., None], {}),
        (DIGITS.reshape(9, 64), DIGITS, {}),
        (DIGITS.reshape(9, 64, 1), DIGITS, {}),
        (COLOURS.reshape(9, 90, 1), COLOURS, {"size": (5, 6)}),
        (COLOURS.reshape(9, 90), COLOURS, {"size": (5, 6)}),
        (np.moveaxis(COLOURS, 3, 1).reshape(9, 90), COLOURS, {"size": (3, 5, 6)}),
        (DIGITS / 127.5 - 1, DIGITS, {"range": (-1, 1)}),
        (DIGITS.astype(np.uint16) * 16, DIGITS, {"range": (0, 4080)}),
        (DIGITS > 127, np.where(DIGITS > 127, 255, 0), {}),
        ((DIGITS > 127).astype(np.uint8), np.where(DIGITS > 127, 255, 0), {}),
    ],
)
@pytest.mark.parametrize("form", ["npz", "compressed", "npy"])
def test_pictures_of_every_shape_are_the_same_pictures(tmp_path, x, expected, asked, form):
    """Channels first or last, in a row, in another range, black and white; in each kind of file."""
    path = tmp_path / ("faces.npy" if form == "npy" else "faces.npz")
    if form == "npy":
        np.save(path, x)
    else:
        (np.savez if form == "npz" else np.savez_compressed)(path, x=x)
    samples = read(path, **asked)
    np.testing.assert_array_equal(bytes_of(samples), expected)
    np.testing.assert_array_equal(samples.decode(np.array([7, 2]))[1], samples.decode(np.array([2]))[0])
    assert not samples.labelled


@pytest.mark.parametrize(
    "names",
    [
        ("x", "y"),
        ("X", "Y"),
        ("images", "labels"),
        ("data", "target"),
        ("x_train", "y_train"),
        ("test_images", "test_labels"),
        ("arr_0", "arr_1"),
        ("pics", "kinds"),
    ],
)
@pytest.mark.parametrize(
    "y",
    [
        LABELS,
        LABELS[:, None],
        LABELS * 1.0,
        ONE_HOT,
        ONE_HOT.astype(np.uint8),
        np.array(["angry", "高興", "Sad"])[LABELS],
    ],
)
def test_arrays_go_by_many_names_and_labels_have_many_forms(tmp_path, names, y):
    """Those of Keras, scikit-learn, MedMNIST and NumPy, or the only two; numbers, columns, one-hot rows, names."""
    np.savez(tmp_path / "faces.npz", **dict(zip(names, (FACES, y), strict=True)))
    samples = read(tmp_path / "faces.npz")
    np.testing.assert_array_equal(bytes_of(samples), FACES)
    np.testing.assert_array_equal(samples.label, LABELS)
    assert samples.questions == ()


def test_of_several_parts_one_is_asked_for(tmp_path):
    """Keras' mnist.npz holds two; what a model was trained on is the one for training."""
    path = tmp_path / "mnist.npz"
    np.savez(path, x_train=FACES, y_train=LABELS, x_test=FACES[:2], y_test=LABELS[:2])
    with pytest.raises(DataError, match="say in `data` which part, `usage: train` or `usage: test`"):
        read(path)
    assert [len(read(path, usage=part)) for part in ("train", "Training", "test")] == [9, 9, 2]
    assert len(read(path, training=True)) == 9
    with pytest.raises(DataError, match="has no part 'val'; known: train, test"):
        read(path, usage="val")


def test_the_spec_says_which_array_is_what(tmp_path):
    """Within the file, or a file of labels beside an .npy."""
    np.savez(tmp_path / "faces.npz", a=FACES, b=COLOURS, c=LABELS)
    with pytest.raises(DataError, match="has the arrays a, b, c; wanted are `x`"):
        read(tmp_path / "faces.npz")
    samples = read(tmp_path / "faces.npz", columns={"pixels": "b", "label": "c"})
    np.testing.assert_array_equal(bytes_of(samples), COLOURS)
    assert samples.label.tolist() == LABELS.tolist()
    np.save(tmp_path / "x.npy", FACES)
    np.save(tmp_path / "y.npy", LABELS)
    assert read(tmp_path / "x.npy", columns={"label": "y.npy"}).label.tolist() == LABELS.tolist()
    with pytest.raises(DataError, match="no array is called 'd'"):
        read(tmp_path / "faces.npz", columns={"pixels": "d"})


@pytest.mark.parametrize(
    ("others", "label", "asks"),
    [
        ({"emotions": LABELS, "ages": LABELS + 30}, LABELS, 1),
        ({"ages": LABELS + 30.0, "emotions": np.array(["sad", "happy", "angry"])[LABELS]}, 2 - LABELS, 0),
        ({"ages": LABELS + 30, "emotions": ONE_HOT, "names": np.array(["a", "b", "c"])[LABELS]}, LABELS, 1),
        ({"folds": LABELS, "emotions": np.array(["sad", "happy", "angry"])[LABELS]}, 2 - LABELS, 0),
        ({"id": LABELS, "ages": LABELS + 30}, np.full(9, -1), 0),
    ],
)
def test_of_several_arrays_the_one_that_holds_classes_is_the_label(tmp_path, others, label, asks):
    """Names before numbers, which are taken with a question; where no array holds classes no picture has one."""
    np.savez(tmp_path / "faces.npz", x=FACES, **others)
    samples = read(tmp_path / "faces.npz")
    np.testing.assert_array_equal(samples.label, label)
    assert ["`columns: {label: emotions}`" in question for question in samples.questions] == [True] * asks


@pytest.mark.parametrize(("reading", "labels"), [(None, [0, 1]), ("names", [0, 1]), ("from 0", [1, 2])])
def test_an_npz_of_two_of_the_classes_asks(tmp_path, reading, labels):
    """1 and 2 may be names of classes or count them from 0; what the spec says ends the question."""
    np.savez(tmp_path / "faces.npz", x=FACES[:3], y=[1, -1, 2])
    samples = read_arrays(DataSource("npz", tmp_path / "faces.npz", labels=reading), NUMBERED)
    assert samples.label.tolist() == [labels[0], -1, labels[1]]
    assert len(samples.questions) == (reading is None)


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        ({"x": FACES[0]}, r"x has the shape \(4, 4\)"),
        ({"x": DIGITS[0]}, r"x has the shape \(8, 8\)"),
        ({"x": COLOURS[0].repeat(2, 1)}, r"x has the shape \(5, 12, 3\), that of one picture .*save `x\[None\]`"),
        ({"x": COLOURS[0].repeat(2, 1), "y": [1]}, "that of one picture"),
        (
            {"x": FACES, "folds": LABELS, "kinds": LABELS, "ids": LABELS + 9},
            "several arrays hold .*folds}` or .*kinds}`",
        ),
        ({"x": FACES[:, None, None]}, r"x has the shape \(9, 1, 1, 4, 4\)"),
        ({"x": np.zeros((9, 70), np.uint8)}, r"x: 70 pixels make no square.*`size: \[7, 10\]`"),
        ({"x": FACES, "y": LABELS[:4]}, r"y has the shape \(4,\)"),
        ({"x": FACES, "y": np.eye(9)}, r"y has the shape \(9, 9\)"),
        ({"x": FACES, "y": ONE_HOT * 0.5}, r"y has the shape \(9, 3\) .* a row of 3 with a single 1"),
        ({"x": FACES, "y": LABELS + 7}, r"y\[0\]: label 7 with 3 classes"),
        ({"x": FACES / 127.5 - 1}, r"x\[0\] is not a picture.*before any preprocessing.*range: \[-1, 1\]"),
        ({"x": np.where(np.arange(9)[:, None, None] == 6, np.nan, FACES)}, r"x\[6\] is not a picture: 'nan'"),
        ({"x": np.array([["a"]])[None]}, "x has the type"),
        ({"x": np.array([{}], object)}, r"x holds objects of Python.*y\.astype\(str\)"),
        ({}, "has no arrays; it is an archive of another kind"),
        ({"x": np.uint8(3)}, r"has the arrays x; wanted are `x`"),
        ({"x": FACES, "y": np.int64(3)}, r"y has the shape \(\) and the type int64"),
        ({"x": FACES[:, :0]}, r"x has the shape \(9, 0, 4\); wanted is"),
        ({"x": FACES[:, :, :0]}, r"x has the shape \(9, 4, 0\); wanted is"),
        ({"x": FACES, "y": np.array([b"\xff", b"sad", b"happy"])[LABELS]}, r"y\[0\]: label \\xff with 3 classes"),
        ({"x": FACES, "y": LABELS.astype(np.uint64) + 2**63}, r"y\[0\]: label 9223372036854775808 with 3 classes"),
        ({"x": FACES * 1e300}, r"x\[0\] is not a picture: '5e\+300' is no pixel in any range"),
    ],
)
def test_a_wrong_file_names_the_array(tmp_path, arrays, message):
    """Shapes, labels and values are refused at their place."""
    np.savez(tmp_path / "faces.npz", **arrays)
    with pytest.raises(DataError, match=message):
        read(tmp_path / "faces.npz")


@pytest.mark.parametrize("content", [b"not an archive", b"\x93NUMPY\x01\x00", b"PK\x03\x04 broken", b""])
def test_a_file_that_holds_no_arrays_is_refused(tmp_path, content):
    """A text under the name of an archive, and what is cut short."""
    (tmp_path / "faces.npz").write_bytes(content)
    with pytest.raises(DataError, match=r"not an \.npz or \.npy; write|x is damaged|cut short or damaged|is empty"):
        read(tmp_path / "faces.npz")


def test_objects_that_nobody_asks_for_are_left_alone(tmp_path):
    """The names of the classes beside the pictures, say."""
    np.savez(tmp_path / "faces.npz", x=FACES, y=LABELS, class_names=np.array(["a", None], object))
    assert read(tmp_path / "faces.npz").label.tolist() == LABELS.tolist()
