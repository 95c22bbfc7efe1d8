"""What `init` writes: a report that builds as it is, with all that it takes to publish it and to hand it in."""

from pathlib import Path

from generator.errors import InputError

ROOT = Path(__file__).resolve().parents[2]
STARTER = ROOT / "templates" / "starter"
FILES = {
    "report.yaml": STARTER / "report.yaml",
    "hw4.sh": STARTER / "hw4.sh",
    ".gitignore": STARTER / "gitignore",
    ".github/workflows/pages.yml": ROOT / ".github" / "workflows" / "pages.yml",
    "report.schema.json": ROOT / "generator" / "report.schema.json",
    "models/fer_cnn.keras": ROOT / "models" / "fer_cnn.keras",
    "models/fer_cnn.evaluation.csv": ROOT / "models" / "fer_cnn.evaluation.csv",
}


def write_starter(folder: Path) -> list[Path]:
    """The files written; raises InputError rather than replace one that is there."""
    targets = {folder / name: source for name, source in FILES.items()}
    there = [str(path) for path in targets if path.exists()]
    if there:
        raise InputError(f"{', '.join(there)}: already there; init writes into a new folder")
    if folder.exists() and not folder.is_dir():
        raise InputError(f"{folder} is a file; init takes a folder")
    for target, source in targets.items():
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(source.read_bytes())
        target.chmod(source.stat().st_mode | (0o111 if source.suffix == ".sh" else 0))
    return list(targets)
