"""The starter: it loads as it is, its script and its workflow run, and `init` says what comes next."""

import os
import re
import subprocess
from hashlib import sha256
from pathlib import Path
from types import SimpleNamespace

import pytest
import yaml

from generator import cli, starter
from generator.build_options import BuildOptions
from generator.errors import InputError
from generator.shipped import STARTER
from generator.spec.report import load
from generator.starter import WORKFLOW, next_steps, write_starter


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("init") / "my-report"
    write_starter(folder)
    return folder


def test_the_starter_loads_without_a_warning(folder):
    """All four questions of the homework, in both languages, with the names its script has to write."""
    report = load(folder / "report.yaml", BuildOptions(strict=True))
    assert [q.points for q in report.questions] == [2, 3, 3, 2]
    assert [f.export.file for f in report.figures.values() if f.export] == [
        "fig1_{class_index}.jpg",
        "fig2_1.jpg",
        "fig2_2.jpg",
        "fig3_{class_index}.jpg",
        "fig4_{class_index}.jpg",
    ]


def test_what_it_suggests_in_comments_is_true(folder):
    """Each commented line of the starter loads when it takes the place of the line above it."""
    lines = (folder / "report.yaml").read_text(encoding="utf-8").splitlines()
    for name in ("train.csv", "faces.npz"):
        (folder / name).touch()
    (folder / "train").mkdir()
    suggested = [at for at, line in enumerate(lines) if re.match(r" *# (preprocess|data|images): {", line)]
    assert len(suggested) >= 6
    for at in suggested:
        line = lines[at].replace("# ", "", 1)
        key = line.strip().split(":")[0]
        replaced = next(n for n in range(at, -1, -1) if lines[n].strip().startswith(f"{key}:"))
        text = "\n".join([*lines[:replaced], line, *lines[replaced + 1 :]])
        (folder / "tried.yaml").write_text(text, encoding="utf-8")
        load(folder / "tried.yaml")


def test_nothing_is_ever_replaced(folder):
    """A second `init` into the same folder is refused with the names of what is there."""
    before = (folder / "report.yaml").read_bytes()
    with pytest.raises(InputError, match=r"report\.yaml.*already there; init writes into a new folder"):
        write_starter(folder)
    assert (folder / "report.yaml").read_bytes() == before


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

    def full(path, mode):
        raise ending

    with monkeypatch.context() as patched, pytest.raises((InputError, KeyboardInterrupt), match=r"No space left|^$"):
        patched.setattr(Path, "chmod", full)
        write_starter(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]
    assert write_starter(tmp_path)


def test_the_command_names_what_it_wrote_and_what_comes_next(tmp_path, capsys):
    """One line a file; then, beside them, how to build, to fill in and to publish."""
    assert cli.main(["init", str(tmp_path / "new")]) == 0
    said = capsys.readouterr()
    assert said.out.splitlines() == [str(tmp_path / "new" / name) for name in (*STARTER, starter.PYTHON)]
    assert f"python -m generator {tmp_path / 'new' / 'report.yaml'}" in said.err
    assert "Source: GitHub Actions" in said.err
    assert "own .github/workflows" not in said.err


def test_within_a_repository_it_says_where_the_workflow_would_run(tmp_path):
    """GitHub looks into the folder of the repository alone; a repository of the report's own is one."""
    (tmp_path / ".git").mkdir()
    folder = tmp_path / "reports" / "mine"
    write_starter(folder)
    assert f"move {folder / WORKFLOW} to {tmp_path / '.github/workflows/report.yml'}" in next_steps(folder)
    assert "REPORT: reports/mine" in next_steps(folder)
    (folder / ".git").touch()
    assert "REPORT" not in next_steps(folder)


@pytest.mark.parametrize(
    ("record", "known"),
    [
        ('{"url": "https://x:secret@github.com/ann/xai.git", "vcs_info": {"commit_id": "4d7a"}}', "ann/xai@4d7a"),
        ('{"url": "https://example.org/ann/xai", "vcs_info": {"commit_id": "4d7a"}}', ""),
        ("none of ours", ""),
    ],
)
def test_the_workflow_knows_the_repository_that_the_generator_came_from(tmp_path, monkeypatch, record, known):
    """Its owner, its name, its commit, and no password; where there is none, the next steps say what it needs."""
    monkeypatch.setattr(starter.Distribution, "from_name", lambda name: SimpleNamespace(read_text=lambda _: record))
    monkeypatch.setattr(starter, "_git", lambda *words: "")
    write_starter(tmp_path / "new")
    workflow = yaml.safe_load((tmp_path / "new" / WORKFLOW).read_text(encoding="utf-8"))
    otherwise = f" || '{known}'" if known else ""
    assert workflow["env"]["GENERATOR"] == f"${{{{ vars.GENERATOR{otherwise} }}}}"
    assert ("GENERATOR" in next_steps(tmp_path / "new")) == (not known)


