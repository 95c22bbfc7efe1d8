"""What a site keeps for a later comparison: every answer, and every image that a number rests on."""

import json
from types import SimpleNamespace

import numpy as np

from generator.build.cache import Cache
from generator.build.kept import _prints
from generator.cli import main
from generator.compare.per_image import unpacked
from generator.samples import Samples
from tests.build.test_program import folder

__all__ = ["folder"]


def test_a_site_keeps_its_answers_and_its_images(folder):
    """In every language, under the names of its figures; each image goes by what it shows."""
    record = json.loads((folder / "site" / "manifest.json").read_text(encoding="utf-8"))
    known = record["kept"]
    assert known["languages"] == ["zh-Hant", "en"] and known["classes"]["both"] == {"zh-Hant": "兩邊", "en": "Both"}
    where, how = known["questions"]
    assert where["answer"]["en"].startswith("[Figure\xa01](#fig-saliency) gives ")
    assert [figure["id"] for figure in how["figures"]] == ["patterns", "confusion_matrix"]
    each = unpacked(known["evaluation"]["model"])
    assert each.label.tolist() == (np.arange(30) % 3).tolist() and len(set(each.image.tolist())) == 30
    matrix = record["figures"][-1]["numbers"]
    assert each.right.mean() == matrix["accuracy"]


def test_pages_in_one_language_keep_that_one(folder, tmp_path):
    """What nobody reads is not kept, and without pages nothing else is lost."""
    words = [str(folder / "report.yaml"), "--formats", "none", "--languages", "en", "-q", "--output", str(tmp_path)]
    assert main(words) == 0
    known = json.loads((tmp_path / "manifest.json").read_text(encoding="utf-8"))["kept"]
    assert known["title"] == {"en": "Test report"}
    assert set(known["questions"][0]["answer"]) == {"en"}


def test_images_are_looked_at_once(tmp_path):
    """A build that changes no image does not read them again."""
    looks = []

    def fingerprints(positions):
        looks.append(positions.tolist())
        return [bytes([position] * 16) for position in positions]

    places = Samples(np.array([5, 7, 9]), np.zeros(3, np.int64), list, "", "").places
    samples = SimpleNamespace(places=places, fingerprints=fingerprints)
    data = SimpleNamespace(digest="d", samples=samples, cache=Cache(tmp_path))
    assert [list(_prints(data, [7, 9])) for _ in range(2)] == [["01010101", "02020202"]] * 2
    assert looks == [[1, 2]]
    assert list(_prints(data, [])) == []
