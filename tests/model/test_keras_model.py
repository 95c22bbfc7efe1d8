"""The door to Keras, held to eager TensorFlow and to tf-keras-vis on a small functional model."""

import _thread
import signal
import threading
import time
from dataclasses import replace

import numpy as np
import pytest

from generator.classifier import Ascent, Score
from generator.data.preprocess import Preprocessor
from generator.errors import ComputationError, ModelError, ParameterError
from generator.model.form import Batches
from generator.model.keras_door import keras, tf
from generator.model.keras_model import open_model
from generator.tally import Spent, Tally
from tests.fixtures.tiny_models import KERAS_COPIES, images, opened, saved

pytestmark = [
    KERAS_COPIES,
    pytest.mark.filterwarnings("ignore:`tf_keras_vis.utils.regularizers` module:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:The structure of `inputs` doesn't match:UserWarning"),
]

SHAPE = (12, 10, 2)
layers = keras.layers


def network(head: str = "softmax", width: int = 3):
    keras.utils.set_random_seed(1)
    x = entry = keras.Input(SHAPE)
    x = layers.Conv2D(6, 3, padding="same", activation="relu", name="first")(x)
    x = layers.MaxPooling2D()(x)
    x = layers.Conv2D(5, 3, name="second")(x)
    x = layers.BatchNormalization()(x)
    x = layers.ReLU(name="rectifier")(x)
    x = layers.Dropout(0.5)(x)
    x = layers.Flatten()(x)
    return keras.Model(entry, layers.Dense(width, head, name="scores")(x))


@pytest.fixture(scope="module")
def model():
    return network()


@pytest.fixture(scope="module")
def path(model, tmp_path_factory):
    return saved(model, tmp_path_factory.mktemp("model") / "network.keras")


@pytest.fixture(scope="module")
def classifier(path):
    return open_model(path, Preprocessor())


def linear_scores(model):
    """The stock way: a clone whose last activation is linear."""
    clone = keras.models.clone_model(model)
    clone.set_weights(model.get_weights())
    clone.layers[-1].activation = keras.activations.linear
    return clone


def eager_gradient(model, inputs, target, score=lambda z: z):
    with tf.GradientTape() as tape:
        x = tf.constant(inputs)
        tape.watch(x)
        chosen = tf.gather(score(model(x, training=False)), target, batch_dims=1)
    return tape.gradient(chosen, x).numpy()


def test_the_softmax_of_the_logits_is_the_prediction(model, classifier):
    """Scores are those before the softmax, and probabilities those of the model."""
    x = images(SHAPE, 5)
    np.testing.assert_allclose(classifier.probabilities(x), model(x, training=False), atol=1e-6)
    np.testing.assert_allclose(classifier.logits(x), linear_scores(model)(x, training=False), atol=1e-5)


@pytest.mark.parametrize(
    ("kind", "score"),
    [
        ("logit", lambda z: z),
        ("probability", tf.nn.softmax),
        ("loss", lambda z: -tf.nn.log_softmax(z)),
        ("sum", lambda z: tf.repeat(tf.reduce_sum(z, axis=1, keepdims=True), 3, axis=1)),
    ],
)
def test_gradients_are_those_of_an_eager_tape(model, classifier, kind, score):
    """One traced function gives what a GradientTape gives, for each kind of score."""
    x, target = images(SHAPE, 4), np.array([0, 1, 2, 0])
    expected = eager_gradient(linear_scores(model), x, target, score)
    np.testing.assert_allclose(classifier.gradients(x, Score(target, kind=kind)), expected, atol=1e-6)


def test_a_difference_of_two_scores_has_the_difference_of_their_gradients(classifier):
    """`against` subtracts the gradient of the other class."""
    x, target, against = images(SHAPE), np.array([0, 1, 2]), np.array([1, 2, 0])
    difference = classifier.gradients(x, Score(target)) - classifier.gradients(x, Score(against))
    np.testing.assert_allclose(classifier.gradients(x, Score(target, against)), difference, atol=1e-6)


