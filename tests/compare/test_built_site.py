"""A site that somebody else may have made: read as data, refused in a sentence where it is none."""

import json

import pytest

from generator.compare.built_site import site_in
from generator.compare.changes import compared
from generator.errors import InputError
from tests.compare.sites import figure, manifest, png, site, written

BARE = {"generator": "1", "versions": {}, "sha256": {}, "figures": []}


def test_a_site_says_what_it_is(tmp_path):
    """Its figures, how they are called, its languages and its pictures."""
    found = site(tmp_path / "a", shade=7)
    assert (found.languages, list(found.figures)) == (("en", "zh-Hant"), ["saliency"])
    assert found.called["saliency"].label["zh-Hant"] == "圖 1"
    assert found.picture("figures/saliency-3-map.png") == png(7)


@pytest.mark.parametrize(
    "text",
    [
        *("", "[]", "{", "1e999", "[" * 5000, '{"seed": NaN}', '{"seed": 1e999}', "\x00", "9" * 9999),
        *(json.dumps({**BARE, "figures": odd}) for odd in (3, [{}])),
        json.dumps({**BARE, "kept": {"languages": ["../../etc"]}}),
        json.dumps({**BARE, "files": {"a": 1}}),
    ],
)
def test_what_no_build_wrote_is_refused(tmp_path, text):
    """In one sentence that names the file."""
    (tmp_path / "manifest.json").write_text(text)
    with pytest.raises(InputError) as error:
        site_in(tmp_path)
    assert "manifest.json" in str(error.value) and len(str(error.value)) < 600


def test_a_picture_is_one_of_the_site_and_a_picture(tmp_path):
    """No other folder's, nothing that a link leads out to, and no other kind of file."""
    (tmp_path / "secret.png").write_bytes(png(1))
    found = site(tmp_path / "a")
    figures = tmp_path / "a" / "figures"
    (figures / "link.png").symlink_to(tmp_path / "secret.png")
    (figures / "text.png").write_text("<svg onload=alert(1)>")
    (figures / "large.png").write_bytes(png(1)[:16] + b"\xff" * 8 + png(1)[24:])
    names = ("../secret.png", "figures/../../secret.png", "figures/link.png", "figures/text.png", "figures/large.png")
    assert [found.picture(name) for name in (*names, "figures/none.png", "manifest.json")] == [b""] * 7


def test_the_languages_of_an_earlier_site_are_those_of_its_pages(tmp_path):
    """No folder of ours is one."""
    pages = {f"{name}/index.html": "" for name in ("en", "both", "diff", "zh-Hant")}
    written(tmp_path, {**BARE, "files": pages})
    assert site_in(tmp_path).languages == ("en", "zh-Hant")


@pytest.mark.parametrize(
    "numbers",
    [
        {"verdict": [1], "each": 3, "models": "x"},
        {"each": {"index": {"a": 1}, "gap": [1]}, "verdict": {"faithful": "green"}},
        {"each": {"index": [None, [], 1], "gap": ["x", None]}},
        {"faithfulness": {"gap": {"mean": 1, "low": 2, "high": 0, "n": -1}}},
        {"a": 10**400, "b": 1e300, "c": [[1, [2]]], "d": {"mean": True, "low": 1, "high": 1, "n": 1}, "counts": "x"},
    ],
)  # fmt: skip
def test_odd_numbers_are_no_numbers(tmp_path, numbers):
    """Whatever stands where a number should, a comparison comes to its end."""
    odd = figure(numbers=numbers, images=[{"index": True}, {"index": 10**30, "prediction": "x", "probability": []}])
    changes = compared(site(tmp_path / "a", odd), site(tmp_path / "b"))
    assert changes.figures[0].status == "changed"
    assert compared(site(tmp_path / "b"), site(tmp_path / "a", odd)).figures[0].status == "changed"


def test_a_manifest_of_a_build_has_all_that_is_read(tmp_path):
    """The fixture is one."""
    record = manifest(figure())
    assert set(BARE) < set(record)
