"""Prose is data: it reads what it is given, reaches nothing else, and says at which line it is wrong."""

import os
from dataclasses import dataclass, replace
from pathlib import Path
from time import perf_counter

import jinja2
import numpy as np
import pytest

from generator.errors import InputError, ProseError
from generator.metering import PROSE
from generator.shipped import Templates
from generator.templating import Call, calls_in, check_templates, names_in, page_environment, render_page, render_prose


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
        "{{ '%99999999d' % 1 }}",
        "{{ '%*d'|format(99999999, 1) }}",
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
    assert sorted(calls, key=lambda call: call.line) == [
        Call("fig", ("lime",), 1),
        Call("share", (None, "eyes"), 2, {"n": 1}),
    ]


@pytest.fixture
def folders(tmp_path) -> Templates:
    """A user's own templates before the project's."""
    own, project = tmp_path / "own", tmp_path / "project"
    own.mkdir()
    project.mkdir()
    (project / "page.html").write_text("{% include 'head.html' %}:\n{{ text }}\n")
    (project / "head.html").write_text("project")
    (project / "page.md").write_text("{{ text }}")
    return Templates((own, project))


def test_a_user_overrides_file_by_file(folders):
    """The first folder that has a template gives it; the others fill in what it lacks."""
    assert render_page(page_environment(folders), "page.html", {"text": "<x>"}) == "project:\n&lt;x&gt;\n"
    (folders.folders[0] / "head.html").write_text("own")
    assert render_page(page_environment(folders), "page.html", {"text": ""}).startswith("own:\n")


def test_only_html_is_escaped(folders):
    """Markdown and Typst have escapes of their own."""
    assert render_page(page_environment(folders), "page.md", {"text": "<x>"}) == "<x>"


def test_a_mistake_in_a_template_has_its_place(folders):
    """A user's own template may be wrong: file and line are named; a value that is missing is never blank."""
    (folders.folders[0] / "head.html").write_text("\n{% if %}")
    with pytest.raises(InputError, match=r"own/head\.html:2: "):
        render_page(page_environment(folders), "page.html", {"text": ""})
    with pytest.raises(InputError, match=r"no template 'foot\.html'"):
        render_page(page_environment(folders), "foot.html", {})
    (folders.folders[0] / "head.html").write_text("one\n{{ nothing }}")
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


@pytest.mark.parametrize(
    "source",
    [
        "{{ cycler.__init__.__globals__.os.popen('touch ran') }}",
        "{{ ''.__class__.__mro__ }}",
        "{{ lipsum.__globals__ }}",
        "{{ text.__class__ }}",
        "{{ self.__init__.__globals__ }}",
        "{{ path.write_text('x') }}",
        "{{ text.center(10**9) }}",
        "{% for a in range(10000) %}{% for b in range(10000) %}{{ text * 100 }}{% endfor %}{% endfor %}",
    ],
)
def test_a_template_of_a_spec_cannot_leave_its_box(folders, source, monkeypatch):
    """It is data like a text: what reaches further is refused at its line, in every template that ours include."""
    monkeypatch.setattr("generator.metering.PAGE", PROSE)
    (folders.folders[0] / "head.html").write_text(f"one\n{source}")
    with pytest.raises(InputError, match=r"own/head\.html:2: "):
        render_page(page_environment(folders), "page.html", {"text": "x", "path": Path("/")})


def test_a_trusted_template_is_as_free_as_ours(folders):
    """--trust-templates gives back what the sandbox takes."""
    (folders.folders[0] / "head.html").write_text("{{ text.__class__.__name__ }}")
    trusted = page_environment(replace(folders, trusted=True))
    assert render_page(trusted, "page.html", {"text": "x"}) == "str:\nx\n"


def test_what_is_compiled_for_one_is_not_run_by_the_other(folders):
    """The sandbox neither takes from the cache of compiled templates nor gives to it."""
    (folders.folders[0] / "head.html").write_text("{{ 'x' * 9999999 }}")
    assert len(render_page(page_environment(replace(folders, trusted=True)), "head.html", {})) == 9999999
    with pytest.raises(InputError, match=r"head\.html:1: a value of more than"):
        render_page(page_environment(folders), "head.html", {})


