"""The one door to Jinja2: pages from the project's own templates, prose from a spec in a sandbox.

Templates are trusted and may include each other; prose is data: it reads the values it is given and nothing else,
and no single expression of it may grow without bound.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, is_dataclass
from functools import cache, lru_cache
from pathlib import Path
from types import CodeType

import jinja2
from jinja2 import Environment, meta, nodes
from jinja2.exceptions import SecurityError
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup

from generator.errors import GeneratorError, InputError, ProseError

__all__ = ["Call", "Environment", "Markup", "calls_in", "names_in", "page_environment", "render_page", "render_prose"]

PROSE = "<prose>"  # stands for a file name in tracebacks, so that the line of a failing expression can be found
LONGEST = 10_000  # characters of one repeated text, items of one range, digits of one power
PADDING = frozenset({"center", "ljust", "rjust", "zfill", "expandtabs", "format", "format_map"})
TAG_AT_END = re.compile(r"^.*%\}[ \t]*$", re.MULTILINE)
ONLY_TAGS = re.compile(r"[ \t]*(?:\{%(?:(?!%\}).)*%\}[ \t]*)+")
OPEN_TYPES = frozenset({"builtins", "jinja2", "markupsafe", "generator"})  # whose attributes prose may read
FAILURES = (jinja2.TemplateError, GeneratorError, ArithmeticError, LookupError, TypeError, ValueError, RecursionError)


def page_environment(folders: Sequence[Path]) -> Environment:
    """Templates of the first folder that has them; HTML is escaped, a missing value is an error."""
    return Environment(
        loader=jinja2.FileSystemLoader([str(folder) for folder in folders]),
        bytecode_cache=jinja2.FileSystemBytecodeCache(),  # by the template's text, in the user's own temporary folder
        autoescape=jinja2.select_autoescape(enabled_extensions=("html", "html.j2", "xml", "svg"), default=False),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def render_page(environment: Environment, name: str, context: Mapping[str, object]) -> str:
    """One template with its values; a mistake in it (a user may override it) is an InputError with file and line."""
    try:
        return environment.get_template(name).render(context)
    except jinja2.TemplateNotFound as error:
        raise InputError(f"no template '{error.name}'") from error
    except jinja2.TemplateSyntaxError as error:
        raise InputError(f"{error.filename}:{error.lineno}: {error.message}") from error
    except jinja2.TemplateError as error:
        raise InputError("{}:{}: {}".format(*_place(error), error)) from error


class _Prose(ImmutableSandboxedEnvironment):
    """Jinja's sandbox, narrower: values of foreign types are closed, and nothing grows past LONGEST."""

    intercepted_binops = frozenset({"*", "**", "%"})

    def is_safe_attribute(self, obj: object, attr: str, value: object) -> bool:
        known = is_dataclass(obj) or type(obj).__module__.split(".")[0] in OPEN_TYPES
        padded = isinstance(obj, str) and attr in PADDING
        return known and not padded and super().is_safe_attribute(obj, attr, value)

    def wrap_str_format(self, value: object) -> None:
        """`str.format` is refused like the other ways to pad; the filter `format` is bounded instead."""

    def call_binop(self, context: Context, operator: str, left: object, right: object) -> object:
        if operator == "%" and isinstance(left, str):
            _check_format(left)
        elif _size(operator, left, right) > LONGEST:
            raise SecurityError(f"'{operator}' would give something too large")
        return super().call_binop(context, operator, left, right)


def _size(operator: str, left: object, right: object) -> float:
    """Roughly how many characters, items or bits `left operator right` has."""
    if operator == "**":
        return left.bit_length() * abs(right) if isinstance(left, int) and isinstance(right, int | float) else 0
    for sequence, times in ((left, right), (right, left)):
        if isinstance(sequence, str | list | tuple) and isinstance(times, int):
            return len(sequence) * times
    return 0


def _check_format(template: str) -> None:
    if re.search(r"%[^a-zA-Z%]*(\*|\d{3})", template):
        raise SecurityError("a width or precision above 99 in a format")


