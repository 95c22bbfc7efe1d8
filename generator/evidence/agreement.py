"""Do methods agree, and is it about this picture? Rank correlation of two maps, and its excess over another picture's.

Two methods that both like the middle of every face agree without having understood anything: only the excess is
spoken of. Methods that share a factor agree by construction and are marked.
"""

import numpy as np

from generator.artefacts import Ints
from generator.evidence.cells import ranks
from generator.evidence.dependence import NONE, partners
from generator.evidence.estimates import Doubles
from generator.methods import Method


def related(one: Method, other: Method) -> bool:
    """Whether two methods share a factor of their formulas."""
    return one.name == other.name or bool(one.factors & other.factors)


def agreements(one: Doubles, other: Doubles, classes: Ints) -> Doubles:
    """`(N, 3)` ρ(Aᵢ,Bᵢ), ρ(Aᵢ,Bⱼ) with a picture of another class, and the excess; NaN where a map is empty."""
    valid = np.isfinite(np.concatenate([one, other], axis=1)).all(axis=1)
    partner = partners(classes, valid)
    rows = np.flatnonzero(partner != NONE)
    a, b = ranks(np.nan_to_num(one)), ranks(np.nan_to_num(other))
    same, elsewhere = (a[rows] * b[rows]).sum(axis=1), (a[rows] * b[partner[rows]]).sum(axis=1)
    found = np.full((len(one), 3), np.nan)
    found[rows] = np.stack([same, elsewhere, same - elsewhere], axis=1)
    return found
