"""How much of the evidence fits into a time: of how many images each method is asked, the cheapest first.

The plan is made before anything is measured, from what a pass costs, in steps so coarse that a machine that is
somewhat slower today plans the same. Where all of it fits nothing is left out.
"""

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from generator.evidence.estimates import FEWEST
from generator.evidence.explainer import CHUNK, LIVELY, NETWORKS, Explainer, Key, Sizes, norms, sizes_of
from generator.evidence.faithfulness import STEPS
from generator.evidence.localisation import ELSEWHERE

COVERS = 2 * (STEPS - 1)  # pictures covered from both ends, for one map
REFERENCES = 2  # maps that all methods are held to, covered once
LADDER = (FEWEST, CHUNK // 2, CHUNK, 2 * CHUNK)  # images
SETTLING = 4  # images forward that a network takes for each that it sees until it is one
STEPS_OF_TWO = 4  # in which costs are counted
REGIONS: Key = ("", "")  # beside the keys of methods


@dataclass(frozen=True)
class Costs:
    """Seconds: to open the model, to trace a new question, and for one image forward or forward and back."""

    opening: float
    trace: float
    forward: float
    gradient: float

    @property
    def coarse(self) -> "Costs":
        """The same in so large steps that what a machine does beside changes little."""
        return replace(self, forward=_coarse(self.forward), gradient=_coarse(self.gradient))


def _coarse(seconds: float) -> float:
    return 2.0 ** (round(STEPS_OF_TWO * math.log2(seconds)) / STEPS_OF_TWO) if seconds > 0 else 0.0


@dataclass(frozen=True)
class Plan:
    """Of how many images each method is asked, by its key, and on how many `faces` regions are hidden.

    `wanted` is the same without a limit of time. `seconds` is what it takes at most.
    """

    sizes: Mapping[Key, Sizes]
    wanted: Mapping[Key, Sizes]
    faces: int
    seconds: float


def planned(explainers: Sequence[Explainer], faces: int, regions: int, costs: Costs, seconds: float = math.inf) -> Plan:
    """What fits into these seconds; `regions` is how many are hidden.

    Every method begins with as few images as an estimate takes and gets more as long as there is time, at each step
    the one for which that is cheapest.
    """
    costs = costs.coarse
    ladders = {one.key: ladder(sizes_of(one.further, faces)) for one in explainers}
    ladders |= {REGIONS: ladder(Sizes(faces, 0, 0))} if regions else {}
    leading = _leading(explainers)
    prices = {one.key: [price(one, rung, costs, one.key in leading) for rung in ladders[one.key]] for one in explainers}
    prices[REGIONS] = [rung.shares * regions * (1 + ELSEWHERE) * costs.forward for rung in ladders.get(REGIONS, ())]
    spent, taken = 0.0, dict.fromkeys(ladders, 0)

    def further(key: Key) -> float:
        """Seconds of the next step of a method; what others have paid for already costs nothing."""
        there, rung = [ladders[key][rung] for key, rung in taken.items()], ladders[key][taken[key] + 1]
        settling = bool(rung.pool) and not any(sizes.pool for sizes in there)
        images = max(0, rung.rest - max(sizes.rest for sizes in there))
        own = prices[key][taken[key] + 1] - prices[key][taken[key]]
        return own + _common(images, _settling(explainers) if settling else 0, costs)

    while steps := [(further(key), key) for key in ladders if taken[key] + 1 < len(ladders[key])]:
        more, key = min(steps, key=lambda step: step[0])
        if spent + more > seconds:
            break
        spent, taken[key] = spent + more, taken[key] + 1
    sizes = {key: rungs[taken[key]] for key, rungs in ladders.items()}
    wanted = {key: rungs[-1] for key, rungs in ladders.items()}
    return Plan(sizes, wanted, sizes.get(REGIONS, Sizes(0, 0, 0)).shares, spent)


def bill(plan: Plan, explainers: Sequence[Explainer], regions: int, costs: Costs) -> float:
    """Seconds of a plan by costs as they are, and of the methods that are asked: it was made from coarse ones."""
    asked = [one for one in explainers if plan.sizes[one.key].rest]
    leading = _leading(asked)
    own = sum(price(one, plan.sizes[one.key], costs, one.key in leading) for one in asked)
    held_to = max((plan.sizes[one.key].rest for one in asked), default=0)
    tried = any(plan.sizes[one.key].pool for one in asked)
    common = _common(held_to, _settling(asked) if tried else 0, costs)
    return own + plan.faces * regions * (1 + ELSEWHERE) * costs.forward + common


def _leading(explainers: Sequence[Explainer]) -> Collection[Key]:
    """Those that pay for the slopes of all that take the same."""
    return {one.slopes: one.key for one in reversed(explainers) if one.slopes}.values()


def _common(images: int, settling: int, costs: Costs) -> float:
    """Seconds of what methods share: references that all are held to, of so many images, and networks that settle."""
    return ((2 + REFERENCES * COVERS) * images + settling) * costs.forward


def _settling(explainers: Sequence[Explainer]) -> int:
    """Images forward until there are untrained networks."""
    return NETWORKS * SETTLING * (norms(explainers[0].size) + LIVELY)


def ladder(wanted: Sizes) -> list[Sizes]:
    """From nothing to what is wanted, in steps that double; the first does without untrained networks."""
    counts = [count for count in LADDER if count < wanted.shares]
    rungs = [
        Sizes(count, min(count, wanted.rest), min(count if count > FEWEST else 0, wanted.pool)) for count in counts
    ]
    return list(dict.fromkeys((Sizes(0, 0, 0), *rungs, wanted)))


def price(explainer: Explainer, sizes: Sizes, costs: Costs, leads: bool = True) -> float:
    """Seconds that a method takes of so many images, at most; one that does not lead has its slopes from another."""
    run, white = explainer.further, explainer.method.access == "gradients"
    maps = max(sizes.shares, sizes.rest, sizes.pool) + sizes.pool
    maps += max(sizes.rest, sizes.pool) * run.method.seeded + sizes.rest * white
    passes = maps * (run.cost - (run.slopes is not None and not leads)) + explainer.pairs * bool(sizes.rest)
    covered = COVERS * (sizes.rest + 2 * min(sizes.rest, CHUNK))  # its own, of networks, and the mean of others
    return passes * (costs.gradient if white else costs.forward) + covered * costs.forward
