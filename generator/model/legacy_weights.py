"""The weights of old files where and how Keras 3 expects them; the file itself stays as it is."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]

OLD_GROUP = "_layer_checkpoint_dependencies"  # what the archives of Keras 2.12 and 2.13 call `layers`


def regrouped(weights: Path, target: Path) -> Path:
    """The weights of an archive under the group names of Keras 3."""
    return _copied(weights, target, lambda name: name.replace(OLD_GROUP, "layers"), lambda kernel: kernel)


def turned(weights: Path, target: Path, outputs_first: bool, mirrored: bool) -> Path:
    """Kernels as `(h, w, in, out)`: Keras 1 kept `(out, in, h, w)` with channels first, Theano mirrored them."""

    def turn(kernel: Array) -> Array:
        kernel = kernel.transpose(2, 3, 1, 0) if outputs_first else kernel
        return kernel[::-1, ::-1] if mirrored else kernel

    return _copied(weights, target, str, turn)


def _copied(weights: Path, target: Path, name_of: Callable[[str], str], turn: Callable[[Array], Array]) -> Path:
    with h5py.File(weights) as old, h5py.File(target, "w") as new:

        def copy(name: str, item: h5py.Dataset | h5py.Group) -> None:
            if isinstance(item, h5py.Dataset):
                value = np.asarray(item)
                new[name_of(name)] = turn(value) if value.ndim == 4 else value
            else:
                new.require_group(name_of(name)).attrs.update(item.attrs)

        new.attrs.update(old.attrs)
        old.visititems(copy)
    return target
