"""Imports that do without what they would like to have."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def absent(*modules: str) -> Iterator[None]:
    """Inside, `modules` are as if they were not installed; those that are loaded already stay."""
    hidden = [name for name in modules if name not in sys.modules]
    for name in hidden:
        sys.modules[name] = None  # type: ignore[assignment]  # Python's own sign for it
    try:
        yield
    finally:
        for name in hidden:
            del sys.modules[name]
