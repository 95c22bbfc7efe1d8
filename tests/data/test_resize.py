"""Pictures of any size into images of one; Pillow, Keras and torchvision's rules are the oracles."""

import numpy as np
import pytest
from PIL import Image

from generator.data.resize import Resizing, frame_of, resize
from generator.errors import DataError
from generator.samples import Frame

RNG = np.random.default_rng(5)


@pytest.mark.parametrize(("old", "new"), [((25, 25), (48, 48)), ((100, 80), (31, 48)), ((48, 48), (25, 50))])
def test_resizing_agrees_with_pillow(old, new):
    """Pillow's bilinear filter, antialiased when it reduces, is the oracle."""
    picture = RNG.random(old).astype(np.float32)
    theirs = np.asarray(Image.fromarray(picture).resize(new[::-1], Image.Resampling.BILINEAR))
    np.testing.assert_allclose(resize([picture], Frame((*new, 1)))[0, ..., 0], theirs, atol=1e-5)


def test_reducing_averages_instead_of_skipping():
    """A fine checkerboard reduced is grey, not a coarser checkerboard."""
    board = np.indices((64, 64)).sum(axis=0) % 2 * 1.0
    small = resize([board], Frame((8, 8, 1)))
    np.testing.assert_allclose(small[:, 1:-1, 1:-1], 0.5, atol=1e-3)


def test_a_picture_of_the_right_size_is_not_touched():
    """uint8 pictures become k/255 exactly."""
    picture = RNG.integers(0, 256, (6, 5), dtype=np.uint8)
    unit = picture.astype(np.float32) / np.float32(255)
    np.testing.assert_array_equal(resize([picture], Frame((6, 5, 1)))[0, ..., 0], unit)


def test_grey_and_colour_convert_as_one_sees_them():
    """Grey is repeated, colour weighed by luma, transparency laid over white."""
    grey, red = np.full((2, 2), 0.25), np.tile([1.0, 0.0, 0.0], (2, 2, 1))
    clear = np.tile([0.0, 0.0, 0.0, 0.25], (2, 2, 1))
    np.testing.assert_allclose(resize([grey], Frame((2, 2, 3)))[0, 0, 0], [0.25] * 3)
    np.testing.assert_allclose(resize([red], Frame((2, 2, 1)))[0, 0, 0], [0.299], atol=1e-6)
    np.testing.assert_allclose(resize([clear], Frame((2, 2, 3)))[0, 0, 0], [0.75] * 3)
    np.testing.assert_allclose(resize([clear], Frame((2, 2, 1)))[0, 0, 0], [0.75], atol=1e-6)
    np.testing.assert_allclose(resize([grey], Frame((2, 2, 4)))[0, 0, 0], [0.25, 0.25, 0.25, 1])


def test_pictures_of_several_forms_keep_their_order():
    """A folder mixes sizes and colours; each picture stays in its row."""
    mixed = [np.full((4, 4), 0.1), np.full((8, 6, 3), 0.2), np.full((4, 4), 0.3)]
    np.testing.assert_allclose(resize(mixed, Frame((5, 5, 1)))[:, 0, 0, 0], [0.1, 0.2, 0.3], atol=1e-6)


def test_a_crop_is_the_middle():
    """The crop is cut before anything is resized; a side that is too short stays whole."""
    picture = np.arange(36).reshape(6, 6) / 36
    middle, whole = (resize([picture], Frame((*crop, 1), crop=crop))[0, ..., 0] for crop in ((4, 4), (6, 2)))
    higher = resize([picture], Frame((6, 2, 1), crop=(9, 2)))[0, ..., 0]
    np.testing.assert_allclose(middle, picture[1:5, 1:5], atol=1e-6)
    np.testing.assert_allclose(whole, picture[:, 2:4], atol=1e-6)
    np.testing.assert_allclose(higher, picture[:, 2:4], atol=1e-6)


def test_a_strange_number_of_channels_is_refused():
    """No picture has five channels."""
    with pytest.raises(DataError, match="takes 5 channels"):
        resize([np.zeros((4, 4))], Frame((4, 4, 5)))


PICTURE = RNG.integers(0, 256, (90, 130, 3), dtype=np.uint8)