def test_batches_change_nothing(classifier):
    """Any number of images, none included, in batches of any size."""
    x, score = images(SHAPE, 7), Score(np.arange(7) % 3)
    small = replace(classifier, batch=Batches(3, 2))
    np.testing.assert_allclose(small.gradients(x, score), classifier.gradients(x, score), atol=1e-6)
    assert small.logits(x[:0]).shape == (0, 3)


def test_every_image_is_counted_once_whatever_the_batches(classifier):
    """Forward, or forward and back; a climb counts each step of each unit."""
    x, score, tally = images(SHAPE, 7), Score(np.arange(7) % 3), Tally()
    counting = replace(classifier, batch=Batches(3, 2), tally=tally)
    counting.probabilities(x)
    counting.outputs(x[:2], "first")
    counting.gradients(x, score, "guided")
    counting.layer_gradients(x, score, "first")
    assert tally.passes == Spent(9, 14)
    counting.ascend(Ascent("first", np.arange(4), images(SHAPE, 4), steps=5, rate=0.1))
    assert tally.passes == Spent(9, 14 + 20)


def test_saliency_is_that_of_tf_keras_vis(model, classifier):
    """Correlation with the stock library's saliency above 0.999."""
    from tf_keras_vis.saliency import Saliency
    from tf_keras_vis.utils.scores import CategoricalScore

    x = images(SHAPE)
    stock = Saliency(linear_scores(model), clone=False)(CategoricalScore([0, 1, 2]), x, normalize_map=False)
    ours = np.abs(classifier.gradients(x, Score(np.arange(3)))).max(axis=-1)
    assert np.corrcoef(stock.ravel(), ours.ravel())[0, 1] > 0.999


def test_guided_gradients_follow_the_rule_worked_out_step_by_step(model, classifier):
    """At each rectifier only positive gradients pass, and only where its input is positive; layers included."""
    x = tf.constant(images(SHAPE))
    score_of = linear_scores(model)
    by_name = {layer.name: layer for layer in score_of.layers}
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x)
        before_first = tf.nn.conv2d(x, by_name["first"].kernel, 1, "SAME") + by_name["first"].bias
        first = tf.nn.relu(before_first)
        tape.watch(first)
        before = score_of.layers[4](score_of.layers[3](score_of.layers[2](first)), training=False)
        after = tf.nn.relu(before)
        tape.watch(after)
        score = tf.linalg.diag_part(score_of.layers[-1](tf.reshape(after, (3, -1))))
    slope = tf.nn.relu(tape.gradient(score, after)) * tf.cast(before > 0, tf.float32)
    slope = tf.nn.relu(tape.gradient(before, first, slope)) * tf.cast(before_first > 0, tf.float32)
    expected = tape.gradient(before_first, x, slope)
    np.testing.assert_allclose(classifier.gradients(x.numpy(), Score(np.arange(3)), "guided"), expected, atol=1e-6)


def test_a_layer_is_given_with_the_slope_of_the_score_by_it(model, classifier):
    """Output and derivative of a layer come from one pass, and are those of a tape over the model cut in two."""
    x, target = images(SHAPE), np.array([2, 0, 1])
    stock = linear_scores(model)
    upper, lower = stock.layers[-5:], keras.Model(stock.inputs[0], stock.get_layer("second").output)
    with tf.GradientTape() as tape:
        value = output = lower(x, training=False)
        tape.watch(value)
        for layer in upper:
            value = layer(value)
        score = tf.gather(value, target, batch_dims=1)
    ours, slope = classifier.layer_gradients(x, Score(target), "second")
    np.testing.assert_allclose(ours, output, atol=1e-6)
    np.testing.assert_allclose(slope, tape.gradient(score, output), atol=1e-6)
    np.testing.assert_allclose(classifier.outputs(x, "second"), output, atol=1e-6)


