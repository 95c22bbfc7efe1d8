"""Who tells the report in each of its languages."""

import pytest

from generator.build.narrator import Narrator
from generator.errors import SpecError
from generator.evidence.dependence import Survival
from generator.evidence.estimates import Estimate, Verdict
from generator.evidence.result import FigureEvidence, ReportEvidence
from generator.prose.lookup import ReportFacts
from generator.text import Passage, Prose
from generator.words import interface
from tests.fixtures.report_fixture import LANGUAGES
from tests.fixtures.spec_fixture import HEAD, loaded

QUESTION = """\
  - id: q
    figures: [{method: saliency}]
    answer:
      en: |
        The model has {{ parameters() }} weights.

        %s
      zh-Hant: 模型有 {{ parameters() }} 個權重。
"""


REASONS = {
    "looks": Verdict("silent", "too_few", 3),
    "faithful": Verdict("silent", "too_few", 3),
    "class": Verdict("amber", "partly", 20),
}
KNOWN = FigureEvidence(class_swap=Survival(Estimate(0.5, 0.4, 0.6, 20)), verdict=REASONS)


@pytest.fixture
def told(tmp_path):
    """The narrator of a small report whose English answer ends in these words."""

    def narrator(words="See {{ fig('saliency') }}."):
        report = loaded(tmp_path, HEAD + QUESTION % words)
        classes = {c.id: c.name for c in report.classes}
        facts = ReportFacts(classes, {}, None, 0, False, 1234, "model.keras", (48, 48, 1), report.languages)
        return Narrator(report, facts, {}, ReportEvidence({"saliency": KNOWN}), interface(LANGUAGES))

    return narrator


def test_each_language_is_rendered_by_its_own_functions(told):
    """Numbers as it writes them, references with its words."""
    narrator = told()
    assert narrator.reader.prose(narrator.report.questions[0].answer) == Prose(
        {
            "zh-Hant": Passage("模型有 1,234 個權重。", "zh-Hant"),
            "en": Passage("The model has 1,234 weights.\n\nSee [Figure\u00a01](#fig-saliency).", "en"),
        }
    )


def test_what_cannot_be_rendered_is_told_at_its_line(told):
    """The author reads where in his own text it stands."""
    narrator = told("{{ 1 / 0 }}")
    with pytest.raises(SpecError, match=r"report\.yaml:\d+:\d+: .*division by zero"):
        narrator.reader.prose(narrator.report.questions[0].answer)


def test_a_light_says_the_same_in_every_language(told):
    """Its word, what was checked, what came out, and the number behind it; those of one reason share a line."""
    silent, changes = told().lights("saliency")
    assert (silent.light, silent.light_word["en"], silent.light_word["zh-Hant"]) == ("silent", "unknown", "未知")
    assert (silent.name["en"], silent.name["zh-Hant"]) == (
        "Where it looks and Faithful to the model",
        "看哪裡和是否忠於模型",
    )
    assert (changes.light, changes.sentence["en"]) == (
        "amber",
        "Part of the map stays for another class: between one third and two thirds.",
    )
    assert changes.numbers["en"].startswith("50% ")
    assert "50%" in changes.numbers["zh-Hant"] != changes.numbers["en"]
