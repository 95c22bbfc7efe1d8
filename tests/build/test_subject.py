"""A CSV is read through once; later builds know what its rows mean."""

from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

from generator.build import subject
from generator.build.cache import Cache
from generator.build.subject import DataSet, Subject
from generator.data.data_source import DataSource
from generator.errors import DataError

CLASSES = (("cat",), ("dog",))
ROWS = "label,feature\n0,1 2 3 4\n1,5 6 7 8\n1,9 10 11 12\n"


@pytest.fixture
def data(tmp_path):
    """Opens the file anew each time, as builds do."""
    (tmp_path / "train.csv").write_text(ROWS)
    return lambda: DataSet(DataSource("csv", tmp_path / "train.csv"), CLASSES, Cache(tmp_path / "cache"))


def test_the_second_build_does_not_parse(data, monkeypatch):
    """Rows, labels and pixels come back as they were read."""
    first = data().samples
    monkeypatch.setattr(subject, "read_table", lambda *_: pytest.fail("parsed again"))
    again = data().samples
    assert again.label.tolist() == first.label.tolist() == [0, 1, 1]
    assert again.index.tolist() == [0, 1, 2]
    np.testing.assert_array_equal(again.decode(np.array([2, 0])), [[[9, 10], [11, 12]], [[1, 2], [3, 4]]])
    assert again.digest == first.digest


def test_a_changed_file_is_parsed_anew(data, tmp_path):
    """A new row is there at the next build."""
    assert len(data().samples) == 3
    (tmp_path / "train.csv").write_text(ROWS + "0,0 0 0 0\n")
    assert len(data().samples) == 4


def test_a_broken_file_is_not_remembered(data, tmp_path):
    """The mistake is told each time, until it is mended."""
    (tmp_path / "train.csv").write_text("label,feature\n7,1 2 3 4\n")
    for _ in range(2):
        with pytest.raises(DataError, match="row 0"):
            _ = data().samples


def test_what_lies_beside_a_table_counts_too(tmp_path):
    """A picture that it names, or the labels of an array: another one is another data set."""
    Image.new("L", (4, 4), 1).save(tmp_path / "a.png")
    (tmp_path / "files.csv").write_text("file,label\na.png,cat\n")
    np.save(tmp_path / "x.npy", np.ones((2, 4, 4), np.uint8))
    np.save(tmp_path / "y.npy", [0, 1])
    files = DataSource("csv", tmp_path / "files.csv")
    array = DataSource("npz", tmp_path / "x.npy", columns={"label": "y.npy"})

    def digests():
        return [DataSet(source, CLASSES, Cache(tmp_path / "cache")).digest for source in (files, array)]

    before = digests()
    assert digests() == before
    assert [len(digest) for digest in before] == [64, 64]
    assert DataSet(files, CLASSES, Cache(None)).beside == (tmp_path / "a.png",)
    assert DataSet(array, CLASSES, Cache(None)).beside == (tmp_path / "y.npy",)
    Image.new("L", (5, 5), 1).save(tmp_path / "a.png")
    np.save(tmp_path / "y.npy", [1, 1])
    assert all(one != other for one, other in zip(before, digests(), strict=True))


def test_of_large_pictures_fewer_are_climbed_against():
    """Those of a smaller number are among those of a larger one."""
    samples = SimpleNamespace(index=np.arange(300))
    known = {"data": SimpleNamespace(samples=samples), "classifier": SimpleNamespace(prepare=lambda images: images)}
    drawn = {
        side: Subject.reference(SimpleNamespace(frame=SimpleNamespace(shape=(side, side, 3)), images=list, **known), 5)
        for side in (48, 224)
    }
    assert len(set(drawn[48])) == 256 and len(set(drawn[224])) == 55
    assert set(drawn[224]) < set(drawn[48])


def test_a_picture_is_predicted_once():
    """In whatever order it is asked for again, and not at all where the whole data set is known."""
    asked = []

    def answered(rows):
        asked.append(rows.tolist())
        return np.stack([rows, rows + 0.5], axis=1)

    data = SimpleNamespace(samples=range(100))
    one = SimpleNamespace(data=data, said={}, facts=SimpleNamespace(n_classes=2), _probabilities=answered)
    predict = lambda *rows: Subject.predict(one, np.array(rows, np.int64))  # noqa: E731
    assert predict(4, 2, 4).tolist() == [[4, 4.5], [2, 2.5], [4, 4.5]]
    assert predict(2, 9).tolist() == [[2, 2.5], [9, 9.5]]
    assert predict().shape == (0, 2)
    assert asked == [[4, 2], [9]]
    one.probabilities = np.zeros((100, 2))
    assert predict(7).tolist() == [[0, 0]]
    assert len(asked) == 2
