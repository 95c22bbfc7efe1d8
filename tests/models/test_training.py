"""The training of the shipped model, on made-up faces; and the facts of the model itself."""

import csv
import json
import sys
from pathlib import Path

import numpy as np
import pytest

from tests import ROOT

MODELS = ROOT / "models"
sys.path.insert(0, str(MODELS))

keras = pytest.importorskip("keras")
tf = pytest.importorskip("tensorflow")

import augment  # noqa: E402
import evaluate  # noqa: E402
import fer2013  # noqa: E402
import mirror  # noqa: E402
import network  # noqa: E402
import soup  # noqa: E402
import train  # noqa: E402
from PIL import Image  # noqa: E402
from recipe import Recipe  # noqa: E402
from trainer import Trainer  # noqa: E402

from tests.fixtures.tiny_models import KERAS_COPIES  # noqa: E402

pytestmark = KERAS_COPIES
SHIPPED = MODELS / "fer_cnn.keras"


def faces(count: int = 42, seed: int = 0) -> fer2013.Split:
    random = np.random.default_rng(seed)
    return fer2013.Split(random.integers(0, 256, (count, 48, 48), dtype=np.uint8), np.arange(count) % 7)


def write_csv(path: Path, rows: list[dict[str, object]]) -> Path:
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


def read_csv(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(path.read_text().splitlines()))


def words(image: np.ndarray) -> str:
    return " ".join(map(str, image.ravel()))


def as_course_csv(split: fer2013.Split, folder: Path) -> Path:
    rows = [{"label": label, "feature": words(image)} for image, label in zip(split.images, split.labels, strict=True)]
    return write_csv(folder / "train.csv", rows)


def as_folder(split: fer2013.Split, folder: Path) -> Path:
    for number, (image, label) in enumerate(zip(split.images, split.labels, strict=True)):
        place = folder / fer2013.CLASSES[label]
        place.mkdir(parents=True, exist_ok=True)
        Image.fromarray(image).save(place / f"{number:03}.png")
    return folder


def as_npz(split: fer2013.Split, folder: Path) -> Path:
    np.savez(folder / "faces.npz", x=split.images, y=split.labels)
    return folder / "faces.npz"


@pytest.mark.parametrize("write", [as_course_csv, as_folder, as_npz])
def test_every_form_gives_the_same_images(write, tmp_path):
    """However the images are handed around, they and their labels arrive unchanged."""
    split = faces()
    found = fer2013.read_split(write(split, tmp_path))
    assert sorted(image.tobytes() for image in found.images) == sorted(image.tobytes() for image in split.images)
    assert {image.tobytes(): label for image, label in zip(found.images, found.labels, strict=True)} == {
        image.tobytes(): label for image, label in zip(split.images, split.labels, strict=True)
    }


def test_the_usage_column_makes_the_splits(tmp_path):
    """Kaggle's file holds three splits; training and PublicTest are read, PrivateTest is never looked at."""
    split, usages = faces(6), ["Training", "PublicTest", "PrivateTest"] * 2
    rows = [
        {"emotion": label, "pixels": words(image), "Usage": usage}
        for image, label, usage in zip(split.images, split.labels, usages, strict=True)
    ]
    data = fer2013.read(write_csv(tmp_path / "fer2013.csv", rows))
    np.testing.assert_array_equal(data.training.images, split.images[[0, 3]])
    np.testing.assert_array_equal(data.validation.labels, split.labels[[1, 4]])


def test_folders_of_splits(tmp_path):
    """`train/` and `test/`, with a folder for each class, are the two splits."""
    as_folder(faces(14), tmp_path / "train")
    as_folder(faces(7, seed=1), tmp_path / "test")
    data = fer2013.read(tmp_path)
    assert (len(data.training), len(data.validation)) == (14, 7)


def test_without_a_validation_split_a_tenth_of_each_class_is_put_aside(tmp_path):
    """The same seed puts the same images aside, and none of them is trained on."""
    path = as_npz(faces(140), tmp_path)
    data, again = fer2013.read(path, seed=3), fer2013.read(path, seed=3)
    np.testing.assert_array_equal(np.bincount(data.validation.labels), [2] * 7)
    np.testing.assert_array_equal(data.validation.images, again.validation.images)
    assert not fer2013.copies(data.training, data.validation).any()


@pytest.mark.parametrize("name", ["nothing.npz", "notes.txt"])
def test_a_wrong_path_is_told_in_a_line(name, tmp_path):
    """No traceback for a path that is not there or is no data."""
    (tmp_path / "notes.txt").write_text("")
    with pytest.raises(SystemExit, match=name):
        fer2013.read_split(tmp_path / name)