@pytest.mark.parametrize("kind", ["logit", "loss"])
def test_slopes_by_picture_and_layers_come_from_one_pass(classifier, kind):
    """Each is what it is alone, also where one layer leads to the other."""
    x, score = images(SHAPE), Score(np.array([2, 0, 1]), kind=kind)
    scores, first, *layers = classifier.slopes_at(x, score, "", "first", "second")
    np.testing.assert_allclose(scores, classifier.logits(x), atol=1e-6)
    np.testing.assert_allclose(first, classifier.gradients(x, score), atol=1e-6)
    alone = [*classifier.layer_gradients(x, score, "first"), *classifier.layer_gradients(x, score, "second")]
    for ours, one in zip(layers, alone, strict=True):
        np.testing.assert_allclose(ours, one, atol=1e-6)


def test_the_model_of_the_user_is_never_altered(path, classifier):
    """File and predictions are the same after every call, guided ones included."""
    before, x = path.read_bytes(), images(SHAPE)
    again = classifier.probabilities(x)
    classifier.gradients(x, Score(np.arange(3)), "guided")
    assert path.read_bytes() == before
    np.testing.assert_array_equal(classifier.probabilities(x), again)
    assert classifier.graph.step("first").operation.activation is keras.activations.relu


def test_layers_are_named_and_shaped_as_in_the_file(classifier):
    """From the input to the scores, with what rectifies marked."""
    found = {layer.name: (layer.kind, layer.shape, layer.rectifies) for layer in classifier.layers}
    assert found["first"] == ("Conv2D", (12, 10, 6), True)
    assert found["second"] == ("Conv2D", (4, 3, 5), False)
    assert found["rectifier"] == ("ReLU", (4, 3, 5), True)
    assert list(found)[-1] == "scores" and found["scores"][1:] == ((3,), False)


def test_an_unknown_layer_is_refused_with_the_nearest_name(classifier):
    """A slip of the pen is a parameter's error, not a traceback."""
    with pytest.raises(ParameterError, match=r"^unknown layer 'secnd'; did you mean 'second'\?$"):
        classifier.outputs(images(SHAPE), "secnd")


def test_what_the_foot_of_the_page_says(model, classifier):
    """Parameters as Keras counts them; multiply-adds worked out by hand."""
    assert classifier.facts.parameters == model.count_params()
    by_hand = 12 * 10 * 9 * 2 * 6 + 4 * 3 * 9 * 6 * 5 + 60 * 3
    assert classifier.facts.multiply_adds == by_hand


def ascent(layer="second", steps=12, **changes) -> Ascent:
    units = np.arange(3)
    start = 0.5 + 0.02 * (images(SHAPE) - 0.5)
    return replace(Ascent(layer, units, start, steps=steps, rate=0.03), **changes)


def test_an_ascent_climbs_step_by_step_as_written_out(classifier):
    """x ← clip(x + rate · range · g / rms(g)), every unit on its own, with tf-keras-vis' regularisers."""
    from tf_keras_vis.activation_maximization.regularizers import Norm, TotalVariation2D
    from tf_keras_vis.utils.scores import CategoricalScore

    asked = ascent(steps=3, total_variation=0.7, norm=0.3)
    tail = linear_scores(network())
    model = keras.Model(tail.inputs[0], tail.get_layer("second").output)
    model.set_weights([w.numpy() for w in weights_of(classifier, "first", "second")])
    x = tf.constant(asked.start)
    for _ in range(asked.steps):
        with tf.GradientTape() as tape:
            tape.watch(x)
            gain = CategoricalScore([0, 1, 2])(model(x)) - TotalVariation2D(0.7)(x) - Norm(0.3, p=1)(x)
        slope = tape.gradient(gain, x)
        x = tf.clip_by_value(x + 0.03 * slope / tf.sqrt(tf.reduce_mean(slope**2, (1, 2, 3), True)), 0, 1)
    climb = classifier.ascend(asked)
    np.testing.assert_allclose(climb.inputs, x, atol=1e-5)
    np.testing.assert_allclose(climb.activation, CategoricalScore([0, 1, 2])(model(x)), atol=1e-5)


