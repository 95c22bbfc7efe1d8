"""The default report: small, its maps can be read, and where it is built a checkout stays clean."""

import json
import shutil
import subprocess

import numpy as np
import pytest
from PIL import Image

from tests import ROOT

MOST = 6_000_000  # bytes
LIGHT = 0.6  # luminance, of 1
ATTRIBUTIONS = ("saliency", "smoothgrad", "lime", "gradcam", "guided-gradcam")


def luminance(file) -> np.ndarray:
    """Relative luminance as WCAG has it, of every pixel."""
    with Image.open(file) as picture:
        share = np.asarray(picture.convert("RGB")) / 255
    linear = np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)
    return linear @ (0.2126, 0.7152, 0.0722)


@pytest.mark.parametrize("figure", ATTRIBUTIONS)
def test_every_map_can_be_read(default_site, figure):
    """The 99th percentile of luminance of each map that is a result is high, its strength stands beside it."""
    (entry,) = (
        one for one in json.loads((default_site / "manifest.json").read_text("utf-8"))["figures"] if one["id"] == figure
    )
    page = (default_site / "en" / "index.html").read_text("utf-8")
    results = [row for row in entry["images"] if "remark" not in row]
    assert results
    assert max(row["strength"] for row in results) == 1
    for row in results:
        name = f"{figure}-{row['index']}-map.png"
        assert np.percentile(luminance(default_site / "figures" / name), 99) >= LIGHT, name
        assert row["weak"] == (row["strength"] < 0.1)
        below = page[page.index(name) :].split('<span class="strength', 1)[1][:300]
        assert ("weak" in below.split("</span>")[0]) == row["weak"], name


def test_the_whole_site_is_small(default_site):
    """Every file counts: pages, pictures, documents, exports and the manifest."""
    sizes = {
        str(file.relative_to(default_site)): file.stat().st_size for file in default_site.rglob("*") if file.is_file()
    }
    assert sum(sizes.values()) < MOST, sorted(sizes.items(), key=lambda one: -one[1])[:10]


def test_a_checkout_stays_clean_where_its_report_is_built():
    """What is built into site/ is not kept; the page that says how is."""
    if shutil.which("git") is None or not (ROOT / ".git").exists():
        pytest.skip("no checkout of git")
    for name, ignored in (("site/index.html", 0), ("site/en/index.html", 0), ("site/README.md", 1), (".venv/x", 0)):
        asked = subprocess.run(["git", "check-ignore", "-q", "--no-index", name], cwd=ROOT, check=False)
        assert asked.returncode == ignored, name
