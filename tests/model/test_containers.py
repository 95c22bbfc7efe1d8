"""A model's file is data from a stranger: nothing outside it is read, and nothing is taken for what it only claims."""

import json
from io import BytesIO
from random import Random
from zipfile import ZIP_DEFLATED, ZipFile

import h5py
import numpy as np
import pytest

from generator.data.preprocess import Preprocessor
from generator.errors import ModelError
from generator.limits import Limits
from generator.model.containers import parsing
from generator.model.keras_files import ARCHIVED, described
from generator.model.keras_model import open_model
from tests.fixtures.model_kinds import convolutional
from tests.fixtures.tiny_models import KERAS_COPIES, refusal, saved

pytestmark = KERAS_COPIES

SECRET = np.arange(3, dtype=np.float32)


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """One model in each container of Keras 3, and as Keras 2 wrote it, with a file beside it that is none of its."""
    folder = tmp_path_factory.mktemp("models")
    model = convolutional()
    whole = {form: saved(model, folder / f"model.{form}") for form in ("keras", "h5")}
    with h5py.File(whole["h5"]) as new, h5py.File(folder / "old.h5", "w") as old:
        new.copy("model_weights", old)
        config = json.loads(new.attrs["model_config"])["config"]
        steps = [
            {"class_name": one["class_name"], "config": {**one["config"], "dtype": "float32"}}
            for one in config["layers"]
        ]
        written = {"class_name": "Sequential", "config": {"name": "old", "layers": steps}}
        old.attrs.update({**new.attrs, "keras_version": "2.15.0", "model_config": json.dumps(written)})
    (folder / "secret").write_bytes(SECRET.tobytes())
    with h5py.File(folder / "other.h5", "w") as other:
        other["secret"] = SECRET
    return {**whole, "old": folder / "old.h5"}


def altered(source, target, change):
    """A copy of a model's file whose HDF5 was changed, also where it lies in an archive."""
    if source.suffix == ".h5":
        target.write_bytes(source.read_bytes())
        with h5py.File(target, "a") as file:
            change(file)
        return target
    with ZipFile(source) as old, ZipFile(target, "w") as new:
        for name in old.namelist():
            content = BytesIO(old.read(name))
            if name == ARCHIVED:
                with h5py.File(content, "a") as file:
                    change(file)
            new.writestr(name, content.getvalue())
    return target


def bias_of(file):
    """The path of the first weight of three numbers."""
    found = []
    file.visititems(lambda name, item: found.append(name) if getattr(item, "shape", None) == (3,) else None)
    return found[0]


def ways_out(folder):
    layout = h5py.VirtualLayout((3,), "f4")
    layout[:] = h5py.VirtualSource(str(folder / "other.h5"), "secret", (3,))
    outside = [(str(folder / "secret"), 0, 12)]
    return {
        "external": lambda group, name: group.create_dataset(name, (3,), "f4", external=outside),
        "virtual": lambda group, name: group.create_virtual_dataset(name, layout),
        "link": lambda group, name: group.__setitem__(name, h5py.ExternalLink(str(folder / "other.h5"), "secret")),
        "soft": lambda group, name: group.__setitem__(name, h5py.SoftLink("/elsewhere")),
    }


SAID = {"external": "data in another file", "virtual": "a virtual dataset", "link": "a link", "soft": "a link"}


@pytest.mark.parametrize("form", ["keras", "h5", "old"])
@pytest.mark.parametrize("way", SAID)
def test_weights_are_never_read_from_elsewhere(way, form, files, tmp_path):
    """Each way out of HDF5, in each file of Keras, also in a group that no layer asks for."""

    def change(file):
        name = bias_of(file)
        del file[name]
        ways_out(files["h5"].parent)[way](file.require_group(name.rpartition("/")[0]), name.rpartition("/")[2])

    path = altered(files[form], tmp_path / f"model{files[form].suffix}", change)
    said = refusal(path)
    assert f" in it is {SAID[way]}, which Keras does not write: it would be read from elsewhere" in said

    def beside(file):
        ways_out(files["h5"].parent)[way](file.create_group("nobody/asks"), "it")

    path = altered(files[form], tmp_path / f"beside{files[form].suffix}", beside)
    assert refusal(path).startswith(f"`/nobody/asks/it` in it is {SAID[way]}, ")


@pytest.mark.parametrize("form", ["keras", "h5"])
def test_a_group_that_holds_itself_is_walked_once(form, files, tmp_path):
    """Hard links may make a circle; that alone is no harm."""
    path = altered(files[form], tmp_path / f"model.{form}", lambda file: file.__setitem__("again", file["/"]))
    assert described(path).numbers == described(files[form]).numbers


