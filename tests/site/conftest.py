"""The default report, built as `python make.py report` builds it."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests import ROOT


@pytest.fixture(scope="session")
def default_site(tmp_path_factory) -> Path:
    """Its folder; what an earlier build of the checkout has computed is taken from its cache."""
    site = tmp_path_factory.mktemp("default") / "site"
    subprocess.run(
        [sys.executable, "-m", "generator", "report.yaml", "--output", str(site), "-q"], cwd=ROOT, check=True
    )
    return site
