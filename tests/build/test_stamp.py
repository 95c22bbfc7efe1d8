"""A site is not built again where nothing changed."""

import os
import subprocess

import pytest

from generator.build.stamp import files_in, fingerprint, is_current, origin, stamp_of, write_stamp


@pytest.fixture
def built(tmp_path):
    site, spec = tmp_path / "site" / "index.html", tmp_path / "report.yaml"
    site.parent.mkdir()
    site.write_text("page")
    spec.write_text("version: 1")
    write_stamp(tmp_path / "stamp", {"strict": False}, origin([spec]), {site: fingerprint(site)})
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


@pytest.mark.parametrize(
    "damage",
    ["", "{", "[]", "{}", "\xff", '{"settings": {"strict": false}, "files": ["a"]}', "[" * 10**5, '{"files": 3}'],
)
def test_a_damaged_stamp_needs_a_build(built, damage):
    """A stamp that cannot be read says nothing."""
    (built / "stamp").write_text(damage, "latin-1")
    assert not is_current(built / "stamp", {"strict": False})


def test_a_change_of_any_input_needs_a_build(report_of_everything, any_input, tmp_path):
    """Whatever a report reads, wherever the spec names it, is part of what its site was made from."""
    write_stamp(tmp_path / "stamp", {}, origin(report_of_everything.inputs), {})
    assert is_current(tmp_path / "stamp", {})
    any_input.write_text("changed")
    assert not is_current(tmp_path / "stamp", {})


def test_what_takes_the_place_of_a_stamp_says_nothing(tmp_path):
    """A pipe is not waited for."""
    os.mkfifo(tmp_path / "stamp")
    assert not is_current(tmp_path / "stamp", {})


def test_a_stamp_that_cannot_be_kept_is_no_error(tmp_path):
    """And leaves nothing half written."""
    (tmp_path / "file").touch()
    write_stamp(tmp_path / "file" / "stamp", {}, {}, {})
    (tmp_path / "stamp").mkdir()
    write_stamp(tmp_path / "stamp", {}, {}, {})
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "stamp"]


def test_names_that_are_no_utf_8_have_a_stamp(tmp_path):
    """As folders of old archives have."""
    folder = tmp_path / os.fsdecode(b"bad\xff")
    assert stamp_of(tmp_path, folder / "report.yaml", folder / "site").name.startswith("stamp-")


def test_a_folder_is_walked_however_deep(tmp_path):
    """A link that is asked for is followed, one within is seen alone: a loop ends."""
    subprocess.run(["mkdir", "-p", tmp_path / "data" / "/".join("d" * 1100)], check=True)
    (tmp_path / "data" / "loop").symlink_to(tmp_path / "data")
    (tmp_path / "link").symlink_to("data")
    found = set(files_in([tmp_path / "link"]))
    assert len(found) == 1102 and tmp_path / "link" / "loop" in found
    subprocess.run(["rm", "-r", tmp_path / "data"], check=True)  # Python's own way is recursive
