"""`init` writes a report that loads as it is, and the course's script around it."""

import os
import re
import subprocess
from pathlib import Path

import pytest
import yaml

from generator import cli
from generator.build_options import BuildOptions
from generator.errors import InputError
from generator.shipped import STARTER, write_starter
from generator.spec.loading import load


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
