"""YAML is read as plain data: no surprises of its older grammar, no code, no explosions, and always with its place."""

import pytest

from generator.errors import InputError, SpecError
from generator.spec.report import load
from generator.text import Text
from tests.fixtures.spec_fixture import FIGURE, HEAD, loaded, said_about


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "report.yaml:1:1: is not a report: it has to be a mapping such as `title: …`"),
        ("- 1", "report.yaml:1:1: is not a report: it has to be a mapping such as `title: …`"),
        ("a: &x [*x]", "report.yaml:1:4: a[0]: an alias repeats this without end"),
        ("a: !!python/name:os.system x", "is not allowed: a spec is data, never code"),
        ("title: \x07", "report.yaml:1:1: not valid YAML: the character #x0007 is not allowed"),
        ("[" * 700, "report.yaml:1:1: not valid YAML: nested too deeply"),
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
    with pytest.raises(InputError, match="cannot be read"):
        load(tmp_path)
    (tmp_path / "latin.yaml").write_bytes(b"title: x\nauthor: {name: Andr\xe9}\n")
    with pytest.raises(SpecError, match=r"latin\.yaml:2:1: is not UTF-8"):
        load(tmp_path / "latin.yaml")


def test_aliases_cannot_explode(tmp_path):
    """A spec whose aliases multiply into millions of values is refused instead of expanded."""
    rows = ["a0: &a0 [1, 1, 1, 1, 1, 1, 1, 1, 1]"]
    rows += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 9)]
    assert "an alias repeats this without end" in said_about(tmp_path, "\n".join(rows))[0]


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
