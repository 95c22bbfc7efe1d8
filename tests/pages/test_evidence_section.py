"""The evidence over all figures, on the page."""

import re
from dataclasses import replace
from io import BytesIO

import pytest
from pypdf import PdfReader

from generator.build.publish import parts_of
from generator.evidence.classes import Leakage
from generator.evidence.faithfulness import Faithfulness
from generator.evidence.result import DataEvidence, ReportEvidence
from generator.pages.assembly import assemble
from generator.pages.blocks import Image, Sheet, Table
from generator.pages.evidence_section import section
from generator.pages.html_page import html, side_by_side
from generator.pages.markdown_page import markdown
from generator.pages.page import Page, PageSection
from generator.pages.prose_html import html as prose_html
from generator.paper.document import document
from generator.paper.pdf import pdf
from generator.shipped import SHIPPED
from generator.text import Passage, Prose, Text
from tests.fixtures.evidence_fixture import evidence, gallery, pictures, sections, whole_section
from tests.fixtures.evidence_fixture import told as of_evidence
from tests.fixtures.picked import picked
from tests.fixtures.report_fixture import LANGUAGES, built, imprint, reader, told

NOTHING = ReportEvidence()


@pytest.fixture(scope="module")
def both() -> dict[str, PageSection]:
    return sections(evidence())


@pytest.fixture(scope="module")
def page() -> Page:
    return assemble(told(), built(), reader(), replace(imprint(), sections=(whole_section(evidence()),)))


def parts(section: PageSection) -> dict[str, PageSection]:
    """The parts of a section by what they are about."""
    found = (block for block in section.blocks if isinstance(block, PageSection))
    return {part.id.removeprefix("evidence-"): part for part in found}


def table(part: PageSection) -> Table:
    """The first table of a part, behind its fold or not."""
    inside = (block for folded in part.blocks if isinstance(folded, PageSection) for block in folded.blocks)
    return next(block for block in (*part.blocks, *inside) if isinstance(block, Table))


def test_every_measure_has_its_part(both):
    """In the order in which one would ask."""
    assert list(parts(both["en"])) == [
        *("lights", "effect", "looks", "looks_by_class", "faithful", "dependence"),
        *("agreement", "classes", "calibration", "data"),
    ]


@pytest.mark.parametrize("language", ["en", "zh-Hant"])
def test_each_part_says_in_one_sentence_how_it_is_read(both, language):
    """Before anything is shown; only what is prose anyway needs no key."""
    for name, part in parts(both[language]).items():
        how = part.blocks[0]
        assert isinstance(how, Passage)
        assert how.language == language
        if name != "data":
            assert len(re.findall(r"[.。](?:\s|$)|。", how.source)) == 1, how.source


@pytest.mark.parametrize("language", ["en", "zh-Hant"])
def test_no_place_is_left_unfilled(both, language):
    """Neither in the words nor in the numbers."""
    assert not re.search(r"\{\w+\}|nan|None", repr(both[language].blocks).replace("=None", ""))


def test_nothing_measured_has_no_section():
    """A report that wants no evidence is shown none."""
    assert sections(NOTHING) == {"zh-Hant": None, "en": None}
    assert pictures(NOTHING) == ()


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "Saliency map on 28 of 140 pictures; LIME not at all; what hiding regions does on 8 of 140 pictures"),
        ("zh-Hant", "顯著圖只測了 140 張圖片中的 28 張；LIME 沒有測；遮住各區域的影響只測了 140 張圖片中的 8 張"),
    ],
)
def test_what_there_was_no_time_for_is_said(language, said):
    """Of how many images a method was asked, and which was not; where there was time for all, nothing."""
    cut = {"saliency": (28, 140), "lime": (0, 28), "": (8, 140)}
    first = sections(replace(evidence(), cut=cut))[language].blocks[0].source
    assert said in first
    assert said not in sections(evidence())[language].blocks[0].source


def test_a_light_is_a_sign_and_a_word(both):
    """No colour has to be seen; what a method is not asked stays empty."""
    shown = table(parts(both["en"])["lights"])
    assert shown.head[:3] == ("Method", "Where it looks", "Faithful to the model")
    assert shown.rows[0] == ("Saliency map", "✓ holds", "◐ with reservations", "◐ with reservations", "✓ holds", "–")
    assert shown.rows[2][1] == "○ unknown"
    assert shown.rows[2][-1] == "✕ does not hold"
    assert shown.lights[2] == ("", "silent", "silent", "silent", "silent", "red")


