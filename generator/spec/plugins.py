"""Methods of one's own: Python files that a spec names and `--trust-plugins` lets run."""

from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

from generator.errors import InputError
from generator.methods import METHODS

BUILT_IN = "generator.methods."
MISTAKES = (ImportError, SyntaxError, NameError, AttributeError, TypeError, ValueError)


def load_plugin(path: Path) -> None:
    """Run a file that registers methods; raises InputError where it fails or takes a built-in method's name."""
    before = dict(METHODS)
    spec = spec_from_file_location(f"report_plugin_{path.stem}", path)
    if spec is None or spec.loader is None:
        raise InputError(f"'{path.name}' is not a Python file")
    try:
        spec.loader.exec_module(module_from_spec(spec))
    except MISTAKES as error:
        raise InputError(f"'{path.name}' fails: {type(error).__name__}: {error}") from error
    for name, method in before.items():
        if METHODS[name] is not method and method.compute.__module__.startswith(BUILT_IN):
            METHODS[name] = method
            raise InputError(f"'{path.name}' may not replace the method '{name}'")
