"""Regions of boxes, and the background that lies outside of them."""

import numpy as np

from generator.regions import Region, share
from generator.text import Text
from tests.fixtures.spec_fixture import HEAD, loaded, said_about

BOXES = ((0.0, 0.0, 0.5, 0.5), (0.5, 0.5, 1.0, 1.0))
SPEC = HEAD.replace("questions:", "  mouth: {boxes: [[0, 0.6, 0.5, 1], [0.5, 0.6, 1, 1]]}\n  rest: %s\nquestions:")
QUESTION = "  - {id: q}\n"


def test_several_boxes_are_one_region():
    """Two quarters of the picture are half of it."""
    mask = Region("corners", Text.of("corners"), BOXES).mask(4, 4)
    assert mask[:2, :2].all() and mask[2:, 2:].all() and mask.mean() == 0.5


def test_an_area_is_counted_in_the_pixels_whose_centre_lies_inside():
    """A box over .45 of the width is two columns of four: what a mask of this size covers, not the box itself."""
    box = Region("box", Text.of("box"), ((0.0, 0.0, 0.45, 1.0),))
    assert box.area(4, 4) == box.mask(4, 4).mean() == 0.5
    assert Region("rest", Text.of("rest"), box.boxes, outside=True).area(4, 4) == 0.5


def test_the_background_is_what_is_left():
    """A map has all of itself in the boxes and outside of them together."""
    values = np.random.default_rng(0).normal(size=(8, 6)).astype(np.float32)
    inside, outside = (Region("r", Text.of("r"), BOXES, out).mask(8, 6) for out in (False, True))
    np.testing.assert_array_equal(outside, ~inside)
    assert abs(share(values, inside) + share(values, outside) - 1) < 1e-12


def test_a_spec_names_the_regions_that_the_background_lies_outside_of(tmp_path):
    """`outside` takes over the boxes of the regions it names, and refuses a name that is none."""
    report = loaded(tmp_path, SPEC % "{outside: [eyes, mouth]}" + QUESTION)
    rest = report.regions[-1]
    assert rest.outside and rest.boxes == (*report.regions[0].boxes, *report.regions[1].boxes)
    (told,) = said_about(tmp_path, SPEC % "{outside: [eyes, mouht]}" + QUESTION)
    assert "unknown region 'mouht'; did you mean 'mouth'?" in told
