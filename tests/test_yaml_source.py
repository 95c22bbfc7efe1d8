"""YAML is read as plain data: no surprises of its older grammar, no code, no explosions, and always with its place."""

from pathlib import Path

import pytest

from generator.errors import InputError, SpecError
from generator.spec.report import load
from generator.text import Text
from generator.yaml_source import ESCAPES, TOO_DEEP
from tests.fixtures.spec_fixture import FIGURE, HEAD, loaded, said_about


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "report.yaml:1:1: is not a report: it has to be a mapping such as `title: …`"),
        ("- 1", "report.yaml:1:1: is not a report: it has to be a mapping such as `title: …`"),
        ("a: &x [*x]", "report.yaml:1:4: a[0]: an alias repeats this without end"),
        ("a: !!python/name:os.system x", "is not allowed: a spec is data, never code"),
        ("title: \x07", "report.yaml:1:1: not valid YAML: the character #x0007 is not allowed"),
        ("a: " + "[" * 700 + "]" * 700, f"[0][0]: {TOO_DEEP}"),
        ("a: " + "[" * 20_000, f"report.yaml:1:43: {TOO_DEEP}"),
        ("".join(" " * n + "a:\n" for n in range(3000)), f"report.yaml:41:41: {TOO_DEEP}"),
        ("a:\n " + "- " * 9000 + "x", f"report.yaml:2:80: {TOO_DEEP}"),
        ("? " * 9000 + "x", f"report.yaml:1:81: {TOO_DEEP}"),
        ('a: "\\ud800"', "report.yaml:1:4: a: U+D800 is half a character; write the whole one"),
        ('\na: "\\UFFFFFFFF"', f"report.yaml:2:1: not valid YAML: {ESCAPES}"),
        (
            "x" * 900 + ": 1",
            "report.yaml:1:1: a key of more than 200 characters, or with half a character, is none of a report",
        ),
        ("? [a, b]\n: c", "report.yaml:1:3: a key has to be a word"),
    ],
)
def test_what_is_no_report(tmp_path, text, message):
    """A file that is no mapping of plain data is refused in one line."""
    said = said_about(tmp_path, text)
    assert len(said) == 1
    assert said[0].endswith(message)


def test_a_file_that_cannot_be_read(tmp_path):
    """A missing file, a folder and a file in another encoding are named as they are."""
    with pytest.raises(InputError, match=r"nothing\.yaml: no such file$"):
        load(tmp_path / "nothing.yaml")
    with pytest.raises(InputError, match="a folder, where a file is needed"):
        load(tmp_path)
    with pytest.raises(InputError, match="a device, where a file is needed"):
        load(Path("/dev/zero"))
    (tmp_path / "large.yaml").write_bytes(b"#" * 5_000_001)
    with pytest.raises(InputError, match="more than 5 MB"):
        load(tmp_path / "large.yaml")
    (tmp_path / "latin.yaml").write_bytes(b"title: x\nauthor: {name: Andr\xe9}\n")
    with pytest.raises(SpecError, match=r"latin\.yaml:2:1: is not UTF-8"):
        load(tmp_path / "latin.yaml")


def test_aliases_cannot_explode(tmp_path):
    """A spec whose aliases multiply into millions of values is refused instead of expanded."""
    rows = ["a0: &a0 [1, 1, 1, 1, 1, 1, 1, 1, 1]"]
    rows += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 9)]
    assert "an alias repeats this without end" in said_about(tmp_path, "\n".join(rows))[0]


def test_merges_cannot_explode(tmp_path):
    """Nor one whose merges of merges bring in the same thing again and again."""
    rows = ["a0: &a0 {x: 1}", *(f"a{n}: &a{n} {{<<: [*a{n - 1}, *a{n - 1}]}}" for n in range(1, 40))]
    assert "an alias repeats this without end" in said_about(tmp_path, "\n".join(rows))[0]


def test_what_no_computer_counts_with_stays_text(tmp_path):
    """A long whole number is not rounded to another, and none is infinite."""
    long = "9" * 400
    author = f"author: {{student_id: 12345678901234567890, department: {long}, name: 1e999}}\n"
    author = loaded(tmp_path, author + HEAD + "  - {id: q}\n").author
    assert author.student_id == Text.of("12345678901234567890")
    assert (author.department, author.name) == (Text.of(long), Text.of("1e999"))
    assert (
        "has to be a whole number" in said_about(tmp_path, "seed: 123456789012345678901\n" + HEAD + "  - {id: q}\n")[0]
    )


def test_texts_stay_as_they_are_written(tmp_path):
    """What YAML 1.1 takes for numbers, dates or booleans stays text; languages get their usual spelling."""
    author = "author: {student_id: 00123, department: no, name: {ZH-hant: 12:30, en: 2019-05-01}}\n"
    report = loaded(tmp_path, author + HEAD + "  - {id: q}\n")
    assert report.author.student_id == Text.of("00123")
    assert report.author.department == Text.of("no")
    assert report.author.name == Text({"zh-Hant": "12:30", "en": "2019-05-01"})


