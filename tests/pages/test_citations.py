"""Citations and the list of works."""

import pytest

from generator.errors import InputError
from generator.pages.citations import citations, cited, keys_in, library

BIB = """@inproceedings{adebayo2018, author={Adebayo, Julius and Gilmer, Justin and Muelly, Michael},
  title={Sanity Checks for Saliency Maps}, booktitle={NeurIPS}, year={2018}}
@article{selvaraju2020, author={Selvaraju, Ramprasaath R. and Cogswell, Michael}, title={Grad-{CAM}},
  journal={IJCV}, year={2020}}"""


@pytest.fixture(scope="module")
def bib(tmp_path_factory):
    file = tmp_path_factory.mktemp("works") / "refs.bib"
    file.write_text(BIB, encoding="utf-8")
    return file


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("see [@a, p. 3; -@b] and @c.", ["[@a, p. 3; -@b]", "@c"]),
        ("見[@王2020]與[@a; @李2021, 3 頁]，@王2020", ["[@王2020]", "[@a; @李2021, 3 頁]"]),
        ("如@a與[見@b說]，@c說", ["@a", "[見@b說]", "@c"]),
        ("@a [p. 3] @{doi:10/x}", ["@a [p. 3]", "@{doi:10/x}"]),
        ("me@example.org, https://example.org/@a, `@b`, \\@c, [\\@d]", []),
        ("```\n@a\n```", []),
        ("[^a] [b](c) ![d](e.png)", []),
    ],
)
def test_what_is_a_citation(text, said):
    assert list(citations(text)) == said


def test_keys_are_those_of_the_works():
    assert list(keys_in("[@王2020; @李; -@a] [@a說]")) == ["王2020", "李", "a", "a"]
    assert list(keys_in("[see @a.b, p. 3; @{c d}] 與@e2018說")) == ["a.b", "c d", "e2018"]


@pytest.mark.parametrize(
    ("style", "read", "listed"),
    [
        (
            "chicago",
            "([Adebayo et al. 2018](#s-references))",
            "Adebayo, Julius, Justin Gilmer, and",
        ),
        ("apa", "([Adebayo et al., 2018](#s-references))", "Adebayo, J., Gilmer, J., & Muelly, M. (2018)."),
        ("ieee", r"[\\[1\\]](#s-references)".replace("\\\\", "\\"), "J. Adebayo, J. Gilmer, and M. Muelly,"),
        ("nature", "[¹](#s-references)", "1. Adebayo"),
        ("mla", "([Adebayo et al.](#s-references))", "Adebayo, Julius, et al."),
    ],
)
def test_the_style_is_the_one_that_is_asked_for(bib, style, read, listed):
    """What is cited in one language stands in the list of each."""
    found = cited(library(bib, style), {"en": ["a [@adebayo2018]"], "zh-Hant": ["@selvaraju2020"]})
    assert found.within("x [@adebayo2018] `[@adebayo2018]`", "en") == f"x {read} `[@adebayo2018]`"
    assert listed in found.lists["en"]
    assert "Selvaraju" in found.lists["en"]
    assert "Adebayo" in found.lists["zh-Hant"]


def test_words_follow_the_language(bib):
    found = cited(library(bib, "chicago"), {"zh-Hant": ["[@selvaraju2020]"], "en": []})
    assert found.within("[@selvaraju2020]", "zh-Hant") == "([Selvaraju 及 Cogswell 2020年](#s-references))"


def test_texts_that_cite_nothing_have_no_list(bib):
    assert cited(library(bib, "apa"), {"en": ["mail me@example.org"]}).lists == {}


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("a.txt", "x", "works stand in a file that ends in .bib"),
        ("a.bib", "@book{a", "a.bib: Error at"),
        ("a.bib", "", "there is no work in it"),
        ("a.json", "[1]", "a.json: "),
        ("a.json", "{", "a.json: "),
    ],
)
def test_a_file_that_is_none_is_said(tmp_path, name, text, message):
    (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=message):
        library(tmp_path / name, "apa")


@pytest.mark.parametrize(
    ("sheet", "message"),
    [
        ('<style class="note"></style>', "a style of notes"),
        (
            '<style><link href="http://x/apa" rel="independent-parent"/></style>',
            "stands for another style; take .* http://x/apa",
        ),
    ],
)
def test_a_style_that_cannot_be_used_is_said(bib, tmp_path, sheet, message):
    (tmp_path / "own.csl").write_text(sheet, encoding="utf-8")
    with pytest.raises(InputError, match=message):
        library(bib, str(tmp_path / "own.csl"))
