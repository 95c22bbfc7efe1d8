"""What a waiting person sees on stderr: a bar with the figure's name and the time left, on a terminal only."""

import sys
from dataclasses import dataclass, field
from typing import Any, TextIO

from tqdm import tqdm

BAR = "{desc} {bar} {percentage:3.0f}% · {remaining} left"


@dataclass
class Progress:
    """Counts model passes, the measure of the time a figure takes; quiet prints warnings only."""

    total: int
    quiet: bool = False
    stream: TextIO = field(default_factory=lambda: sys.stderr)
    bar: Any = None

    def __enter__(self) -> "Progress":
        if self.total and not self.quiet and self.stream.isatty():
            self.bar = tqdm(total=self.total, file=self.stream, bar_format=BAR, leave=False)
        return self

    def __exit__(self, *_: object) -> None:
        if self.bar is not None:
            self.bar.close()

    def begin(self, name: str) -> None:
        if self.bar is not None:
            self.bar.set_description_str(f"{name:<20}")

    def end(self, name: str, passes: int, seconds: float) -> None:
        """A figure is done; without a terminal it gets a line of its own."""
        if self.bar is not None:
            self.bar.update(passes)
        else:
            self.say(f"{name}: {seconds:.1f} s")

    def say(self, line: str) -> None:
        """A line of information, unless quiet."""
        if not self.quiet:
            self._print(line)

    def warn(self, line: str) -> None:
        """A line that is always shown."""
        self._print(f"warning: {line}")

    def _print(self, line: str) -> None:
        if self.bar is not None:
            self.bar.write(line, file=self.stream)
        else:
            print(line, file=self.stream)
