"""A model trained further is one command: the new site shows what changed since the one that stood there."""

import json
import shutil
from pathlib import Path

import pytest

from generator.cli import main
from tests.build.test_program import contents, folder
from tests.fixtures.stock import keras_library, saved

__all__ = ["folder"]


@pytest.fixture(scope="module")
def trained(folder, tmp_path_factory) -> Path:
    """The same report with other weights, built against the site that stood there."""
    place = tmp_path_factory.mktemp("trained") / "report"
    shutil.copytree(folder, place, symlinks=True)
    model = keras_library().models.load_model(place / "model.keras")
    model.layers[-1].set_weights([-one for one in model.layers[-1].get_weights()])
    saved(model, place / "model.keras")
    assert built(place) == 0
    return place


def built(place: Path, *words: str) -> int:
    return main([str(place / "report.yaml"), "--formats", "html", "-q", "--against", str(place / "site"), *words])


def test_the_build_says_the_most_of_it(trained, tmp_path, capsys):
    """As `diff` does, and where the rest stands."""
    place = tmp_path / "report"
    shutil.copytree(trained, place, symlinks=True)
    assert main([str(place / "report.yaml"), "--formats", "html", "--against", str(place / "site")]) == 0
    said = capsys.readouterr().err.splitlines()
    assert "Nothing that a reader would see is another." in said
    assert str(place / "site" / "diff" / "index.html") in said


def test_the_new_site_shows_what_changed(trained):
    """A page a language and the same for scripts, named in the manifest like every other file."""
    files = contents(trained / "site")
    pages = {f"diff/{name}" for name in ("index.html", "en/index.html", "changes.json")}
    assert pages == {name for name in files if name.startswith("diff/")}
    assert pages <= set(json.loads(files["manifest.json"])["files"])
    assert 'href="../diff/en/index.html"' in files["en/index.html"].decode()
    assert 'href="diff/index.html"' in files["index.html"].decode()
    changes = json.loads(files["diff/changes.json"])
    assert "model" in {one["number"] for one in changes["origin"]}
    (model,) = changes["models"]
    assert model["images"] == 30 and model["accuracy"]["paired"] and model["gained"] + model["lost"] > 0
    assert (
        "The new site" not in files["diff/index.html"].decode()
        and str(trained) not in files["diff/index.html"].decode()
    )


def test_a_build_that_changes_nothing_keeps_it(trained, capsys):
    """The page is that of the change, not of the nothing since."""
    before = contents(trained / "site")
    assert main([str(trained / "report.yaml"), "--formats", "html", "--against", str(trained / "site")]) == 0
    assert "nothing has changed" in capsys.readouterr().err
    assert contents(trained / "site") == before


def test_two_sites_are_compared_by_a_command(folder, trained, tmp_path, capsys):
    """The same page in a folder of its own, its JSON where it is asked for, and the most of it in lines."""
    words = ["diff", str(folder / "site"), str(trained / "site"), "--output", str(tmp_path / "d")]
    assert main([*words, "--json", str(tmp_path / "deep" / "d.json")]) == 0
    said = capsys.readouterr().out.splitlines()
    assert any(line.startswith("On the same 30 pictures: ") for line in said) and said[-1].endswith("d/index.html")
    made = contents(tmp_path / "d")
    assert made["changes.json"] == (tmp_path / "deep" / "d.json").read_bytes()
    assert json.loads(made["changes.json"]) == json.loads(contents(trained / "site")["diff/changes.json"])
    assert main([*words, "--json", "-"]) == 0
    assert json.loads(capsys.readouterr().out)["same"] is False


def test_a_site_is_as_it_was_beside_itself(folder, tmp_path, capsys):
    """And nothing is written where something else lies."""
    site = str(folder / "site")
    assert main(["diff", site, site, "--output", str(tmp_path / "d")]) == 0
    assert "Nothing that a reader would see is another." in capsys.readouterr().out
    assert main(["diff", site, site, "--output", str(folder)]) == 2
    assert main(["diff", site, site, "--output", site]) == 2
    assert main(["diff", site, str(tmp_path / "d")]) == 2
    assert "is a comparison of two sites" in capsys.readouterr().err


def test_a_build_without_it_leaves_it_out(trained):
    """What a build wrote, the next one takes away again."""
    assert main([str(trained / "report.yaml"), "--formats", "none", "-q"]) == 0
    assert not (trained / "site" / "diff").exists()


def test_a_damaged_site_is_said_before_anything_is_built(trained, tmp_path, capsys):
    """And nothing of the site that stands there is lost."""
    (tmp_path / "manifest.json").write_text("{}")
    before = contents(trained / "site")
    assert main([str(trained / "report.yaml"), "-q", "--against", str(tmp_path)]) == 2
    assert "is no manifest of a build" in capsys.readouterr().err
    assert contents(trained / "site") == before
