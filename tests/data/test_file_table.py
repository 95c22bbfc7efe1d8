"""Tables that name pictures: where those are found, of which class they are, and what is said of one that is not."""

import os

import numpy as np
import pytest
from PIL import Image

from generator.data.data_source import DataSource
from generator.data.sources import read_samples
from generator.errors import DataError

CLASSES = (("cat", "貓"), ("dog", "狗"))


def beside(folder, files, table, encoding="utf-8"):
    """A folder with pictures, the n-th of grey level n, and a table beside them."""
    for n, name in enumerate(files):
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(np.full((4, 4), n, np.uint8)).save(file)
    (folder / "labels.csv").write_bytes(table.encode(encoding))
    return folder / "labels.csv"


def read(path, **asked):
    return read_samples(DataSource("csv", path, **asked), CLASSES)


def levels(samples):
    return [int(picture[0, 0]) for picture in samples.decode(np.arange(len(samples)))]


@pytest.mark.parametrize(
    "table",
    [
        "file,label\na.png,cat\nb.png,dog\nc.png,cat\n",
        "filename,label\ntrain/a.png,0\ntrain/b.png,1\ntrain/c.png,0\n",
        "path,label\n/kaggle/input/train/a.png,0\n../train/b.png,1\n./c.png,0\n",
        "image,label\ntrain\\a.png,cat\ntrain\\b.png,dog\nC:\\x\\c.png,cat\n",
        "image_id,label\na,cat\nb,dog\nc,cat\n",
        "id;breed;age\na;cat;3\nb;dog;4\nc;cat;1\n",
        'file,note,label\na.png,"one,\ntwo",貓\nb.png,,狗\nc.png,x,貓\n',
        "file,cat,dog\na.png,1.0,0.0\nb.png,0,1\nc.png,1,0\n",
        "label\tfile\ncat\tA.PNG\ndog\tB.png\ncat\tc.png\n",
    ],
)
def test_pictures_are_found_by_the_end_of_their_path(tmp_path, table):
    """In the order of the table, whatever folder it was written in and whatever else it says."""
    samples = read(beside(tmp_path, ["train/a.png", "train/b.png", "train/c.png"], table))
    assert levels(samples) == [0, 1, 2]
    assert samples.label.tolist() == [0, 1, 0]
    assert samples.questions == ()
    assert samples.named(1) == "train/b.png"


def test_a_table_without_labels_or_without_a_header(tmp_path):
    """Unlabelled pictures; names of columns by the spec; a part by its Usage keeps the row of the file."""
    path = beside(tmp_path, ["a.png", "b.png"], "file\nb.png\na.png\n")
    assert (levels(read(path)), read(path).labelled) == ([1, 0], False)
    path.write_text("b.png,dog\na.png,cat\n")
    assert read(path, columns=("file", "label")).label.tolist() == [1, 0]
    path.write_text("file,label,split\nb.png,dog,train\na.png,cat,test\n")
    part = read(path, usage="test")
    assert (part.index.tolist(), part.label.tolist(), levels(part)) == ([1], [0], [0])


def test_the_same_name_in_two_folders_is_asked_for(tmp_path):
    """Unless it is called so, or `folder` says where; big5 is read where it is said."""
    path = beside(tmp_path, ["large/a.png", "small/a.png"], "file,label\na.png,貓\n", "big5")
    with pytest.raises(DataError, match=r"row 0 \(line 2\): 'a.png' is in large and small; .*`folder: .*large`"):
        read(path, encoding="big5")
    assert levels(read(path, encoding="big5", folder=tmp_path / "small")) == [1]
    Image.new("L", (4, 4), 9).save(tmp_path / "a.png")
    assert levels(read(path, encoding="big5")) == [9]


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ("file,label\na.png,cat\nz.png,dog\n", r"row 1 \(line 3\): no picture 'z.png' in .* `folder: …`"),
        ("file,label\na.png,cow\n", r"row 0 \(line 2\): label cow with 2 classes; allowed: 0 to 1, or cat, dog"),
        ("file,label\na.png\n", r"row 0 \(line 2\): 1 columns instead of 2"),
        ("file,label\na.png,cat,\n\na.png,cat,x\n", r"row 1 \(line 4\): 3 columns instead of 2"),
        ('file,label\na.png,"cat\n', "line 2: a quote in it is not closed"),
        ("file,label\na.png,cat,x\n", "line 2: 3 columns, where the header names 2; give each a name"),
        ("file,label\nx/a.png,cat\ny/a.png,dog\n", r"row 1 .*'x/a.png' and 'y/a.png' both lead to a.png"),
        ("file,label\n" + "a" * 9000 + ".png,cat\n", r"no picture 'a{100}…' in"),
        ("a.png,cat\n", r"line 1: a row already, .*`columns: \[file, label\]`"),
    ],
)
def test_a_wrong_row_is_named(tmp_path, table, message):
    """With its line, and the cure."""
    with pytest.raises(DataError, match=message):
        read(beside(tmp_path, ["a.png"], table))