@pytest.mark.parametrize("damage", [b"", b"garbage", b"\x00" * 500])
def test_a_damaged_cache_of_templates_is_made_anew(folders, monkeypatch, tmp_path, damage):
    """Whatever lies in the temporary folder under the name of a compiled template."""
    monkeypatch.setattr(jinja2.FileSystemBytecodeCache, "_get_default_cache_dir", lambda self: str(tmp_path / "cache"))
    (tmp_path / "cache").mkdir()
    ours = replace(folders, trusted=True)
    for _ in range(2):
        assert render_page(page_environment(ours), "page.md", {"text": "x"}) == "x"
        for kept in (tmp_path / "cache").iterdir():
            kept.write_bytes(damage)
    (tmp_path / "cache").rename(tmp_path / "gone")
    assert render_page(page_environment(ours), "page.md", {"text": "y"}) == "y"


def test_a_link_in_templates_leads_nowhere_else(folders, tmp_path):
    """What lies outside of the report's folder is not read into its pages; what lies inside may be linked."""
    outside = tmp_path.parent / "secret.html"
    outside.write_text("secret")
    (folders.folders[0] / "head.html").symlink_to(outside)
    with pytest.raises(InputError, match=r"head\.html: a link that leads out of the report's folder"):
        render_page(page_environment(folders), "page.html", {"text": ""})
    (folders.folders[0] / "head.html").unlink()
    (tmp_path / "shared.html").write_text("shared")
    (folders.folders[0] / "head.html").symlink_to(tmp_path / "shared.html")
    assert render_page(page_environment(folders), "page.html", {"text": ""}).startswith("shared:")


def test_a_pipe_in_templates_is_refused(folders):
    """Nothing waits for who writes into it."""
    os.mkfifo(folders.folders[0] / "head.html")
    with pytest.raises(InputError, match=r"head\.html: a named pipe"):
        render_page(page_environment(folders), "page.html", {"text": ""})


def test_what_runs_elsewhere_has_to_be_trusted(folders):
    """A script in the reader's browser, a layout in Typst: no sandbox of ours holds them."""
    for name in ("script.js", "report.typ"):
        file = folders.folders[0] / name
        file.write_text("1")
        with pytest.raises(
            InputError, match=rf"{name}: is handed to another program as it is; --trust-templates lets it"
        ):
            check_templates(folders)
        check_templates(replace(folders, trusted=True))
        file.unlink()
    check_templates(folders)


def test_templates_are_read_before_anything_is_computed(folders):
    """Syntax, and filters that no template of the project has either."""
    (folders.folders[0] / "page.html").write_text("{{ text|prose }}\n{{ text|nothing }}")
    with pytest.raises(InputError, match=r"own/page\.html:2: No filter named 'nothing'"):
        check_templates(folders)


