"""The files that the generator ships, and where they are.

In the repository they lie where one looks for them; a wheel holds the same tree below `generator/share`.
"""

from dataclasses import dataclass
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent
SHARE = PACKAGE / "share"
ROOT = SHARE if SHARE.is_dir() else PACKAGE.parent
TEMPLATES = ROOT / "templates"
SCHEMA = PACKAGE / "report.schema.json"
STARTER = {
    "report.yaml": TEMPLATES / "starter" / "report.yaml",
    "hw4.sh": TEMPLATES / "starter" / "hw4.sh",
    ".gitignore": TEMPLATES / "starter" / "gitignore",
    ".github/workflows/pages.yml": ROOT / ".github" / "workflows" / "pages.yml",
    "report.schema.json": SCHEMA,
    "models/fer_cnn.keras": ROOT / "models" / "fer_cnn.keras",
    "models/fer_cnn.evaluation.csv": ROOT / "models" / "fer_cnn.evaluation.csv",
}


@dataclass(frozen=True)
class Templates:
    """Where templates are looked for, first folder first; those of a spec are data unless they are `trusted`."""

    folders: tuple[Path, ...] = (TEMPLATES,)
    trusted: bool = False

    @property
    def sandboxed(self) -> bool:
        """Whether what is rendered is somebody else's."""
        return not self.trusted and self.folders != (TEMPLATES,)

    def own(self, suffix: str = "") -> tuple[Path, ...]:
        """The files that come with the spec, those with an ending."""
        beside = (folder for folder in self.folders if folder != TEMPLATES)
        return tuple(path for folder in beside for path in sorted(folder.rglob(f"*{suffix}")) if path.is_file())


def lies_within(path: Path, folder: Path) -> bool:
    """Whether what a template or a file of words leads to lies in its folder, or in that of the report."""
    return any(path.resolve().is_relative_to(home.resolve()) for home in (folder, folder.parent))


SHIPPED = Templates()


def outside_package() -> list[Path]:
    """What a wheel takes along from the repository."""
    files = {*TEMPLATES.rglob("*"), *STARTER.values()}
    return sorted(path for path in files if path.is_file() and not path.is_relative_to(PACKAGE))