def test_a_norm_holds_on_a_black_picture(classifier):
    """The regularisers have a slope, or none, where everything is zero; never NaN."""
    black = ascent(steps=4, total_variation=0.7, norm=50.0)
    climb = classifier.ascend(replace(black, start=np.zeros_like(black.start)))
    assert np.isfinite(climb.inputs).all()


def weights_of(classifier, *names):
    return [weight for name in names for weight in classifier.graph.step(name).operation.weights]


@pytest.mark.parametrize("layer", ["first", "second", "rectifier", "scores", None])
def test_an_ascent_reaches_more_than_its_start(classifier, layer):
    """Every unit that has a gradient ends higher, in any layer and for the classes."""
    asked = ascent(layer)
    start = classifier.ascend(replace(asked, steps=0)).activation
    climb = classifier.ascend(asked)
    assert (climb.activation >= start).all() and (climb.activation > start + 1e-3).any()
    assert climb.inputs.min() >= 0 and climb.inputs.max() <= 1


def test_the_same_seed_gives_the_same_bytes(classifier, monkeypatch):
    """Jitter is drawn from the seed, also when the units are split over two batches."""
    asked = ascent(jitter=2, seed=5)
    first, again, other = (classifier.ascend(a).inputs for a in (asked, asked, replace(asked, seed=6)))
    assert first.tobytes() == again.tobytes()
    assert not np.array_equal(first, other)
    monkeypatch.setattr("generator.model.keras_model.UNITS", 2)
    np.testing.assert_allclose(replace(classifier, batch=Batches(1, 1)).ascend(asked).inputs, first, atol=1e-5)


def test_long_ascents_are_one_climb(classifier, monkeypatch):
    """Steps are counted on from block to block, with the jitter of each step."""
    asked = ascent(steps=7, jitter=2)
    whole = classifier.ascend(asked).inputs
    monkeypatch.setattr("generator.model.keras_model.BLOCK", 3)
    np.testing.assert_allclose(classifier.ascend(asked).inputs, whole, atol=1e-6)


@pytest.mark.parametrize("batch", [64, 2])
def test_units_that_no_longer_climb_leave_the_others(classifier, batch, monkeypatch):
    """Each ends where a climb of as many steps ends; what was spent on it may be more, up to where it is said."""
    monkeypatch.setattr("generator.model.keras_model.BLOCK", 3)
    monkeypatch.setattr("generator.model.keras_model.UNITS", 2)
    asked = ascent("first", steps=90, total_variation=0.2, jitter=1, units=np.arange(6), settles=True)
    asked = replace(asked, start=np.repeat(asked.start, 2, axis=0))
    classifier = replace(classifier, batch=Batches(batch, batch), tally=Tally())
    found = classifier.ascend(asked)
    assert len(set(found.steps)) > 1 and found.steps.max() <= 90
    assert found.steps.sum() <= classifier.tally.passes.gradient < 6 * 90
    for steps in set(found.steps):
        rows = found.steps == steps
        alone = classifier.ascend(
            replace(asked, units=asked.units[rows], start=asked.start[rows], steps=int(steps), settles=False)
        )
        assert (alone.steps == steps).all()
        np.testing.assert_allclose(found.inputs[rows], alone.inputs, atol=1e-4)
        np.testing.assert_allclose(found.activation[rows], alone.activation, atol=1e-4)


