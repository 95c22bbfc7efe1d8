"""Two commands for a fresh machine: `python make.py report` builds the default report, `python make.py test` tests.

Each makes its own environment in `.venv` (or uses the virtual environment it is called from) and installs what it
needs there; nothing but Python itself is required. Further arguments are handed on: `python make.py report --help`.
"""

import hashlib
import os
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent
EXTRAS = {"report": "", "test": "[test]"}
SUPPORTED = ((3, 11), (3, 13))  # the Pythons TensorFlow has wheels for


def environment() -> Path:
    """The interpreter of the active virtual environment, or of `.venv`, made on first use."""
    if sys.prefix != sys.base_prefix:
        return Path(sys.executable)
    folder = ROOT / ".venv"
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if not python.exists():
        print(f"making {folder} …", file=sys.stderr)
        venv.create(folder, with_pip=True)
    return python


def install(python: Path, extra: str) -> None:
    """Install the project and what it needs, once for each state of pyproject.toml."""
    digest = hashlib.sha256((ROOT / "pyproject.toml").read_bytes()).hexdigest()
    stamp = python.parent.parent / f".installed{extra.strip('[]')}"
    if stamp.exists() and stamp.read_text() == digest:
        return
    print("installing what it needs (TensorFlow is large; once) …", file=sys.stderr)
    command = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--editable", f"{ROOT}{extra}"]
    subprocess.run(command, check=True)
    stamp.write_text(digest)


def run(*command: str | Path) -> None:
    """Run a command in the project's folder; its failure is ours."""
    code = subprocess.run(command, cwd=ROOT, check=False).returncode
    if code:
        sys.exit(code)


def report(python: Path, arguments: list[str]) -> None:
    run(python, "-m", "generator", "report.yaml", *arguments)


def test(python: Path, arguments: list[str]) -> None:
    """Style, types and tests; with arguments, only pytest with them."""
    if not arguments:
        run(python, "-m", "ruff", "check", ".")
        run(python, "-m", "ruff", "format", "--check", ".")
        run(python, "-m", "mypy")
    run(python, "-m", "pytest", *arguments)


def main(arguments: list[str]) -> None:
    commands = {"report": report, "test": test}
    if not arguments or arguments[0] not in commands:
        sys.exit("usage: python make.py report|test [arguments]")
    if not SUPPORTED[0] <= sys.version_info[:2] <= SUPPORTED[1]:
        sys.exit(f"Python {sys.version.split()[0]} has no TensorFlow: use 3.11, 3.12 or 3.13")
    python = environment()
    install(python, EXTRAS[arguments[0]])
    commands[arguments[0]](python, arguments[1:])


if __name__ == "__main__":
    main(sys.argv[1:])
