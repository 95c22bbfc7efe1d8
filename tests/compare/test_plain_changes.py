"""What scripts read of a comparison."""

import json

from generator.compare.changes import compared
from generator.compare.plain_changes import plain
from tests.compare.sites import evaluated, figure, site


def test_its_form_for_scripts_is_json(tmp_path):
    """Each part under a name of its own."""
    new = site(tmp_path / "b", figure(light="red", step=0.05), shade=9, kept={"evaluation": {"m": evaluated(50)}})
    told = json.loads(json.dumps(plain(compared(site(tmp_path / "a"), new)), allow_nan=False))
    assert told["same"] is False
    assert told["models"][0]["gained"] == 10 and told["models"][0]["accuracy"]["course"] == "up"
    number = next(one for one in told["figures"][0]["numbers"] if one["number"] == "faithfulness.gap")
    assert number["paired"] and set(number["difference"]) == {"mean", "low", "high", "n"}
    assert told["lights"][0]["now"] == "red"
