"""What the page on comparisons says of the JSON is what there is."""

import json
import re

from generator.compare.changes import Status, compared
from generator.compare.differences import Course
from generator.compare.plain_changes import plain
from tests import ROOT
from tests.compare.sites import figure, site

PAGE = (ROOT / "docs" / "what-changed.md").read_text(encoding="utf-8")


def test_every_key_is_named(tmp_path):
    """And every word that a script may meet."""
    told = plain(compared(site(tmp_path / "a"), site(tmp_path / "b", figure(step=0.1, light="red"), shade=9)))
    named = set(re.findall(r"`(\w+)`", PAGE))
    assert set(told) - {"generator"} <= named
    changed = next(one for one in told["figures"] if one["status"] == "changed")
    assert set(changed) - {"id", "method"} <= named
    assert set(Status.__args__) | set(Course.__args__) <= named
    assert json.dumps(told)
