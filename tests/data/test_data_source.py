"""What kind of data a path holds, and what is said of one that holds none."""

import pytest

from generator.data.data_source import DataSource, guess_kind
from generator.errors import DataError


def test_the_kind_of_a_path_follows_its_form(tmp_path):
    """`--data` tells a folder, tables and arrays apart, and refuses the rest."""
    assert guess_kind(tmp_path) == "folder"
    assert [guess_kind(tmp_path / name) for name in ("a.CSV", "a.tsv", "a.npz", "a.npy")] == [
        "csv",
        "csv",
        "npz",
        "npz",
    ]
    with pytest.raises(DataError, match="wanted is"):
        guess_kind(tmp_path / "a.pkl")


@pytest.mark.parametrize(
    ("kind", "name", "message"),
    [
        ("csv", "no.csv", "no such file"),
        ("folder", "no", "no such folder"),
        ("csv", ".", "did you mean `source: folder`"),
        ("npz", None, "needs a `path`"),
    ],
)
def test_a_path_that_does_not_fit_is_refused(tmp_path, kind, name, message):
    """A missing path, or a folder where a file is wanted."""
    with pytest.raises(DataError, match=message):
        _ = DataSource(kind, name and tmp_path / name).existing
