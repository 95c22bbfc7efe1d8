"""What is asked for outside the site is there whole, and replaces nothing that the report is made from."""

import os
from types import SimpleNamespace

import numpy as np
import pytest

from generator.build import copies as room
from generator.build.copies import copies, write
from generator.build_options import BuildOptions
from generator.errors import ComputationError, InputError

EXPORTS = {"exports/1.jpg": b"one", "exports/maps/2.jpg": b"two"}
FIGURES = {"saliency": lambda: SimpleNamespace(arrays={"attribution": np.ones(3)})}


def asked(tmp_path, inputs=()):
    return copies(BuildOptions(exports=tmp_path / "e", arrays=tmp_path / "a"), EXPORTS, FIGURES, inputs)


def names(folder):
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if not path.is_dir())


def test_pictures_and_arrays_are_written(tmp_path):
    """In the folders of their names; others' files stay, a link is followed, a second time replaces the first."""
    (tmp_path / "e").mkdir()
    (tmp_path / "e" / "mine.txt").touch()
    (tmp_path / "elsewhere.jpg").touch()
    (tmp_path / "e" / "1.jpg").symlink_to(tmp_path / "elsewhere.jpg")
    for _ in range(2):
        write(asked(tmp_path))
    assert names(tmp_path / "e") == ["1.jpg", "maps/2.jpg", "mine.txt"]
    assert names(tmp_path / "a") == ["saliency.npz"]
    assert (tmp_path / "elsewhere.jpg").read_bytes() == b"one"
    with np.load(tmp_path / "a" / "saliency.npz") as arrays:
        assert arrays["attribution"].tolist() == [1, 1, 1]


@pytest.mark.parametrize("held", ["e/1.jpg", "a/saliency.npz"])
@pytest.mark.parametrize("way", ["itself", "a link", "another name"])
def test_what_the_report_is_made_from_is_never_replaced(tmp_path, held, way):
    """A data set may be called as a figure is."""
    path = tmp_path / held
    path.parent.mkdir()
    path.write_bytes(b"data")
    asked_for = path if way == "itself" else tmp_path / "other"
    if way == "a link":
        asked_for.symlink_to(path)
    elif way == "another name":
        asked_for.hardlink_to(path)
    with pytest.raises(InputError, match=rf"{held} is what the report is made from; name another folder for --exports"):
        asked(tmp_path, [tmp_path / "absent", asked_for])


@pytest.mark.parametrize("place", ["e", "a", "a/saliency.npz"])
def test_what_cannot_be_written_is_told(tmp_path, place):
    """With its name; nothing half written is left."""
    (tmp_path / place).parent.mkdir(exist_ok=True)
    (tmp_path / place).mkdir() if "." in place else (tmp_path / place).touch()
    with pytest.raises(ComputationError, match=rf"{place}.*: cannot be written: (Not a|Is a|File)"):
        write(asked(tmp_path))
    assert not [name for name in names(tmp_path) if "explainability" in name]


def test_an_interrupted_copy_leaves_the_old_one(tmp_path, monkeypatch):
    """And a killed one is swept by the next build."""
    write(asked(tmp_path))
    before = (tmp_path / "a" / "saliency.npz").read_bytes()
    (tmp_path / "a" / f".explainability-report-{os.getpid()}-0123abcd").touch()

    def interrupted(file, **_):
        file.write(b"half")
        raise KeyboardInterrupt

    monkeypatch.setattr(room.np, "savez", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write(asked(tmp_path))
    assert names(tmp_path / "a") == ["saliency.npz"]
    assert (tmp_path / "a" / "saliency.npz").read_bytes() == before
