"""What every registered attribution keeps, whatever it computes: one test over the whole registry."""

from dataclasses import replace

import numpy as np
import pytest

from generator.errors import ComputationError
from generator.methods import METHODS, USUAL_SIZE, load_all, method
from generator.text import bilingual
from tests.conftest import request_of
from tests.fixtures.closed_form import LinearClassifier
from tests.fixtures.stock import computed

load_all()
ATTRIBUTIONS = sorted(name for name, known in METHODS.items() if known.kind == "attribution")
CHEAP = {
    "lime": {"num_samples": 60},
    "smoothgrad": {"samples": 4},
    "integrated_gradients": {"steps": 5},
    "occlusion": {"patch": 8, "stride": 8},
    "scorecam": {"max_channels": 4},
}


def settings(name):
    """Few samples: a contract needs no fine map."""
    return CHEAP.get(name, {})


@pytest.fixture(params=["linear", "network"])
def request_(request, linear):
    """Four images of the closed form, and of the small CNN."""
    if request.param == "linear":
        return request_of(linear, np.random.default_rng(0).random((4, 48, 48, 1)), target=[0, 1, 0, 1])
    return request.getfixturevalue("network").request()


def part(request, rows):
    """The same question about some of the images only."""
    whole = {key: value for key, value in request.batch.__dict__.items() if value is not None}
    return replace(request, batch=replace(request.batch, **{key: value[rows] for key, value in whole.items()}))


@pytest.mark.parametrize("name", ATTRIBUTIONS)
class TestAttribution:
    """Every attribution method of the registry."""

    def test_a_finite_map_an_image(self, name, request_):
        """`(N, H, W)` float32, no NaN; per-image facts and remarks are one an image or none."""
        maps = computed(name, request_, **settings(name))
        n, height, width, _ = request_.batch.images.shape
        assert maps.values.shape == (n, height, width)
        assert maps.values.dtype == np.float32
        assert np.isfinite(maps.values).all()
        assert len(maps.image_facts) in (0, n)
        assert len(maps.remarks) in (0, n)
        assert maps.native is None or maps.native.shape[0] == n

    def test_an_image_alone_has_the_same_map(self, name, request_):
        """No map depends on what else is in its batch, seeds included."""
        together = computed(name, request_, **settings(name)).values
        for row in (0, 3):
            alone = computed(name, part(request_, slice(row, row + 1)), **settings(name)).values[0]
            np.testing.assert_allclose(alone, together[row], atol=1e-4 * max(np.abs(together[row]).max(), 1e-6))

    def test_the_same_twice(self, name, request_):
        """The same seed gives the same bytes."""
        first, second = (computed(name, request_, **settings(name)) for _ in range(2))
        assert first.values.tobytes() == second.values.tobytes()
        assert first.facts == second.facts
        assert first.remarks == second.remarks

    def test_what_it_was_given_stays(self, name, request_):
        """Images, inputs and probabilities are not written to."""
        before = {key: np.copy(value) for key, value in request_.batch.__dict__.items() if value is not None}
        computed(name, request_, **settings(name))
        for key, value in before.items():
            np.testing.assert_array_equal(getattr(request_.batch, key), value, err_msg=key)

    def test_no_image_is_no_trouble_of_memory(self, name, request_):
        """A single image is enough: nothing divides by the number of images."""
        maps = computed(name, part(request_, slice(1, 2)), **settings(name))
        assert len(maps.values) == 1

    def test_a_model_without_numbers_is_no_fault_of_ours(self, name):
        """Where training failed and every answer is NaN: maps that say nothing, or an error in words."""
        broken = LinearClassifier(np.full((48, 48, 1, 2), np.nan, np.float32))
        try:
            maps = computed(name, request_of(broken, np.zeros((1, 48, 48, 1)), target=[0]), **settings(name))
        except ComputationError as error:
            assert "not all finite numbers" in str(error)
        else:
            assert all(maps.remark(0) for _ in maps.values)

    def test_signed_as_it_says(self, name, request_):
        """A map that is not signed has no negative value."""
        maps = computed(name, request_, **settings(name))
        assert maps.signed or maps.values.min() >= 0


@pytest.mark.parametrize("name", sorted(METHODS))
class TestEntry:
    """Every method's entry in the listing."""

    def test_speaks_both_languages(self, name):
        """Title and summary are there in English and Traditional Chinese, whose punctuation is full-width."""
        for text in (METHODS[name].title, METHODS[name].summary):
            assert not text.missing(("en", "zh-Hant"))
            assert text.in_language("en")
            assert text.in_language("zh-Hant")
        chinese = METHODS[name].summary.in_language("zh-Hant")
        assert any("\u4e00" <= letter <= "\u9fff" for letter in chinese)
        assert not set(chinese) & set(",;?!")

    def test_costs_and_options_are_told(self, name):
        """Its cost in model passes grows with the images, its options have a description, its docstring one line."""
        known = METHODS[name]
        least = int(known.kind in ("attribution", "patterns", "outputs"))
        assert known.passes({}, 1, USUAL_SIZE) >= least
        assert known.passes({}, 10, USUAL_SIZE) >= known.passes({}, 1, USUAL_SIZE)
        assert all(field.description for field in known.options.model_fields.values())
        assert known.line.endswith(".")


@pytest.mark.parametrize("name", ATTRIBUTIONS)
def test_an_attribution_names_its_paper(name):
    """The paper has an identifier one can look up."""
    assert "arXiv:" in METHODS[name].paper or "doi:" in METHODS[name].paper


@pytest.mark.parametrize("name", ATTRIBUTIONS)
def test_randomness_is_declared(name, network):
    """Other seeds change the map exactly of those methods that say they are seeded."""
    request = network.request()
    other = replace(request, batch=replace(request.batch, seed=request.batch.seed + 1000), seed=request.seed + 1)
    first, second = (computed(name, asked, **settings(name)).values for asked in (request, other))
    assert (first.tobytes() != second.tobytes()) == METHODS[name].seeded


def test_a_cost_may_leave_out_the_size():
    """A method of one's own may say `passes(params, images)`: it costs the same for images of any size."""
    words = bilingual("Mine", "自訂")
    declared = {"kind": "attribution", "access": "gradients", "title": words, "summary": words, "paper": ""}
    try:
        method(passes=lambda params, images: 3 * images, **declared)(_mine)
        assert [METHODS["_mine"].passes({}, 2, size) for size in ((8, 8), (224, 224))] == [6, 6]
    finally:
        METHODS.pop("_mine", None)


def _mine(request):
    """Nothing."""
