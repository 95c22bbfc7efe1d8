"""What is not translated is told once, however much it is; and what was meant by a tag that is none."""

import pytest

from generator.spec.words_file import write_words
from tests.fixtures.spec_fixture import HEAD, figure, loaded, said_about


def warned(folder, spec) -> list[str]:
    return [str(one).replace(f"{folder}/", "") for one in loaded(folder, spec).warnings]


def test_many_texts_without_a_language_are_told_in_one_sentence(tmp_path):
    """With the lines of all; three or fewer one by one."""
    few = "".join(f"  - id: q{n}\n    title: {{en: One}}\n" for n in range(3))
    spec = HEAD + few
    assert [line.split(": ", 1)[1] for line in warned(tmp_path, spec)] == [
        f"questions[{n}].title: no text in 'zh-Hant'; 'en' stands in" for n in range(3)
    ]
    spec += few.replace("q", "p")
    assert warned(tmp_path, spec) == [
        "report.yaml:9:12: questions[0].title: no text in 'zh-Hant' here and 5 times more, "
        "on lines 11, 13, 15, 17, 19; 'en' stands in"
    ]


def test_words_without_a_translation_are_told_in_one_sentence(tmp_path):
    """With the command that writes them all; a file whose keys are empty is no better than none."""
    write_words("de", tmp_path)
    spec = figure("method: saliency").replace("[zh-Hant, en]", "[en, de]")
    (line,) = (line for line in warned(tmp_path, spec) if ": languages: " in line)
    assert line.startswith("report.yaml:2:12: languages: templates/words/de.yaml lacks ")
    assert line.endswith("'language.name'; English stands in; `python -m generator words de` writes them all")


def test_keys_that_are_no_words_are_told_in_one_sentence(tmp_path):
    """At the first, with what it may mean; a curve or a method of one's own may have words of any name."""
    words = tmp_path / "templates" / "words"
    words.mkdir(parents=True)
    wrong = "".join(f"x{number}: y\n" for number in range(9))
    (words / "en.yaml").write_text(
        f"chart: {{my_metric: Mine}}\npage:\n  contnts: List\n{wrong}figure: {{label.one: x}}\n"
    )
    (line,) = warned(tmp_path, HEAD + "  - id: q\n")
    assert line == (
        "templates/words/en.yaml:3:3: page.contnts: 'page.contnts' is no word of the interface; did you mean "
        "'page.contents'?; nor are 9 more: x0, x1, x2, …"
    )


def test_a_tag_of_taiwan_is_taken_as_its_script(tmp_path):
    """Said once; texts in it, too, are those of zh-Hant, and two for one language are refused."""
    spec = HEAD.replace("[zh-Hant, en]", "[zh-TW, en]") + "  - id: q\n    title: {en: One, zh-TW: 一}\n"
    assert warned(tmp_path, spec) == [
        "report.yaml:2:13: languages[0]: 'zh-TW' is taken as 'zh-Hant', as its script is called; write that"
    ]
    assert loaded(tmp_path, spec).languages == ("zh-Hant", "en")
    assert loaded(tmp_path, spec.replace("[zh-TW, en]", "[zh-TW, en, zh-Hant]")).languages == ("zh-Hant", "en")
    both = HEAD + "  - id: q\n    title: {zh-Hant: One, zh-TW: 一}\n"
    assert said_about(tmp_path, both) == [
        "report.yaml:9:12: questions[0].title: there are two texts in 'zh-Hant'; 'zh-TW' is one of its names"
    ]


@pytest.mark.parametrize(
    ("tag", "message"),
    [
        ("zh", "2:12: languages: no words for the language 'zh'; did you mean 'zh-Hant'?"),
        ("tw", "2:12: languages: no words for the language 'tw'; did you mean 'zh-Hant'?"),
        ("jp", "2:12: languages: no words for the language 'jp'; did you mean 'ja'?"),
        (
            "zh_TW",
            "2:13: languages[0]: 'zh_TW' is not a language tag (BCP 47) such as zh-Hant or en; did you mean 'zh-Hant'?",
        ),
    ],
)
def test_what_a_tag_was_meant_as_is_said(tag, message, tmp_path):
    """A country, a locale of programs, Chinese without its script."""
    assert said_about(tmp_path, HEAD.replace("[zh-Hant, en]", f"[{tag}]") + "  - id: q\n") == [f"report.yaml:{message}"]


def test_a_region_reads_what_its_language_says(tmp_path):
    """No warning for texts in `en` of a report in en-GB, and of Hong Kong in the Traditional script."""
    spec = HEAD.replace("[zh-Hant, en]", "[en-GB, zh-HK]") + "  - id: q\n    title: {en: Colour, zh-Hant: 顏色}\n"
    report = loaded(tmp_path, spec)
    title = report.questions[0].title
    assert (report.warnings, title["en-GB"], title["zh-HK"]) == ((), "Colour", "顏色")
