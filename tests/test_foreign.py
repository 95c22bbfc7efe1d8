"""The door for foreign files: what is no regular file is refused at once, in words, and never waited for."""

import inspect
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from generator.errors import DataError, ModelError
from generator.foreign import below, contents, opened, parsed, regular
from generator.limits import Limits

DOORS = (opened, contents, regular)


def _pipe(path):
    os.mkfifo(path)


def _socket(path):
    with socket.socket(socket.AF_UNIX) as end:
        end.bind(str(path))


STRANGE = {
    "a named pipe, where a file is needed": _pipe,
    "a socket, where a file is needed": _socket,
    "a device, where a file is needed": lambda path: path.symlink_to("/dev/zero"),
    "a folder, where a file is needed": lambda path: path.mkdir(),
    "cannot be read: a link to a file that is not there": lambda path: path.symlink_to("nowhere"),
    "cannot be read: Too many levels of symbolic links": lambda path: path.symlink_to(path.name),
    "no such file": lambda path: None,
}


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("words", STRANGE)
def test_what_is_no_file_is_named(tmp_path, door, words):
    """A pipe would wait for ever, a device never end."""
    path = tmp_path / "x"
    STRANGE[words](path)
    with pytest.raises(DataError) as caught:
        door(path, DataError)
    assert str(caught.value) == f"{path}: {words}"


@pytest.mark.parametrize("door", DOORS)
def test_a_refusal_is_of_the_kind_that_is_asked_for(door):
    """So that it is told where the file was named; a null is in no name."""
    with pytest.raises(ModelError, match="cannot be read"):
        door(Path("\0"), ModelError)


@pytest.mark.parametrize("door", DOORS)
def test_a_pointer_of_git_lfs_is_told_with_its_cure(tmp_path, door):
    """Whatever the file is to be: a model, a table, a picture, an evaluation."""
    (tmp_path / "x").write_text("version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 13\n")
    with pytest.raises(DataError, match="x: a Git LFS pointer, not the file itself; fetch it with `git lfs pull`"):
        door(tmp_path / "x", DataError)


@pytest.mark.parametrize("door", DOORS)
def test_a_file_above_its_limit_is_refused_before_it_is_read(tmp_path, door):
    """A file with a hole claims what it likes."""
    path = tmp_path / "hole.npz"
    with path.open("wb") as file:
        file.truncate(10**13)
    with pytest.raises(DataError, match=r"hole.npz: 10 TB, more than the 8 GB .* `limits: \{file: 10 TB\}`"):
        door(path, DataError)
    with opened(path, DataError, Limits(file="10 TB")) as file:
        assert file.read(2) == b"\0\0"


def test_a_file_is_read_whole(tmp_path):
    """Through a link too."""
    (tmp_path / "a").write_bytes(b"content")
    (tmp_path / "b").symlink_to("a")
    assert contents(tmp_path / "b", DataError) == b"content"
    assert regular(tmp_path / "b", DataError) == tmp_path / "b"


def test_a_file_without_an_end_is_read_as_long_as_it_said():
    """Files of the system say that they are empty."""
    if Path("/proc/self/maps").exists():
        assert contents(Path("/proc/self/maps"), DataError) == b""


def names(path, **limits):
    return sorted(below(path, DataError, Limits(**limits)).files)


def test_links_are_followed_within_a_folder_and_never_out_of_it(tmp_path):
    """A file or a folder elsewhere is not read; what leads back up shows nothing new, and no folder twice by links."""
    (tmp_path / "secret").mkdir()
    (tmp_path / "secret" / "key").write_text("not yours")
    data = tmp_path / "data"
    (data / "real").mkdir(parents=True)
    (data / "real" / "1").write_text("")
    links = {"in": "real", "in2": "real", "one": "real/1", "out": "../secret", "key": "/etc/passwd", "disk": "/"}
    for name, target in links.items():
        (data / name).symlink_to(target)
    (data / "real" / "up").symlink_to(data)
    (data / "beside").symlink_to(tmp_path / "data-of-another")
    (tmp_path / "data-of-another").write_text("")
    assert names(data) == ["in/1", "one", "real/1"]
    assert sorted(below(data, DataError).links) == ["beside", "disk", "in2", "key", "out"]


