"""A folder of pictures: which are in it, and of which class."""

import os
import sys

import numpy as np
import pytest
from PIL import Image

from generator.data.folder import left_out, read_folder
from generator.errors import DataError

CLASSES = (("angry", "生氣"), ("happy", "高興"), ("sad", "難過"))


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
    samples = read_folder(tmp_path, CLASSES)
    assert sorted(samples.label) == [0, 0, 1, 1, 2, 2]


@pytest.mark.parametrize("names", [("1/a.png", "2/a.png", "3/a.png"), ("1_0.png", "2_0.png", "3_0.png")])
def test_numbers_that_are_names_of_classes_are_names(tmp_path, names):
    """Classes called 1, 2, 3 are not counted from 0, neither as folders nor in the names of files."""
    samples = read_folder(folder_of(tmp_path, names), (("1",), ("2",), ("3",)))
    assert (samples.label.tolist(), samples.questions) == ([0, 1, 2], ())


def test_files_come_in_natural_order_with_the_label_of_their_name(tmp_path):
    """`0_2` stands before `0_10`, and `<class index>_<n>` is labelled by its first number."""
    folder_of(tmp_path, ["0_10.png", "0_2.png", "2_1.png"])
    (tmp_path / ".hidden.png").write_text("not looked at")
    samples = read_folder(tmp_path, CLASSES)
    np.testing.assert_array_equal([p[0, 0] for p in samples.decode(np.arange(3))], [1, 0, 2])
    np.testing.assert_array_equal(samples.label, [0, 0, 2])


def test_loose_pictures_have_no_labels(tmp_path):
    """A date in a camera's file name is no class."""
    folder_of(tmp_path, ["20190101_12.png", "face.png"])
    assert not read_folder(tmp_path, CLASSES).labelled


@pytest.mark.parametrize(
    ("names", "message"),
    [
        (["happi/1.png"], "happi: no class has this name; did you mean 'happy'"),
        (["an gry/1.png"], "no class has this name; did you mean 'angry'.*`{id: angry, name: an gry}`"),
        (["zebra/1.png"], "zebra: no class has this name; allowed: 0 to 2, or angry"),
        (["7_1.png", "1_1.png"], "7_1.png: label 7 with 3 classes"),
        ([], "no pictures in this folder"),
    ],
)
def test_a_wrong_folder_names_the_file(tmp_path, names, message):
    """Unknown classes and empty folders are refused with what is allowed."""
    folder_of(tmp_path, names)
    with pytest.raises(DataError, match=message):
        read_folder(tmp_path, CLASSES)


def test_nothing_is_decoded_before_it_is_asked_for_and_a_corrupt_picture_is_named(tmp_path):
    """A broken file hurts only those who look at it, and then by its name."""
    folder_of(tmp_path, ["a.png", "b.png"])
    (tmp_path / "b.png").write_bytes(b"\x89PNG\r\n\x1a\n broken")
    samples = read_folder(tmp_path, CLASSES)
    assert samples.decode(np.array([0]))[0].shape == (4, 4)
    with pytest.raises(DataError, match=r"b\.png: not a picture"):
        samples.decode(np.array([1]))
    (tmp_path / "b.png").write_bytes((tmp_path / "a.png").read_bytes()[:45])
    with pytest.raises(DataError, match=r"b\.png: not a picture"):
        samples.decode(np.array([1]))


def test_the_digest_of_a_folder_follows_its_files(tmp_path):
    """The same as long as nothing changes; another file or another content gives another."""
    one = read_folder(folder_of(tmp_path, ["a.png"]), CLASSES).digest
    assert read_folder(tmp_path, CLASSES).digest == one
    two = read_folder(folder_of(tmp_path / "more", ["0/a.png"]), CLASSES).digest
    Image.fromarray(np.arange(100, dtype=np.uint8).reshape(10, 10)).save(tmp_path / "more" / "0" / "a.png")
    assert len({one, two, read_folder(tmp_path / "more", CLASSES).digest}) == 3


@pytest.mark.parametrize("above", ["train", "set/train", "a/b/c"])
def test_classes_below_another_folder_are_found_and_named(tmp_path, above):
    """train and test stand above the classes: the message says which path to take."""
    folder_of(tmp_path, [f"{above}/{name}/1.png" for name in ("angry", "happy")])
    with pytest.raises(DataError, match=f"say `path: …/{tmp_path.name}/{above}`"):
        read_folder(tmp_path, CLASSES)


def test_several_parts_are_offered(tmp_path):
    """One of them is the data, another perhaps what the model was trained on."""
    folder_of(tmp_path, [f"{part}/{name}/1.png" for part in ("train", "val", "test") for name in ("angry", "sad")])
    with pytest.raises(DataError, match="test: no class has this name; the classes are folders further down") as told:
        read_folder(tmp_path, CLASSES)
    parts = " or ".join(f"`path: …/{tmp_path.name}/{part}`" for part in ("test", "train", "val"))
    assert f"say {parts}; `training: …/{tmp_path.name}/train` beside it" in str(told.value)


