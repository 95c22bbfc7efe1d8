"""The default report as it is committed in site/: small, and of the spec and the model beside it."""

import json
from hashlib import sha256

import numpy as np
import pytest
from PIL import Image

from tests import ROOT

SITE = ROOT / "site"
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
def test_every_map_can_be_read(figure):
    """The 99th percentile of luminance of each map that is a result is high, its strength stands beside it."""
    (entry,) = (
        one for one in json.loads((SITE / "manifest.json").read_text("utf-8"))["figures"] if one["id"] == figure
    )
    page = (SITE / "en" / "index.html").read_text("utf-8")
    results = [row for row in entry["images"] if "remark" not in row]
    assert results
    assert max(row["strength"] for row in results) == 1
    for row in results:
        name = f"{figure}-{row['index']}-map.png"
        assert np.percentile(luminance(SITE / "figures" / name), 99) >= LIGHT, name
        assert row["weak"] == (row["strength"] < 0.1)
        below = page[page.index(name) :].split('<span class="strength', 1)[1][:300]
        assert ("weak" in below.split("</span>")[0]) == row["weak"], name


def test_the_whole_site_is_small():
    """Every file counts: pages, pictures, documents, exports and the manifest."""
    sizes = {str(file.relative_to(SITE)): file.stat().st_size for file in SITE.rglob("*") if file.is_file()}
    assert sum(sizes.values()) < MOST, sorted(sizes.items(), key=lambda one: -one[1])[:10]


@pytest.mark.parametrize(("name", "file"), [("spec", "report.yaml"), ("model", "models/fer_cnn.keras")])
def test_the_site_is_the_current_one(name, file):
    """It was built from the spec and the model that lie beside it."""
    built = json.loads((SITE / "manifest.json").read_text(encoding="utf-8"))["sha256"]
    assert built[name] == sha256((ROOT / file).read_bytes()).hexdigest(), "run `python -m generator report.yaml`"
