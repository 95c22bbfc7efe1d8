"""What the door to Keras loads, what it leaves out, and what it keeps quiet."""

import os
import subprocess
import sys
from types import SimpleNamespace

import pytest
from tensorflow.python.client import device_lib

from generator.model import keras_door
from generator.model.keras_door import absent, card_memory, tf
from generator.processors import cores
from tests import ROOT


def test_the_users_keras_json_has_no_say(tmp_path):
    """Of a model whose file leaves open what its numbers and channels are."""
    (tmp_path / "keras.json").write_text('{"floatx": "float16", "epsilon": 0.1, "image_data_format": "channels_first"}')
    script = (
        "from generator.model.keras_door import keras; config = keras.config; "
        "print(config.floatx(), config.epsilon(), config.image_data_format())"
    )
    environment = {**os.environ, "KERAS_HOME": str(tmp_path), "PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["float32", "1e-07", "channels_last"]


def test_keras_comes_without_what_it_would_only_serve():
    """Neither scikit-learn nor matplotlib is loaded with it, a third of its import; both can be had afterwards."""
    script = (
        "import sys; from generator.model.keras_door import keras; "
        "wanted = ('sklearn', 'matplotlib'); print([name for name in wanted if name in sys.modules]); "
        "import sklearn.linear_model, matplotlib.pyplot; print(keras.Sequential.__name__, sklearn.linear_model.Ridge())"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == ["[]", "Sequential Ridge()"]


@pytest.mark.parametrize(("given", "threads"), [({}, str(cores())), ({"TF_NUM_INTRAOP_THREADS": "1"}, "1")])
def test_threads_are_the_processors_that_may_be_used(given, threads):
    """Where the user says nothing else."""
    script = (
        "import os; from generator.model.keras_door import tf; "
        "print(os.environ['TF_NUM_INTRAOP_THREADS'], os.environ['TF_NUM_INTEROP_THREADS'])"
    )
    own = {name: value for name, value in os.environ.items() if not name.startswith("TF_NUM_")}
    environment = {**own, **given, "PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.split() == [threads, str(cores())]


@pytest.mark.parametrize("memory", [(), (8 * 2**30, 4 * 2**30)])
def test_a_card_says_its_memory(monkeypatch, memory):
    """The largest of several; without one there is nothing to ask."""
    devices = [("CPU", 2**40), *(("GPU", own) for own in memory)]
    found = [SimpleNamespace(device_type=kind, memory_limit=own) for kind, own in devices]
    monkeypatch.setattr(tf.config, "list_physical_devices", lambda kind: list(memory))
    monkeypatch.setattr(device_lib, "list_local_devices", lambda: found if memory else pytest.fail("was asked"))
    assert card_memory() == max(memory, default=0)


def test_no_float_is_shortened():
    """Neither on a GPU, whose matrix units would round to ten bits, nor by a policy of Keras."""
    assert not tf.config.experimental.tensor_float_32_execution_enabled()
    assert keras_door.keras.config.dtype_policy().compute_dtype == "float32"


def test_a_module_is_absent_only_inside(monkeypatch):
    """What is not loaded cannot be imported inside; what is loaded stays, and afterwards all is as before."""
    monkeypatch.delitem(sys.modules, "colorsys", raising=False)
    with absent("colorsys", "sys"):
        with pytest.raises(ImportError):
            import colorsys
        import sys as still

        assert still is sys
    import colorsys

    assert colorsys.rgb_to_hsv(0, 0, 0) == (0, 0, 0)
