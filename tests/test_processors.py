"""As many processors as there are, or as a container has of them."""

import os

import pytest

from generator.processors import cores


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({}, 64),
        ({"cpu.max": "max 100000\n"}, 64),
        ({"cpu.max": "250000 100000\n"}, 3),
        ({"cpu.max": "5000 100000\n"}, 1),
        ({"cpu.max": "9900000 100000\n"}, 64),
        ({"cpu/cpu.cfs_quota_us": "-1\n", "cpu/cpu.cfs_period_us": "100000\n"}, 64),
        ({"cpu/cpu.cfs_quota_us": "200000\n", "cpu/cpu.cfs_period_us": "100000\n"}, 2),
        ({"cpu.max": "nonsense"}, 64),
    ],
)
def test_a_container_bounds_the_processors(files, said, tmp_path, monkeypatch):
    """By its quota of time, in both forms that Linux has; what it does not say is no bound."""
    monkeypatch.setattr(os, "sched_getaffinity", lambda process: range(64), raising=False)
    (tmp_path / "cpu").mkdir()
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    assert cores(tmp_path) == said


def test_a_system_without_affinities_says_how_many_there_are(tmp_path, monkeypatch):
    """As macOS and Windows; at least one where it does not say."""
    monkeypatch.delattr(os, "sched_getaffinity", raising=False)
    monkeypatch.setattr(os, "cpu_count", lambda: None)
    assert cores(tmp_path) == 1
    monkeypatch.setattr(os, "cpu_count", lambda: 8)
    assert cores(tmp_path) == 8
