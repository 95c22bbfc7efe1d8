"""What models are asked in a build, counted in images, and how long they took to open."""

from dataclasses import dataclass, field
from threading import Lock


@dataclass(frozen=True)
class Spent:
    """Images that went through a model, or a part of it: `forward` alone, or there and back (`gradient`)."""

    forward: int = 0
    gradient: int = 0

    def __add__(self, other: "Spent") -> "Spent":
        return Spent(self.forward + other.forward, self.gradient + other.gradient)

    def __sub__(self, other: "Spent") -> "Spent":
        return Spent(self.forward - other.forward, self.gradient - other.gradient)


@dataclass(eq=False)
class Tally:
    """Counts what a model is asked, in any thread."""

    passes: Spent = Spent()
    opening: float = 0.0  # seconds until it could be asked
    _lock: Lock = field(default_factory=Lock, repr=False)

    def count(self, forward: int = 0, gradient: int = 0) -> None:
        with self._lock:
            self.passes += Spent(forward, gradient)
