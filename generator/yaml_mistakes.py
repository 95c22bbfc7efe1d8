"""What a person meant by lines that are no YAML, or that YAML reads as less than they say: the place and the cure."""

import re
from dataclasses import dataclass
from pathlib import Path

from generator.errors import Problem

ESCAPES = "in double quotes a \\ begins an escape; write a path with / and a formula in single quotes"
BRACES = "a text that begins with '{{' stands in quotes, or on the lines below a |"
STATEMENT = "a text that begins with '{%' stands in quotes, or on the lines below a |"
SIGN = "a text that begins with such a sign stands in quotes, or on the lines below a |"
COLON = "a text with a colon and a space in it stands in quotes"
BRACKETS = "a text with brackets in it, within brackets, stands in quotes"
FULL_WIDTH = "'：' is a full-width colon; a key ends with ':' and a space"
MISREAD = (
    (re.compile(r"[ \t]*(?:- +)*[\w-]+(：)"), FULL_WIDTH),
    (re.compile(r" *(\t)"), "the line is indented with a tab; YAML takes spaces"),
    (re.compile(r"[ -]*[a-z_]+(:)[^\s:/]"), "after the ':' of a key there has to be a space"),
    (re.compile(r"[^，]*[{\[][^，]*(，)"), "'，' is a full-width comma; what stands in brackets is parted by ','"),
    (re.compile(r".*?: +(\{\{)"), BRACES),
    (re.compile(r".*?: +(\{%)"), STATEMENT),
    (re.compile(r"[^\"'{\[]*?: +([@`%*&!]|[|>] +[^\s#]|\[[^\]]*\] *[^\s,#\]}]|\"[^\"]*\" *[^\s,#\]}]|- )"), SIGN),
    (re.compile(r"[^\"'{\[]*?: +('(?:[^']|'')*') +[^\s#]"), SIGN),
    (re.compile(r"[^\"'{\[]*?: +'[^']*(')[^\s,#\]}']"), "within single quotes a ' is written twice, as ''"),
    (re.compile(r"[^:\"'{\[]*: +[^\"'{\[|>\s][^{\[]*?(: )"), COLON),
)  # how a line may be meant that is no YAML: where it goes wrong, and the cure
LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[A-Z][A-Za-z]{1,3})?：")  # at the head of a text
FULL_WIDTH_KEY = re.compile(r"[ \t]*(?:- +)*[a-z_]+(：)")
LINE_ENDS = re.compile("\r\n|[\n\r\x85\u2028\u2029]")  # as YAML counts lines
QUOTED = re.compile(r"\"(?:[^\"\\]|\\.)*\"|'[^']*'")
LOST = re.compile(r"[ \t]+#\d| #[^\s#]")  # a number of something, or one word with its sign: no comment
DOUBTFUL = re.compile(r" # ?\w")  # comments stand at a distance


@dataclass(frozen=True)
class Refusal:
    """What the parser says: the problem at a line and column from 0, and in the middle of what, begun where."""

    problem: str
    at: tuple[int, int]
    context: str = ""
    begun: tuple[int, int] | None = None


def refused(said: Refusal, text: str, file: Path) -> tuple[Problem, ...]:
    """What stands at the place that the parser refuses: its cure where one is seen, else the parser's own words."""
    line, column = said.at[0] + 1, said.at[1] + 1
    if found := _misread(text, file, said.begun[0] if said.begun else line - 2, line):
        return found
    if said.begun and "flow" in said.context and "escape" not in said.problem:
        return (_unclosed(LINE_ENDS.split(text), file, said.begun, said.at),)
    since = f"{said.context} from line {said.begun[0] + 1}" if said.begun else said.context
    message = ESCAPES if "escape" in said.problem else ", ".join(filter(None, (said.problem, since)))
    return (Problem(file, line, column, "", f"not valid YAML: {message}"),)


def _unclosed(lines: list[str], file: Path, begun: tuple[int, int], at: tuple[int, int]) -> Problem:
    """Why brackets do not close where a reader would say that they do."""
    blank = QUOTED.sub(lambda quoted: "x" * len(quoted[0]), lines[begun[0]]) if begun[0] < len(lines) else ""
    bracket = blank[begun[1] : begun[1] + 1] or "{"
    if (comment := blank.find(" #", begun[1])) > 0:
        message = f"behind ' #' stands a comment, so the '{bracket}' is not closed; put the text in quotes"
        return Problem(file, begun[0] + 1, comment + 2, "", message)
    if at[0] == begun[0] and at[1] < len(blank):
        meant = {":": COLON, "{": BRACKETS, "[": BRACKETS}.get(blank[at[1]], SIGN)
        return Problem(file, at[0] + 1, at[1] + 1, "", meant)
    return Problem(file, begun[0] + 1, begun[1] + 1, "", f"the '{bracket}' is not closed")


def _misread(text: str, file: Path, first: int, last: int) -> tuple[Problem, ...]:
    """What a reader of the lines about a mistake would see at once: every full-width colon, else the first of these."""
    for number, line in list(enumerate(text.splitlines(), 1))[max(first, 0) : last]:
        for pattern, message in MISREAD:
            if found := pattern.match(line):
                problem = Problem(file, number, found.start(1) + 1, "", message)
                several = full_width_keys(text, file)
                return several if problem in several else (problem,)
    return ()


def full_width_keys(text: str, file: Path) -> tuple[Problem, ...]:
    """The lines that begin with a key and a full-width colon."""
    lines = enumerate(text.splitlines(), 1)
    found = ((number, match.start(1) + 1) for number, line in lines if (match := FULL_WIDTH_KEY.match(line)))
    return tuple(Problem(file, number, column, "", FULL_WIDTH) for number, column in found)


def cut(value: str, text: str, end: int) -> tuple[str, bool]:
    """What is to be said of a text without quotes, up to `end`, that a comment follows, and whether that is sure.

    Comments are written at a distance. A sign right behind several words is more likely a part of them; '' if not.
    """
    if LANGUAGE.match(value):
        return FULL_WIDTH, True
    sure, words = LOST.match(text, end), value.strip()
    doubtful = " " in words and (sure or DOUBTFUL.match(text, end))
    if doubtful or (sure and sure[0][-1].isdigit()):
        return f"'{words:.40}' is all of this text: behind ' #' stands a comment; put it in quotes", bool(sure)
    return "", False