def test_copies_and_blanks_are_left_out():
    """An image that validation holds too, and one of a single colour, teach nothing that can be measured."""
    split = faces(8)
    split.images[5] = 7
    kept = fer2013.without_copies(fer2013.without_blanks(split), split.take(np.array([2])))
    np.testing.assert_array_equal(kept.labels, split.labels[[0, 1, 3, 4, 6, 7]])


def test_views_without_strength_stay_in_place(monkeypatch):
    """At strength 0, and with neither softness nor contrast, each view is the image itself or its mirror image."""
    monkeypatch.setattr(augment, "SOFT", 0.0)
    monkeypatch.setattr(augment, "CONTRAST", 0.0)
    images = tf.constant(faces(8).images[..., None] / 255, tf.float32)
    views = augment.views(images, 48, tf.constant(0.0), tf.constant([0, 1])).numpy()
    for image, view in zip(images.numpy(), views, strict=True):
        assert min(np.abs(view - image).max(), np.abs(view - image[:, ::-1]).max()) < 1e-4


def test_views_repeat_with_their_seed_and_keep_the_range():
    """The same seed draws the same views; values stay within 0 and 1, whatever the size asked for."""
    images = tf.constant(faces(4).images[..., None] / 255, tf.float32)
    first, same, other = (augment.views(images, 32, tf.constant(1.0), tf.constant([0, s])).numpy() for s in (1, 1, 2))
    np.testing.assert_array_equal(first, same)
    assert first.shape == (4, 32, 32, 1)
    assert first.min() >= 0
    assert first.max() <= 1
    assert np.abs(first - other).max() > 0.1


def test_the_fast_gradient_is_the_gradient():
    """Nine matrix products give what TensorFlow's own kernel gives."""
    random = np.random.default_rng(0)
    inputs = tf.constant(random.normal(size=(3, 5, 4, 6)), tf.float32)
    upstream = tf.constant(random.normal(size=(3, 5, 4, 2)), tf.float32)
    expected = tf.raw_ops.Conv2DBackpropFilter(
        input=inputs, filter_sizes=(3, 3, 6, 2), out_backprop=upstream, strides=[1] * 4, padding="SAME"
    )
    np.testing.assert_allclose(mirror.kernel_gradient(inputs, upstream), expected, atol=1e-4)


def test_the_network_in_training_is_the_shipped_one():
    """The folded layers compute what Keras' own compute: on images with their mirror images even while training."""
    plain, folded = unfolded()
    for model in (plain, folded):
        model.get_layer("dropout").rate = 0.0
    images = faces(8).images[..., None].astype(np.float32) / 255
    images = np.concatenate([images, images[:, :, ::-1]])
    for training in (False, True):
        np.testing.assert_allclose(plain(images, training=training), folded(images, training=training), atol=1e-4)
    for expected, found in zip(plain.get_weights(), mirror.unfold(folded.get_weights(), plain), strict=True):
        np.testing.assert_allclose(found, expected, atol=1e-3)


