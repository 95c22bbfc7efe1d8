"""What no value would mend in a text is found before anything is computed, and nothing else is refused."""

import pytest

from generator.errors import ProseError
from generator.methods import load_all
from generator.prose.rehearsal import MOODS, Rehearsal, rehearsed
from generator.prose.sayings import FUNCTIONS

load_all()
NAMED = (("cat", "dog"), ("eyes", "mouth"), {"maps": "gradcam", "climb": "filters", "table": "confusion_matrix"})


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("{{ recall() }}", r"recall\(class_id\): missing a required argument: 'class_id'"),
        ("{{ recall('cat', 'dog') }}", r"recall\(class_id\): too many positional arguments"),
        ("{{ recall(klass='cat') }}", r"recall\(class_id\): missing a required argument: 'class_id'"),
        ("{{ recall(0) }}", r"recall\(class_id\): class_id has to be a text, not 0"),
        ("{{ best_classes('3') }}", r"best_classes\(n=3\): n has to be a whole number, not '3'"),
        ("{{ best_classes(true) }}", r"n has to be a whole number, not True"),
        ("{{ probability('maps', 1.5) }}", r"row has to be a text or a whole number, not 1.5"),
        ("{{ accuracy(1) }}", r"accuracy\(\): too many positional arguments"),
        ("{{ accuracy().foo }}", "a quantity has no 'foo'"),
        ("{{ accuracy()[0] }}", "a quantity has no 0"),
        ("{{ attribution_share('maps', 'ey' ~ 's') }}", "unknown region 'eys'; did you mean 'eyes'"),
        ("{{ accuracy.foo }}", "has no attribute 'foo'"),
        ("{{ gap('maps').foo }}", "a claim has no 'foo'"),
        ("{{ recall('cat')() }}", "not callable"),
        ("{{ recall('ca' ~ 't2') }}", "unknown class 'cat2'"),
        ("{{ probability('maps', 'bird') }}", "unknown class 'bird'"),
        ("{{ probability('climbing', 'cat') }}", "unknown figure 'climbing'; did you mean 'climb'"),
        ("{{ strongest('maps') }}", "figure 'maps' has no patterns of filters or classes"),
        ("{{ activation('table', 1) }}", "figure 'table' has no patterns of filters or classes"),
        ("{{ attribution_share('climb', 'eyes') }}", "figure 'climb' has no maps"),
        ("{{ leading_region('table', 'cat') }}", "figure 'table' has no maps"),
        ("{{ accuracy() + 'x' }}", "unsupported operand"),
        ("{{ accuracy()|round('x') }}", "cannot be interpreted as an integer"),
        ("{{ 'a' + 1 }}", "can only concatenate str"),
        ("{{ '%d' % 'x' }}", "a real number is required"),
        ("{{ '%s %s' % 1 }}", "not enough arguments"),
        ("{{ 1 / 0 }}", "division by zero"),
        ("{{ [1][5] }}", "has no element 5"),
        ("{{ range(20000) }}", "a range of more than"),
        ("{{ 'x'.nothing() }}", "has no attribute 'nothing'"),
        ("{% if accuracy() > 0.5 %}{{ recall('cat').foo }}{% endif %}", "has no 'foo'"),
        ("{% if accuracy() < 0.5 %}{{ recall('cat').foo }}{% endif %}", "has no 'foo'"),
        ("{% if not accuracy().known %}{{ recall('cat').foo }}{% endif %}", "has no 'foo'"),
        ("{% for c in best_classes(2) %}{{ recall(c).foo }}{% endfor %}", "has no 'foo'"),
        ("{% for r in looks_at('maps') %}{{ area(r, 1) }}{% endfor %}", "too many positional arguments"),
        ("{% if verdict('maps', 'looks') == 'green' %}{{ area() }}{% endif %}", "missing a required argument"),
        ("{% if labelled() %}{{ area() }}{% endif %}", "missing a required argument"),
    ],
)
def test_what_no_value_would_mend_is_found(source, message):
    """Calls, attributes, kinds of figures and of values, in every branch that a value may open."""
    with pytest.raises(ProseError, match=message) as caught:
        rehearsed(f"one\n{source}", *NAMED)
    assert caught.value.line == 2


@pytest.mark.parametrize(
    "source",
    [
        "{{ 1 / (recall('cat') - recall('dog')) }}",
        "{{ worst_classes(2)[1] }}{{ recall(worst_classes(2)[1]) }}{{ worst_classes(1)|first }}",
        "{{ strongest('climb')[2] }}{{ activation('climb', strongest('climb')[0]) }}",
        "{{ area(looks_at('maps')[0]) }}{{ recall(surest('maps')) }}{{ recall(confused('cat')) }}",
        "{{ fact('maps', 'layer') }}{{ fact('climb', 'steps') * 2 }}{{ '%d'|format(fact('climb', 'steps')) }}",
        "{{ fact('maps', 'layer')|upper }}{{ fact('maps', 'x', 'cat') > 1 }}{{ 'a' ~ fact('maps', 'x') }}",
        "{% if accuracy() > 0.9 %}{% set w = 'good' %}{% endif %}{{ w }}",
        "{% set n = namespace(best='') %}{% for c in best_classes(1) %}{% set n.best = c %}{% endfor %}"
        "{% if n.best %}{{ recall(n.best) }}{% endif %}",
        "{{ '%.1f'|format(100 * accuracy()) }}{{ accuracy()|round(2) }}{{ accuracy()|int }}",
        "{{ say('maps') }}{{ say_effect('eyes') }}{{ rule('maps') }}{{ verdict('maps', 'looks').n }}",
        "{{ gap('maps').size }}{{ gap('maps').times }}{{ region_share('maps', 'eyes').times }}",
        "{{ lime_fit('maps').stability }}",
        "{{ image_index('maps', 'cat') + 1 }}{{ prediction('maps', 3) == 'cat' }}{{ input_size() }}{{ model_name() }}",
        "{{ best_classes(2)|join(', ') }}{{ best_classes().apart }}{{ looks_at('maps', 'cat')|length }}",
        "{{ fact('maps', 'layer')|tojson }}{{ fact('maps', 'layers')[0] }}{{ looks_at('maps')|first }}",
        "{{ fig('maps') }}\n\n{{ figure('climb') }}",
    ],
)
def test_what_depends_on_values_is_left_to_the_build(source):
    """A check that refuses what the build would take is worse than none."""
    rehearsed(source, *NAMED)


@pytest.mark.parametrize("mood", MOODS)
def test_every_function_has_a_stand_in(mood):
    """With arguments as the build would get them."""
    actor = Rehearsal.of(*NAMED, mood)
    examples = {"class_id": "cat", "label": "cat", "prediction": "dog", "region": "eyes", "row": "cat", "key": "layer"}
    examples |= {"figure": "maps", "one": "maps", "other": "maps", "n": 2, "unit": 1}
    examples |= {"reference": "blob", "exchange": "class", "check": "looks"}
    of_patterns = {"strongest", "activation", "activation_on_images", "outdone", "dead_filters"}
    for name, function in FUNCTIONS.items():
        names = [one for one in function.__annotations__ if one != "return"]
        given = {one: examples[one] for one in names} | ({"figure": "climb"} if name in of_patterns else {})
        assert str(actor.told(name, **given)), name
    assert set(actor.called) == set(FUNCTIONS)
