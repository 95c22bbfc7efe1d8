"""Prose is data: it reads what it is given, reaches nothing else, and says at which line it is wrong."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from generator.errors import InputError, ProseError
from generator.templating import Call, calls_in, names_in, page_environment, render_page, render_prose


@dataclass(frozen=True)
class Share:
    mean: float = 0.25

    def __str__(self) -> str:
        return "25 %"


CONTEXT = {"share": Share(), "twice": lambda n: 2 * n, "path": Path("/"), "number": np.float32(1), "table": {"a": 1}}


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("{{ share }}, {{ share.mean }}", "25 %, 0.25"),
        ("{% if twice(2) > 3 %}yes{% endif %}", "yes"),
        ("{% for n in range(3) %}{{ loop.index }}{% endfor %}", "123"),
        ("{{ '%.1f'|format(share.mean) }} {{ '%d%%' % 5 }}", "0.2 5%"),
        ("{{ table.a }}{{ 'x' * 3 }}{{ 2 ** 8 }}", "1xxx256"),
        ("a\n{% if true %}\nb\n{% endif %}\nc", "a\nb\nc"),
        ("<b> & {{ '<i>' }}", "<b> & <i>"),
    ],
)
def test_prose_reads_its_values(source, text):
    """Expressions, conditions and loops are filled in; nothing is escaped, lines of conditions vanish."""
    assert render_prose(source, CONTEXT) == text


@pytest.mark.parametrize(
    "source",
    [
        "{{ ''.__class__ }}",
        "{{ ''['__class__'] }}",
        "{{ ''|attr('__class__') }}",
        "{{ share.__init__.__globals__ }}",
        "{{ twice.__globals__ }}",
        "{{ twice.__code__ }}",
        "{{ self.__init__ }}",
        "{{ table.update({'b': 2}) }}",
        "{{ table.clear() }}",
        "{{ [1].append(2) }}",
        "{{ path.write_text('x') }}",
        "{{ path.parent }}",
        "{{ number.tofile('x') }}",
        "{{ '{0.__class__}'.format(1) }}",
        "{{ 'x'.center(10**9) }}",
        "{{ 'x' * 10**9 }}",
        "{{ 10**9 * 'x' }}",
        "{{ [0] * 10**9 }}",
        "{{ 9 ** 99999 }}",
        "{{ '%999999999d' % 1 }}",
        "{{ '%*d'|format(999999999, 1) }}",
        "{{ range(10**9) }}",
        "{{ 'x'|indent(10**9) }}",
        "{{ lipsum(1000) }}",
        "{% include 'base.html' %}",
        "{% import 'os' as os %}",
        "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
        "{{ cycler.__init__ }}",
        "{{ config }}",
        "{{ 1 / 0 }}",
        "{{ twice() }}",
        "{{ twice(1, 2) }}",
        "{{ share.median }}",
    ],
)
def test_prose_cannot_leave_its_box(source):
    """Internals, changes, foreign objects, files and anything without bound end in our error, at their line."""
    with pytest.raises(ProseError) as caught:
        render_prose(f"fine\n\n{source}", CONTEXT)
    assert caught.value.line == 3
    assert str(caught.value)


def test_the_refusal_says_why():
    """The message names what was reached for."""
    with pytest.raises(ProseError, match="access to attribute '__class__' of 'str' object is unsafe"):
        render_prose("{{ ''.__class__ }}", {})
    with pytest.raises(ProseError, match="a range of more than"):
        render_prose("{{ range(20000) }}", {})


def test_our_own_errors_keep_their_words():
    """What a function of the prose refuses reaches the author as it was said, with the line."""

    def area(region: str) -> float:
        raise InputError(f"unknown region '{region}'")

    with pytest.raises(ProseError, match=r"^unknown region 'ear'$") as caught:
        render_prose("a\n{{ area('ear') }}", {"area": area})
    assert caught.value.line == 2


def test_names_are_those_from_outside():
    """A text's own variables and what Jinja brings are not asked for; each name has the line of its first use."""
    source = "{{ b }}\n{% set a = c %}{{ a }}{% for i in range(2) %}{{ i + b }}{% endfor %}"
    assert names_in(source) == {"b": 1, "c": 2}


@pytest.mark.parametrize(
    ("source", "line"),
    [
        ("a\n{{ x", 2),
        ("a\n{% if x %}", 2),
        ("\n\n{{ x | nothing }}", 3),
        ("{% nothing %}", 1),
        ("{{ x is odd_one }}", 1),
    ],
)
def test_bad_syntax_has_its_line(source, line):
    """What cannot be read, and a filter or test that does not exist, is found without any value."""
    with pytest.raises(ProseError) as caught:
        names_in(source)
    assert caught.value.line == line


def test_calls_are_found_with_their_constants():
    """So that a reference to a figure can be checked before anything is computed."""
    calls = calls_in("{{ fig('lime') }}\n{{ share(f, 'eyes', n=1).mean }}")
    assert sorted(calls, key=lambda call: call.line) == [Call("fig", ("lime",), 1), Call("share", (None, "eyes"), 2)]


@pytest.fixture
def folders(tmp_path) -> list[Path]:
    """A user's own templates before the project's."""
    own, project = tmp_path / "own", tmp_path / "project"
    own.mkdir()
    project.mkdir()
    (project / "page.html").write_text("{% include 'head.html' %}:\n{{ text }}\n")
    (project / "head.html").write_text("project")
    (project / "page.md").write_text("{{ text }}")
    return [own, project]


def test_a_user_overrides_file_by_file(folders):
    """The first folder that has a template gives it; the others fill in what it lacks."""
    assert render_page(page_environment(folders), "page.html", {"text": "<x>"}) == "project:\n&lt;x&gt;\n"
    (folders[0] / "head.html").write_text("own")
    assert render_page(page_environment(folders), "page.html", {"text": ""}).startswith("own:\n")


def test_only_html_is_escaped(folders):
    """Markdown and Typst have escapes of their own."""
    assert render_page(page_environment(folders), "page.md", {"text": "<x>"}) == "<x>"


def test_a_mistake_in_a_template_has_its_place(folders):
    """A user's own template may be wrong: file and line are named; a value that is missing is never blank."""
    (folders[0] / "head.html").write_text("\n{% if %}")
    with pytest.raises(InputError, match=r"own/head\.html:2: "):
        render_page(page_environment(folders), "page.html", {"text": ""})
    with pytest.raises(InputError, match=r"no template 'foot\.html'"):
        render_page(page_environment(folders), "foot.html", {})
    (folders[0] / "head.html").write_text("one\n{{ nothing }}")
    with pytest.raises(InputError, match=r"own/head\.html:2: 'nothing' is undefined"):
        render_page(page_environment(folders), "page.html", {"text": ""})


def test_a_paragraph_that_ends_in_a_tag_stays_a_paragraph():
    """A tag swallows its line's end only where it stands alone on the line; lines of errors stay right."""
    text = "One{% if true %} and more{% endif %}\n\nTwo\n{% if true %}\nThree\n{% endif %}\nFour"
    assert render_prose(text, {}) == "One and more\n\nTwo\nThree\nFour"
    with pytest.raises(ProseError) as caught:
        render_prose("a{% if true %}b{% endif %}\n\n{{ nothing }}", {})
    assert caught.value.line == 3


def test_a_closed_attribute_is_seen_before_anything_is_computed():
    """Checking the names of a text is enough to refuse what begins with an underscore."""
    with pytest.raises(ProseError, match="access to attribute '__class__' is unsafe") as caught:
        names_in("one\n{{ ''.__class__ }}")
    assert caught.value.line == 2
