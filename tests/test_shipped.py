"""What the generator ships, all of it in a wheel."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest

from generator import cli
from generator.shipped import STARTER, TEMPLATES, outside_package
from generator.starter import PYTHON
from tests import ROOT

BUILDING = (
    "from setuptools.build_meta import build_sdist, build_wheel; import shutil, os; "
    "shutil.unpack_archive(f'made/{build_sdist(\"made\")}', 'unpacked'); "
    "os.chdir(f'unpacked/{os.listdir(\"unpacked\")[0]}'); build_wheel('../../made')"
)


@pytest.fixture(scope="module")
def installed(tmp_path_factory) -> Path:
    """What the wheel puts into an environment, built offline by way of the source archive."""
    folder, source = tmp_path_factory.mktemp("installed"), tmp_path_factory.mktemp("source")
    for name in ("generator", "templates", ".github", "models"):
        shutil.copytree(ROOT / name, source / name, ignore=shutil.ignore_patterns("__pycache__", "checkpoints"))
    for name in ("pyproject.toml", "setup.py", "MANIFEST.in", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source)
    subprocess.run([sys.executable, "-c", BUILDING], cwd=source, check=True, capture_output=True)
    (wheel,) = (source / "made").glob("*.whl")
    with ZipFile(wheel) as files:
        files.extractall(folder)
    return folder


def test_a_wheel_holds_every_file_that_is_read(installed):
    """Modules, schema, templates, words and the starter, byte for byte, and a command; nothing of the training."""
    package = installed / "generator"
    for path in sorted((ROOT / "generator").rglob("*.py")):
        assert (package / path.relative_to(ROOT / "generator")).read_bytes() == path.read_bytes()
    assert (package / "report.schema.json").read_bytes() == STARTER["report.schema.json"].read_bytes()
    shipped = [path.relative_to(package / "share") for path in (package / "share").rglob("*") if path.is_file()]
    assert sorted(shipped) == [path.relative_to(ROOT) for path in outside_package()]
    assert {path.relative_to(ROOT) for path in TEMPLATES.rglob("*") if path.is_file()} < set(shipped)
    (entries,) = installed.glob("*.dist-info/entry_points.txt")
    assert f"{cli.COMMAND} = generator.supervisor:main" in entries.read_text()


def test_a_wheel_works_in_an_empty_folder(installed, tmp_path):
    """`init`, `check` and `schema` with nothing of the repository in reach."""

    def run(*words: str) -> str:
        command = [sys.executable, "-m", "generator", *words]
        environment = {**os.environ, "PYTHONPATH": str(installed)}
        return subprocess.run(command, cwd=tmp_path, env=environment, check=True, capture_output=True, text=True).stdout

    assert run("init", "mine").splitlines() == [str(Path("mine", name)) for name in (*STARTER, PYTHON)]
    assert run("check", "mine/report.yaml", "--strict") == "ok\n"
    assert run("schema") == (tmp_path / "mine" / "report.schema.json").read_text(encoding="utf-8")