@pytest.mark.parametrize(
    "address", ["git@github.com:ann/xai.git", "https://github.com/ann/xai", "ssh://git@github.com/ann/xai/"]
)
def test_a_checkout_is_known_by_its_remote(monkeypatch, address):
    """At the commit that its remote has."""
    said = {"config": address, "rev-parse": "4d7a"}
    monkeypatch.setattr(starter.Distribution, "from_name", lambda name: SimpleNamespace(read_text=lambda _: None))
    monkeypatch.setattr(starter, "_git", lambda word, *_: said[word])
    assert starter.origin_of_program() == "ann/xai@4d7a"


def test_the_script_of_the_course_is_one_build(folder, tmp_path):
    """Two arguments, the data and the output folder, become a build of the exports alone, beside no site."""
    recorder = tmp_path / "python"
    recorder.write_text(f'#!/bin/sh\nprintf "%s\\n" "$@" > {tmp_path}/words\n')
    recorder.chmod(0o755)
    command = ["sh", str(folder / "hw4.sh"), "my data.csv", "out"]
    subprocess.run(command, env={**os.environ, "PYTHON": str(recorder)}, check=True)
    words = (tmp_path / "words").read_text().splitlines()
    assert words[:2] == ["-m", "generator"]
    options = cli.options_of(cli.parser().parse_args(["build", *words[2:]]))
    assert (options.data, options.exports, options.formats) == (Path("my data.csv"), Path("out"), ())
    assert options.output is not None
    assert not options.output.is_relative_to(folder)
    assert not options.output.parent.exists()


