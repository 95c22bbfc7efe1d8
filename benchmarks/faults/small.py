"""A small report that builds in seconds, with every form: what kills, disks, pairs and methods are tried on."""

from __future__ import annotations

import json
import shutil
import threading
import time
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path

from benchmarks.faults.running import ROOT, Ended, contents, run

PAUSE = 1e-3  # seconds between two looks of a reader
MANIFEST = "manifest.json"
SPEC = """\
version: 1
title: {title}
languages: [en, zh-Hant]
model: {{path: digits_cnn.keras, preprocess: {{scale: [0, 1]}}}}
data: {{source: npz, path: digits.npz}}
classes: ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"]
evidence: {evidence}
{more}
questions:
  - id: where
    figures:
      - {{method: saliency, images: {{select: first, classes: ["3"]}}, export: map.jpg, show: {{colormap: {colours}}}}}
      - {{method: confusion_matrix}}
{figures}
    answer: "{{{{ fig('saliency') }}}} of {{{{ images() }}}} pictures. {title}"
"""
KEPT = {"CNAME": b"example.org\n", ".well-known/x": b"x\n", "notes/mine.txt": b"mine\n"}


def small_report(folder: Path, name: str = "report.yaml", title: str = "Digits", **parts: str) -> Path:
    """The report's folder and spec; `parts` are more of the spec."""
    folder.mkdir(parents=True, exist_ok=True)
    for file in ("digits_cnn.keras", "digits.npz"):
        shutil.copy2(ROOT / "examples" / "digits" / file, folder)
    given = {"evidence": "{images: 1}", "more": "", "figures": "", "colours": "viridis", **parts}
    path = folder / name
    path.write_text(SPEC.format(title=title, **given), encoding="utf-8")
    return path


class Sites:
    """Two reports that share a site, and what either looks like alone."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.site, self.temporary = folder / "two", folder / "two" / "site", folder / "tmp"
        self.temporary.mkdir(parents=True)
        looks = {"one.yaml": ("The one", "viridis"), "other.yaml": ("Another title", "magma")}
        self.alone: dict[str, Mapping[str, bytes]] = {}
        self.seconds: dict[str, float] = {}
        for name, (title, colours) in looks.items():
            small_report(self.folder, name, title, colours=colours)
            self.seconds["again" if self.seconds else "anew"] = self.build(name).seconds
            self.alone[name] = self.now()
            shutil.rmtree(self.site)
        self.build("one.yaml")
        for name, data in KEPT.items():
            (self.site / name).parent.mkdir(exist_ok=True)
            (self.site / name).write_bytes(data)
        self.around = {path.name for place in (self.folder, self.temporary) for path in place.iterdir()}

    def words(self, name: str) -> list[str]:
        return [name, "--output", "site", "-q"]

    def build(self, name: str) -> Ended:
        return run(self.words(name), self.folder, TMPDIR=str(self.temporary))

    def now(self) -> Mapping[str, bytes]:
        """The site as it stands, without what is the user's and what differs from build to build."""
        return contents(self.site, (*KEPT, MANIFEST)) if self.site.is_dir() else {}

    def wrong(self, *names: str) -> list[str]:
        """The kinds of faults of the site, which has to be that of one of these reports, whole, beside the user's."""
        now, kinds = self.now(), []
        whose = next((name for name in names if now == self.alone[name]), "")
        if not now:
            kinds.append("site lost")
        elif not whose or self._manifest() != whose:
            kinds.append("site mixed")
        if any(not (self.site / name).is_file() or (self.site / name).read_bytes() != KEPT[name] for name in KEPT):
            kinds.append("file lost")
            self._restore()
        return kinds

    def _restore(self) -> None:
        for name, data in KEPT.items():
            (self.site / name).parent.mkdir(parents=True, exist_ok=True)
            (self.site / name).write_bytes(data)

    def _manifest(self) -> str:
        """The report that the manifest is of."""
        try:
            record = json.loads((self.site / MANIFEST).read_text(encoding="utf-8"))
            return next(name for name in self.alone if self._digest(name) in json.dumps(record["sha256"]))
        except (OSError, ValueError, KeyError, StopIteration):
            return ""

    def _digest(self, name: str) -> str:
        return sha256((self.folder / name).read_bytes()).hexdigest()

    def rubbish(self) -> list[str]:
        """What lies about that no build should leave."""
        places, cache = (self.folder, self.temporary), self.folder / ".report-cache"
        found = [path for place in places for path in place.iterdir() if path.name not in self.around]
        return [path.relative_to(self.folder.parent).as_posix() for path in (*found, *cache.glob("new-*"))]


class Reader:
    """Somebody who reads the site all the time, and counts how often it was not there."""

    def __init__(self, page: Path) -> None:
        self.page, self.missed, self.over = page, 0, False
        self.thread = threading.Thread(target=self._read, daemon=True)

    def _read(self) -> None:
        while not self.over:
            try:
                with self.page.open("rb"):
                    pass
            except OSError:
                self.missed += 1
            time.sleep(PAUSE)

    def __enter__(self) -> Reader:
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.over = True
        self.thread.join()
