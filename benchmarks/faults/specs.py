"""Mutated specs: sound ones with one to three things wrong, checked; of those that `check` accepts a share is built."""

from __future__ import annotations

import json
import random
import shutil
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import cache
from importlib import import_module
from itertools import pairwise
from pathlib import Path
from typing import Any

import yaml

from benchmarks.faults.canaries import Canaries
from benchmarks.faults.hostile import KEYS, NAUGHTY, PROSE, VALUES
from benchmarks.faults.running import ROOT, Ended, run
from benchmarks.faults.tally import Fault, Tally
from benchmarks.faults.workers import Workers, within
from generator.methods import load_all

COUNT, SHORT = 10_000, 150
BUILT = 0.01  # of the accepted ones
SPECS = (
    "report.yaml",
    "templates/starter/report.yaml",
    "examples/digits/report.yaml",
    "examples/homework-2019/report.yaml",
    "examples/two-models/report.yaml",
)
TOKENS = (":", "-", "#", "[", "]", "{", "}", "&a", "*a", "!!python/name:os.system", "!!binary x", "<<: *a", "|", ">")
SIGNS = (*TOKENS, "'", '"', "\t", "%", "@", "`", "?", ",", "\r", "---\n", "...\n", "：", "“", *NAUGHTY)


def campaign(count: int, folder: Path, canaries: Canaries, jobs: int, first: int = 0) -> Tally:
    """So many mutants checked in workers; what is accepted is built now and then."""
    tally = Tally("specs")
    _copied(folder)
    load_all()  # and all that a check imports, before the workers part
    import_module("generator.build.checks")

    def work(number: int) -> Ended:
        path = _place(number, folder)
        path.write_bytes(mutant_of(number, canaries))
        return within(["check", str(path)])

    for number, answer in Workers(work, range(first, first + count), jobs).answers():
        path = _place(number, folder)
        done = answer if isinstance(answer, Ended) else run(["check", path.name], path.parent)
        tally.add(done.name, _faults(number, done, canaries))
        if done.code == 0 and count != SHORT and random.Random(number).random() < BUILT:
            tally.add(*_build(number, path, canaries))
        path.unlink(missing_ok=True)
    return tally


def _faults(number: int, done: Ended, canaries: Canaries, allowed: tuple[int, ...] = (0, 2)) -> tuple[Fault, ...]:
    again, case = f"python -m benchmarks.faults specs --count 1 --first {number}", f"spec {number}"
    sung = tuple(Fault(kind, case, done.said, again) for kind in canaries.sung())
    return (*sung, *done.faults(case, again, allowed, about=f"{number}.yaml"))


def _build(number: int, path: Path, canaries: Canaries) -> tuple[str, tuple[Fault, ...]]:
    """What becomes of a spec that `check` accepts: a build that refuses it, it should have found."""
    site = path.with_name(f"site-{number}")
    done = run([path.name, "--output", site.name, "--cache", ".cache", "-q"], path.parent, 600)
    faults = _faults(number, done, canaries, (0, 1))
    if done.code == 2:
        again = f"python -m benchmarks.faults specs --count 1 --first {number}"
        faults = (Fault("refused late", f"spec {number}", done.said[-600:], again),)
    shutil.rmtree(site, ignore_errors=True)
    return f"built: {done.name}", faults


def _copied(folder: Path) -> None:
    """The files that the sound specs read, as they lie in the project."""
    leave = shutil.ignore_patterns("site", ".*", "__pycache__", "*.py")
    for part in ("models", "examples"):
        shutil.copytree(ROOT / part, folder / part, ignore=leave)


def _place(number: int, folder: Path) -> Path:
    """Where a mutant lies: beside the files of the spec that it was."""
    beside = Path(origin_of(number)).parent
    return folder / (beside if beside.parts[:1] == ("examples",) else "") / f"{number}.yaml"


def origin_of(number: int) -> str:
    return SPECS[number % len(SPECS)]


def mutant_of(number: int, canaries: Canaries) -> bytes:
    """The mutant of a number, always the same: one to three mutations of the tree or of the text."""
    chance = random.Random(number)
    origin = origin_of(number)
    text = _source(origin)
    if chance.random() < 0.65:
        tree = _tree(origin)
        for _ in range(chance.choice((1, 1, 1, 2, 3))):
            chance.choice(TREE)(tree, chance, canaries)
        text = _dumped(tree)
    if chance.random() < 0.4 or text == _source(origin):
        for _ in range(chance.choice((1, 1, 2))):
            text = chance.choice(TEXT)(text, chance)
    data = text.encode("utf-8", "surrogatepass")
    return chance.choice(BYTES)(data, chance) if chance.random() < 0.1 else data


@cache
def _source(origin: str) -> str:
    return (ROOT / origin).read_text(encoding="utf-8")


def _tree(origin: str) -> Any:  # noqa: ANN401  any YAML value
    return yaml.load(_source(origin), yaml.CSafeLoader)


def _dumped(tree: Any) -> str:  # noqa: ANN401
    """As YAML; what cannot be said in it is said as in JSON."""
    try:
        return yaml.dump(tree, Dumper=yaml.CSafeDumper, allow_unicode=True, sort_keys=False, width=200)
    except UnicodeEncodeError:
        return json.dumps(tree, indent=1, default=str)


Place = tuple[Any, Any]  # a mapping or list, and the key or index within


def _all_places(value: Any) -> Iterator[Place]:  # noqa: ANN401
    entries = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, entry in list(entries):
        yield value, key
        yield from _all_places(entry)


def _somewhere(tree: Any, chance: random.Random) -> Place:  # noqa: ANN401
    return chance.choice(list(_all_places(tree)) or [({}, "")])