@pytest.mark.parametrize(
    "source",
    [
        "{{ '%(a)2000000000s' % {'a': 1} }}",
        "{{ '%(a)2000000000s'|format(a=1) }}",
        "{{ '%(a(b))2000000000s'|format(a=1) }}",
        "{{ '%.2000000000f' % 1 }}",
        "{{ [1]|slice(10**9)|list }}",
        "{{ [1]|batch(10**9, 1)|list }}",
        "{{ 1|round(10**9, 'ceil') }}",
        "{{ (1).to_bytes(10**9, 'big') }}",
        "{{ 'x'.encode().center(10**9) }}",
        "{% set x = 'a' %}" + "{% set x = x ~ x %}" * 40 + "{{ x }}",
        "{% set x = 'a' %}" + "{% set x = x + x %}" * 40 + "{{ x }}",
        "{% set x = [1] %}" + "{% set x = [x, x] %}" * 40 + "{{ x }}",
        "{% set x = 'a' %}" + "{% set x %}{{ x }}{{ x }}{% endset %}" * 40 + "{{ x }}",
        "{% set n = namespace(x=7) %}{% for i in range(60) %}{% set n.x = n.x * n.x %}{% endfor %}{{ n.x > 1 }}",
        "{% macro m(x) %}{{ x }}{{ x }}{% endmacro %}{{ " + "m(" * 20 + "'aa'" + ")" * 20 + " }}",
        "{% for a in range(9999) %}" * 3 + "{% endfor %}" * 3,
        "{% for a in range(9999) %}{% for b in range(9999) if false %}{% endfor %}{% endfor %}",
        "{% macro m() %}{{ m() }}{{ m() }}{% endmacro %}{{ m() }}",
        "{{ ('x' * 9999).replace('', 'y' * 9999) }}",
        "{{ ('x' * 9999)|replace('', 'y' * 9999) }}",
        "{{ ('y' * 9999).join(range(9999)|map('string')) }}",
        "{{ range(9999)|join('y' * 9999) }}",
        "{{ ['y' * 9999] * 9999 }}",
        "{{ dict.fromkeys(range(9999), 'y' * 9999) }}",
        "{% for a in range(9999) %}" + "x" * 9999 + "{% endfor %}",
        "{{ range(9999)|map('string')|sum(start='') }}{{ 'a'|wordwrap(1, true, 'x' * 99999 * 99) }}",
    ],
)
def test_nothing_in_a_text_is_without_bound(source):
    """Widths, doubled texts, lists within lists, loops within loops: an error at the line, at once."""
    begin = perf_counter()
    with pytest.raises(ProseError) as caught:
        render_prose(f"fine\n{source}", {})
    assert caught.value.line == 2
    assert perf_counter() - begin < 3


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("{{ nothing|default('-') }}", "-"),
        ("{{ [3, 1, 2]|sort|join(', ') }}", "1, 2, 3"),
        ("{{ range(5)|select('odd')|map('string')|list }}", "['1', '3']"),
        ("{{ 'a b'|replace(' ', '-')|upper }}", "A-B"),
        ("{{ 2.345|round(1) }}", "2.3"),
        ("{{ '%5.1f|%-3s|%d%%'|format(2, 'a', 3) }}", "  2.0|a  |3%"),
        ("{{ '%(a)s'|format(a=1) }}", "1"),
        ("{% filter replace('x', 'y') %}" + "x" * 5000 + "{% endfilter %}", "y" * 5000),
        ("{% for n in range(9) if n is even %}{{ n }}{% if not loop.last %}, {% endif %}{% endfor %}", "0, 2, 4, 6, 8"),
        ("{% set rows = [('a', 1), ('b', 2)] %}{% for k, v in rows %}{{ k ~ v }}{% endfor %}", "a1b2"),
        ("{% macro cell(x) %}<{{ x }}>{% endmacro %}{{ cell(1) }}{{ cell('b') }}", "<1><b>"),
        ("{% set n = namespace(x=0) %}{% for i in range(5) %}{% set n.x = n.x + i %}{% endfor %}{{ n.x }}", "10"),
        ("{{ {'a': 1}.items()|list }}{{ 'a,b'.split(',')|last }}", "[('a', 1)]b"),
        ("{{ [[1, 2], [3]]|sum(start=[]) }}", "[1, 2, 3]"),
        ("{% for g in [{'k': 1}, {'k': 2}]|groupby('k') %}{{ g.grouper }}{% endfor %}", "12"),
    ],
)
def test_honest_texts_do_not_notice(source, text):
    """What is counted and measured comes out as it always did."""
    assert render_prose(source, {}) == text


@pytest.mark.parametrize(
    "source",
    [
        "{{ " + "(" * 500 + "1" + ")" * 500 + " }}",
        "{% if 1 %}" * 300 + "{% endif %}" * 300,
        "{% for a in [1] %}" * 30 + "{% endfor %}" * 30,
        "{{ " + "[" * 3000 + "]" * 3000 + " }}",
        "{{ " + "-" * 5000 + "1 }}",
        "{{ f(a=1, a=2) }}",
        "{% macro m(a, a) %}{% endmacro %}",
        "{{ x }}" * 40_000,
    ],
)
def test_what_cannot_be_compiled_is_a_mistake_of_the_text(source):
    """Too deep for Jinja or for Python, or no Python at all: words, no traceback."""
    with pytest.raises(ProseError) as caught:
        names_in(source)
    assert 3 < len(str(caught.value)) < 200


@pytest.mark.parametrize("tag", ["include 'x'", "import 'x' as x", "from 'x' import y", "extends 'x'"])
def test_a_text_cannot_call_other_templates(tag):
    """It has none; that is said without rendering it."""
    with pytest.raises(ProseError, match="a text cannot include, import or extend another"):
        names_in("{% " + tag + " %}")


def test_numbers_of_expressions_are_written_as_the_language_does():
    """Whatever computed them; what the writer wrote stays."""
    said = render_prose("3,589 {{ a }} {{ b }} {{ c }}", {"a": 0.5, "b": "1,000", "c": 7}, "de")
    assert said == "3,589 0,5 1.000 7"
