"""The only door to TensorFlow, Keras and tf-keras-vis; importing it takes seconds, so it is imported late."""

import os
import re
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from generator.errors import ComputationError, quiet_stderr
from generator.processors import cores

LAYER_FAILS = (AttributeError, LookupError, RuntimeError, TypeError, ValueError)
MARKS = re.compile(
    r'Graph execution error:.*\n  File "[^\n]*\n|Exception encountered when calling |\x1b\[\d*m|'
    r"\{\{function_node [^}]*\}\} |\[\[.*?\]\]|\[Op:.*|Hint: .*|Arguments received by .*",
    re.DOTALL,
)  # of Keras and TensorFlow around the words of a failure


@contextmanager
def absent(*modules: str) -> Iterator[None]:
    """Inside, `modules` are as if they were not installed; those that are loaded already stay."""
    hidden = [name for name in modules if name not in sys.modules]
    for name in hidden:
        sys.modules[name] = None  # type: ignore[assignment]  # Python's own sign for it
    try:
        yield
    finally:
        for name in hidden:
            del sys.modules[name]


os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # before the import: stderr belongs to the build's progress
os.environ["KERAS_BACKEND"] = "tensorflow"
for threads in ("TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS"):
    os.environ.setdefault(threads, str(cores()))  # TensorFlow would count all of a machine that a container shares
os.environ.setdefault("TF_FORCE_GPU_ALLOW_GROWTH", "true")  # of a GPU's memory what is needed, not all of it

# TensorFlow greets on stderr before it reads its log level. Keras looks for scikit-learn and matplotlib, to wrap models
# for the one and draw galleries with the other: a third of the import, and of no use here.
with quiet_stderr(), absent("sklearn", "matplotlib"):
    ours = "keras" not in sys.modules
    import keras
    import tensorflow as tf

tf.config.experimental.enable_tensor_float_32_execution(False)  # a GPU's floats are as long as a processor's
if ours:  # a user's keras.json has no say in a model whose file leaves something open
    keras.config.set_floatx("float32")
    keras.config.set_epsilon(1e-7)
    keras.config.set_image_data_format("channels_last")

__all__ = ["card_memory", "keras", "tf", "variation"]


def card_memory() -> int:
    """Bytes of the largest GPU, 0 where TensorFlow finds none."""
    if not tf.config.list_physical_devices("GPU"):
        return 0
    from tensorflow.python.client import device_lib  # only here TensorFlow says how large a card is

    return max(
        (int(one.memory_limit) for one in device_lib.list_local_devices() if one.device_type == "GPU"), default=0
    )


@contextmanager
def computing(*others: type[Exception]) -> Iterator[None]:
    """What TensorFlow raises inside, memory that is not there among it, is a ComputationError in its own words.

    So are `others`: what a layer may raise when it is called.
    """
    try:
        yield
    except (tf.errors.OpError, *others) as error:
        raise ComputationError(" ".join(MARKS.sub("", str(error)).split()) or type(error).__name__) from error


def variation(x: Any) -> Any:  # noqa: ANN401  TensorFlow has no types
    """`(N,)` the total variation of pictures a pixel, by tf-keras-vis, which is loaded only where it is needed."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # it warns of modules of its own
        from tf_keras_vis.activation_maximization.regularizers import TotalVariation2D

    return TotalVariation2D(weight=1)(x)