def test_the_digest_follows_the_table_and_the_pictures(tmp_path):
    """Another label or another picture is another data set."""
    path = beside(tmp_path, ["a.png"], "file,label\na.png,cat\n")
    one = read(path).digest
    assert read(path).digest == one
    Image.new("L", (9, 9), 9).save(tmp_path / "a.png")
    two = read(path).digest
    path.write_text("file,label\na.png,dog\n")
    assert len({one, two, read(path).digest}) == 3


def test_letters_that_a_mac_takes_apart_are_the_same(tmp_path):
    """In names of files and of classes, on whichever side they are taken apart."""
    apart, whole = "gru\u0308n/\u1112\u1161\u11ab.png", "gr\u00fcn/\ud55c.png"
    for n, (file, word) in enumerate([(apart, whole), (whole, apart), (apart, whole.removesuffix(".png").upper())]):
        path = beside(tmp_path / str(n), [file], f"file,label\n{word},dog\n")
        assert read(path).label.tolist() == [1]


def test_a_way_up_is_followed(tmp_path):
    """From the table, whatever lies below it under the same name; in each form that programs write it."""
    files = ["../images/0.png", "images/0.png", "0.png"]
    for word in ("../images/0.png", "..\\images\\0.png", "./../images/0.png", "x/../../images/0.png"):
        samples = read(beside(tmp_path / "meta", files, f"file,label\n{word},dog\n"))
        assert (levels(samples), samples.label.tolist(), samples.named(0)) == ([0], [1], "../images/0.png")


def test_a_way_up_leads_to_pictures_alone(tmp_path):
    """Not behind a link out of where it leads, nor to a pipe or what is called otherwise."""
    path = beside(tmp_path / "deep" / "meta", ["../../secret.png"], "file,label\n../images/0.png,dog\n")
    (tmp_path / "deep" / "images").mkdir()
    (tmp_path / "deep" / "images" / "0.png").symlink_to(tmp_path / "secret.png")
    with pytest.raises(DataError, match=r"no picture '../images/0.png'"):
        read(path)
    (tmp_path / "deep" / "images" / "0.png").unlink()
    os.mkfifo(tmp_path / "deep" / "images" / "0.png")
    with pytest.raises(DataError, match=r"no picture '../images/0.png'"):
        read(path)
    for word in ("/dev/zero", "../../../../../../dev/zero", "../x\0.png", "/etc/passwd", "~/0.png"):
        path.write_text(f"file,label\n{word},dog\n")
        with pytest.raises(DataError, match="no picture"):
            read(path, columns={"file": "file"})


def test_pictures_above_the_table_are_named(tmp_path):
    """Where they are, as a cure that works."""
    path = beside(tmp_path / "meta", ["../images/0.png"], "file,label\nimages/0.png,dog\n")
    with pytest.raises(DataError) as refused:
        read(path)
    assert f"`folder: {tmp_path}`" in str(refused.value)
    assert read(path, folder=tmp_path).label.tolist() == [1]


def test_a_picture_of_several_labels_is_told(tmp_path):
    """It stays in each row."""
    samples = read(beside(tmp_path, ["a.png", "b.png"], "file,label\na.png,cat\nb.png,dog\na.png,dog\nb.png,dog\n"))
    assert samples.label.tolist() == [0, 1, 1, 1]
    assert samples.questions == (
        "1 of 2 pictures stand in several rows with different labels, such as a.png; leave one row of each",
    )


@pytest.mark.parametrize("text", ["sep=;\nfile;label\na.png;dog\n", '"sep=;"\r\nfile;label\r\na.png;dog\r\n'])
def test_excels_first_line_says_what_separates(tmp_path, text):
    """And is no header; a list of names and labels with a blank between is a table too."""
    assert read(beside(tmp_path, ["a.png"], text)).label.tolist() == [1]
    path = beside(tmp_path, ["a.png"], "a.png dog\n")
    assert read(path, columns=("file", "label")).label.tolist() == [1]


def test_a_first_row_that_is_taken_for_a_header_is_told(tmp_path):
    """Where the spec says that there is none; a header of known names is one."""
    path = beside(tmp_path, ["a.png"], "b.pn,dog\na.png,cat\n")
    samples = read(path, columns=("file", "label"))
    assert samples.questions == (
        "the first line, 'b.pn,dog', is read as names of columns and as no row; mend it if it is one",
    )
    path.write_text("image,kind\na.png,cat\n")
    assert read(path, columns=("file", "label")).questions == ()
