"""The command line: what may be asked, and what becomes of a mistake.

Everything a command needs is imported inside it, so that no command waits for another's libraries.
"""

import argparse
import io
import json
import os
import sys
import traceback
from collections.abc import Sequence
from dataclasses import fields
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from generator import __version__
from generator.build_options import DEFAULT_FORMATS, FORMATS, BuildOptions
from generator.disk import COMMAND
from generator.errors import ComputationError, GeneratorError, InputError, clipped
from generator.steps import WATCH

if TYPE_CHECKING:
    from generator.spec.report import Report

BUILT, FAILED, WRONG, INTERRUPTED = 0, 1, 2, 130
LONGEST, LONGEST_NAME = 4_000, 255  # bytes of a path, and of a name in it, that systems take
BESIDE = 55  # bytes of them that the names of what is written beside a site add
COMMANDS = ("build", "check", "diff", "init", "serve", "methods", "schema", "words", "clear-cache")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return the exit code; a user's mistake is its message on stderr."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    if not words:
        parser().print_help(sys.stderr)
        return WRONG
    _print_what_can_be()
    command = () if words[0] in (*COMMANDS, "-h", "--help", "--version") else ("build",)  # meant where none is said
    asked = parser().parse_args([*command, *words])
    WATCH.verbose = getattr(asked, "verbose", False)
    try:
        return int(asked.run(asked) or BUILT)
    except GeneratorError as error:
        print(error, file=sys.stderr)
        if WATCH.verbose:
            traceback.print_exc()
        return FAILED if isinstance(error, ComputationError) else WRONG
    except PermissionError as error:  # of a file deep within what the spec names
        print(f"{error.filename}: may not be read or written: {error.strerror}", file=sys.stderr)
        return WRONG
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:  # the reader of a pipe had enough
        sys.stderr.close()
        return BUILT


