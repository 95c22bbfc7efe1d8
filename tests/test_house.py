"""The house as it is built: one way from room to room, one door a heavy library, one thing a name.

Read from the source, so that an import within a function counts like any other.
"""

import ast
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

from tests import ROOT

EVERYWHERE = {"numpy", "pydantic", "pydantic_core", "PIL"}  # arrays, what is declared, pictures
Graph = Mapping[str, set[str]]


FILES = sorted((ROOT / "generator").rglob("*.py"))


def _name(path: Path) -> str:
    """`generator.spec.report`; a package goes by its folder."""
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


MODULES = {_name(path): ast.parse(path.read_text(encoding="utf-8")) for path in FILES}


def imported(tree: ast.Module) -> Iterator[str]:
    """What a module names in its imports: modules, or what it takes out of them."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            whole = [f"{node.module}.{alias.name}" for alias in node.names]
            yield from (name if name in MODULES else str(node.module) for name in whole)


USES = {name: {other for other in imported(tree) if other in MODULES} for name, tree in MODULES.items()}


def by_room(uses: Graph) -> Graph:
    """The same between rooms: the folders of the package, and each module that lies in none."""
    rooms: dict[str, set[str]] = {}
    for name, others in uses.items():
        room = _room(name)
        rooms.setdefault(room, set()).update(_room(other) for other in others if _room(other) != room)
    return rooms


def _room(name: str) -> str:
    return ".".join(name.split(".")[:2])


def cycle(uses: Graph) -> list[str]:
    """One way from a node back to itself; [] where there is none."""
    try:
        TopologicalSorter(uses).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


def repeated(names: Iterator[str]) -> dict[str, int]:
    return {name: count for name, count in Counter(names).items() if count > 1}


def test_a_cycle_would_be_seen():
    """Also one that exists between rooms alone, where no module reaches itself."""
    uses = {"g.a.one": {"g.b.one"}, "g.b.one": set(), "g.b.two": {"g.a.two"}, "g.a.two": set()}
    assert cycle(uses) == []
    assert set(cycle(by_room(uses))) == {"g.a", "g.b"}
    assert cycle({"a": {"b"}, "b": {"a"}}) != []


def test_modules_depend_on_each_other_one_way():
    """No module reaches itself through what it imports."""
    assert len(MODULES) > 50
    assert cycle(USES) == []


def test_rooms_depend_on_each_other_one_way():
    """Nor does a room."""
    assert cycle(by_room(USES)) == []


def test_each_library_has_one_door():
    """A single module imports it, so that what it costs and how it is called is decided there."""
    doors: dict[str, set[str]] = {}
    for name, tree in MODULES.items():
        for library in {other.split(".")[0] for other in imported(tree)}:
            doors.setdefault(library, set()).add(name)
    own = {"generator", *EVERYWHERE, *sys.stdlib_module_names}
    assert {"tensorflow", "lime", "matplotlib", "jinja2", "yaml"} < set(doors)
    assert {library: sorted(names) for library, names in doors.items() if library not in own and len(names) > 1} == {}


def test_no_module_name_stands_for_two():
    """Whoever says `figures` means one file."""
    assert repeated(path.stem for path in FILES if not path.stem.startswith("__")) == {}


def test_no_class_name_stands_for_two():
    """Nor do two things go by one name."""
    classes = (node.name for tree in MODULES.values() for node in ast.walk(tree) if isinstance(node, ast.ClassDef))
    assert repeated(name for name in classes if not name.startswith("_")) == {}
