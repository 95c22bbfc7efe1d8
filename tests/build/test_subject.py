"""A CSV is parsed once; later builds load its arrays."""

import numpy as np
import pytest

from generator.build import subject
from generator.build.cache import Cache
from generator.build.subject import DataSet
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