def test_a_folder_that_is_a_link_itself_is_a_folder(tmp_path):
    """What it leads to is the folder within which links are followed."""
    (tmp_path / "real").mkdir()
    (tmp_path / "real" / "1").write_text("")
    (tmp_path / "real" / "2").symlink_to("1")
    (tmp_path / "data").symlink_to("real")
    assert names(tmp_path / "data") == ["1", "2"]


def test_what_cannot_be_read_is_said_and_the_rest_is_there(tmp_path):
    """Pipes, sockets, links to nothing and to themselves, each with its reason."""
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "loop").symlink_to("loop")
    (tmp_path / "gone").symlink_to("nothing")
    (tmp_path / "there").write_text("")
    found = below(tmp_path, DataError)
    assert list(found.files) == ["there"]
    assert found.strange == {
        "gone": "cannot be read: a link to a file that is not there",
        "loop": "cannot be read: Too many levels of symbolic links",
        "pipe": "a named pipe, where a file is needed",
    }


@pytest.mark.parametrize(("name", "levels", "read"), [("d", 250, 1), ("d" * 200, 24, 0)])
def test_folders_may_be_deep_and_not_without_end(tmp_path, name, levels, read):
    """However many levels are read, nothing of ours grows with them; where the system stops is said."""
    here = os.open(tmp_path, os.O_RDONLY)
    for _ in range(levels):
        os.mkdir(name, dir_fd=here)
        above, here = here, os.open(name, os.O_RDONLY, dir_fd=here)
        os.close(above)
    os.close(os.open("file", os.O_CREAT | os.O_WRONLY, dir_fd=here))
    os.close(here)
    usual = sys.getrecursionlimit()
    sys.setrecursionlimit(len(inspect.stack()) + 60)
    try:
        found = below(tmp_path, DataError)
    finally:
        sys.setrecursionlimit(usual)
    subprocess.run(["rm", "-r", tmp_path / name], check=True)
    assert list(found.files) == [f"{name}/" * levels + "file"] * read
    assert list(found.strange.values()) == ["cannot be read: File name too long"] * (1 - read)


def test_folders_that_link_to_each_other_end(tmp_path):
    """Of n folders that lead to all the others there are n! ways."""
    for name in "abcdefghijkl":
        (tmp_path / name).mkdir()
        (tmp_path / name / "1").write_text("")
        for other in "abcdefghijkl":
            (tmp_path / name / f"to-{other}").symlink_to(f"../{other}")
    assert 12 <= len(names(tmp_path)) <= 24


def test_too_many_files_are_not_listed(tmp_path):
    """In one folder or over several; the limit can be raised."""
    for number in range(6):
        (tmp_path / f"{number % 2}").mkdir(exist_ok=True)
        (tmp_path / f"{number % 2}" / f"{number}").write_text("")
    assert len(names(tmp_path, files=8)) == 6
    for most in (1, 4, 7):
        with pytest.raises(DataError, match=rf"more than {most} files; .*`limits: {{files: {most}0}}`"):
            names(tmp_path, files=most)


@pytest.mark.parametrize("name", ["nothing", "file", "loop"])
def test_what_is_no_folder_is_refused(tmp_path, name):
    """In words, whatever is in its place."""
    (tmp_path / "file").write_text("")
    (tmp_path / "loop").symlink_to("loop")
    with pytest.raises(DataError, match=f"{name}: (no such file|cannot be read: (Not a dir|Too many))"):
        below(tmp_path / name, DataError)


@pytest.mark.parametrize("error", [AttributeError("x"), MemoryError(), AssertionError("a\n b"), RecursionError("deep")])
def test_whatever_a_parser_raises_is_a_refusal(error):
    """What it said stands in brackets, on one line and not too long."""
    with pytest.raises(DataError) as caught, parsed(DataError, "a.npz: not an array", "; write it anew"):
        raise error
    words = " ".join(str(error).split()) or "MemoryError"
    assert str(caught.value) == f"a.npz: not an array ({words}); write it anew"


def test_what_is_refused_already_stays_so_and_long_words_are_cut():
    """A message of ours is whole; that of a parser may repeat a file."""
    with pytest.raises(ModelError, match="ours"), parsed(DataError, "theirs"):
        raise ModelError("ours")
    with pytest.raises(DataError) as caught, parsed(DataError, "theirs"):
        raise ValueError("x" * 20_000)
    assert len(str(caught.value)) < 300
