"""The door for foreign files: what is no regular file is refused at once, in words, and never waited for."""

import os
import socket
from pathlib import Path

import pytest

from generator.errors import DataError, ModelError
from generator.foreign import contents, opened, regular
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
    "a link to a file that is not there": lambda path: path.symlink_to("nowhere"),
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
