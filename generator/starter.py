"""The starter report that `init` writes, and what its reader does next: build it, fill it in, publish it.

A report in a repository of its own needs the generator from elsewhere: where it came from stands in its workflow.
"""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from importlib.metadata import Distribution, PackageNotFoundError
from pathlib import Path

from generator.disk import COMMAND
from generator.errors import InputError
from generator.shipped import PACKAGE, STARTER

WORKFLOW = ".github/workflows/pages.yml"
PYTHON = ".python"  # which interpreter `init` ran in, and from where: for hw4.sh, and for nobody else's machine
UNSET = "GENERATOR: ${{ vars.GENERATOR }}"
GITHUB = re.compile(r"github\.com[:/]+([\w.-]+/[\w.-]+?)(?:\.git)?/?$")
PATIENCE = 5.0  # seconds that git has


def write_starter(folder: Path) -> list[Path]:
    """The files written, all or none; raises InputError rather than replace one that is there, or a link."""
    contents = {folder / name: content for name, content in _contents().items()}
    there = [str(path) for path in contents if path.exists() or path.is_symlink()]
    if there:
        raise InputError(f"{', '.join(there)}: already there; init writes into a new folder")
    if folder.exists() and not folder.is_dir():
        raise InputError(f"{folder} is a file; init takes a folder")
    with ExitStack() as taken_back:
        try:
            for path, content in contents.items():
                _write(path, content, taken_back)
        except OSError as error:
            raise InputError(f"{folder}: cannot be written: {error.strerror}") from error
        taken_back.pop_all()
    return list(contents)


def _contents() -> dict[str, bytes]:
    """The starter by the names of its files: what is shipped, and what is known of this machine alone."""
    contents = {name: source.read_bytes() for name, source in STARTER.items()}
    if known := origin_of_program():
        named = UNSET.replace("vars.GENERATOR", f"vars.GENERATOR || '{known}'")
        contents[WORKFLOW] = contents[WORKFLOW].replace(UNSET.encode(), named.encode())
    return {**contents, PYTHON: f"{sys.executable}\n{PACKAGE.parent}\n".encode()}


def _write(path: Path, content: bytes, taken_back: ExitStack) -> None:
    for folder in reversed(path.parents):
        if not folder.exists():
            folder.mkdir()
            taken_back.callback(folder.rmdir)
    with path.open("xb") as file:
        taken_back.callback(path.unlink)
        file.write(content)
    if path.suffix == ".sh":
        path.chmod(path.stat().st_mode | 0o111)


def origin_of_program() -> str:
    """OWNER/NAME@COMMIT of the repository on GitHub that this program is from; '' where there is none, or unknown."""
    try:
        record = json.loads(Distribution.from_name(COMMAND).read_text("direct_url.json") or "{}")
    except (PackageNotFoundError, ValueError):
        record = {}
    address, commit = record.get("url", ""), record.get("vcs_info", {}).get("commit_id", "")
    if not commit and (PACKAGE.parent / ".git").exists():
        address = _git("config", "--get", "remote.origin.url")
        commit = _git("rev-parse", "@{upstream}") or _git("rev-parse", "HEAD")
    found = GITHUB.search(address)
    return f"{found[1]}@{commit}" if found and commit else ""


def _git(*words: str) -> str:
    """What git says of the repository that this program is in; '' where it says nothing."""
    command = ["git", "-C", str(PACKAGE.parent), *words]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""


def next_steps(folder: Path) -> str:
    """What to do with a starter: a line each."""
    return "\n".join(("Next:", *(f"- {line}" for line in _steps(folder))))


def _steps(folder: Path) -> Iterator[str]:
    spec = folder / "report.yaml"
    yield f"python -m generator {spec}: builds it as it is; then open {folder / 'site' / 'index.html'}"
    yield f"name your model, classes and pictures in {spec}; python -m generator check {spec} says what is wrong"
    yield f"python -m generator serve {spec}: shows it in the browser while you write"
    whole = folder.resolve()
    around = next((above for above in whole.parents if (above / ".git").exists()), None)
    if around is not None and not (whole / ".git").exists():
        yield (
            f"{folder} lies in the repository {around}, and GitHub runs only workflows of a repository's own "
            f".github/workflows: make a repository of {folder} alone (git init {folder}), or move "
            f"{folder / WORKFLOW} to {around / '.github' / 'workflows' / 'report.yml'}, "
            f"and say REPORT: {whole.relative_to(around).as_posix()} in it"
        )
    yield (
        "publish: push it to a repository on GitHub, and there Settings → Pages → Build and deployment → "
        "Source: GitHub Actions"
    )
    if not origin_of_program():
        yield (
            "the workflow has to know where the generator is: put its wheel beside report.yaml, or set the variable "
            "GENERATOR of the repository to OWNER/NAME@VERSION (Settings → Secrets and variables → Actions → Variables)"
        )