def test_a_climb_that_sinks_ends_at_its_highest(classifier, monkeypatch):
    """Steps that overshoot lead down: of those that were made the best are kept, and no more than needed are made."""
    monkeypatch.setattr("generator.model.keras_model.BLOCK", 1)
    counting = replace(classifier, tally=Tally())
    asked = ascent("rectifier", steps=12, total_variation=500.0, settles=True)  # all that it climbs is smoothness
    asked = replace(asked, rate=0.5)
    found = counting.ascend(asked)
    assert (found.steps < 12).all() and counting.tally.passes.gradient < 3 * 12
    for unit, steps in enumerate(found.steps.tolist()):
        only = replace(asked, units=asked.units[[unit]], start=asked.start[[unit]], steps=steps, settles=False)
        np.testing.assert_allclose(found.inputs[[unit]], classifier.ascend(only).inputs, atol=1e-4)


def test_units_of_a_pass_follow_the_outputs_they_need(classifier):
    """The whole model as its images; an early layer more, of pictures twice as high and wide a quarter."""
    sizes = [120 * 6, 30 * 6, *[12 * 5] * 4, 60, 3]  # of all outputs; dropout and flatten are among them
    share = sizes[0] / sum(sizes)
    small, large = (ascent("first", start=np.zeros((3, 12 * n, 10 * n, 2))) for n in (1, 2))
    assert classifier._at_a_time(ascent(None)) == classifier.batch.back
    assert classifier._at_a_time(small) == int(classifier.batch.back / share)
    assert classifier._at_a_time(large) == int(classifier.batch.back / share / 4)
    assert replace(classifier, batch=Batches(1, 1))._at_a_time(large) == 4


def test_steps_follow_the_range_of_the_inputs(tmp_path):
    """A model of 0..255 climbs in steps 255 times as large, and ends at the same picture."""
    x = entry = keras.Input(SHAPE)
    x = layers.Rescaling(1 / 255)(x)
    inner = network()
    wide = opened(keras.Model(entry, inner(x)), tmp_path / "wide.keras").preprocessed(by=Preprocessor(0.0, 255.0))
    narrow = opened(inner, tmp_path / "narrow.keras")
    asked = ascent(inner.name + "/second")
    far = wide.ascend(replace(asked, start=asked.start * 255))
    near = narrow.ascend(replace(asked, layer="second"))
    np.testing.assert_allclose(far.inputs / 255, near.inputs, atol=1e-4)


def test_one_sigmoid_becomes_two_classes(tmp_path):
    """Logits (-z/2, z/2), whose softmax is (1-p, p); the two gradients differ in sign."""
    model = network("sigmoid", 1)
    classifier, x = opened(model, tmp_path / "one.keras"), images(SHAPE)
    p = model(x, training=False).numpy()
    np.testing.assert_allclose(classifier.probabilities(x), np.hstack([1 - p, p]), atol=1e-6)
    assert classifier.one_output and classifier.n_classes == 2
    first, second = (classifier.gradients(x, Score(np.full(3, k))) for k in (0, 1))
    np.testing.assert_allclose(first, -second, atol=1e-7)


def test_a_sigmoid_for_each_class_keeps_its_own_probabilities(tmp_path):
    """K sigmoids: probabilities need not sum to one, and the loss is each class's own."""
    model = network("sigmoid", 2)
    classifier, x = opened(model, tmp_path / "each.keras"), images(SHAPE)
    np.testing.assert_allclose(classifier.probabilities(x), model(x, training=False), atol=1e-6)
    expected = eager_gradient(linear_scores(model), x, [0, 1, 1], lambda z: -tf.math.log_sigmoid(z))
    np.testing.assert_allclose(classifier.gradients(x, Score(np.array([0, 1, 1]), kind="loss")), expected, atol=1e-6)


def test_linear_scores_are_taken_as_they_are(tmp_path):
    """Without a softmax the outputs are the logits."""
    model = network("linear")
    classifier, x = opened(model, tmp_path / "linear.keras"), images(SHAPE)
    np.testing.assert_allclose(classifier.logits(x), model(x, training=False), atol=1e-6)
    np.testing.assert_allclose(classifier.probabilities(x).sum(axis=1), 1, atol=1e-6)


