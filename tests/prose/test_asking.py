"""Arguments of the functions of the prose, by their parameters and of their kinds."""

import pytest

from generator.errors import InputError
from generator.prose.asking import UNKNOWN, asked, signature_of
from generator.prose.quantities import Name
from generator.prose.sayings import Spoken


def test_arguments_go_by_their_parameters():
    """However they are given; a name of a class is a text, and what is not known yet passes."""
    assert asked(Spoken.confusion, ("cat",), {"prediction": "dog"}) == {"label": "cat", "prediction": "dog"}
    assert asked(Spoken.recall, (Name("cat", "Cat"),), {}) == {"class_id": "cat"}
    assert asked(Spoken.probability, ("maps", UNKNOWN), {})["row"] is UNKNOWN
    assert asked(Spoken.fact, ("maps", "layer", None), {})["row"] is None
    assert list(signature_of(Spoken.recall).parameters) == ["class_id"]


@pytest.mark.parametrize(
    ("arguments", "named", "message"),
    [
        ((), {}, "too|missing"),
        (("a", "b", "c"), {}, "too many positional arguments"),
        (("a",), {"x": 1}, "missing a required argument: 'prediction'"),
        (("a", "b"), {"x": 1}, "got an unexpected keyword argument 'x'"),
        (("a", 1), {}, "prediction has to be a text, not 1"),
        (("a", ["b" * 500]), {}, "prediction has to be a text, not .{,70}$"),
    ],
)
def test_what_a_function_does_not_take(arguments, named, message):
    """It is told with the function as it is called."""
    with pytest.raises(InputError, match=rf"^confusion\(label, prediction\): .*{message}"):
        asked(Spoken.confusion, arguments, named)


def test_what_is_unknown_answers_everything():
    """So that a text can be read to its end."""
    value = UNKNOWN
    assert str(value + 1) == str("a" + value) == str(value.mean * 2) == str(value["x"]) == "–"
    assert f"{value:.1f} {int(value)} {float(value)}" == "– 1 1.0"
    assert (value > 3, 3 in value, list(value), round(value, 1) is value) == (True, True, [], True)
    assert not hasattr(value, "__html__")
