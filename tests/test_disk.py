"""What is written is there whole or not at all, and what a killed process left goes."""

import errno
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from generator import disk
from generator.disk import COMMAND, exchange, only_writer, sweep, temporary_folder, unwritable, whole_file
from generator.errors import ComputationError
from tests import ROOT


def names(folder):
    return sorted(path.name for path in folder.iterdir())


@pytest.fixture
def dead() -> int:
    """The number of a process that has ended."""
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


def test_a_file_takes_the_place_of_the_old_one_when_it_is_whole(tmp_path):
    """Before that the old one stands, with nothing left beside it."""
    path = tmp_path / "a"
    path.write_text("old")
    with pytest.raises(KeyboardInterrupt), whole_file(path) as file:
        file.write(b"half")
        raise KeyboardInterrupt
    assert (path.read_text(), names(tmp_path)) == ("old", ["a"])
    with whole_file(path) as file:
        file.write(b"new")
    assert (path.read_text(), names(tmp_path)) == ("new", ["a"])


def test_what_a_dead_process_was_writing_is_swept(tmp_path, dead, monkeypatch):
    """Its files and its temporary folders; those of a living one, and everything else, stay."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "tmp"))
    kept = [f".{COMMAND}-{os.getppid()}-0123abcd", f"{COMMAND}-{dead}-0123abcd", f".{COMMAND}-{dead}-notes.txt", "mine"]
    for folder in (tmp_path / "tmp", tmp_path / "cache"):
        (folder / f".{COMMAND}-{dead}-01_3abcd" / "figures").mkdir(parents=True)
        for name in (*kept, f".{COMMAND}-{dead}-0123abcd", f".{COMMAND}-{10**30}-0123abcd"):
            (folder / name).touch()
        (folder / f".{COMMAND}-{dead}-links_to").symlink_to(tmp_path)
    sweep(tmp_path / "cache", tmp_path / "absent")
    for folder in (tmp_path / "tmp", tmp_path / "cache"):
        assert names(folder) == sorted([*kept, f".{COMMAND}-{dead}-links_to"])


@pytest.mark.skipif(sys.platform != "linux", reason="what is told of a process is Linux's")
def test_who_is_dead_and_not_buried_writes_nothing_any_more(tmp_path):
    """As in a container whose first process waits for no other."""
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        while Path(f"/proc/{process.pid}/stat").read_text().split()[2] != "Z":
            time.sleep(0.01)
        (tmp_path / f".{COMMAND}-{process.pid}-0123abcd").touch()
        sweep(tmp_path)
        assert names(tmp_path) == []


def test_what_is_left_for_a_day_is_swept(tmp_path):
    """The number of its process may be another's by now."""
    old = tmp_path / f".{COMMAND}-{os.getppid()}-0123abcd"
    old.touch()
    os.utime(old, (0, 0))
    sweep(tmp_path)
    assert names(tmp_path) == []


def test_a_temporary_folder_vanishes(tmp_path, monkeypatch):
    """With its process killed it does so at the next sweep."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with temporary_folder() as folder:
        (folder / "a").touch()
        assert folder.parent == tmp_path
    assert names(tmp_path) == []
    script = "import os\nfrom generator.disk import temporary_folder\nwith temporary_folder(): os._exit(9)"
    subprocess.run([sys.executable, "-c", script], cwd=ROOT, env={**os.environ, "TMPDIR": str(tmp_path)}, check=False)
    assert len(names(tmp_path)) == 1
    sweep()
    assert names(tmp_path) == []


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EROFS, errno.EDQUOT])
def test_a_disk_of_temporary_files_that_is_full_is_told(code):
    """What else cannot be opened within is the business of whoever wanted to."""
    told = pytest.raises(
        ComputationError, match=r"temporary files cannot be written \(.*\); make room, or name another"
    )
    with told, temporary_folder():
        raise OSError(code, os.strerror(code))
    with pytest.raises(FileNotFoundError), temporary_folder() as folder:
        (folder / "a").read_bytes()


def test_a_machine_without_a_place_for_temporary_files_is_told(tmp_path, monkeypatch):
    """Sweeping finds nothing there."""
    monkeypatch.setattr(tempfile, "tempdir", None)
    monkeypatch.setattr(tempfile, "_candidate_tempdir_list", lambda: [str(tmp_path / "absent")])
    sweep()
    with pytest.raises(ComputationError, match="No usable temporary directory"), temporary_folder():
        pass


def test_whether_a_folder_can_be_written_is_tried(tmp_path):
    """Of one that is not there the nearest above it counts; otherwise the system says why not."""
    (tmp_path / "file").touch()
    assert [unwritable(tmp_path / name) for name in ("", "a/b")] == ["", ""]
    assert unwritable(tmp_path / "file" / "below") == "Not a directory"
    assert unwritable(tmp_path / ("x" * 300)) == "File name too long"
    assert names(tmp_path) == ["file"]


@pytest.mark.parametrize("locks_folders", [True, False])
def test_a_second_writer_waits_and_then_says_so(tmp_path, monkeypatch, locks_folders):
    """Also where a system locks no folders; afterwards the way is free."""
    if not locks_folders:
        monkeypatch.setattr(os, "open", refusing_folders(os.open))
    told = pytest.raises(ComputationError, match=r"locked by another build for 0 s; end it")
    with only_writer(tmp_path), told, only_writer(tmp_path, patience=0):
        pass
    with only_writer(tmp_path, patience=0):
        pass


def refusing_folders(really):
    def opened(path, *how):
        if Path(path).is_dir():
            raise PermissionError(13, "Permission denied")
        return really(path, *how)

    return opened


def test_a_lock_ends_with_its_process(tmp_path):
    """However that ends."""
    script = "import os,sys\nfrom pathlib import Path\nfrom generator.disk import only_writer\n"
    script += "with only_writer(Path(sys.argv[1])): print('held', flush=True); sys.stdin.read()"
    process = subprocess.Popen(
        [sys.executable, "-c", script, str(tmp_path)], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert process.stdout.readline() == b"held\n"
    with pytest.raises(ComputationError), only_writer(tmp_path, patience=0):
        pass
    process.kill()
    process.communicate()
    with only_writer(tmp_path, patience=0):
        pass


@pytest.mark.skipif(sys.platform not in disk.EXCHANGE, reason="the system cannot exchange folders")
def test_two_folders_change_places(tmp_path):
    """In one step; one that is not there is an error."""
    for name in "ab":
        (tmp_path / name).mkdir()
        (tmp_path / name / name).touch()
    if exchange(tmp_path / "a", tmp_path / "b"):
        assert (names(tmp_path / "a"), names(tmp_path / "b")) == (["b"], ["a"])
    with pytest.raises(FileNotFoundError):
        exchange(tmp_path / "a", tmp_path / "absent")


def test_a_system_without_an_exchange_says_so(tmp_path, monkeypatch):
    """The caller has another way."""
    monkeypatch.setattr(sys, "platform", "sunos5")
    assert not exchange(tmp_path, tmp_path)
