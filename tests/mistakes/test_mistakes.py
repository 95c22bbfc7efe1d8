"""What docs/mistakes.md says is what is said, and every mistake that the code knows has its case."""

from pathlib import Path

import pytest
import yaml

from tests.mistakes.document import DOCUMENT, cure, document
from tests.mistakes.places import PLACES
from tests.mistakes.running import chapters, told

ELSEWHERE = Path(__file__).parent / "elsewhere.yaml"
CASES = [(name, case) for name, cases in chapters().items() for case in cases]


@pytest.mark.parametrize(("chapter", "case"), CASES, ids=[case["mistake"] for _, case in CASES])
def test_a_mistake_is_said_with_its_cure(chapter, case):
    """In a few lines, without a traceback, with exit code 2, or that of the case."""
    end = told()[chapter, case["mistake"]]
    assert end.message
    assert end.code == case.get("exit", 0 if end.message.endswith("(warning)") else 2), end.message
    assert "Traceback" not in end.message
    assert len(end.message) < 700
    assert cure(case, end.message), end.message


def test_the_document_is_what_is_said():
    """`python -m tests.mistakes` writes it anew."""
    assert DOCUMENT.read_text(encoding="utf-8") == document()


def test_every_mistake_the_code_knows_has_a_case():
    """Or, by its file and function, a reason why it has none here."""
    reached = {place for end in told().values() for place in end.places}
    elsewhere = {name for names in yaml.safe_load(ELSEWHERE.read_text(encoding="utf-8")).values() for name in names}
    missing = sorted(place for place in set(PLACES.values()) - reached if place.name not in elsewhere)
    assert not missing, "\n".join(f"{place.name}: {place.words}" for place in missing)
    assert elsewhere <= {place.name for place in PLACES.values()}