@pytest.mark.parametrize("filter", ["nearest", "bilinear", "bicubic", "lanczos", "area"])
@pytest.mark.parametrize("size", [(32, 32), (100, 61), (224, 224)])
def test_without_antialiasing_it_is_what_keras_data_sets_do(filter, size):
    """tf.image.resize, which keras.utils.image_dataset_from_directory calls, is the oracle."""
    tf = pytest.importorskip("tensorflow")
    method = {"lanczos": "lanczos3"}.get(filter, filter)
    theirs = tf.image.resize(PICTURE.astype(np.float32), size, method=method).numpy() / 255
    ours = resize([PICTURE], Frame((*size, 3), filter=filter, antialias=False))[0]
    np.testing.assert_allclose(ours, np.clip(theirs, 0, 1), atol=1e-3)  # its bicubic weights come from a table


@pytest.mark.parametrize("aspect", ["crop", "pad"])
@pytest.mark.parametrize("shape", [(90, 130), (130, 90), (61, 200)])
def test_the_aspect_is_kept_as_keras_keeps_it(aspect, shape):
    """Its crop_to_aspect_ratio and pad_to_aspect_ratio are the oracle."""
    keras = pytest.importorskip("keras")
    picture = RNG.integers(0, 256, (*shape, 3), dtype=np.uint8)
    option = {f"{aspect}_to_aspect_ratio": True}
    theirs = keras.ops.convert_to_numpy(keras.ops.image.resize(picture.astype("float32"), (48, 32), **option)) / 255
    ours = resize([picture], Frame((48, 32, 3), antialias=False, aspect=aspect))[0]
    np.testing.assert_allclose(ours, theirs, atol=2e-4)


@pytest.mark.parametrize("filter", ["bilinear", "bicubic", "lanczos"])
@pytest.mark.parametrize("shape", [(90, 130), (131, 97)])
def test_the_shorter_side_and_the_middle_are_torchvisions_recipe(filter, shape):
    """Resize(40) and CenterCrop(32): its sizes and offsets in Python, Pillow's filter on each channel."""
    picture = RNG.integers(0, 256, shape, dtype=np.uint8)
    short, long = min(shape), max(shape)
    sides = (40, int(40 * long / short)) if shape[0] == short else (int(40 * long / short), 40)
    method = Image.Resampling[filter.upper()]
    whole = np.asarray(Image.fromarray(picture.astype(np.float32)).resize(sides[::-1], method))
    top, left = (round((side - 32) / 2.0) for side in sides)
    ours = resize([picture], Frame((32, 32, 1), filter=filter, shorter=40))[0, ..., 0]
    np.testing.assert_allclose(ours, np.clip(whole[top : top + 32, left : left + 32] / 255, 0, 1), atol=1e-5)


def test_too_short_a_side_is_refused():
    """Nothing is made up beside the picture."""
    with pytest.raises(DataError, match="shorter: 200 leaves too little for the model's 224×224; say 224 or more"):
        frame_of(Resizing(shorter=200), None, (224, 224, 3))


@pytest.mark.parametrize("name", ["nearest", "bilinear", "bicubic", "lanczos"])
def test_keras_loader_is_pillow(tmp_path, name):
    """keras.utils.load_img, which ImageDataGenerator calls with `nearest`, is the oracle; it rounds to bytes."""
    keras = pytest.importorskip("keras")
    Image.fromarray(PICTURE).save(tmp_path / "a.png")
    theirs = np.asarray(keras.utils.load_img(tmp_path / "a.png", target_size=(32, 48), interpolation=name)) / 255
    ours = resize([PICTURE], Frame((32, 48, 3), filter=name))[0]
    np.testing.assert_allclose(ours, theirs, atol=1.1 / 255)


@pytest.mark.parametrize("filter", ["area", "bilinear", "nearest"])
@pytest.mark.parametrize("shape", [(90, 70), (90, 70, 3), (90, 70, 4)])
def test_large_pictures_are_reduced_a_few_rows_at_a_time(monkeypatch, filter, shape):
    """What comes out is what all at once gives; a photograph in floats would take a gigabyte."""
    pictures = [RNG.integers(0, 256, shape, dtype=np.uint8) for _ in range(3)]
    frame = Frame((9, 8, 3), filter=filter)
    at_once = resize(pictures, frame)
    monkeypatch.setattr("generator.data.resize.ROOM", 1_000)
    np.testing.assert_allclose(resize(pictures, frame), at_once, atol=1e-6)