def test_what_is_not_read_is_counted_and_named(tmp_path):
    """By suffix, the first by name; what a file manager leaves is not worth a word."""
    folder_of(tmp_path, ["angry/1.png", "happy/1.jpg"])
    for name in ("angry/2.eps", "angry/10.svg", "angry/9.svg", "Thumbs.db", ".DS_Store", "README"):
        (tmp_path / name).write_text("not a picture")
    assert left_out(tmp_path) == (
        "4 files are left out (2 .svg, 1 .eps, 1 without a suffix), as no picture that can be read: "
        "angry/2.eps, angry/9.svg, angry/10.svg, …"
    )
    assert len(read_folder(tmp_path, CLASSES)) == 2
    with pytest.raises(DataError, match=r"no pictures in this folder.*; 1 file is left out \(1 \.heic\).*extra `heic`"):
        (tmp_path / "only").mkdir()
        (tmp_path / "only" / "a.heic").write_text("")
        read_folder(tmp_path / "only", CLASSES)


def test_links_are_followed_where_they_lead_and_named_where_they_do_not(tmp_path):
    """One that leads back up shows nothing new; one to a file that is gone is a mistake."""
    folder_of(tmp_path, ["angry/1.png", "happy/1.png"])
    (tmp_path / "sad").symlink_to(tmp_path / "happy")
    (tmp_path / "angry" / "again").symlink_to(tmp_path)
    np.testing.assert_array_equal(read_folder(tmp_path, CLASSES).label, [0, 1, 2])
    (tmp_path / "happy" / "2.png").symlink_to(tmp_path / "gone.png")
    with pytest.raises(DataError, match=r"happy/2\.png: cannot be read: a link to a file that is not there"):
        read_folder(tmp_path, CLASSES)


@pytest.mark.skipif(sys.platform != "linux", reason="names are bytes there alone")
def test_a_name_in_another_encoding_is_a_name(tmp_path):
    """As an archive from an older Windows unpacks: Big5."""
    folder_of(tmp_path, ["angry/1.png"])
    (tmp_path / "angry" / "1.png").rename(os.fsdecode(os.fsencode(tmp_path) + b"/angry/\xa5\xcd.png"))
    samples = read_folder(tmp_path, CLASSES)
    assert samples.decode(np.arange(1))[0].shape == (4, 4)
    assert len(samples.digest) == 64


def test_parts_below_the_classes_are_read_together_and_told(tmp_path):
    """red/train and red/test: nobody may see that the model was trained on half of them."""
    parts = ("train", "Test")
    folder_of(tmp_path, [f"{name}/{part}/1.png" for name in ("angry", "happy") for part in parts])
    samples = read_folder(tmp_path, CLASSES)
    assert samples.label.tolist() == [0, 0, 1, 1]
    assert samples.questions == (
        "the folders of the classes hold Test and train, which are read together; to read one alone, put the classes "
        "below it (as in Test/angry) and name it as `path`",
    )
    folder_of(tmp_path / "one", ["angry/train/1.png", "happy/mine/1.png"])
    assert read_folder(tmp_path / "one", CLASSES).questions == ()


def test_loose_pictures_in_the_only_folder_are_named(tmp_path):
    """`images/` below the path is no class: the message says which path to take."""
    folder_of(tmp_path, ["images/1.png", "images/2.png"])
    with pytest.raises(DataError, match=f"no class has this name; allowed: .*: say `path: …/{tmp_path.name}/images`"):
        read_folder(tmp_path, CLASSES)
    folder_of(tmp_path, ["images/deeper/3.png"])
    with pytest.raises(DataError, match=r"no class has this name; allowed: [^:]*$"):
        read_folder(tmp_path, CLASSES)


def test_links_out_of_the_folder_are_left_out_and_named(tmp_path):
    """A picture or a folder of them elsewhere is not read, and counted once."""
    folder_of(tmp_path, ["data/angry/1.png", "data/happy/1.png", "elsewhere/1.png", "elsewhere/2.png"])
    (tmp_path / "data" / "happy" / "2.png").symlink_to(tmp_path / "elsewhere" / "1.png")
    (tmp_path / "data" / "sad").symlink_to("../elsewhere")
    assert len(read_folder(tmp_path / "data", CLASSES)) == 2
    assert left_out(tmp_path / "data") == (
        "2 links are left out, as links are followed within the folder and once: happy/2.png, sad; put what they lead "
        "to in their place"
    )
    (tmp_path / "links").mkdir()
    (tmp_path / "links" / "angry").symlink_to("../elsewhere")
    with pytest.raises(DataError, match=r"no pictures in this folder.*; 1 link is left out"):
        read_folder(tmp_path / "links", CLASSES)
    (tmp_path / "alias").symlink_to("data")
    assert len(read_folder(tmp_path / "alias", CLASSES)) == 2


def test_a_folder_of_a_class_that_leads_nowhere_is_a_mistake(tmp_path):
    """Its pictures would be missed by nobody."""
    folder_of(tmp_path, ["angry/1.png"])
    (tmp_path / "sad").symlink_to("gone")
    with pytest.raises(DataError, match="sad: cannot be read: a link to a file that is not there; mend or remove it"):
        read_folder(tmp_path, CLASSES)
