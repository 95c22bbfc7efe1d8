"""What the generator ships: a starter that loads as it is, the course's script around it, and all of it in a wheel."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest
import yaml

from generator import cli
from generator.build_options import BuildOptions
from generator.errors import InputError
from generator.shipped import STARTER, TEMPLATES, outside_package, write_starter
from generator.spec.report import load
from tests import ROOT


@pytest.fixture(scope="module")
def starter(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("init") / "my-report"
    write_starter(folder)
    return folder


def test_the_starter_loads_without_a_warning(starter):
    """All four questions of the homework, in both languages, with the names its script has to write."""
    report = load(starter / "report.yaml", BuildOptions(strict=True))
    assert [q.points for q in report.questions] == [2, 3, 3, 2]
    assert [f.export.file for f in report.figures.values() if f.export] == [
        "fig1_{class_index}.jpg",
        "fig2_1.jpg",
        "fig2_2.jpg",
        "fig3_{class_index}.jpg",
        "fig4_{class_index}.jpg",
    ]


def test_what_it_suggests_in_comments_is_true(starter):
    """Each commented line of the starter loads when it takes the place of the line above it."""
    lines = (starter / "report.yaml").read_text(encoding="utf-8").splitlines()
    for name in ("train.csv", "faces.npz"):
        (starter / name).touch()
    (starter / "train").mkdir()
    suggested = [at for at, line in enumerate(lines) if re.match(r" *# (preprocess|data|images): {", line)]
    assert len(suggested) >= 6
    for at in suggested:
        line = lines[at].replace("# ", "", 1)
        key = line.strip().split(":")[0]
        replaced = next(n for n in range(at, -1, -1) if lines[n].strip().startswith(f"{key}:"))
        text = "\n".join([*lines[:replaced], line, *lines[replaced + 1 :]])
        (starter / "tried.yaml").write_text(text, encoding="utf-8")
        load(starter / "tried.yaml")


def test_nothing_is_ever_replaced(starter):
    """A second `init` into the same folder is refused with the names of what is there."""
    before = (starter / "report.yaml").read_bytes()
    with pytest.raises(InputError, match=r"report\.yaml.*already there; init writes into a new folder"):
        write_starter(starter)
    assert (starter / "report.yaml").read_bytes() == before


def test_a_link_that_leads_nowhere_is_not_written_through(tmp_path):
    """The starter would stand wherever it points."""
    (tmp_path / "report.yaml").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(InputError, match=r"report.yaml: already there"):
        write_starter(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["report.yaml"]


@pytest.mark.parametrize("ending", [OSError(28, "No space left on device"), KeyboardInterrupt()])
def test_a_starter_that_cannot_be_written_to_its_end_leaves_nothing(tmp_path, monkeypatch, ending):
    """What was there stays, and the next `init` finds the way free."""
    (tmp_path / "notes.txt").touch()
    written = []

    def full(path, mode):
        written.append(path)
        if len(written) == 4:
            raise ending

    with monkeypatch.context() as patched, pytest.raises((InputError, KeyboardInterrupt), match=r"No space left|^$"):
        patched.setattr(Path, "chmod", full)
        write_starter(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]
    assert write_starter(tmp_path)


def test_the_command_names_what_it_wrote(tmp_path, capsys):
    """One line a file."""
    assert cli.main(["init", str(tmp_path / "new")]) == 0
    assert capsys.readouterr().out.splitlines() == [str(tmp_path / "new" / name) for name in STARTER]


def test_the_script_of_the_course_is_one_build(starter, tmp_path):
    """Two arguments, the data and the output folder, become a build of the exports alone, beside no site."""
    recorder = tmp_path / "python"
    recorder.write_text(f'#!/bin/sh\nprintf "%s\\n" "$@" > {tmp_path}/words\n')
    recorder.chmod(0o755)
    command = ["sh", str(starter / "hw4.sh"), "my data.csv", "out"]
    subprocess.run(command, env={**os.environ, "PYTHON": str(recorder)}, check=True)
    words = (tmp_path / "words").read_text().splitlines()
    assert words[:2] == ["-m", "generator"]
    options = cli.options_of(cli.parser().parse_args(["build", *words[2:]]))
    assert (options.data, options.exports, options.formats) == (Path("my data.csv"), Path("out"), ())
    assert options.output is not None
    assert not options.output.is_relative_to(starter)
    assert not options.output.parent.exists()


def test_the_script_wants_its_two_arguments(starter):
    """Anything else ends with 2 and says how it is used."""
    done = subprocess.run(["sh", str(starter / "hw4.sh"), "x"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr.split(" ")[0]) == (2, "usage:")


def test_the_workflow_publishes_only_what_it_may():
    """Forks and pull requests only build; the deploy job alone may write pages."""
    workflow = yaml.safe_load(STARTER[".github/workflows/pages.yml"].read_text(encoding="utf-8"))
    build, deploy = workflow["jobs"]["build"], workflow["jobs"]["deploy"]
    assert workflow["permissions"] == {"contents": "read"}
    assert deploy["permissions"] == {"contents": "read", "pages": "write", "id-token": "write"}
    assert deploy["if"] == build["steps"][-1]["if"]
    assert "pull_request" in deploy["if"]
    assert "fork" in deploy["if"]
    assert "python -m generator report.yaml --strict" in [step.get("run") for step in build["steps"]]


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

    assert run("init", "mine").splitlines() == [str(Path("mine", name)) for name in STARTER]
    assert run("check", "mine/report.yaml", "--strict") == "ok\n"
    assert run("schema") == (tmp_path / "mine" / "report.schema.json").read_text(encoding="utf-8")
