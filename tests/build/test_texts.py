"""What the texts of a spec bring with them: characters, formulas and pictures."""

import os

import pytest
from PIL import Image

from generator.build.checks import check
from generator.build.texts import check_texts, files_shown, pictures_in, unset_parts
from generator.build_options import BuildOptions
from generator.errors import DataError, SpecError
from tests.fixtures.spec_fixture import HEAD, loaded

QUESTION = """\
  - id: q
    title: {en: Smile 😀, zh-Hant: 微笑}
    answer:
      en: |
        one
        two ☃\ue123
      zh-Hant: 一
"""


def test_each_is_named_at_its_line(tmp_path):
    """The character and its number, for every line that has one; signs that a font has pass."""
    report = loaded(tmp_path, HEAD + QUESTION)
    with pytest.raises(SpecError) as error:
        check_texts(report, BuildOptions())
    first, second = error.value.problems
    start = HEAD.count("\n")
    assert (first.line, first.path) == (start + 2, "questions[0].title.en")
    assert "'😀' (U+1F600)" in first.message
    assert (second.line, second.path) == (start + 6, "questions[0].answer.en")
    assert "U+E123" in second.message
    assert "☃" not in second.message


def test_names_of_models_and_things_are_read_too(tmp_path):
    """Nothing that the PDF prints escapes."""
    head = HEAD.replace("keras}", "keras, name: Small 😀}").replace("model:", "things: faces 😀\nmodel:")
    report = loaded(tmp_path, head.replace("eyes}", "eyes 😀}") + "  - {id: q}\n")
    with pytest.raises(SpecError) as error:
        check_texts(report, BuildOptions())
    assert [(p.line, p.path) for p in error.value.problems] == [
        (3, "things"),
        (4, "model.name"),
        (7, "regions.eyes.name.en"),
    ]


def test_a_spec_in_both_languages_passes(tmp_path):
    """Chinese and Latin punctuation, accents, arrows and mathematical signs are printed."""
    words = "生氣、「驚訝」——……（！？）é ü ß → ✗ ✔ ∑ ≤ × “quoted” – —"
    check_texts(loaded(tmp_path, HEAD + f"  - {{id: q, title: '{words}'}}\n"), BuildOptions())


def test_only_the_pdf_asks_for_glyphs(tmp_path):
    """A page may show any emoji: without the PDF nothing is refused."""
    report = loaded(tmp_path, HEAD + QUESTION)
    assert check(report, BuildOptions(formats=("html", "md")), with_model=False) == "ok"
    with pytest.raises(SpecError):
        check(report, BuildOptions(), with_model=False)


def spec(answer: str) -> str:
    """A question with this answer in English, each line of it after the seventeenth of the spec."""
    lines = "\n".join(f"        {line}" for line in answer.split("\n"))
    return f"{HEAD}  - id: q\n    answer:\n      en: |\n{lines}\n      zh-Hant: 一\n"


START = HEAD.count("\n") + 3  # lines before those of the answer


def problems(report) -> list[str]:
    """What is wrong with its texts, with the line within the answer."""
    try:
        check_texts(report, BuildOptions())
    except SpecError as error:
        return [f"{one.line - START} {one.message}" for one in error.problems]
    return []


@pytest.fixture
def pictures(tmp_path):
    """A folder of a spec with pictures of every kind, and what only looks like one."""
    (tmp_path / "img").mkdir()
    picture = Image.new("RGB", (4, 3), (9, 99, 200))
    forms = {"a.png": "PNG", "b.jpg": "JPEG", "c d.webp": "WEBP", "e.gif": "GIF", "web.jpg": "WEBP"}
    for name, form in forms.items():
        picture.save(tmp_path / "img" / name, form)
    picture.save(tmp_path / "f.bmp")
    picture.save(tmp_path / "bmp.png", "BMP")
    (tmp_path / "page.png").write_text("<html><script>alert(1)</script>")
    (tmp_path / "cut.png").write_bytes((tmp_path / "img" / "a.png").read_bytes()[:-30])
    (tmp_path / "empty.png").touch()
    (tmp_path / "gif.html").write_bytes((tmp_path / "img" / "e.gif").read_bytes())
    os.mkfifo(tmp_path / "pipe.png")
    (tmp_path / "within.png").symlink_to("img/a.png")
    (tmp_path / "out.png").symlink_to("/etc/hostname")
    (tmp_path / "round.png").symlink_to("round.png")
    return tmp_path


