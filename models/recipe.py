"""What decides how the weights come about: numbers, and the schedules that follow a run's progress from 0 to 1."""

from __future__ import annotations

import math
from dataclasses import dataclass

WARM_UP = 0.03  # of the run
NOISE = (0.8, 0.3)  # at first, and in the end
FADE = 0.85  # from here on the noise fades
THINNED = (0.08, 0.85)  # between these, images that are easy by now are seen half as often
MIXED = (0.4, 0.9)  # between these, views are mixed with others


@dataclass(frozen=True)
class Recipe:
    """One run's settings; `minutes` replaces `epochs` where it is given."""

    epochs: int = 120
    minutes: float | None = None
    patience: int = 60
    seed: int = 0
    batch: int = 128
    rate: float = 0.1
    decay: float = 5e-4
    smoothing: float = 0.06
    trust: float = 0.6
    mixing: float = 0.5
    taught: bool = False
    averaging: float = 0.996
    sizes: tuple[tuple[float, int], ...] = ((0.0, 32), (0.1, 40), (0.4, 48))
    bfloat16: bool = False

    def size(self, progress: float) -> int:
        """Small images first, which teach a first idea at half the cost; full size from four tenths on."""
        return [size for begin, size in self.sizes if begin <= progress][-1]

    def learning_rate(self, progress: float) -> float:
        """A short rise, then half a cosine down to nothing."""
        if progress < WARM_UP:
            return self.rate * progress / WARM_UP
        return self.rate * 0.5 * (1 + math.cos(math.pi * min(1.0, (progress - WARM_UP) / (1 - WARM_UP))))

    def strength(self, progress: float) -> float:
        """How far the views are from the images; less in the end: the last epochs see faces nearly as they are."""
        most, least = NOISE
        return min(most, least + (most - least) * (1 - progress) / (1 - FADE))

    def mixed(self, progress: float) -> float:
        """The share of views that are mixed with another one (Zhang et al., "mixup", 2018)."""
        return self.mixing if MIXED[0] <= progress < MIXED[1] else 0.0

    def own_share(self, progress: float) -> float:
        """How much of a target is the network's own earlier answer, as many labels here are doubtful.

        Progressive self-distillation (Kim et al., "Self-knowledge distillation with progressive refinement of
        targets", 2021): from 0 up to `trust`.
        """
        return self.trust * progress

    def teacher_share(self, progress: float) -> float:
        """How much of it is a teacher's answer, where there is one: what the own answers leave of `trust`."""
        return self.trust * (1 - progress) if self.taught else 0.0

    def thins(self, progress: float) -> bool:
        """Whether easy images are left out at random (Qin et al., "InfoBatch", 2024); never in the end."""
        return THINNED[0] <= progress < THINNED[1]
