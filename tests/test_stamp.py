"""Nothing is rebuilt where nothing changed, and everything that matters counts as a change."""

import os

import pytest

from generator.build import stamp


@pytest.fixture
def built(tmp_path):
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "index.html").write_text("page")
    (tmp_path / "report.yaml").write_text("version: 1")
    stamp.write(tmp_path / "stamp", {"strict": False}, [tmp_path / "report.yaml"], tmp_path / "site")
    return tmp_path


def test_an_untouched_build_is_current(built):
    """The same settings, inputs and outputs need no build."""
    assert stamp.is_current(built / "stamp", {"strict": False})


@pytest.mark.parametrize("change", ["report.yaml", "site/index.html"])
def test_a_changed_file_needs_a_build(built, change):
    """An input or an output that was edited, even to the same size, is noticed by its time."""
    os.utime(built / change, ns=(1, 1))
    assert not stamp.is_current(built / "stamp", {"strict": False})


def test_other_settings_need_a_build(built):
    """Options are part of what was built."""
    assert not stamp.is_current(built / "stamp", {"strict": True})


@pytest.mark.parametrize("damage", ["", "{", "[]", "{}"])
def test_a_damaged_stamp_needs_a_build(built, damage):
    """A stamp that cannot be read says nothing."""
    (built / "stamp").write_text(damage)
    assert not stamp.is_current(built / "stamp", {"strict": False})