def replaced(tree: Any, chance: random.Random, canaries: Canaries) -> None:  # noqa: ANN401
    held, key = _somewhere(tree, chance)
    held[key] = chance.choice(VALUES)


def removed(tree: Any, chance: random.Random, canaries: Canaries) -> None:  # noqa: ANN401
    held, key = _somewhere(tree, chance)
    with suppress(KeyError):
        del held[key]


def renamed(tree: Any, chance: random.Random, canaries: Canaries) -> None:  # noqa: ANN401
    held, key = _somewhere(tree, chance)
    if isinstance(held, dict) and key in held:
        held[chance.choice((*KEYS, f"{key}s", str(key)[:-1]))] = held.pop(key)


def wrapped(tree: Any, chance: random.Random, canaries: Canaries) -> None:  # noqa: ANN401
    held, key = _somewhere(tree, chance)
    if key in held if isinstance(held, dict) else isinstance(held, list):
        held[key] = chance.choice(([held[key]], {"en": held[key]}, {str(key): held[key]}, [held[key], held[key]]))


def swapped(tree: Any, chance: random.Random, canaries: Canaries) -> None:  # noqa: ANN401
    one, other = _somewhere(tree, chance), _somewhere(tree, chance)
    with suppress(KeyError, IndexError):  # the one may lie within the other
        value = other[0][other[1]]
        if not any(part is one[0] for part, _ in _all_places({"": value})) and value is not one[0]:
            one[0][one[1]] = value


def reworded(tree: Any, chance: random.Random, canaries: Canaries) -> None:  # noqa: ANN401
    """Prose where a text stands: instead of it, before it, or behind it."""
    texts = [place for place in _all_places(tree) if isinstance(place[0][place[1]], str)]
    if texts:
        held, key = chance.choice(texts)
        hostile = chance.choice(PROSE).replace("SHELL", canaries.shell).replace("SECRET", str(canaries.secret))
        old = held[key]
        held[key] = chance.choice((hostile, f"{old}\n\n{hostile}", f"{hostile} {old}"))


TREE: tuple[Callable[[Any, random.Random, Canaries], None], ...] = (
    replaced,
    replaced,
    removed,
    renamed,
    wrapped,
    swapped,
    reworded,
    reworded,
)


def _line(text: str, chance: random.Random) -> tuple[list[str], int]:
    lines = text.splitlines(keepends=True) or [""]
    return lines, chance.randrange(len(lines))


def line_lost(text: str, chance: random.Random) -> str:
    lines, at = _line(text, chance)
    return "".join(lines[:at] + lines[at + 1 :])


def line_twice(text: str, chance: random.Random) -> str:
    lines, at = _line(text, chance)
    lines.insert(chance.randrange(len(lines)), lines[at])
    return "".join(lines)


def indented(text: str, chance: random.Random) -> str:
    lines, at = _line(text, chance)
    lines[at] = chance.choice((" ", "  ", "\t", " " * 200)) + lines[at] if chance.random() < 0.6 else lines[at].lstrip()
    return "".join(lines)


def truncated(text: str, chance: random.Random) -> str:
    return text[: chance.randrange(len(text) + 1)]


def signed(text: str, chance: random.Random) -> str:
    at = chance.randrange(len(text) + 1)
    return text[:at] + chance.choice(SIGNS) + text[at + chance.randrange(3) :]


def deepened(text: str, chance: random.Random) -> str:
    """Flow collections, or block ones, nested deep at a line's end."""
    lines, at = _line(text, chance)
    times = chance.choice((20, 200, 1000, 20_000))
    nested = chance.choice(("[" * times, "[" * times + "]" * times, "{a: " * times + "1" + "}" * times, "- " * times))
    lines[at] = f"{lines[at].rstrip()} {nested}\n"
    return "".join(lines)


def laughing(text: str, chance: random.Random) -> str:
    """Aliases of aliases, a thousand million at the end."""
    names = "abcdefghij"
    lines = [
        "a: &a [x, x]",
        *(f"{b}: &{b} [{', '.join(['*' + a] * 9)}]" for a, b in pairwise(names)),
    ]
    return "\n".join([*lines, text]) if chance.random() < 0.7 else f"{text}\na: &a [*a]\n"


def numbered(text: str, chance: random.Random) -> str:
    lines, at = _line(text, chance)
    key, colon, _ = lines[at].partition(":")
    number = chance.choice(("9" * 5000, "0x" + "f" * 5000, "1e9999", "-" + "9" * 400, ".nan", "0b" * 9))
    lines[at] = f"{key}{colon} {number}\n"
    return "".join(lines)


TEXT: tuple[Callable[[str, random.Random], str], ...] = (
    line_lost,
    line_twice,
    indented,
    truncated,
    signed,
    signed,
    deepened,
    laughing,
    numbered,
)


def _flipped(data: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(data) or 1)
    return data[:at] + bytes([chance.randrange(256)]) + data[at + 1 :]


BYTES: tuple[Callable[[bytes, random.Random], bytes], ...] = (
    _flipped,
    lambda data, chance: data.decode("utf-8", "replace").encode("utf-16"),
    lambda data, chance: data.decode("utf-8", "replace").encode("cp1252", "replace"),
    lambda data, chance: data.decode("utf-8", "replace").encode("big5", "replace"),
    lambda data, chance: b"\xef\xbb\xbf" + data,
    lambda data, chance: data.replace(b"\n", b"\r\n"),
    lambda data, chance: data + b"\xff\xfe\x00",
    lambda data, chance: b"",
    lambda data, chance: bytes(4096),
    lambda data, chance: b"PK\x03\x04" + data,
)