def test_shares_are_multiples_of_the_area(both):
    """.3 on a fifth of the picture is 1.5 times; beside it untrained networks, and a blob as the last row."""
    shown = table(parts(both["en"])["looks"])
    assert shown.rows[0] == ("Saliency map", "1.50 [1.40,\u00a01.60]", "✓ 2.00 [1.80,\u00a02.20]", "20")
    assert shown.rows[1] == ("… untrained networks", "1.00 [0.50,\u00a01.50]", "1.00 [0.00,\u00a02.00]", "20 networks")
    assert shown.rows[-1] == ("a blob in the middle", "2.00", "2.00", "–")
    assert [row[0] for row in shown.rows].count("LIME") == 0


def test_classes_that_are_known_stand_beside_their_mean_map(both):
    """The others have neither number nor picture; the words name what the brightest colour stands for."""
    (_, first, second) = parts(both["en"])["looks_by_class"].blocks
    assert first.heading == "Saliency map (brightest: 3.00 times an even map)"
    assert [row[0] for row in first.rows] == ["Angry", "Happy"]
    assert first.rows[1][2].startswith("✓ 2.00")
    assert [image.name for image in first.images] == ["evidence-mean-saliency-0.png", "evidence-mean-saliency-3.png"]
    assert first.images[1].alt.startswith("Mean map of Saliency map for Happy: strongest: eyes")
    assert second.heading.startswith("Grad-CAM")


def test_the_effect_of_a_region_by_class(both):
    """In percentage points, with a sign where it holds at the level of words, and in words; silent classes are out."""
    part = parts(both["en"])["effect"]
    shown = table(part)
    assert shown.head[1] == "eyes (percentage points)"
    assert shown.rows[0] == ("all classes", "25 [15,\u00a035]", "25 [15,\u00a035]", "20")
    said = [block.source for block in part.blocks if isinstance(block, Passage)]
    assert "Hiding it costs more than hiding other places: eyes (Happy); mouth (Happy)." in said
    assert len(said) == 2
    assert [row[0] for row in shown.rows] == ["all classes", "Angry", "Happy"]
    assert shown.rows[2][1].startswith("✓")


def test_no_name_in_a_sentence_is_markdown():
    """A class of any name, in a sentence that lists the groups for which a region is needed."""
    named = replace(reader(), classes=(Text.of("*a* <b> $x$"),) * 7)
    whole = section(replace(of_evidence(evidence()), reader=named), gallery())
    said = [block["en"].source for block in parts(whole)["effect"].blocks if isinstance(block, Prose)]
    shown = prose_html("\n\n".join(said))
    assert "eyes (*a* &lt;b&gt; $x$); mouth (*a* &lt;b&gt; $x$)" in shown
    assert "<em>" not in shown and "<math" not in shown


def test_gaps_stand_beside_those_of_other_maps(both):
    """Signs only where the light allows them; nothing rounds to a negative zero; nobody has an average: no column."""
    shown = table(parts(both["en"])["faithful"])
    assert len(shown.head) == 6
    assert "minus the average map" not in shown.head
    saliency, gradcam = shown.rows
    assert saliency[1:3] == ("✓ 0.30 [0.20,\u00a00.40]", "0.00 [−0.10,\u00a00.10]")
    assert not saliency[3].startswith("✓")
    assert gradcam[3].startswith("✓")


def test_what_survives_an_exchange(both):
    """A share of the map, with the images behind either test."""
    row = table(parts(both["en"])["dependence"]).rows[0]
    assert row == ("Saliency map", "50% [40%,\u00a060%]", "✓ −0.4% [−10%,\u00a09.6%]", "20, 5 networks")


def test_each_pair_of_methods_once(both):
    """What they agree on beyond other pictures; a common factor is marked."""
    shown = table(parts(both["en"])["agreement"])
    assert shown.head == ("Method", "Saliency map")
    assert shown.rows == (("Grad-CAM", "✓ 0.30 [0.20,\u00a00.40] †"),)


def test_classes_with_their_support_and_top_confusion(both):
    """The number of images is that of the label, whatever was predicted; an unknown precision is no number."""
    shown = table(parts(both["en"])["classes"])
    assert shown.rows[0] == ("Angry", "30", "50% [40%,\u00a060%]", "60% [50%,\u00a070%]", "Sad 25% [15%,\u00a035%]")
    assert shown.rows[1][3:] == ("–", "–")


def test_confidence_stands_beside_accuracy(both):
    """With the interval of the difference, and the error beside what a calibrated model would show."""
    said = parts(both["en"])["calibration"].blocks[-1].source
    assert "70% sure and 60% right: 10 [8,\u00a012] percentage points apart" in said
    assert "10 percentage points, more than what 19 of 20" in said
    calm = replace(evidence(), calibration=replace(evidence().calibration, ece=0.02))
    assert "no more than" in parts(sections(calm)["en"])["calibration"].blocks[-1].source


