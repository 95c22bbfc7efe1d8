"""What the door to Keras loads, what it leaves out, and what it keeps quiet."""

import os
import subprocess
import sys

import pytest

from generator.model.keras_door import absent
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
