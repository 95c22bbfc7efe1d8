"""The words of the interface: one YAML file a language, overridden key by key from a folder beside the spec."""

from collections.abc import Mapping
from dataclasses import dataclass

from generator.errors import InputError


@dataclass(frozen=True)
class Words:
    """The interface in one language; a key that no file has is an error, never an English word in a Chinese page."""

    language: str
    entries: Mapping[str, str]

    def __call__(self, key: str, **values: object) -> str:
        """The words of a dotted key (`legend.gradient`), with its `{places}` filled."""
        if key not in self.entries:
            raise InputError(f"no word '{key}' in words/{self.language}.yaml")
        return self.entries[key].format(**values) if values else self.entries[key]

    def has(self, key: str) -> bool:
        return key in self.entries

    def count(self, key: str, n: int, **values: object) -> str:
        """The words for a number of things: `<key>.one` for one where the language has it, else `<key>.other`."""
        one = f"{key}.one"
        return self(one if n == 1 and one in self.entries else f"{key}.other", n=f"{n:,}", **values)