@pytest.mark.parametrize("form", ["keras", "h5", "old"])
def test_weights_that_no_byte_stands_behind_are_refused(form, files, tmp_path):
    """Terabytes of a fill value, in a file of some kilobytes."""
    path = altered(
        files[form],
        tmp_path / f"model{files[form].suffix}",
        lambda file: file.create_dataset("zeros", (1 << 40,), "f4", chunks=(1 << 20,), compression="gzip"),
    )
    assert refusal(path).startswith("what is stored in it claims 4.4 TB, of which the file holds ")


def test_numbers_of_weights_are_counted(files):
    """Those of the layers, once each."""
    assert {described(path).numbers for path in files.values()} == {convolutional().count_params()}


def packed(source, target, members=(), leaving=(), **options):
    """A copy of an archive with other members."""
    with ZipFile(source) as old, ZipFile(target, "w", **options) as new:
        for name in set(old.namelist()) - set(leaving):
            new.writestr(name, old.read(name))
        for name, content in members:
            new.writestr(name, content)
    return target


@pytest.mark.parametrize("name", ["../../evil.txt", "/etc/evil", "assets\\..\\..\\evil", "C:/evil"])
def test_members_outside_are_refused(name, files, tmp_path):
    """Whatever would be made of such a name."""
    path = packed(files["keras"], tmp_path / "model.keras", [(name, b"")])
    assert refusal(path) == f"`{name}` in the archive names a place outside of it; save the model anew"


@pytest.mark.filterwarnings("ignore:Duplicate name:UserWarning")
def test_a_member_twice_is_refused(files, tmp_path):
    """Which one is read would depend on who reads."""
    path = packed(files["keras"], tmp_path / "model.keras", [("config.json", b"{}")])
    assert refusal(path).startswith("`config.json` is 2 times in the archive")


def test_a_member_that_is_a_bomb_is_refused_unread(files, tmp_path):
    """By its declared size; and what is packed as usual is no bomb."""
    deflated = packed(files["keras"], tmp_path / "deflated.keras", compression=ZIP_DEFLATED)
    assert described(deflated) == described(files["keras"])
    bomb = ("assets/zeros", bytes(100 << 20))
    path = packed(files["keras"], tmp_path / "model.keras", [bomb], compression=ZIP_DEFLATED)
    assert refusal(path).startswith("`assets/zeros` in it claims 105 MB, of which the file holds 102 kB")
    assert refusal(files["keras"], limits=Limits(file=9000)).startswith(
        f"{files['keras'].stat().st_size / 1000:.3g} kB"
    )


def test_an_encrypted_member_is_called_that(files, tmp_path):
    """The flag stands in the header of the member and in the directory."""
    content = bytearray(files["keras"].read_bytes())
    for sign, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = content.find(sign)
        while at >= 0:
            content[at + place] |= 1
            at = content.find(sign, at + 1)
    (tmp_path / "model.keras").write_bytes(content)
    assert "in the archive is under a password" in refusal(tmp_path / "model.keras")


ARCHITECTURES = {
    b"": "its architecture cannot be read (Expecting value",
    b"not json": "its architecture cannot be read (Expecting value",
    b"\xff\xfe{": "its architecture cannot be read (",
    b'{"class_name": ' + b"9" * 5000 + b"}": "its architecture cannot be read (Exceeds the limit (4300 digits)",
    b"[" * 900 + b"]" * 900: "its architecture is nested deeper than 200 levels",
    b"[" * 90000 + b"]" * 90000: "its architecture cannot be read (maximum recursion depth exceeded",
    b"[]": "its architecture is none that Keras wrote",
    b'{"class_name": "Functional", "config": {"name": "\\ud83d"}}': "its architecture cannot be read ('utf-8' codec",
    b"null": "its architecture is none that Keras wrote",
    b'{"class_name": 3, "config": {}}': "its architecture is none that Keras wrote",
    b'{"class_name": "Functional", "config": 5}': "Keras",
    b'{"class_name": "Sequential", "config": {"layers": 3}}': "Keras",
    b'{"class_name": "Sequential", "config": {"layers": []}}': "",
}


@pytest.mark.parametrize("text", ARCHITECTURES, ids=range(len(ARCHITECTURES)))
@pytest.mark.parametrize("version", ['{"keras_version": "3.15.1"}', "[2]", '{"keras_version": [2, 3]}', ""])
def test_an_architecture_of_rubbish_is_one_sentence(text, version, files, tmp_path):
    """Whatever stands in it, of whatever version."""
    members = [("config.json", text), ("metadata.json", version)]
    path = packed(files["keras"], tmp_path / "model.keras", members, ("config.json", "metadata.json"))
    said = refusal(path)
    assert len(said) < 400 and "\n" not in said
    if version.startswith('{"keras_version": "'):
        assert said.startswith(ARCHITECTURES[text])


def reset(source, target, change):
    """The same file with another architecture."""
    with ZipFile(source) as archive:
        config = json.loads(archive.read("config.json"))
    change({layer["class_name"]: layer["config"] for layer in config["config"]["layers"]})
    return packed(source, target, [("config.json", json.dumps(config))], ("config.json",))


