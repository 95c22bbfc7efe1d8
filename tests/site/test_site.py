"""The default report as it is committed in site/: small, and of the spec and the model beside it."""

import json
from hashlib import sha256

import pytest

from tests import ROOT

SITE = ROOT / "site"
MOST = 6_000_000  # bytes


def test_the_whole_site_is_small():
    """Every file counts: pages, pictures, documents, exports and the manifest."""
    sizes = {str(file.relative_to(SITE)): file.stat().st_size for file in SITE.rglob("*") if file.is_file()}
    assert sum(sizes.values()) < MOST, sorted(sizes.items(), key=lambda one: -one[1])[:10]


@pytest.mark.parametrize(("name", "file"), [("spec", "report.yaml"), ("model", "models/fer_cnn.keras")])
def test_the_site_is_the_current_one(name, file):
    """It was built from the spec and the model that lie beside it."""
    built = json.loads((SITE / "manifest.json").read_text(encoding="utf-8"))["sha256"]
    assert built[name] == sha256((ROOT / file).read_bytes()).hexdigest(), "run `python -m generator report.yaml`"