def test_anchors_may_be_merged(tmp_path):
    """`<<` brings in what an anchor holds; the mapping's own keys go before, and places stay right."""
    spec = (
        HEAD
        + FIGURE
        + "&cam {method: gradcam, images: {select: random}}\n      - {<<: *cam, id: second, target: happy}\n"
    )
    second = loaded(tmp_path, spec).figures["second"]
    assert (second.images.select, second.target) == ("random", "happy")
    assert said_about(tmp_path, spec.replace("random", "rnd"))[0].startswith("report.yaml:10:49: ")


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("title：t\nmodel: {path: model.keras}", ["1:6"]),
        ("title: t\nmodel：\n  path: model.keras", ["2:6"]),
        ("title：t\nmodel：\n  path：model.keras\n", ["1:6", "2:6", "3:7"]),
        ("title: t\nmodel: {path：model.keras}", ["2:9"]),
        ("title: t\nquestions:\n  - id: q\n    answer：'x'\n    figures: []", ["4:11"]),
    ],
)
def test_a_full_width_colon_after_a_key_is_called_that(tmp_path, text, places):
    """In whatever place it stands, and every line of a file in which it is the only mistake."""
    said = [line for line in said_about(tmp_path, text) if "full-width colon" in line]
    assert [":".join(line.split(":")[1:3]) for line in said] == places
    assert all(line.endswith("'：' is a full-width colon; a key ends with ':' and a space") for line in said)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("title: t\nmodel:\n\tpath: x", ":3:1: the line is indented with a tab; YAML takes spaces"),
        ("title: t\nmodel:\n　path: x", ":3:1: the space U+3000 beside this key is none to YAML; type it anew"),
        (
            "title: t\nmodel:\n\u00a0\u00a0path: x",
            ":3:1: the space U+00A0 beside this key is none to YAML; type it anew",
        ),
        ("title:t\nmodel: {path: x}", ":1:6: after the ':' of a key there has to be a space"),
        ("title: Homework: four\nmodel: {path: x}", ":1:16: a text with a colon and a space in it stands in quotes"),
        ("title: t\nclasses: [{id: a，name: x}]", ":2:17: '，' is a full-width comma; what stands in brackets"),
        (
            "title: t\nclasses: [a，b]",
            "'a，b' has to consist of letters, digits, - and _; ， is not , to YAML",
        ),
        ("title: t\nclasses: ［a, b］", ":2:10: classes: has to be a list, not '［a, b］'; ［ is not [ to YAML"),
        (
            "title: t\nmodel: {path: “m.keras”}",
            "no such file or folder: '“m.keras”'; ” is not \" to YAML",
        ),
    ],
)
def test_what_only_looks_like_yaml(tmp_path, text, message):
    """Said as one would say it to somebody who has never heard of a token."""
    assert any(message in line for line in said_about(tmp_path, text))


@pytest.mark.parametrize(
    "path", [r"C:\Users\me\m.keras", r"C:\data\m.keras", r"D:\new\train\best.keras", r"C:\Pictures\Lena.keras"]
)
def test_a_windows_path_in_double_quotes(tmp_path, path):
    """Whether YAML refuses the escape or reads another name, the path and the cure are told."""
    said = said_about(tmp_path, f'title: t\nmodel: {{path: "{path}"}}\nclasses: [a, b]\n')
    assert len(said) == 1
    assert said[0].startswith("report.yaml:2:")
    assert said[0].endswith(ESCAPES)
    assert ("YAML: " in said[0]) != (path in said[0])


def test_a_path_of_windows_elsewhere(tmp_path):
    """Where a file is there under the same name with /, that is what is meant."""
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "m.keras").touch()
    said = said_about(tmp_path, "title: t\nmodel: {path: 'models\\m.keras'}\nclasses: [a, b]\n")
    assert [line.split(": ", 1)[1] for line in said] == [
        "model.path: no such file or folder: 'models\\m.keras'; did you mean 'models/m.keras'?"
    ]


@pytest.mark.parametrize(
    ("written", "wrong"),
    [
        (r'"the sum $\alpha + \beta$"', True),
        (r'"$\\alpha$ is doubled"', False),
        (r"'$\alpha$'", False),
        (r'"two lines\nof prose, $5"', False),
        (r'"costs $5\nand $6, or $7"', False),
    ],
)
def test_a_formula_in_double_quotes(tmp_path, written, wrong):
    """YAML would read a bell and a backspace in it, in silence."""
    said = said_about(tmp_path, HEAD + f"  - {{id: q, answer: {written}}}\n")
    assert [line.split(": ", 1)[1] for line in said] == [f"questions[0].answer: {ESCAPES}"] * wrong


@pytest.mark.parametrize(
    "answer",
    [
        "{{ accuracy() }} of all",
        "{{ accuracy() }}",
        "@me",
        "`code` is",
        "*bold* text",
        "[see] this",
        '"a" and b',
        "- a",
    ],
)
def test_a_text_that_begins_like_yaml_has_its_cure(tmp_path, answer):
    """At its own line, in words instead of the parser's."""
    said = said_about(tmp_path, HEAD + f"  - id: q\n    answer:\n      en: {answer}\n")
    assert len(said) == 1
    assert said[0].startswith("report.yaml:10:")
    assert said[0].endswith("stands in quotes, or on the lines below a |")
