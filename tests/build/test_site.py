"""A site is replaced whole or not at all, and not built again where nothing changed."""

import os

import pytest

from generator.build.site import MANIFEST, check_output, is_current, new_site, origin, write_stamp
from generator.errors import ComputationError, InputError


def contents(folder):
    return {p.relative_to(folder).as_posix(): p.read_text() for p in folder.rglob("*") if p.is_file()}


def test_a_finished_draft_replaces_the_site(tmp_path):
    """Files of the old site that the new one lacks are gone, and nothing is left beside it."""
    for page in ("one", "two"):
        with new_site(tmp_path / "site") as site:
            site.write(MANIFEST, "{}")
            site.write(f"{page}/index.html", page)
    assert contents(tmp_path) == {f"site/{MANIFEST}": "{}", "site/two/index.html": "two"}


def test_a_failed_build_leaves_the_old_site_untouched(tmp_path):
    """Whatever is raised inside, the old bytes stand."""
    with new_site(tmp_path / "site") as site:
        site.write(MANIFEST, "old")
    with pytest.raises(KeyboardInterrupt), new_site(tmp_path / "site") as site:
        site.write(MANIFEST, "new")
        raise KeyboardInterrupt
    assert contents(tmp_path) == {f"site/{MANIFEST}": "old"}


def test_a_folder_that_is_no_site_is_refused(tmp_path):
    """A folder with somebody's files and no manifest is never replaced."""
    (tmp_path / "thesis.docx").write_text("years of work")
    with pytest.raises(InputError, match=r"holds other files than a site"), new_site(tmp_path):
        pass
    assert contents(tmp_path) == {"thesis.docx": "years of work"}


@pytest.mark.parametrize(
    ("place", "is_mount", "message"),
    [
        ("file/site", False, "nothing can be written into .*file; --output names a folder elsewhere"),
        ("volume", True, "volume is a volume, which cannot be replaced; --output .*volume/site can be"),
    ],
)
def test_a_place_that_cannot_be_written_is_refused_first(tmp_path, monkeypatch, place, is_mount, message):
    """Below what is no folder, or where a folder cannot be swapped; nothing is left beside it."""
    (tmp_path / "file").touch()
    monkeypatch.setattr("os.path.ismount", lambda path: is_mount)
    with pytest.raises(InputError, match=message):
        check_output(tmp_path / place)
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_a_disk_that_is_full_is_told(tmp_path, monkeypatch):
    """In words, and the old site stands."""
    with new_site(tmp_path / "site") as site:
        site.write(MANIFEST, "old")

    def full(path, data):
        raise OSError(28, "No space left on device", str(path))

    monkeypatch.setattr("pathlib.Path.write_bytes", full)
    with (
        pytest.raises(ComputationError, match="site: cannot be written: No space left"),
        new_site(tmp_path / "site") as site,
    ):
        site.write(MANIFEST, "new")
    assert contents(tmp_path) == {f"site/{MANIFEST}": "old"}


def test_a_file_that_stays_the_same_keeps_its_time(tmp_path):
    """What did not change is not written again; what did change leaves nothing of the old."""
    site = tmp_path / "site"
    for text in ("old", "new"):
        with new_site(site) as folder:
            folder.write("manifest.json", "{}")
            folder.write("same.png", b"picture")
            folder.write("page.html", text)
        if text == "old":
            before = (site / "same.png").stat().st_mtime_ns
    assert (site / "same.png").stat().st_mtime_ns == before
    assert (site / "same.png").stat().st_nlink == 1
    assert (site / "page.html").read_text() == "new"


@pytest.fixture
def built(tmp_path):
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "index.html").write_text("page")
    (tmp_path / "report.yaml").write_text("version: 1")
    write_stamp(tmp_path / "stamp", {"strict": False}, origin([tmp_path / "report.yaml"]), tmp_path / "site")
    return tmp_path


def test_an_untouched_build_is_current(built):
    """The same settings, inputs and outputs need no build."""
    assert is_current(built / "stamp", {"strict": False})


@pytest.mark.parametrize("change", ["report.yaml", "site/index.html"])
def test_a_changed_file_needs_a_build(built, change):
    """An input or an output that was edited, even to the same size, is noticed by its time."""
    os.utime(built / change, ns=(1, 1))
    assert not is_current(built / "stamp", {"strict": False})


def test_other_settings_need_a_build(built):
    """Options are part of what was built."""
    assert not is_current(built / "stamp", {"strict": True})


@pytest.mark.parametrize("damage", ["", "{", "[]", "{}"])
def test_a_damaged_stamp_needs_a_build(built, damage):
    """A stamp that cannot be read says nothing."""
    (built / "stamp").write_text(damage)
    assert not is_current(built / "stamp", {"strict": False})


def test_a_change_of_any_input_needs_a_build(report_of_everything, any_input, tmp_path):
    """Whatever a report reads, wherever the spec names it, is part of what its site was made from."""
    write_stamp(tmp_path / "stamp", {}, origin(report_of_everything.inputs), tmp_path / "site")
    assert is_current(tmp_path / "stamp", {})
    any_input.write_text("changed")
    assert not is_current(tmp_path / "stamp", {})
