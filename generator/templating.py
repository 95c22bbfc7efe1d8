"""The one door to Jinja2: pages from templates, prose from a spec in a sandbox.

The project's own templates are trusted and may include each other. What comes with a spec is data, texts and templates
alike: it reads the values it is given and nothing else, and is stopped where it computes without bound.
"""

import os
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, is_dataclass
from functools import cache, lru_cache, partial, wraps
from hashlib import sha256
from itertools import islice
from pathlib import Path
from types import CodeType
from typing import Any, TypeVar

import jinja2
from jinja2 import Environment, meta, nodes
from jinja2.bccache import Bucket
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.visitor import NodeTransformer
from markupsafe import Markup

from generator import metering
from generator.errors import InputError, ProseError
from generator.foreign import contents
from generator.languages import numeral
from generator.shipped import TEMPLATES, Templates, lies_within
from generator.text import UNKNOWN, UNSAID

__all__ = ["Call", "Environment", "Markup", "calls_in", "check_templates", "names_in"]
__all__ += ["page_environment", "render_page", "render_prose"]

PROSE = "<prose>"  # stands for a file name in tracebacks, so that the line of a failing expression can be found
PADDING = frozenset({"center", "ljust", "rjust", "zfill", "expandtabs", "format", "format_map"})
TAG_AT_END = re.compile(r"^.*%\}[ \t]*$", re.MULTILINE)
ONLY_TAGS = re.compile(r"[ \t]*(?:\{%(?:(?!%\}).)*%\}[ \t]*)+")
OPEN_TYPES = frozenset({"builtins", "jinja2", "markupsafe", "generator"})  # whose attributes prose may read
PLAIN_TYPES = (str, bytes, int, float, list, tuple, dict)  # whose methods make new values
CURES = {"Missing end of comment tag": "'{#' begins a comment that no '#}' ends; as a text it is written {{ '{#' }}"}
CODE = frozenset({"report.typ", "reference.docx", "early.js", "script.js"})  # of templates: what leaves any sandbox
LACKING = re.compile(r"'?generator\.[\w.]*?(\w+) object'? has no (?:attribute|element) (.*)")
NEVER_THERE = re.compile(r"has no attribute|(?:Quantity|Claim|Share) object has no element")
NO_DIGEST = sha256().digest()
LANGUAGE = "the language of the text"  # in its context, by a name that no expression has
LONGEST_TEXT = 200_000  # characters of one text of a spec
AnyNode = TypeVar("AnyNode", bound=nodes.Node)


class _Loader(jinja2.FileSystemLoader):
    """Regular files, and of a spec those alone that lie in its folder, wherever a link leads."""

    def __init__(self, templates: Templates) -> None:
        super().__init__([str(folder) for folder in templates.folders])
        self.templates = templates

    def get_source(self, environment: Environment, template: str) -> tuple[str, str, Callable[[], bool]]:
        pieces = jinja2.loaders.split_template_path(template)
        places = ((folder.joinpath(*pieces), folder) for folder in self.templates.folders)
        path, folder = next((place for place in places if os.path.lexists(place[0])), (None, None))
        if path is None or folder is None:
            raise jinja2.TemplateNotFound(template)
        text = self._text(path, folder)
        changed = path.stat().st_mtime_ns
        return text, str(path), lambda: path.exists() and path.stat().st_mtime_ns == changed

    def _text(self, path: Path, folder: Path) -> str:
        if self.templates.sandboxed and not lies_within(path, folder):
            raise InputError(f"{path}: a link that leads out of the report's folder; --trust-templates follows it")
        try:
            return contents(path, InputError).decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise InputError(f"{path}: is not UTF-8; save the file in that encoding") from error


class _Compiled(jinja2.FileSystemBytecodeCache):
    """Compiled templates between builds; one that is damaged, or cannot be written, is compiled again."""

    def load_bytecode(self, bucket: Bucket) -> None:
        with suppress(OSError):
            kept = Path(self._get_cache_filename(bucket)).read_bytes()
            digest, code = kept[: len(NO_DIGEST)], kept[len(NO_DIGEST) :]
            if sha256(code).digest() == digest:
                bucket.bytecode_from_string(code)

    def dump_bytecode(self, bucket: Bucket) -> None:
        code, target = bucket.bytecode_to_string(), Path(self._get_cache_filename(bucket))
        with suppress(OSError):
            draft = target.with_suffix(f".{os.getpid()}")
            draft.write_bytes(sha256(code).digest() + code)
            draft.replace(target)


