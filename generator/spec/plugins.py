"""Methods of a spec's own: Python files that register them, run only where they are trusted."""

import re
from importlib import import_module
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

from generator.errors import GeneratorError, InputError, Problem
from generator.methods import METHODS
from generator.steps import step
from generator.yaml_source import Source, child

LOADS_KERAS = re.compile(r"^(import|from) (keras|tensorflow)", re.MULTILINE)


def plugged(source: Source, folder: Path, trusted: bool) -> list[Problem]:
    """The methods of the spec's plugins, registered; what went wrong with them."""
    listed = source.data.get("plugins")
    problems = []
    for position, name in enumerate(listed if isinstance(listed, list) else ()):
        path = folder / str(name)
        if not path.is_file():
            continue  # the grammar says so
        message = _plugin_mistake(path) if trusted else f"'{name}' is code of its own; --trust-plugins lets it run"
        problems += [source.problem(child("plugins", position), message)] if message else []
    return problems


def _plugin_mistake(path: Path) -> str:
    """Runs a file that registers methods; where it fails or takes a built-in method's name, what is wrong with it."""
    before = dict(METHODS)
    spec = spec_from_file_location(f"report_plugin_{path.stem}", path)
    if spec is None or spec.loader is None:
        return f"'{path.name}' is not a Python file"
    try:
        with step("opening", str(path), error=InputError):
            if LOADS_KERAS.search(path.read_text(encoding="utf-8")):  # by our door: it would greet on stderr
                import_module("generator.model.keras_door")
            spec.loader.exec_module(module_from_spec(spec))
    except GeneratorError as error:
        return f"'{path.name}' fails: {error}"
    finally:
        replaced = {name: ours for name, ours in before.items() if ours.built_in and METHODS.get(name) is not ours}
        METHODS.update(replaced)
    return f"'{path.name}' may not replace the method '{next(iter(replaced))}'" if replaced else ""
