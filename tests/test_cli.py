"""The command line: exit codes, one message without a traceback, and no library before it is needed."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from generator import __version__, cli
from generator.build.cache import key_of
from generator.build_options import BuildOptions
from generator.errors import ComputationError, InputError
from generator.shipped import SCHEMA
from tests.fixtures.spec_fixture import ANSWER, HEAD, written

HEAVY = {"tensorflow", "keras", "tf_keras_vis", "lime", "matplotlib", "skimage", "pyarrow", "typst", "sklearn"}
GOOD = HEAD + ANSWER % "{{ fig('lime') }}"


def test_check_says_ok_without_a_heavy_library(tmp_path):
    """A sound spec is checked in a fresh process that never loads TensorFlow or another slow library."""
    written(tmp_path, GOOD)
    script = (
        "import sys; from generator.cli import main; code = main(['check', 'report.yaml']); "
        f"loaded = {sorted(HEAVY)!r}; print(code, [name for name in loaded if name in sys.modules])"
    )
    root = str(Path(cli.__file__).parents[1])
    done = subprocess.run(
        [sys.executable, "-c", f"import sys; sys.path.insert(0, {root!r}); {script}"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.splitlines() == ["ok", "0 []"]
    assert done.stderr == ""


def test_a_wrong_spec_ends_with_2_and_no_traceback(tmp_path):
    """From the shell: exit code 2, the message on stderr alone."""
    written(tmp_path, GOOD.replace("lime}", "lyme}"))
    command = [sys.executable, "-m", "generator", "check", str(tmp_path / "report.yaml")]
    done = subprocess.run(command, cwd=Path(cli.__file__).parents[1], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.splitlines()[0].endswith("unknown method 'lyme'; did you mean 'lime'?")
    assert "Traceback" not in done.stderr


def test_an_evaluation_that_does_not_fit_is_named_at_its_line(tmp_path, capsys):
    """`check` reads the evaluation: a class that the spec does not have is said with both places."""
    (tmp_path / "evaluation.csv").write_text("y_true,y_pred\n0,1\n2,1\n")
    written(tmp_path, GOOD.replace("regions:", "evaluation: evaluation.csv\nregions:"))
    assert cli.main(["check", str(tmp_path / "report.yaml")]) == 2
    said = capsys.readouterr().err.replace(f"{tmp_path}/", "").strip()
    assert said == (
        "report.yaml:5:13: evaluation: evaluation.csv: line 3: y_true is '2' with 2 classes; "
        "allowed: 0 to 1, or angry, happy"
    )


def test_warnings_are_said_and_strict_refuses_them(tmp_path, capsys):
    """A missing translation is a line on stderr; with --strict it ends with 2."""
    path = str(written(tmp_path, GOOD.replace("      zh-Hant: 好\n", "")))
    assert cli.main(["check", path]) == 0
    assert "no text in 'zh-Hant'; 'en' stands in (warning)" in capsys.readouterr().err
    assert cli.main(["check", path, "--strict"]) == 2
    assert cli.main(["check", path, "--strict", "--languages", "en"]) == 0


def asked(monkeypatch, *words: str) -> BuildOptions:
    """The options that reach the build from a command line."""
    found = []
    monkeypatch.setattr("generator.cli._build", lambda space: found.append(cli.options_of(space)) or 0)
    assert cli.main(list(words)) == 0
    return found[0]


def test_build_is_what_is_meant_without_a_command(monkeypatch):
    """The first word may be the spec or an option; every option arrives."""
    assert asked(monkeypatch, "report.yaml") == BuildOptions()
    assert asked(monkeypatch, "-q", "report.yaml").quiet
    assert asked(
        monkeypatch, "build", "r.yaml", "--output", "o", "--formats", "html, md", "--languages", "en,zh-Hant",
        "--only", "a", "--only", "b", "--data", "d", "--exports", "e", "--no-cache", "--arrays", "f",
        "--strict", "-q", "-v", "--trust-model", "--trust-plugins",
    ) == BuildOptions(
        Path("o"), ("html", "md"), ("en", "zh-Hant"), ("a", "b"), Path("d"), Path("e"), True, Path("f"),
        True, True, True, True, True,
    )  # fmt: skip
    assert asked(monkeypatch, "report.yaml", "--formats", "none").formats == ()


@pytest.mark.parametrize("words", [["r.yaml", "--formats", "doc"], ["r.yaml", "--frmats", "md"], ["init"], []])
def test_a_wrong_option_ends_with_2(words, capsys):
    """Also a missing one, and no word at all, which prints the help."""
    try:
        code = cli.main(words)
    except SystemExit as error:
        code = error.code
    assert code == 2
    assert "usage: python -m generator" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("raised", "code"), [(InputError("wrong"), 2), (ComputationError("failed"), 1), (KeyboardInterrupt(), 130)]
)
def test_every_end_has_its_code(monkeypatch, capsys, raised, code):
    """1 for a failed computation, 2 for a wrong input, 130 for an interruption, one line each."""

    def stop(_: object) -> int:
        raise raised

    monkeypatch.setattr("generator.cli._build", stop)
    assert cli.main(["report.yaml"]) == code
    assert capsys.readouterr().err.splitlines() == [str(raised) or "interrupted"]


def test_verbose_shows_where_it_came_from(tmp_path, capsys):
    """-v adds the traceback to the message."""
    assert cli.main(["check", str(tmp_path / "none.yaml"), "-v"]) == 2
    assert "Traceback" in capsys.readouterr().err


def test_the_version_is_printed(capsys):
    """--version is the package's."""
    with pytest.raises(SystemExit) as caught:
        cli.main(["--version"])
    assert (caught.value.code, capsys.readouterr().out.split()[-1]) == (0, __version__)


