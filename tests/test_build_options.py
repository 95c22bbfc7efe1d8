"""What the command line asks of one build."""

from dataclasses import replace
from pathlib import Path
from tempfile import gettempdir

import pytest

from generator import disk
from generator.build_options import BuildOptions, user_cache
from generator.errors import InputError

PLAIN = BuildOptions()


@pytest.mark.parametrize("change", [{"no_cache": True}, {"exports": Path("e")}, {"arrays": Path("a")}])
def test_what_writes_elsewhere_is_never_skipped(change):
    """A build that changes nothing may be skipped only where it writes into its site alone."""
    assert PLAIN.repeatable
    assert not replace(PLAIN, **change).repeatable


def test_settings_are_what_decides_the_site():
    """How much is said on the way is none of it; everything else is."""
    assert replace(PLAIN, quiet=True, verbose=True).settings == PLAIN.settings
    assert replace(PLAIN, cache=Path("c")).settings == PLAIN.settings
    for change in ({"formats": ()}, {"languages": ("en",)}, {"strict": True}, {"data": Path("d")}):
        assert replace(PLAIN, **change).settings != PLAIN.settings


@pytest.fixture
def read_only(tmp_path, monkeypatch):
    """A folder below which nothing may be written, whoever runs the tests, and a home."""
    folder, home, really = tmp_path / "lecture", tmp_path / "home", disk.TemporaryFile
    folder.mkdir()

    def refused(dir):
        if Path(dir).is_relative_to(folder):
            raise PermissionError(13, "Permission denied")
        return really(dir=dir)

    monkeypatch.setattr(disk, "TemporaryFile", refused)
    monkeypatch.setenv("XDG_CACHE_HOME", str(home))
    monkeypatch.setenv("LOCALAPPDATA", str(home))
    return folder


def test_what_is_computed_is_kept_beside_the_spec(tmp_path):
    """Also where its folder is not there yet; looking leaves nothing behind."""
    assert PLAIN.cache_of(tmp_path / "report.yaml") == tmp_path / ".report-cache"
    assert list(tmp_path.iterdir()) == []


def test_a_spec_in_a_read_only_folder_has_its_cache_with_the_user(read_only, tmp_path):
    """One for each such folder, under the name of the program; the same the next time."""
    kept = PLAIN.cache_of(read_only / "report.yaml")
    assert kept.parent == user_cache() / "explainability-report"
    assert kept.name.startswith("lecture-")
    assert kept == PLAIN.cache_of(read_only / "other.yaml")
    assert kept != PLAIN.cache_of(read_only / "below" / "report.yaml")


@pytest.mark.parametrize(
    ("platform", "place"), [("linux", ".cache"), ("darwin", "Library/Caches"), ("win32", "AppData/Local")]
)
def test_each_system_has_its_own_place_for_a_cache(tmp_path, monkeypatch, platform, place):
    """Where nothing else is said by the environment."""
    for name in ("XDG_CACHE_HOME", "LOCALAPPDATA"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    assert user_cache(platform) == tmp_path / place


def test_a_user_without_a_home_has_a_cache(monkeypatch):
    """As in a container that runs under whatever number."""

    def nowhere():
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr(Path, "home", nowhere)
    assert user_cache("linux") == Path(gettempdir())


def test_a_cache_that_is_asked_for_is_taken(read_only, tmp_path):
    """Whether anything can be kept there or not: a build goes on without."""
    for asked in (tmp_path / "new" / "cache", read_only / "cache"):
        assert replace(PLAIN, cache=asked).cache_of(read_only / "report.yaml") == asked


@pytest.mark.parametrize("option", ["exports", "arrays"])
def test_a_second_place_is_looked_at_first(read_only, tmp_path, option):
    """Whether copies can be written is known before anything is computed."""
    replace(PLAIN, **{option: tmp_path / "copies"}).check_beside()
    with pytest.raises(InputError, match=rf"--{option} .*: nothing can be written there \(Permission denied\)"):
        replace(PLAIN, **{option: read_only / "copies"}).check_beside()
