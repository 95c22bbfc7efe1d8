"""What is another in the second of two sites: every figure, number, light, image and text, and nothing else."""

from generator.compare.changes import compared
from tests.compare.sites import evaluated, figure, site


def test_the_same_site_twice_is_the_same(tmp_path):
    """Nothing is said to have changed, and the model predicts the same of all its images."""
    changes = compared(site(tmp_path / "a"), site(tmp_path / "b"))
    assert changes.same and not changes.origin and not changes.lights and not changes.lacking
    assert [one.status for one in changes.figures] == ["same"]
    assert changes.models[0].same and changes.models[0].n == 60


def test_a_number_that_moved_has_the_interval_of_the_same_images(tmp_path):
    """The gap rose by .05 on every image: the interval of that is narrow, whatever those of the two gaps are."""
    changes = compared(site(tmp_path / "a"), site(tmp_path / "b", figure(step=0.05)))
    numbers = {one.path: one for one in changes.figures[0].numbers}
    gap, eyes = numbers["faithfulness", "gap"], numbers["region_share", "eyes", "all"]
    assert gap.paired and gap.holds and gap.course == "up" and gap.difference.n == 12
    assert abs(gap.difference.mean - 0.05) < 1e-9 and gap.difference.high - gap.difference.low < 1e-6
    assert eyes.paired and eyes.course == "up"


def test_other_images_are_not_paired(tmp_path):
    """Where the rows show something else, the interval is that of two measurements, which decides nothing here."""
    other = {"pictures": {str(row): f"{row + 100:08x}" for row in range(12)}}
    changes = compared(site(tmp_path / "a"), site(tmp_path / "b", figure(step=0.05), kept=other))
    gap = next(one for one in changes.figures[0].numbers if one.path == ("faithfulness", "gap"))
    assert (gap.paired, gap.course) == (False, "open")
    assert gap.difference.low < 0 < gap.difference.high


def test_a_model_that_was_trained_further(tmp_path):
    """Of sixty images ten more are right: for each it is known what was said before."""
    new = site(tmp_path / "b", kept={"evaluation": {"better": evaluated(50)}}, sha256={"model": "c" * 64})
    changes = compared(site(tmp_path / "a"), new)
    (model,) = changes.models
    assert (model.model, model.n, model.gained, model.lost) == ("better", 60, 10, 0)
    assert (round(model.accuracy.before.mean, 3), round(model.accuracy.now.mean, 3)) == (0.667, 0.833)
    assert model.accuracy.paired and model.accuracy.course == "up"
    assert {path for path, *_ in (one.path for one in changes.origin)} == {"model", "data"}
    assert not changes.same


def test_an_evaluation_without_pixels_is_matched_by_its_labels(tmp_path):
    """In the order of the file."""
    old = site(tmp_path / "a", kept={"evaluation": {"model": evaluated(40, prints=False)}})
    new = site(tmp_path / "b", kept={"evaluation": {"model": evaluated(45)}})
    assert compared(old, new).models[0].n == 60


def test_lights_images_pictures_and_texts(tmp_path):
    """A light and its reasons, an image with both predictions, the map and no veil, the answer in its language."""
    other = figure(light="red", images=[{"index": 3, "label": 0, "prediction": 1, "target": 0, "probability": 0.4}])
    changes = compared(site(tmp_path / "a"), site(tmp_path / "b", other, shade=200, answer="It looks at the mouth."))
    (light,) = changes.lights
    assert (light.figure, light.check, light.before, light.now) == ("saliency", "faithful", "green", "red")
    (image,) = changes.figures[0].images
    assert (image.index, image.before["prediction"], image.now["prediction"]) == (3, 0, 1)
    assert [one.name for one in changes.figures[0].pictures] == [
        "figures/saliency-3-map.png", "figures/saliency-3-overlay.png"
    ]  # fmt: skip
    (text,) = changes.texts
    assert (text.place, text.language, text.now) == ("q", "en", "It looks at the mouth.")


def test_figures_and_images_that_only_one_site_has(tmp_path):
    """They are new, or gone, and the order is that of the newer site."""
    moved = figure(images=[{"index": 4, "label": 0, "prediction": 0, "target": 0, "probability": 0.9}])
    changes = compared(site(tmp_path / "a", figure(), figure("lime")), site(tmp_path / "b", figure("gradcam"), moved))
    assert [(one.id, one.status) for one in changes.figures] == [
        ("gradcam", "added"), ("saliency", "changed"), ("lime", "removed")
    ]  # fmt: skip
    assert [(one.index, one.before is None, one.now is None) for one in changes.figures[1].images] == [
        (4, True, False), (3, False, True)
    ]  # fmt: skip


def test_a_figure_that_failed_is_another(tmp_path):
    """With the reason."""
    changes = compared(site(tmp_path / "a"), site(tmp_path / "b", figure(failure="out of memory")))
    assert changes.figures[0].status == "changed" and changes.figures[0].failures == ("", "out of memory")


def test_lights_of_a_further_model_are_its_own(tmp_path):
    """A figure of two models has two lights for a check."""

    def of(light):
        numbers = figure()["numbers"]
        return figure(
            numbers={**numbers, "models": {"small": {"verdict": {"faithful": {"light": light, "reason": "x"}}}}}
        )

    (light,) = compared(site(tmp_path / "a", of("green")), site(tmp_path / "b", of("amber"))).lights
    assert (light.check, light.model, light.before, light.now) == ("faithful", "small", "green", "amber")


def test_an_earlier_site_is_compared_as_far_as_it_goes(tmp_path):
    """Without what is kept today: figures, lights and numbers, a matrix for the accuracy; and it is said."""
    matrix = {"counts": [[20, 10], [10, 20]], "n": 60, "accuracy": 2 / 3}
    old = site(tmp_path / "a", figure(), figure("confusion_matrix", numbers=matrix, files=[]), kept={})
    old = type(old)(old.name, old.record.model_copy(update={"kept": None, "files": None}), old.read)
    changes = compared(old, site(tmp_path / "b", figure(light="red", step=0.05), shade=9))
    assert changes.lacking == ("earlier.old",)
    assert [light.now for light in changes.lights] == ["red"]
    assert changes.figures[0].pictures and not changes.texts
    (model,) = changes.models
    assert not model.matched and model.accuracy.before.n == 60 and model.accuracy.difference.low < 0