def test_pictures_beside_the_spec_are_read_as_they_are(pictures):
    """By their path in the site, whatever their file is called; each once."""
    names = ("img/a.png", "img/b.jpg", "img/c%20d.webp", "img/e.gif", "img/web.jpg", "./img/a.png", "within.png")
    report = loaded(pictures, spec("\n\n".join(f"![x]({name})" for name in names)))
    assert problems(report) == []
    assert pictures / "img" / "c d.webp" in files_shown(report)
    shown = pictures_in(report, [report.questions[0].answer.by_language["en"]])
    found = ("img/a.png", "img/b.jpg", "img/c d.webp", "img/e.gif", "img/web.jpg", "within.png")
    assert list(shown) == [f"pictures/{name}" for name in found]
    assert all(content == (pictures / name.removeprefix("pictures/")).read_bytes() for name, content in shown.items())


@pytest.mark.parametrize(
    ("address", "message"),
    [
        (
            "https://evil.example/x.png",
            "'https://evil.example/x.png' is not in the spec's folder, and a page asks nobody",
        ),
        ("/\\evil.example/x.png", "is not in the spec's folder"),
        ("data:image/png;base64,AAAA", "is not in the spec's folder"),
        ("../x.png", "is not in the spec's folder"),
        ("/etc/hostname", "is not in the spec's folder"),
        ("out.png", "'out.png' is a link that leads out of the spec's folder; put the file there"),
        ("none.png", "none.png: no such file"),
        ("img/none/x.png", "img/none/x.png: no such file"),
        ("round.png", "round.png: cannot be read"),
        ("pipe.png", "pipe.png: a named pipe, where a file is needed"),
        ("page.png", "page.png: not a picture that can be read: a web page"),
        ("cut.png", "cut.png: not a picture that can be read"),
        ("empty.png", "empty.png: not a picture that can be read: empty"),
        ("f.bmp", "f.bmp: a text shows PNG, JPEG, WebP and GIF, in files whose names end so; save it as PNG"),
        ("gif.html", "gif.html: a text shows PNG, JPEG, WebP and GIF, in files whose names end so"),
        ("bmp.png", "bmp.png: holds BMP; a text shows JPEG"),
    ],
)
def test_what_is_no_picture_beside_the_spec_is_said_at_its_line(pictures, address, message):
    """By check already, with the file and the cure; nothing else is read."""
    (said,) = problems(loaded(pictures, spec(f"Words.\n\n![x]({address})\n")))
    assert said.startswith("3 ")
    assert message in said


def test_a_picture_whose_name_an_expression_gives_is_looked_at_when_it_is_known(pictures):
    """Not before."""
    report = loaded(pictures, spec("![x](img/{{ accuracy() }}.png) {% if true %}![y](none.png){% endif %}"))
    assert [said.split(":")[-1] for said in problems(report)] == [" no such file"]
    with pytest.raises(DataError, match="no such file"):
        pictures_in(report, ["![x](img/none.png)"])


def test_a_formula_that_is_none_is_doubtful(tmp_path):
    """At its line; one that an expression makes is read when it is known."""
    report = loaded(tmp_path, spec("$x^2$\n\n$\\frac{$ and $\\hat$, $\\frac {{ accuracy() }} {$\n\n`$\\frac{$`"))
    doubts = [f"{one.line - START} {one.message}" for one in unset_parts(report)]
    assert [one.split(" (")[0] for one in doubts] == [r"3 not a formula: $\frac{$", r"3 not a formula: $\hat$"]
    assert all(one.endswith("; it is shown as it is written") for one in doubts)
    assert problems(report) == []


@pytest.mark.parametrize("text", ["- " * 500 + "a", "[" * 20_000])
def test_a_text_that_cannot_be_read_is_said(tmp_path, text):
    """In words, at its line."""
    (said,) = problems(loaded(tmp_path, spec(text)))
    assert "too deep" in said or "without an end" in said


def test_a_footnote_without_its_other_half_is_doubtful(tmp_path):
    """What looks like one in code or in a formula is none."""
    text = "a[^1] b[^2] `[^a-z]` $x[^3]$ {% if true %}c[^4]{% endif %}\n\n[^1]: one\n[^4]: four\n[^5]: five"
    doubts = [f"{one.line - START} {one.message}" for one in unset_parts(loaded(tmp_path, spec(text)))]
    assert doubts == [
        "1 the footnote [^2]: nothing says what it is; it stands as written",
        "5 the footnote [^5]: nothing refers to it, and it is left out",
    ]