def test_a_face_and_its_mirror_image_get_one_answer():
    """Every layer of the mirror image holds the mirrored maps, in the other half of its channels."""
    plain, _ = unfolded()
    maps = keras.Model(plain.inputs[0], [plain.get_layer(f"relu{number}").output for number in (1, 5, 8)])
    images = faces(3).images[..., None].astype(np.float32) / 255
    for seen, mirrored in zip(maps(images), maps(images[:, :, ::-1]), strict=True):
        np.testing.assert_allclose(np.roll(seen, seen.shape[-1] // 2, axis=-1)[:, :, ::-1], mirrored, atol=1e-4)
    np.testing.assert_allclose(plain(images), plain(images[:, :, ::-1]), atol=1e-5)


def test_folding_is_unfolding_backwards():
    """What unfolds is stored in half, and weights whose halves differ are refused."""
    plain, folded = unfolded()
    for found, expected in zip(mirror.fold(plain.get_weights(), folded), folded.get_weights(), strict=True):
        np.testing.assert_array_equal(found, expected)
    with pytest.raises(ValueError, match="mirror images"):
        mirror.fold(network.build().get_weights(), folded)


def unfolded() -> tuple[keras.Model, keras.Model]:
    """A plain network and the folded one that it stems from, with weights that no layer begins with."""
    plain, folded = network.build(), network.build(size=None, folded=True)
    random = np.random.default_rng(0)
    folded.set_weights([weight + 0.1 * random.random(weight.shape) * (weight.ndim == 1) for weight in folded.weights])
    plain.set_weights(mirror.unfold(folded.get_weights(), plain))
    return plain, folded


def test_mixing_by_hand():
    """Three quarters of itself and a quarter of the next row; the last row is mixed with the first."""
    mixed = augment.mix(tf.constant([[0.0, 4.0], [8.0, 0.0]]), tf.constant([0.75, 1.0]))
    np.testing.assert_allclose(mixed, [[2, 3], [8, 0]])


def test_the_share_of_mixed_views():
    """About the share that is asked is mixed, each view keeps at least half, and at 0 all stay as they are."""
    kept = augment.kept_shares(tf.constant(4000), tf.constant(0.3), tf.constant([0, 1])).numpy()
    assert 0.27 < (kept < 1).mean() < 0.33
    assert kept.min() >= 0.5
    assert (augment.kept_shares(tf.constant(9), tf.constant(0.0), tf.constant([0, 1])).numpy() == 1).all()


def test_a_teacher_speaks_in_the_targets(tmp_path):
    """A teacher that always answers happy: its part of the target is happy, the label's is what is left."""
    image = keras.Input((48, 48, 1))
    teacher = keras.Model(image, keras.layers.Lambda(lambda x: tf.one_hot(tf.fill(tf.shape(x)[:1], 3), 7))(image))
    data = fer2013.read(as_npz(faces(42), tmp_path))
    trainer = Trainer(data, Recipe(taught=True, smoothing=0.0))
    trainer.learn_from(teacher)
    rows = tf.constant([0, 1])
    targets = trainer._targets(rows, tf.constant(0.0), tf.constant(0.6)).numpy()
    expected = 0.4 * np.eye(7)[data.training.labels[:2]] + 0.6 * np.eye(7)[3]
    np.testing.assert_allclose(targets, expected, atol=1e-6)


def test_cooling_divides_the_logits():
    """The temperature goes into the last layer's weights."""
    model, images = network.build(), faces(4).images
    before = evaluate.predict(model, images)
    network.cool(model, 2.0)
    np.testing.assert_allclose(evaluate.predict(model, images), evaluate.tempered(before, 2.0), atol=1e-5)


def test_calibration_error_by_hand():
    """Sure by 0.9 and right in 6 of 10 cases: 0.3."""
    probabilities = np.tile([0.9, 0.1], (10, 1))
    assert evaluate.calibration_error(probabilities, np.array([0] * 6 + [1] * 4), bins=1) == pytest.approx(0.3)


def test_multiply_adds_by_hand():
    """A 3x3 convolution of 1 to 2 channels on 4x4 pixels: 288; a dense layer of 32 to 3: 96."""
    layers = keras.layers
    tail = [layers.Conv2D(2, 3, padding="same"), layers.Flatten(), layers.Dense(3)]
    assert evaluate.multiply_adds(keras.Sequential([keras.Input((4, 4, 1)), *tail])) == 288 + 96


def test_the_schedules_end_quietly():
    """At the end the rate is nothing, the noise is low, the images are whole and all of them are seen."""
    recipe = Recipe()
    assert recipe.learning_rate(1.0) == pytest.approx(0)
    assert recipe.strength(1.0) < 0.5
    assert recipe.size(1.0) == 48
    assert recipe.mixed(1.0) == 0
    assert not recipe.thins(1.0)


def test_training_writes_everything_and_resumes(tmp_path, capsys):
    """One command trains, evaluates and writes; called again for more epochs it continues after the last one."""
    data, output = as_npz(faces(42), tmp_path), tmp_path / "model.keras"
    call = ["--data", str(data), "--output", str(output), "--batch", "18", "--precision", "float32"]
    assert train.main([*call, "--epochs", "1"]) == 0
    assert train.main([*call, "--epochs", "2"]) == 0
    assert "continues after epoch 1, 50% done" in capsys.readouterr().err
    history = read_csv(tmp_path / "model.history.csv")
    assert [row["epoch"] for row in history] == ["1", "2"]
    numbers = json.loads((tmp_path / "model.json").read_text())
    table = read_csv(tmp_path / "model.evaluation.csv")
    assert len(table) == numbers["images"] == 7
    assert numbers["accuracy"] == pytest.approx(np.mean([row["y_true"] == row["y_pred"] for row in table]), abs=1e-4)
    assert keras.models.load_model(output).input_shape == (None, 48, 48, 1)


def test_training_goes_on_from_a_model(tmp_path):
    """The weights of an earlier model take the place of random ones, in the network and in its average."""
    data, (earlier, folded) = as_npz(faces(42), tmp_path), unfolded()
    earlier.save(tmp_path / "earlier.keras")
    call = ["--data", str(data), "--start", str(tmp_path / "earlier.keras"), "--precision", "float32"]
    trainer = train.prepare(train.arguments(call))
    for weights in (trainer.net.get_weights(), trainer.best):
        for found, expected in zip(weights, folded.get_weights(), strict=True):
            np.testing.assert_array_equal(found, expected)


def test_a_teacher_is_asked_once(tmp_path, monkeypatch):
    """A run that continues finds the teacher's answers in its checkpoint."""
    data, output = as_npz(faces(42), tmp_path), tmp_path / "model.keras"
    network.build().save(tmp_path / "teacher.keras")
    asked, learn = [], Trainer.learn_from
    monkeypatch.setattr(Trainer, "learn_from", lambda self, model: (asked.append(model), learn(self, model)))
    call = ["--data", str(data), "--output", str(output), "--batch", "18", "--precision", "float32"]
    call += ["--teacher", str(tmp_path / "teacher.keras")]
    assert [train.main([*call, "--epochs", epochs]) for epochs in ("1", "2")] == [0, 0]
    assert len(asked) == 1


def test_a_restart_enters_the_schedule_late(tmp_path):
    """`--begin` skips the first part of the schedule, counted in epochs or in minutes."""
    data = as_npz(faces(42), tmp_path)
    for budget in (["--epochs", "10"], ["--minutes", "7"]):
        trainer = train.prepare(train.arguments(["--data", str(data), "--batch", "7", "--begin", "0.6", *budget]))
        assert trainer.progress == pytest.approx(0.6)


def test_a_soup_is_the_mean_of_what_its_runs_kept(tmp_path):
    """The best and the last average of two runs, in equal parts, written with its evaluation and its numbers."""
    data, paths = as_npz(faces(42), tmp_path), [tmp_path / "one.npz", tmp_path / "two.npz"]
    trainer = Trainer(fer2013.read(data), Recipe())
    for path, value in zip(paths, (1.0, 3.0), strict=True):
        trainer.best = [np.full_like(weight, value) for weight in trainer.best]
        for average in trainer._averages:
            average.assign(tf.fill(average.shape, 2 * value))
        trainer.save(path)
    assert all((weight == 3.0).all() for weight in soup.mixed(paths)[0])
    output = tmp_path / "soup.keras"
    assert soup.main([*map(str, paths), "--data", str(data), "--output", str(output)]) == 0
    numbers = json.loads(output.with_suffix(".json").read_text())
    assert numbers["checkpoints"] == 2
    assert len(read_csv(output.with_suffix(".evaluation.csv"))) == numbers["images"] == 7


@pytest.fixture(scope="module")
def shipped():
    return keras.models.load_model(SHIPPED)


def test_the_shipped_model_is_small_and_plain(shipped):
    """At most two million parameters and 8 MB, of layers that every tool knows."""
    assert shipped.count_params() <= 2_000_000
    assert SHIPPED.stat().st_size <= 8_000_000
    assert shipped.input_shape == (None, 48, 48, 1)
    assert shipped.output_shape == (None, 7)
    assert all(type(layer).__module__.startswith("keras.") for layer in shipped.layers)
    assert {"conv1", "conv2"} <= {layer.name for layer in shipped.layers}


def test_its_last_convolution_tells_eyes_from_mouth(shipped):
    """Grad-CAM has at least six by six cells."""
    last = [layer for layer in shipped.layers if isinstance(layer, keras.layers.Conv2D)][-1]
    assert min(last.output.shape[1:3]) >= 6


def test_it_answers_a_mirrored_face_alike(shipped):
    """The shipped weights are those of a mirror-equivariant network."""
    faces_ = lfw()
    mirrored = shipped.predict(faces_[:, :, ::-1], verbose=0)
    np.testing.assert_allclose(shipped.predict(faces_, verbose=0), mirrored, atol=1e-4)


def test_its_first_filters_are_alive(shipped):
    """On real faces hardly a filter of the first convolution stays silent."""
    first = keras.Model(shipped.inputs, shipped.get_layer("relu1").output)
    assert (first.predict(lfw(), verbose=0).max(axis=(0, 1, 2)) > 0.01).mean() >= 0.9


def test_it_finds_most_expressions_in_other_photographs(shipped):
    """At least six of the seven classes are predicted somewhere among a hundred LFW faces."""
    assert len(set(shipped.predict(lfw(), verbose=0).argmax(axis=1))) >= 6


def lfw() -> np.ndarray:
    from skimage.data import lfw_subset
    from skimage.transform import resize

    return np.stack([resize(face, (48, 48)) for face in lfw_subset()[:100]])[..., None].astype(np.float32)


def test_its_evaluation_agrees_with_its_numbers():
    """The file that the report reads and the JSON that the model card quotes say the same."""
    numbers = json.loads(SHIPPED.with_suffix(".json").read_text())
    table = np.loadtxt(SHIPPED.with_suffix(".evaluation.csv"), delimiter=",", skiprows=1)
    labels, probabilities = table[:, 0].astype(int), table[:, 2:]
    assert (probabilities.argmax(axis=1) == labels).mean() >= numbers["accuracy"] - 1e-4
    assert evaluate.calibration_error(probabilities, labels) == pytest.approx(numbers["calibration_error"], abs=1e-3)
    assert numbers["calibration_error"] <= 0.05
    assert numbers["accuracy"] >= 0.69