def _print_what_can_be() -> None:
    """A character that the console does not have is printed as its number, and is no error."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _path(text: str, longest: int = LONGEST_NAME) -> Path:
    """A path of the command line; one that no system takes is a wrong option."""
    if len(os.fsencode(text)) > LONGEST or any(len(os.fsencode(part)) > longest for part in Path(text).parts):
        raise argparse.ArgumentTypeError(f"'{clipped(text, 60)}' is longer than a path or a name in it may be")
    return Path(text)


def _duration(text: str) -> float:
    from generator.limits import seconds_of

    try:
        return seconds_of(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def parser() -> argparse.ArgumentParser:
    program = COMMAND if Path(sys.argv[0]).stem == COMMAND else "python -m generator"
    top = argparse.ArgumentParser(
        prog=program,
        description="One YAML file in, a finished explainability report of an image classifier out.",
        epilog=f"`{program} report.yaml` builds; `{program} COMMAND --help` says more.",
    )
    top.add_argument("--version", action="version", version=f"%(prog)s {__version__}")
    commands = top.add_subparsers(metavar="COMMAND", required=True)
    build = commands.add_parser("build", help="build the report (the default)")
    _add_build(build, _build)
    against = "an earlier site, or the one that stands there: site/diff/ shows what changed since"
    build.add_argument("--against", type=_path, metavar="DIR", help=against)
    _add_check(commands.add_parser("check", help="say what is wrong with a spec, without computing"))
    _add_diff(commands.add_parser("diff", help="what changed from one built site to another, as a page and as JSON"))
    init = commands.add_parser("init", help="write a commented starter report that builds as it is")
    init.add_argument("folder", type=_path, metavar="DIR")
    init.set_defaults(run=_init)
    serve = commands.add_parser("serve", help="build, show in a browser, and rebuild on every change")
    _add_build(serve, _serve)
    serve.add_argument("--port", type=int, default=8000, help="default: 8000, or the next that is free")
    methods = commands.add_parser("methods", help="every method with its parameters, cost and paper")
    methods.add_argument("--json", action="store_true", help="as JSON")
    methods.set_defaults(run=_methods)
    commands.add_parser("schema", help="the JSON Schema of report.yaml").set_defaults(run=_schema)
    words = commands.add_parser("words", help="write the file of words of a further language, or add what it lacks")
    words.add_argument("language", metavar="LANGUAGE", help="a tag such as de, ja or zh-Hans")
    words.add_argument("spec", type=_path, nargs="?", default=Path("report.yaml"), metavar="report.yaml")
    words.set_defaults(run=_write_words)
    clear = commands.add_parser("clear-cache", help="forget what builds of a spec have computed")
    clear.add_argument("spec", type=_path, nargs="?", default=Path("report.yaml"), metavar="report.yaml")
    _add_cache(clear)
    clear.set_defaults(run=_clear_cache)
    return top


def _add_build(command: argparse.ArgumentParser, run: object) -> None:
    option = command.add_argument
    told = f"{','.join(DEFAULT_FORMATS)} unless it says otherwise; also docx, for Word; single: one HTML file; none"
    option("--formats", type=_formats, default=DEFAULT_FORMATS, metavar="LIST", help=told)
    option("--exports", type=_path, metavar="DIR", help="the exported files go there too")
    within = (
        "what the build may take, such as 5min, instead of the spec's budget: evidence takes what the figures leave"
    )
    option("--budget", type=_duration, metavar="TIME", help=within)
    option("--no-cache", action="store_true", help="compute everything anew")
    option("--arrays", type=_path, metavar="DIR", help="write what was drawn as DIR/<figure-id>.npz")
    _add_reading(command)
    command.set_defaults(run=run)


def _add_cache(command: argparse.ArgumentParser) -> None:
    folder = "where computed values are kept; default: beside the spec, or the user's cache if that cannot be written"
    command.add_argument("--cache", type=_path, metavar="DIR", help=folder)


def _add_reading(command: argparse.ArgumentParser) -> None:
    """What every command that reads a spec takes."""
    option = command.add_argument
    option("spec", type=_path, metavar="report.yaml")
    option(
        "--output",
        type=partial(_path, longest=LONGEST_NAME - BESIDE),
        metavar="DIR",
        help="the site's folder; default: site beside the spec",
    )
    option("--trust-model", action="store_true", help="let code that is stored in the model file run")
    option("--languages", type=_words, default=(), metavar="LIST", help="instead of the spec's, such as en,zh-Hant")
    option("--only", action="append", default=[], metavar="QUESTION_ID", help="this question alone; repeatable")
    _add_cache(command)
    option("--data", type=_path, metavar="PATH", help="instead of the spec's data.path")
    option("--url", default="", metavar="ADDRESS", help="of the published site, instead of site.url")
    option("--trust-plugins", action="store_true", help="let the spec's plugins run")
    option("--trust-templates", action="store_true", help="let templates beside the spec run outside the sandbox")
    option("--strict", action="store_true", help="warnings are errors")
    option("-q", "--quiet", action="store_true", help="no progress")
    option("-v", "--verbose", action="store_true", help="say more, with the traceback of an error")


def _add_diff(command: argparse.ArgumentParser) -> None:
    option = command.add_argument
    option("old", type=_path, metavar="OLD", help="the folder of the earlier site")
    option("new", type=_path, metavar="NEW", help="that of the later one")
    option("--output", type=_path, default=Path("diff"), metavar="DIR", help="the page's folder; default: diff")
    option("--json", type=_path, metavar="FILE", help="the same for scripts goes here too; - is the standard output")
    option("-q", "--quiet", action="store_true", help="say nothing of what changed")
    option("-v", "--verbose", action="store_true", help="say more, with the traceback of an error")
    command.set_defaults(run=_diff)


def _add_check(command: argparse.ArgumentParser) -> None:
    command.add_argument("--model", dest="open_model", action="store_true", help="open the model too")
    command.add_argument(
        "--budget",
        dest="longest",  # what it is held to; what the build may take stands in the spec
        type=_duration,
        metavar="TIME",
        help="say how long the build takes; an error if longer",
    )
    _add_reading(command)
    command.set_defaults(run=_check)


def _words(text: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in text.split(",") if word.strip())


def _formats(text: str) -> tuple[str, ...]:
    words = _words(text)
    if words == ("none",):
        return ()
    unknown = [word for word in words if word not in FORMATS]
    if unknown or not words:
        raise argparse.ArgumentTypeError(f"'{text}' has to be some of {','.join(FORMATS)}, or none")
    return words


def options_of(asked: argparse.Namespace) -> BuildOptions:
    """The options of a command; those it does not have keep their default."""
    given = {f.name: getattr(asked, f.name) for f in fields(BuildOptions) if hasattr(asked, f.name)}
    return BuildOptions(**{**given, "only": tuple(asked.only)})


def _loaded(asked: argparse.Namespace) -> "Report":
    """The report of the spec; its warnings go to stderr."""
    from generator.spec.report import load

    options = options_of(asked)
    report = load(asked.spec, options)
    from generator.build.checks import warn  # now: a wrong spec is told before it is imported

    warn(report.warnings, options)
    return report


def _build(asked: argparse.Namespace) -> int:
    from generator.build import site, stamp
    from generator.disk import sweep

    options = options_of(asked)
    output, cache = options.output or asked.spec.parent / "site", options.cache_of(asked.spec)
    site.tidy(output)
    sweep(cache)
    if options.repeatable and stamp.is_current(stamp.stamp_of(cache, asked.spec, output), options.settings):
        if not options.quiet:
            print(f"{output}: nothing has changed", file=sys.stderr)
        return BUILT
    from generator.build.program import build

    return build(_loaded(asked), options)


def _check(asked: argparse.Namespace) -> None:
    from generator.build.checks import check

    print(check(_loaded(asked), options_of(asked), asked.open_model, asked.longest))


def _diff(asked: argparse.Namespace) -> None:
    from generator.build.against import STDOUT, diff

    silent = asked.quiet or asked.json == STDOUT
    diff(asked.old, asked.new, asked.output, asked.json, (lambda line: None) if silent else print)


def _init(asked: argparse.Namespace) -> None:
    from generator.starter import next_steps, write_starter

    for path in write_starter(asked.folder):
        print(path)
    print(next_steps(asked.folder), file=sys.stderr)


def _serve(asked: argparse.Namespace) -> int:
    from generator.build.serve import serve

    return serve(asked.spec, options_of(asked), asked.port)


def _methods(asked: argparse.Namespace) -> None:
    from generator.spec.schema import methods_json, methods_text

    print(_as_json(methods_json()) if asked.json else methods_text())


def _schema(asked: argparse.Namespace) -> None:
    from generator.spec.schema import schema_text

    print(_as_json(schema_text()), end="")


def _write_words(asked: argparse.Namespace) -> None:
    from generator.languages import canonical, meant
    from generator.spec.words_file import write_words

    try:
        language = canonical(asked.language)
    except ValueError as error:
        raise InputError(str(error)) from error
    if hint := meant(language):
        raise InputError(f"'{language}' is no language of a report{hint}")
    print(write_words(language, asked.spec if asked.spec.is_dir() else asked.spec.parent))


def _as_json(text: str) -> str:
    """JSON that is still JSON where the console's encoding is not UTF-8, and its output is kept in a file."""
    unicode = (sys.stdout.encoding or "utf-8").lower().replace("-", "") == "utf8"
    return text if unicode else json.dumps(json.loads(text), indent=1) + "\n" * text.endswith("\n")


def _clear_cache(asked: argparse.Namespace) -> None:
    from generator.build.cache import Cache

    Cache(BuildOptions(cache=asked.cache).cache_of(asked.spec)).clear()
