"""What the reports that come with the project say holds of any model: what may fail stands behind a condition.

Numbers, superlatives, comparisons, words of judgement and of cause are found by their words, in the text that no
expression computes and no condition guards. What such a word may say all the same is listed, with the reason.
"""

import re
from collections.abc import Iterator, Mapping

import pytest
from jinja2 import Environment, nodes

from generator.yaml_source import read
from tests import ROOT

EXAMPLES = sorted(str(file.relative_to(ROOT)) for file in ROOT.glob("examples/*/report.yaml"))
REPORTS = ("report.yaml", "templates/starter/report.yaml", *EXAMPLES)

KINDS = {
    "number": r"\d+|\b(two|three|four|five|six|seven|eight|nine|ten|sixteen|half|hundred|dozen|percent)\b"
    r"|[兩二三四五六七八九十百千半]+(?=[張個種類塊層步次倍件名成隻條])",
    "superlative": r"\b(most|least|best|worst|first|last|\w{3,}est)\b|最|第一|首要",
    "comparison": r"\b(more|less|better|worse|surer|\w{3,}er than|mostly|mainly|much|hardly|clearly|only|nearly)\b"
    r"|更|較|(?<!相)比(?!例)|大多|多半|幾乎|明顯|特別|只有|尤其|主要",
    "judgement": r"\b(clean|clear|good|bad|weak|strong|important|precise|reliable|confident|certain(ly)?|sure)\b"
    r"|清楚|乾淨|重要|可靠|準確|很|非常|確實|好|差(?!距|異)|弱|強|確定",
    "cause": r"\b(because|therefore|thus|hence|since|so|why|reasons?|means|due)\b"
    r"|因為|所以|因此|可見|由於|導致|造成|使得|原因|為什麼",
}

CITED = "a study named in the sentence found it, with models of its own; the number measured here follows"
CLIMBED = "named by the values that gradient ascent reached, which stand in the figure"
DENSE = "named by `leading_region` of the picture that is shown, which the sentence says"
RANKED = "a rank, with its interval behind it and a sentence on overlaps"
CHOSEN = "the rule by which `select: confident` chooses pictures, or what it gives"
UNSAID = "says that nothing is said"
ALLOWED = {  # words → why they hold of whatever is measured
    "That probability is highest for": CHOSEN,
    "and lowest for": CHOSEN,
    "其中機率最高的是": CHOSEN,
    "，最低的是": CHOSEN,
    "the highest probability": CHOSEN,
    "機率最高的一張": CHOSEN,
    "確率が最も高い": CHOSEN,
    "、最も低いのは": CHOSEN,
    "再現率が最も低いのは": RANKED,
    "climbed highest": CLIMBED,
    "climb highest": CLIMBED,
    "爬得最高的是": CLIMBED,
    "densest": DENSE,
    "最密的": DENSE,
    "95%": "the level of every interval that a report prints",
    "前三名是": RANKED,
    "前兩名是": RANKED,
    "Last by recall comes": RANKED,
    "召回率排在最後的是": RANKED,
    "Adebayo et al. (2018) found with their models that guided backpropagation hardly changes": CITED,
    "Adebayo 等人（2018）在他們的模型上發現，導向反向傳播的圖在較後面幾層的權重換成亂數之後幾乎不變": CITED,
    "Why some classes are easier, the figures do not say": UNSAID,
    "為什麼有些類別比較好認，這些圖沒有說明": UNSAID,
    "at the place where covering costs most": "where `fall` was measured: the largest fall is what it says",
    "蓋住使機率下降最多的一處": "where `fall` was measured: the largest fall is what it says",
}


def unguarded(source: str) -> Iterator[str]:
    """The pieces of a text that are printed whatever was measured."""
    yield from _pieces(Environment().parse(source))


def _pieces(node: nodes.Node) -> Iterator[str]:
    if isinstance(node, nodes.TemplateData):
        yield node.data
    elif not isinstance(node, nodes.If):
        for child in node.iter_child_nodes():
            yield from _pieces(child)


def findings(source: str) -> list[tuple[str, str]]:
    """`(kind, word)` of everything that a text says without having computed it."""
    text = "\0".join(unguarded(source))
    for allowed in ALLOWED:
        text = text.replace(allowed, " ")
    return [(kind, found[0]) for kind, words in KINDS.items() for found in re.finditer(words, text, re.IGNORECASE)]


def prose(path: str) -> Iterator[tuple[str, str]]:
    """`(place, source)` of captions, answers and notes in every language; what the course asks is quoted, not said."""
    questions = read(ROOT / path).data["questions"]
    for question in questions:
        yield from _texts(question.get("answer", ""), f"{question['id']}.answer")
        for number, figure in enumerate(question["figures"]):
            for key in ("caption", "notes"):
                yield from _texts(figure.get(key, ""), f"{question['id']}.figures[{number}].{key}")


def _texts(value: object, place: str) -> Iterator[tuple[str, str]]:
    if not isinstance(value, Mapping):
        yield place, str(value)
    else:
        for key, entry in value.items():
            yield from _texts(entry, f"{place}.{key}")


@pytest.mark.parametrize("path", REPORTS)
def test_nothing_is_claimed_outside_a_condition(path):
    """Another model, other pictures, other numbers: every sentence stays true."""
    found = {place: said for place, source in prose(path) if (said := findings(source))}
    assert found == {}


@pytest.mark.parametrize("words", ALLOWED)
def test_every_exception_is_in_use(words):
    """A list of exceptions that nobody needs any more hides the next mistake."""
    assert any(words in source for path in REPORTS for _, source in prose(path))


@pytest.mark.parametrize(
    ("source", "kind"),
    [
        ("It averages copies and is much cleaner.", "comparison"),
        ("{% if x %}yes{% endif %} It is best on happy.", "superlative"),
        ("所以它看的是眼睛。", "cause"),
        ("模型有 69% 答對。", "number"),
        ("這張圖很乾淨。", "judgement"),
    ],
)
def test_the_search_finds_what_it_searches(source, kind):
    """One sentence of each kind, and none of them once a condition stands before it."""
    assert kind in {found for found, _ in findings(source)}
    assert findings("{% if x %}" + source.replace("{% if x %}yes{% endif %}", "") + "{% endif %}") == []