def test_clear_cache_forgets_what_was_computed(tmp_path):
    """Beside the spec that is named."""
    folder = tmp_path / ".report-cache"
    folder.mkdir()
    entry = folder / key_of(method="gradcam")
    entry.write_bytes(b"x")
    assert cli.main(["clear-cache", str(tmp_path / "report.yaml")]) == 0
    assert list(folder.iterdir()) == []


def test_clear_cache_forgets_what_lies_elsewhere(tmp_path):
    """In the folder of --cache, where other files stay."""
    names = [key_of(method="gradcam"), "stamp-0123456789abcdef", "thesis.docx", "0123"]
    for name in names:
        (tmp_path / name).write_bytes(b"x")
    assert cli.main(["clear-cache", "nowhere/report.yaml", "--cache", str(tmp_path)]) == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["0123", "thesis.docx"]


@pytest.mark.parametrize("encoding", ["cp1252", "ascii:strict", "cp950"])
def test_a_narrow_console_prints_what_it_can(tmp_path, encoding):
    """Characters that it does not have are their numbers, on stdout too, and JSON stays JSON."""
    folder = tmp_path / "機器學習"
    for command, code in ((["init", folder], 0), (["methods"], 0), (["check", folder / "無.yaml"], 2)):
        done = narrow(encoding, *command)
        assert (done.returncode, b"Traceback" in done.stderr) == (code, False)
    schema = narrow(encoding, "schema").stdout
    assert json.loads(schema) == json.loads(SCHEMA.read_text("utf-8"))


def narrow(encoding, *command):
    environment = {**os.environ, "PYTHONIOENCODING": encoding}
    command = [sys.executable, "-m", "generator", *map(str, command)]
    root = Path(cli.__file__).parents[1]
    return subprocess.run(command, cwd=root, env=environment, capture_output=True, check=False)


def test_a_file_that_may_not_be_read_is_no_traceback(monkeypatch, capsys):
    """However deep within what the spec names it lies."""

    def refused(path, options):
        raise PermissionError(13, "Permission denied", "faces/3.png")

    monkeypatch.setattr("generator.spec.report.load", refused)
    assert cli.main(["check", "report.yaml"]) == cli.WRONG
    assert capsys.readouterr().err == "faces/3.png: may not be read or written: Permission denied\n"


@pytest.mark.parametrize("long", ["a" * 5_000, "圖" * 90, "a/" * 2_100])
@pytest.mark.parametrize(
    "form", ["{}", "check {}", "x.yaml --output {}", "x.yaml --data {}", "x.yaml --cache {}", "init {}"]
)
def test_a_path_that_no_system_takes_is_a_wrong_option(capsys, form, long):
    """In a short sentence, whichever path it is."""
    with pytest.raises(SystemExit) as ended:
        cli.main(form.format(long).split())
    err = capsys.readouterr().err
    assert ended.value.code == 2
    assert "is longer than a path or a name in it may be" in err and len(err) < 2_000