def test_the_script_wants_its_two_arguments(folder):
    """Anything else ends with 2 and says how it is used."""
    done = subprocess.run(["sh", str(folder / "hw4.sh"), "x"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr.split(" ")[0]) == (2, "usage:")


def a_python(file: Path, has_it: bool) -> Path:
    """A stand-in that has the generator or not, and says that it was run."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(f'#!/bin/sh\ntest "$1" = -c && exit {int(not has_it)}\necho "{file}"\n')
    file.chmod(0o755)
    return file


@pytest.mark.parametrize("place", ["active", "mine/.venv", ".venv", "made", "path"])
def test_the_script_finds_the_environment(tmp_path, place):
    """Active, beside it, further up, the one that `init` ran in, on the path: the first that has the generator."""
    folder = tmp_path / "mine"
    write_starter(folder)
    names = {"active": "active/bin/python", "made": "made/python", "path": "path/python3"}
    there = {where: tmp_path / names.get(where, f"{where}/bin/python") for where in ("mine/.venv", ".venv", *names)}
    for where, file in there.items():
        a_python(file, where == place)
    (folder / starter.PYTHON).write_text(f"{there['made']}\n{tmp_path}\n")
    environment = {"PATH": f"{tmp_path / 'path'}:/usr/bin:/bin", "VIRTUAL_ENV": str(tmp_path / "active")}
    command = ["sh", str(folder / "hw4.sh"), "data", "out"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.strip() in (str(there[place]), "python3" if place == "path" else "")


def test_without_any_python_that_has_it_the_script_says_how(tmp_path):
    """Exit code 2, and the cure."""
    write_starter(tmp_path / "mine")
    (tmp_path / "mine" / starter.PYTHON).unlink()
    for name in ("python3", "python"):
        a_python(tmp_path / "path" / name, False)
    command = ["sh", str(tmp_path / "mine" / "hw4.sh"), "data", "out"]
    environment = {"PATH": f"{tmp_path / 'path'}:/usr/bin:/bin"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "PYTHON=/path/to/python" in done.stderr


WORKFLOW_OF_OURS = yaml.safe_load(STARTER[WORKFLOW].read_text(encoding="utf-8"))
BUILD, DEPLOY = (WORKFLOW_OF_OURS["jobs"][name] for name in ("build", "deploy"))


def test_the_workflow_publishes_only_what_it_may():
    """Pull requests, and forks that say nothing else, only build; the deploy job alone may write pages."""
    assert WORKFLOW_OF_OURS["permissions"] == {"contents": "read"}
    assert DEPLOY["permissions"] == {"contents": "read", "pages": "write", "id-token": "write"}
    assert DEPLOY["if"] == BUILD["steps"][-1]["if"]
    assert "pull_request" in DEPLOY["if"]
    assert "(!github.event.repository.fork || vars.PUBLISH == 'yes')" in DEPLOY["if"]
    assert BUILD["permissions"] == {"contents": "read", "pages": "read"}


def ran(name: str, folder: Path, **environment: str) -> "subprocess.CompletedProcess[str]":
    """A step of the workflow in bash, as a runner does it; what it calls is written down by stand-ins."""
    (script,) = (step["run"] for step in BUILD["steps"] if step.get("name") == name)
    (folder / "bin").mkdir(exist_ok=True)
    for called in ("pip", "python"):
        (folder / "bin" / called).write_text(f'#!/bin/sh\necho "{called} $*"\n')
        (folder / "bin" / called).chmod(0o755)
    known = {"PATH": f"{folder / 'bin'}:/usr/bin:/bin", "GITHUB_WORKSPACE": str(folder), "GENERATOR": "", **environment}
    command = ["bash", "-e", "-c", script]
    return subprocess.run(command, cwd=folder, env=known, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    ("asked", "there", "installed"),
    [
        ("ann/xai@v1", "", "git+https://github.com/ann/xai@v1"),
        ("ann/xai", "explainability_report-1-py3-none-any.whl", "git+https://github.com/ann/xai"),
        ("explainability-report==1.2", "", "explainability-report==1.2"),
        ("explainability-report", "", "explainability-report"),
        ("wheels/xai.whl", "", "wheels/xai.whl"),
        ("https://example.org/xai.whl", "", "https://example.org/xai.whl"),
        ("", "explainability_report-1-py3-none-any.whl", "./explainability_report-1-py3-none-any.whl"),
        ("", "generator/__main__.py", "--editable {}"),
    ],
)
def test_the_workflow_installs_the_generator_from_where_it_is(tmp_path, asked, there, installed):
    """A repository at a version, whatever else pip takes, a wheel beside the report, the repository itself."""
    if there:
        (tmp_path / there).parent.mkdir(exist_ok=True)
        (tmp_path / there).touch()
    done = ran("Install the generator", tmp_path, GENERATOR=asked)
    assert (done.returncode, done.stdout) == (0, f"pip install {installed.format(tmp_path)}\n")


def test_a_repository_without_the_generator_is_told_so(tmp_path):
    """In the words of a workflow's error, with the cure."""
    done = ran("Install the generator", tmp_path)
    assert done.returncode == 1
    assert done.stdout.startswith("::error::") and "GENERATOR to OWNER/NAME@VERSION" in done.stdout


@pytest.mark.parametrize(
    ("spec", "code", "told"), [("title: x", 0, "URL=https://a.b/c/\n"), ("site: {url: z}", 0, ""), ("title: x", 1, "")]
)
def test_the_workflow_asks_where_the_site_will_be(tmp_path, spec, code, told):
    """Unless the spec says it, and as long as there is one."""
    (tmp_path / "report.yaml").write_text(spec)
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "gh").write_text(f"#!/bin/sh\necho https://a.b/c/\nexit {code}\n")
    (tmp_path / "bin" / "gh").chmod(0o755)
    (tmp_path / "env").touch()
    done = ran("Ask where the site will be", tmp_path, GITHUB_ENV=str(tmp_path / "env"), GITHUB_REPOSITORY="b/c")
    assert (done.returncode, (tmp_path / "env").read_text()) == (0, told)


def test_the_report_is_built_strictly(tmp_path):
    """With the address of the site where it is known."""
    for known, said in (({}, ""), ({"URL": "https://a.b/c/"}, "--url https://a.b/c/")):
        done = ran("Build the report", tmp_path, **known)
        assert done.stdout.strip() == f"python -m generator report.yaml --strict {said}".strip()


@pytest.mark.parametrize("right", [True, False])
def test_what_is_too_large_for_a_repository_is_fetched_and_verified(tmp_path, right):
    """By its address into its place; another file than the one that was meant ends the workflow."""
    (tmp_path / "release").write_bytes(b"a model")
    meant = sha256(b"a model" if right else b"another").hexdigest()
    (tmp_path / "assets.txt").write_text(f"{meant} file://{tmp_path}/release models/my net.keras")
    done = ran("Fetch what is too large for a repository", tmp_path)
    assert (done.returncode == 0) == right, done.stderr
    assert (tmp_path / "models" / "my net.keras").read_bytes() == b"a model"
