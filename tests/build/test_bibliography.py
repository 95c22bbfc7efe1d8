"""The works that a report cites."""

import pytest

from generator.build.bibliography import citing, library_of
from generator.build.texts import check_texts, unset_parts
from generator.build_options import BuildOptions
from generator.errors import SpecError
from generator.pages.reader import Reader
from generator.text import Text
from generator.words import interface
from tests.fixtures.spec_fixture import HEAD, loaded

BIB = "@book{doe2018, author={Doe, Ann}, title={Maps}, year={2018}}"
SPEC = HEAD.replace("model:", "references: refs.bib\nmodel:", 1)


def report_of(tmp_path, answer, bib=BIB, head=SPEC):
    (tmp_path / "refs.bib").write_text(bib, encoding="utf-8")
    return loaded(tmp_path, f"{head}  - id: q\n    answer: |\n      {answer}\n")


def test_texts_cite_and_the_list_closes_the_answers(tmp_path):
    report = report_of(tmp_path, "see [@doe2018]")
    reader, (section,) = citing(report, Reader(interface(report.languages), (), ()))
    said = reader.prose(report.questions[0].answer)
    assert said["en"].source == "see ([Doe 2018](#s-references))\n"
    assert section.closing
    assert section.blocks[0]["en"].source == "Doe, Ann. 2018. *Maps*."
    assert section.title == Text({"zh-Hant": "參考文獻", "en": "References"})


def test_a_report_that_cites_nothing_has_no_list(tmp_path):
    for answer, head in (("me@example.org", SPEC), ("[@doe2018]", HEAD)):
        report = report_of(tmp_path, answer, head=head)
        reader = Reader(interface(report.languages), (), ())
        assert citing(report, reader) == (reader, ())


def test_a_work_that_is_not_there_is_named_at_its_line(tmp_path):
    report = report_of(tmp_path, "one\n      [@doe2019]")
    with pytest.raises(SpecError, match=r"answer: refs\.bib has no work 'doe2019'; did you mean 'doe2018'\?") as error:
        check_texts(report, BuildOptions())
    assert report.source.text.splitlines()[error.value.problems[0].line - 1].strip() == "[@doe2019]"


def test_citations_without_works_are_told(tmp_path):
    (doubt,) = unset_parts(report_of(tmp_path, "me@example.org\n      [see @doe2018]", head=HEAD))
    assert "[see @doe2018] stands as it is written: no works are named" in doubt.message
    assert list(unset_parts(report_of(tmp_path, "[see @doe2018]"))) == []


def test_a_file_that_cannot_be_read_is_named_at_its_key(tmp_path):
    with pytest.raises(SpecError, match=r"references: refs\.bib: Error at"):
        library_of(report_of(tmp_path, "x", bib="@book{"))


def test_an_edited_file_is_read_anew(tmp_path):
    report = report_of(tmp_path, "x")
    assert library_of(report).keys == ("doe2018",)
    (tmp_path / "refs.bib").write_text(BIB.replace("doe2018", "doe2019x"), encoding="utf-8")
    assert library_of(report).keys == ("doe2019x",)
    assert tmp_path / "refs.bib" in report.inputs