@keras.saving.register_keras_serializable("tests")
class Normalised(layers.Layer):
    """Makes probabilities in a way that nobody can look into."""

    def call(self, x):
        return tf.nn.softmax(x)


def test_probabilities_of_unknown_making_are_refused(tmp_path):
    """Scores that cannot be found are said to be missing, instead of explaining a saturated softmax."""
    model = network("linear")
    model = keras.Model(model.inputs, Normalised()(model.outputs[0]))
    with pytest.raises(ModelError, match="no softmax or sigmoid that makes them was found"):
        opened(model, tmp_path / "hidden.keras")


def test_a_long_ascent_stops_when_it_is_interrupted(classifier):
    """Ctrl-C ends the climb between two blocks of steps; nothing goes on climbing behind it."""
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a run in the background ignores it
    asked = ascent(units=np.zeros(16, np.int64), start=np.full((16, *SHAPE), 0.5, np.float32))
    classifier.ascend(asked)  # traced before
    timer = threading.Timer(0.5, _thread.interrupt_main)
    timer.start()
    with pytest.raises(KeyboardInterrupt):
        classifier.ascend(replace(asked, steps=10**7))
    again = time.monotonic()
    classifier.ascend(asked)
    assert time.monotonic() - again < 10


class Elementwise(layers.Layer):
    def compute_output_shape(self, shape):
        return shape


@keras.saving.register_keras_serializable("tests")
class Eager(Elementwise):
    def call(self, x):
        return x * x.numpy().max()


@keras.saving.register_keras_serializable("tests")
class Hungry(Elementwise):
    def call(self, x):
        return x + tf.reduce_sum(tf.zeros(tf.cast(tf.reduce_max(x) // 1000, tf.int64) * 2**46))


@keras.saving.register_keras_serializable("tests")
class Wrong(Elementwise):
    def call(self, x):
        return tf.reshape(x, (7, -1))


def behind(layer, path):
    """A small model with this layer in it, opened."""
    entry = keras.Input(SHAPE)
    scores = layers.Dense(3, "softmax")(layers.Flatten()(layer(entry)))
    return opened(keras.Model(entry, scores), path)


def test_what_a_layer_raises_is_said_in_its_own_words(tmp_path):
    """A layer that cannot be traced, and memory that is not there: no traceback, and no marks of TensorFlow."""
    eager, hungry = behind(Eager(), tmp_path / "eager.keras"), behind(Hungry(), tmp_path / "hungry.keras")
    with pytest.raises(ComputationError, match=r"^Eager\.call\(\)\. 'SymbolicTensor' object has no attribute 'numpy'$"):
        eager.logits(images(SHAPE))
    assert hungry.logits(images(SHAPE)).shape == (3, 3)
    score = Score(np.zeros(3, np.int64))
    for question in (hungry.logits, lambda x: hungry.gradients(x, score), lambda x: hungry.outputs(x, "hungry")):
        with pytest.raises(ComputationError, match=r"^OOM when allocating tensor with shape\[[^{\n]*$"):
            question(images(SHAPE) * 5000)
    climb = Ascent(None, np.arange(1), images(SHAPE, 1) * 5000, 1, 0.1)
    with pytest.raises(ComputationError, match="OOM when allocating"):
        hungry.preprocessed(by=Preprocessor(0.0, 5000.0)).ascend(climb)


def test_a_layer_that_fails_on_every_image_is_refused_when_it_is_opened(tmp_path):
    """With the file, the layer and its words."""
    message = r"wrong\.keras: Wrong\.call\(\)\. Input to reshape is a tensor with \d+ values.*a multiple of 7$"
    with pytest.raises(ModelError, match=message):
        behind(Wrong(), tmp_path / "wrong.keras")


def test_a_mistake_of_ours_stays_a_traceback(classifier):
    """Only what TensorFlow and layers raise is a failure of the figure."""
    with pytest.raises(AttributeError):
        classifier.gradients(images(SHAPE), None)