def test_pictures_that_the_model_has_seen(both):
    """Duplicates, training pictures, other labels; without a training set that is not known."""
    said = parts(both["en"])["data"].blocks[0].source
    assert "Of 1,200 pictures, 3 are equal" in said
    assert "Of 1,200 pictures, 40 also occur in the training set" in said
    assert "7 of these have another label there." in said
    alone = replace(evidence(), data=DataEvidence("lfw", Leakage(9, 0)))
    assert parts(sections(alone)["en"])["data"].blocks[0].source.startswith("No training set is named")


def test_nothing_that_was_not_found_is_counted():
    """'0 of them' is no sentence: of pictures that occur once, and in no training set, nothing is said."""
    none, one = (replace(evidence(), data=DataEvidence("lfw", Leakage(9, 0, n, 0))) for n in (0, 1))
    assert "data" not in parts(sections(none)["en"])
    assert parts(sections(one)["en"])["data"].blocks[0].source.startswith("Of 9 pictures, 1 also occur")


def test_what_is_silent_is_left_out_and_named():
    """A table of nothing is not shown."""
    found = evidence()
    quiet = {name: replace(one, faithfulness=Faithfulness()) for name, one in found.figures.items()}
    section = sections(replace(found, figures=quiet))["en"]
    assert "faithful" not in parts(section)
    said = "Left out because nothing is known of it: Is the map faithful to the model?"
    assert section.blocks[-1].source == said


def test_charts_say_their_numbers_to_those_who_do_not_see_them(both):
    """Panel by panel, with the name of each row."""
    (chart,) = (block for block in parts(both["en"])["looks"].blocks if isinstance(block, Sheet))
    assert chart.images.name == "evidence-looks-en.png"
    assert "eyes: Saliency map 1.50, … untrained networks 1.00" in chart.images.alt


def test_the_page_has_the_section_folded_and_in_its_contents(page):
    """A heading for each part; numbers closed until they are asked for."""
    shown = html(page, "en")
    assert "#s-evidence" in [link.href for link in picked(page, "en").contents]
    assert '<h3 id="s-evidence-looks">Where it looks</h3>' in shown
    assert '<details class="fold" id="s-evidence-looks-numbers">' in shown
    assert '<td class="verdict amber">◐ with reservations</td>' in shown
    ids = re.findall(r'\bid="([^"]+)"', shown)
    assert len(ids) == len(set(ids))


def test_side_by_side_says_it_in_both_languages(page):
    """Words, names and charts."""
    shown = side_by_side(page)
    for words in ("模型看哪裡", "Where it looks", "evidence-looks-zh-Hant.png", "evidence-looks-en.png", "◐ 有保留"):
        assert words in shown
    assert "◐ with reservations" in shown
    ids = re.findall(r'\bid="([^"]+)"', shown)
    assert len(ids) == len(set(ids))


def test_markdown_has_the_tables(page):
    """Under headings of their own."""
    shown = markdown(page, "zh-Hant")
    assert "### 模型看哪裡" in shown
    assert "| 顯著圖 | 1.50 \\[1.40, 1.60\\] |" in shown
    assert "(figures/evidence-looks-zh-Hant.png)" in shown


def test_the_pdf_has_the_parts_under_headings(page):
    """Open, in the order of the page, with the words of both languages."""
    made = document(page, LANGUAGES)["blocks"]
    headings = {block["anchor"]: block["level"] for block in made if block["kind"] == "heading"}
    assert headings["s-evidence"] == 2
    assert headings["s-evidence-looks"] == 3
    assert headings["s-evidence-looks-numbers"] == 4
    lights = next(block["body"] for block in made if block["kind"] == "body" and block["body"].get("lights"))
    assert lights["rows"][0][1] == [["zh-Hant", "✓ 成立"], ["en", "✓ holds"]]


def test_the_pdf_is_set_without_a_warning(page):
    """With its charts and mean maps."""
    drawn = [*gallery().values(), *(p for figure in built().values() for p in figure.drawing.pictures)]
    made = pdf(page, LANGUAGES, {f"figures/{picture.name}": picture.data for picture in drawn}, SHIPPED)
    said = "".join(page.extract_text() for page in PdfReader(BytesIO(made)).pages)
    assert "At a glance" in said
    assert "2.00 [1.80,\u00a02.20]" in said


def test_every_picture_has_words_in_both_languages(page):
    """Whoever does not see it is told what it shows."""
    for language in LANGUAGES:
        shown = [image for image in parts_of(page.sections, language, Image) if image.name.startswith("evidence-")]
        assert len({image.name for image in shown}) == 10
        assert all(len(image.alt[language]) > 20 for image in shown)