def page_environment(templates: Templates) -> Environment:
    """Templates of the first folder that has them; HTML is escaped, a missing value is an error."""
    kind = _Sandbox if templates.sandboxed else Environment
    environment = kind(
        loader=_Loader(templates),
        autoescape=jinja2.select_autoescape(enabled_extensions=("html", "html.j2", "xml", "svg"), default=False),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    if kind is Environment:  # what is compiled for the sandbox is other code of the same text
        with suppress(RuntimeError):  # no safe temporary folder
            environment.bytecode_cache = _Compiled()  # by the template's text, in the user's own temporary folder
    return environment


def render_page(environment: Environment, name: str, context: Mapping[str, object]) -> str:
    """One template with its values; a mistake in it (a user may override it) is an InputError with file and line."""
    with _told_at_its_line():
        return environment.get_template(name).render(context)


@contextmanager
def _told_at_its_line() -> Iterator[None]:
    """What is wrong with a template of somebody else's, as an InputError."""
    metering.begin(metering.PAGE)
    try:
        yield
    except jinja2.TemplateNotFound as error:
        raise InputError(f"no template '{error.name}'") from error
    except jinja2.TemplateSyntaxError as error:
        raise InputError(f"{error.filename}:{error.lineno}: {error.message}") from error
    except Exception as error:  # whatever an expression of somebody else raises
        file, line = _place(error)
        ours = file == PROSE or Path(file).is_relative_to(TEMPLATES)
        if ours and not isinstance(error, jinja2.TemplateError):
            raise
        raise InputError(f"{file}:{line}: {_said(error)}") from error


def check_templates(templates: Templates) -> None:
    """Raises InputError for a template of a spec that cannot be read, or that is more than data and not trusted."""
    own = [path for path in templates.own() if path.name in CODE]
    if own and templates.sandboxed:
        raise InputError(
            f"{own[0]}: is handed to another program as it is; --trust-templates lets it, leave it out otherwise"
        )
    pages = [path for path in templates.own() if path.suffix in (".html", ".md")]
    if not pages:
        return
    environment = page_environment(templates)
    ours = (
        environment.parse(path.read_text("utf-8")) for path in TEMPLATES.iterdir() if path.suffix in (".html", ".md")
    )
    named = (one for tree in ours for one in tree.find_all(nodes.Filter))
    environment.filters |= {one.name: str for one in named if one.name not in environment.filters}
    for path in pages:
        with _told_at_its_line():
            environment.get_template(path.name)


class _Sandbox(ImmutableSandboxedEnvironment):
    """Jinja's sandbox, narrower: values of foreign types are closed, every step is counted, every value measured."""

    intercepted_binops = frozenset({"*", "**", "%", "+"})

    def __init__(self, **options: Any) -> None:  # noqa: ANN401  Jinja's own
        super().__init__(**options, finalize=_printed)
        self.globals = {"range": metering.numbers, "dict": dict, "namespace": self.globals["namespace"]}
        self.filters = {name: _bounded(function) for name, function in self.filters.items()}
        self.filters |= {"format": metering.formatted, "counted": _counted, "weighed": metering.weighed}
        for unbounded in ("center", "indent", "pprint", "xmlattr"):
            del self.filters[unbounded]

    def is_safe_attribute(self, obj: object, attr: str, value: object) -> bool:
        known = is_dataclass(obj) or type(obj).__module__.split(".")[0] in OPEN_TYPES
        padded = isinstance(obj, str | bytes) and attr in PADDING
        return known and not padded and super().is_safe_attribute(obj, attr, value)

    def wrap_str_format(self, value: object) -> None:
        """`str.format` is refused like the other ways to pad; the filter `format` is bounded instead."""

    def call_binop(self, context: Context, operator: str, left: object, right: object) -> object:
        metering.check_operation(operator, left, right)
        return metering.weighed(super().call_binop(context, operator, left, right))

    def call(self, context: Context, function: Any, *arguments: Any, **named: Any) -> Any:  # noqa: ANN401
        owner = getattr(function, "__self__", None)
        if not isinstance(owner, PLAIN_TYPES) and owner not in PLAIN_TYPES:
            metering.spend(metering.CALL)
            return super().call(context, function, *arguments, **named)
        metering.check_call(owner, (*arguments, *(value for name, value in named.items() if name[0] != "_")))
        return metering.weighed(super().call(context, function, *arguments, **named))

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        return _Counting().visit(super()._parse(source, name, filename))


class _Counting(NodeTransformer):
    """Puts a count into what may happen often, and a measure onto what may grow."""

    def generic_visit(self, node: nodes.Node, *_: Any, **__: Any) -> nodes.Node:  # noqa: ANN401  Jinja's own
        super().generic_visit(node)
        if isinstance(node, nodes.For | nodes.Macro | nodes.CallBlock | nodes.Block):
            texts = [text.data for part in node.body for text in part.find_all(nodes.TemplateData)]
            texts += [text.value for part in node.body for text in part.find_all(nodes.Const)]
            cost = 1 + sum(len(text) for text in texts if isinstance(text, str))
            node.body.insert(0, _at(node, nodes.ExprStmt(_filtered(node, _at(node, nodes.Const(cost)), "counted"))))
        if isinstance(node, nodes.For) and node.test is not None:
            node.test = _at(node, nodes.And(_filtered(node, _at(node, nodes.Const(1)), "counted"), node.test))
        if isinstance(node, nodes.Concat):
            node.nodes = [_filtered(node, part, "weighed") for part in node.nodes]
        grows = isinstance(node, nodes.List | nodes.Dict) or (isinstance(node, nodes.Tuple) and node.ctx == "load")
        return _filtered(node, node, "weighed") if grows else node


def _filtered(place: nodes.Node, value: nodes.Node, name: str) -> nodes.Filter:
    return _at(place, nodes.Filter(value, name, [], [], None, None))


def _at(place: nodes.Node, node: AnyNode) -> AnyNode:
    """A node of ours, at the line of one that is there."""
    node.lineno, node.environment = place.lineno, place.environment
    return node


@jinja2.pass_context
def _printed(context: Context, value: object) -> object:
    """A value on its way into the text, as its language writes numbers; each of its characters counts."""
    metering.weighed(value, part=1)
    for one in metering.within(value):
        if callable(one) and not isinstance(one, jinja2.Undefined):
            name = one.args[0] if isinstance(one, partial) else "this"
            raise InputError(f"'{name}' is a function, and no value: it is called, as {name}(…)")
    ours = isinstance(value, float | str | tuple) and type(value) not in PLAIN_TYPES
    language = context.get(LANGUAGE) if isinstance(value, float | str | tuple) else ""
    said = numeral(str(value), language) if language else value
    return UNSAID if ours and str(value) == UNKNOWN else said


@jinja2.pass_context  # which cannot be worked out beforehand
def _counted(context: Context, steps: int) -> bool:
    return metering.spend(steps)


def _bounded(function: Callable[..., Any]) -> Callable[..., Any]:
    """A filter of Jinja's that makes nothing too large, and gives what it makes at once."""
    leading = 1 if hasattr(function, "jinja_pass_arg") else 0  # a context before the value

    @wraps(function)
    def bounded(*arguments: Any, **named: Any) -> Any:  # noqa: ANN401
        value, *others = arguments[leading:]
        metering.check_call(value, (*others, *named.values()))
        made = function(*arguments, **named)
        return metering.weighed(list(islice(made, metering.most() + 1)) if isinstance(made, Iterator) else made)

    return bounded


@cache
def _prose() -> _Sandbox:
    return _Sandbox(undefined=jinja2.StrictUndefined, autoescape=False, trim_blocks=True, lstrip_blocks=True)


@lru_cache(maxsize=1024)
def _compiled(source: str) -> CodeType:
    """The text, checked first and filled in later, with its line ends as they are meant.

    A tag takes its line's end with it only where nothing else stands on the line: otherwise a paragraph that ends in
    `{% endif %}` would run into the next one. Lines keep their numbers.
    """
    meant = TAG_AT_END.sub(lambda line: line[0] if ONLY_TAGS.fullmatch(line[0]) else line[0] + '{{ "" }}', source)
    if len(source) > LONGEST_TEXT:
        raise ProseError(1, f"a text of more than {LONGEST_TEXT:,} characters")
    try:
        return _prose().compile(meant, filename=PROSE)
    except jinja2.TemplateSyntaxError as error:
        cure = CURES.get(error.message or "", error.message or "not a valid expression")
        raise ProseError(error.lineno, cure) from error
    except Exception as error:  # Python's, of what Jinja makes of it
        raise ProseError(1, _said(error)) from error


@lru_cache(maxsize=1024)
def _parse(source: str) -> nodes.Template:
    """The syntax tree; ProseError also for a filter or test that does not exist, and for what is closed to prose."""
    _compiled(source)
    tree = _prose().parse(source)
    for foreign in tree.find_all((nodes.Include, nodes.Import, nodes.FromImport, nodes.Extends)):
        raise ProseError(foreign.lineno, "a text cannot include, import or extend another")
    for attribute in tree.find_all(nodes.Getattr):
        if attribute.attr.startswith("_"):
            raise ProseError(attribute.lineno, f"access to attribute '{attribute.attr}' is unsafe")
    return tree


@lru_cache(maxsize=1024)
def names_in(source: str) -> Mapping[str, int]:
    """Every name the text needs from outside, with the line of its first use; raises ProseError for bad syntax."""
    tree = _parse(source)
    needed = meta.find_undeclared_variables(tree) - set(_prose().globals)
    lines = sorted((name.lineno, name.name) for name in tree.find_all(nodes.Name) if name.name in needed)
    return {name: line for line, name in reversed(lines)}


@dataclass(frozen=True)
class Call:
    """`name('a', x, n=1)` as a text has it: its arguments, UNKNOWN for those that are no constants."""

    name: str
    arguments: tuple[object, ...]
    line: int
    named: Mapping[str, object] = field(default_factory=dict)


def calls_in(source: str, unknown: object = None) -> tuple[Call, ...]:
    """Every call of a name from outside, but those whose arguments come from a list; `unknown` is no constant."""
    own, calls = names_in(source), _parse(source).find_all(nodes.Call)

    def constant(node: nodes.Expr) -> object:
        return node.value if isinstance(node, nodes.Const) else unknown

    def made(call: nodes.Call) -> Call:
        named = {one.key: constant(one.value) for one in call.kwargs}
        return Call(call.node.name, tuple(map(constant, call.args)), call.lineno, named)  # type: ignore[attr-defined]

    plain = (call for call in calls if isinstance(call.node, nodes.Name) and call.node.name in own)
    return tuple(made(call) for call in plain if not (call.dyn_args or call.dyn_kwargs))


def render_prose(source: str, context: Mapping[str, object], language: str = "") -> str:
    """The text with its expressions filled in, in the sandbox; raises ProseError with the line within the text."""
    metering.begin(metering.PROSE)
    template = jinja2.Template.from_code(_prose(), _compiled(source), {**_prose().globals})
    try:
        return template.render({**context, LANGUAGE: language})
    except Exception as error:  # whatever an expression of somebody else raises
        absent = isinstance(error, jinja2.UndefinedError) and not NEVER_THERE.search(str(error))
        by_value = absent or isinstance(error, ArithmeticError | LookupError | ValueError) or "Unknown" in str(error)
        raise ProseError(_place(error)[1], _said(error), by_value) from error


def _said(error: Exception) -> str:
    """An error of an expression in words."""
    if isinstance(error, RecursionError | MemoryError) or (isinstance(error, SyntaxError) and "nested" in str(error)):
        return "nested too deeply, or calls itself without end"
    if found := LACKING.match(str(error)):
        return f"a {found[1].lower()} has no {found[2]}; docs/spec.md lists what it has"
    return getattr(error, "msg", None) or str(error) or type(error).__name__


def _place(error: BaseException) -> tuple[str, int]:
    """File and line in which a template failed: Jinja maps the innermost frames back to the source."""
    trace, place = error.__traceback__, (PROSE, 1)
    while trace is not None:
        file = trace.tb_frame.f_code.co_filename
        if file == PROSE or not file.endswith((".py", ">")):
            place = (file, trace.tb_lineno)
        trace = trace.tb_next
    return place