def _bounded_format(template: str, *values: object) -> str:
    """The filter `format`, for widths and precisions of at most two digits."""
    _check_format(template)
    return template % values


def _bounded_range(*limits: int) -> range:
    """`range`, for at most LONGEST items."""
    numbers = range(*limits)
    if len(numbers) > LONGEST:
        raise SecurityError(f"a range of more than {LONGEST} items")
    return numbers


@cache
def _prose() -> _Prose:
    environment = _Prose(undefined=jinja2.StrictUndefined, autoescape=False, trim_blocks=True, lstrip_blocks=True)
    environment.globals = {"range": _bounded_range, "dict": dict, "namespace": environment.globals["namespace"]}
    environment.filters["format"] = _bounded_format
    for unbounded in ("center", "indent", "pprint", "xmlattr"):
        del environment.filters[unbounded]
    return environment


@lru_cache(maxsize=1024)
def _compiled(source: str) -> CodeType:
    """The text, checked first and filled in later, with its line ends as they are meant.

    A tag takes its line's end with it only where nothing else stands on the line: otherwise a paragraph that ends in
    `{% endif %}` would run into the next one. Lines keep their numbers.
    """
    meant = TAG_AT_END.sub(lambda line: line[0] if ONLY_TAGS.fullmatch(line[0]) else line[0] + '{{ "" }}', source)
    return _prose().compile(meant, filename=PROSE)


@lru_cache(maxsize=1024)
def _parse(source: str) -> nodes.Template:
    """The syntax tree; ProseError also for a filter or test that does not exist, and for what is closed to prose."""
    try:
        _compiled(source)
        tree = _prose().parse(source)
    except jinja2.TemplateSyntaxError as error:
        raise ProseError(error.lineno, error.message or "not a valid expression") from error
    for attribute in tree.find_all(nodes.Getattr):
        if attribute.attr.startswith("_"):
            raise ProseError(attribute.lineno, f"access to attribute '{attribute.attr}' is unsafe")
    return tree


def names_in(source: str) -> dict[str, int]:
    """Every name the text needs from outside, with the line of its first use; raises ProseError for bad syntax."""
    tree = _parse(source)
    needed = meta.find_undeclared_variables(tree) - set(_prose().globals)
    lines = sorted((name.lineno, name.name) for name in tree.find_all(nodes.Name) if name.name in needed)
    return {name: line for line, name in reversed(lines)}


@dataclass(frozen=True)
class Call:
    """`name('a', x, 'b')` as a text has it: its positional arguments, None for one that is not a constant text."""

    name: str
    arguments: tuple[str | None, ...]
    line: int


def calls_in(source: str) -> tuple[Call, ...]:
    """Every call of a plain name."""
    made = []
    for call in _parse(source).find_all(nodes.Call):
        if isinstance(call.node, nodes.Name):
            values = [argument.value if isinstance(argument, nodes.Const) else None for argument in call.args]
            texts = tuple(value if isinstance(value, str) else None for value in values)
            made.append(Call(call.node.name, texts, call.lineno))
    return tuple(made)


def render_prose(source: str, context: Mapping[str, object]) -> str:
    """The text with its expressions filled in, in the sandbox; raises ProseError with the line within the text."""
    try:
        return jinja2.Template.from_code(_prose(), _compiled(source), {**_prose().globals}).render(context)
    except jinja2.TemplateSyntaxError as error:
        raise ProseError(error.lineno, error.message or "not a valid expression") from error
    except FAILURES as error:
        raise ProseError(_place(error)[1], str(error)) from error


def _place(error: BaseException) -> tuple[str, int]:
    """File and line in which a template failed: Jinja maps the innermost frames back to the source."""
    trace, place = error.__traceback__, (PROSE, 1)
    while trace is not None:
        file = trace.tb_frame.f_code.co_filename
        if not file.endswith(".py"):
            place = (file, trace.tb_lineno)
        trace = trace.tb_next
    return place