@pytest.mark.parametrize("units", [10**6, 10**9, 10**12, 1 << 70, -1, "many"])
def test_a_layer_that_the_file_has_no_weights_for_is_refused_before_it_is_made(units, files, tmp_path):
    """By arithmetic: it would take gigabytes."""
    said = refusal(reset(files["keras"], tmp_path / "model.keras", lambda kinds: kinds["Dense"].update(units=units)))
    assert len(said) < 400 and "\n" not in said
    if units in (10**6, 10**9):
        assert said.startswith("its layers need ") and said.endswith(": the file is damaged")
    elif units in (10**12, 1 << 70):
        assert said == f"its architecture has {units} as `units`, more than TensorFlow counts; save it anew"


@pytest.mark.parametrize("key", ["strides", "kernel_size", "dilation_rate"])
def test_sizes_at_which_tensorflow_aborts_are_refused(key, files, tmp_path):
    """Of the whole process nothing would be left."""
    path = reset(files["keras"], tmp_path / "model.keras", lambda kinds: kinds["Conv2D"].update({key: [1 << 31] * 2}))
    assert refusal(path) == f"its architecture has 2147483648 as `{key}`, more than TensorFlow counts; save it anew"


def test_a_disk_that_is_full_is_no_damage():
    """What a file has to be unpacked to is not the file's fault."""
    with pytest.raises(OSError, match="No space left"), parsing():
        raise OSError(28, "No space left on device")
    with pytest.raises(ModelError, match="Input/output error"), parsing():
        raise OSError(5, "Input/output error")


ODD = (0, -1, 3, 1 << 31, 1 << 63, 1e308, float("nan"), None, True, "", "x", [], {}, [[]], [0, 0], {"class_name": "x"})


def spots(value, path=()):
    """Every place in a config."""
    yield path
    for key, inner in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        yield from spots(inner, (*path, key))


def warped(text, random):
    """A config of which one value is another, or that of another place, or gone."""
    config = json.loads(text)
    places = [path for path in spots(config) if path]
    *outer, key = random.choice(places)
    holder, other = config, config
    for step in outer:
        holder = holder[step]
    for step in random.choice(places):
        other = other[step]
    if random.random() < 0.2:
        del holder[key]
    else:
        holder[key] = other if random.random() < 0.3 else random.choice(ODD)
    return json.dumps(json.loads(json.dumps(config)))


def scratched(content, random):
    """The same bytes but for some."""
    content = bytearray(content)
    for _ in range(random.choice((1, 2, 8))):
        at = random.randrange(len(content))
        content[at : at + random.choice((0, 1, 4))] = random.randbytes(random.choice((1, 1, 4)))
    return bytes(content)


def damaged(source, target, random):
    """A copy of a model's file with an architecture that is warped, or bytes that are scratched."""
    if random.random() < 0.3:
        target.write_bytes(scratched(source.read_bytes(), random))
    elif source.suffix == ".h5":
        altered(source, target, lambda h5: h5.attrs.update(model_config=warped(h5.attrs["model_config"], random)))
    else:
        with ZipFile(source) as archive:
            name = random.choice(("config.json", ARCHIVED))
            content = (warped if name == "config.json" else scratched)(archive.read(name), random)
        packed(source, target, [(name, content)], (name,))
    return target


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("form", ["keras", "h5", "old"])
def test_whatever_is_done_to_a_file_it_opens_or_says_in_one_sentence_why_not(form, files, tmp_path):
    """No traceback, nothing that hangs, whatever stands in it."""
    random, refused = Random(form), 0
    assert open_model(files[form], Preprocessor()).n_classes == 3
    for turn in range(50):
        path = damaged(files[form], tmp_path / f"{turn}{files[form].suffix}", random)
        try:
            open_model(path, Preprocessor())
        except ModelError as error:
            said = str(error).removeprefix(f"{path}: ")
            assert 10 < len(said) < 500 and "\n" not in said and str(tmp_path) not in said
            refused += 1
    assert refused > 20


REASONS = {
    ValueError("first\nsecond"): "first",
    ValueError("A layer could not be loaded. Example:\n\nit expected 2 variables."): (
        "A layer could not be loaded. Example: it expected 2 variables"
    ),
    ValueError("<x>\nException encountered: `units` is odd. Full object config: {}"): "`units` is odd",
    KeyError("name"): "KeyError: 'name'",
    ValueError(): "ValueError",
    MemoryError("y" * 999): "y" * 240,
}


@pytest.mark.parametrize("error", REASONS, ids=range(len(REASONS)))
def test_of_what_a_parser_says_the_sentence_is_kept_that_says_why(error):
    """Its first one, or the one below where the first announces it."""
    with pytest.raises(ModelError) as refused, parsing("so: {reason}"):
        raise error
    assert str(refused.value) == f"so: {REASONS[error]}"
