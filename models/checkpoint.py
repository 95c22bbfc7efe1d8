"""A run's checkpoint: one npz of its state and of named groups of arrays."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import numpy as np

Groups = dict[str, list[np.ndarray]]
STATE = "state"


def write(path: Path, state: Mapping[str, object], groups: Groups) -> None:
    """Writes a checkpoint, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part.npz")
    arrays = {f"{name}-{index}": array for name, group in groups.items() for index, array in enumerate(group)}
    np.savez(part, **{STATE: json.dumps(state)}, **arrays)
    part.replace(path)


def read(path: Path) -> tuple[dict[str, object], Groups]:
    """The state and the groups, their arrays in the order in which they were written."""
    groups: Groups = {}
    with np.load(path) as file:
        for name in file.files:
            if name != STATE:
                groups.setdefault(name.rsplit("-", 1)[0], []).append(file[name])
        return json.loads(str(file[STATE])), groups
