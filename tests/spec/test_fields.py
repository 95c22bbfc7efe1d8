"""The kinds of values of a spec: names, languages, files and references, each refused with what is allowed."""

import os
from pathlib import Path

import pytest
from pydantic import TypeAdapter, ValidationError
from pydantic_core import PydanticCustomError

from generator.spec.fields import (
    ClassRef,
    Encoding,
    ExportFile,
    File,
    Scope,
    ShortName,
    TargetRef,
    Title,
    existing,
    language_tag,
)

SCOPE = Scope(Path(), ("angry", "happy"), ("model",), ())


@pytest.mark.parametrize(
    ("written", "usual"),
    [("zh-hant", "zh-Hant"), ("EN", "en"), ("de-at", "de-AT"), ("ZH-HANT-tw", "zh-Hant-TW"), ("sl-ROZAJ", "sl-rozaj")],
)
def test_a_language_gets_its_usual_spelling(written, usual):
    """BCP 47 does not care about case, files and links do."""
    assert language_tag(written) == usual


@pytest.mark.parametrize("tag", ["", "english", "e", "en_US", "en-", "../en"])
def test_what_is_no_language(tag):
    """A tag names a file of words, so that nothing else may pass."""
    with pytest.raises(ValueError, match="is not a language tag"):
        language_tag(tag)


def test_a_reference_is_looked_up_where_there_is_something_to_look_in():
    """Without a scope every name passes; a number may name a class."""
    assert TypeAdapter(ClassRef).validate_python("sad") == "sad"
    assert TypeAdapter(TargetRef).validate_python("each", context=SCOPE) == "each"
    with pytest.raises(ValidationError, match=r"unknown class 'hapy'; did you mean 'happy'\?"):
        TypeAdapter(ClassRef).validate_python("hapy", context=SCOPE)
    with pytest.raises(ValidationError, match="unknown class '7'"):
        TypeAdapter(ClassRef).validate_python(7, context=SCOPE)


def test_a_file_is_absolute_and_there(tmp_path):
    """Relative to the spec's folder."""
    scope = Scope(tmp_path, (), (), ())
    (tmp_path / "model.keras").touch()
    assert TypeAdapter(File).validate_python("model.keras", context=scope) == tmp_path / "model.keras"
    with pytest.raises(ValidationError, match=r"no such file or folder: 'modle.keras'; did you mean 'model.keras'"):
        TypeAdapter(File).validate_python("modle.keras", context=scope)


def test_a_file_that_the_workflow_fetches_is_named_with_its_address(tmp_path):
    """A clone has the list, and not the files that are too large for a repository."""
    (tmp_path / "assets.txt").write_text("4d7a https://example.org/v1/big.keras models/my big.keras\nodd\n")
    with pytest.raises(PydanticCustomError, match=r"assets.txt says where to fetch it: https://example.org/v1/big"):
        existing(Path("models/my big.keras"), tmp_path)
    with pytest.raises(PydanticCustomError, match=r"no such file or folder: 'models/other.keras'$"):
        existing(Path("models/other.keras"), tmp_path)


@pytest.mark.parametrize("name", ["/a.jpg", "../a.jpg", "a.gif", "a\\b.png", "{nothing}.png", "{.png"])
def test_an_export_stays_in_its_folder(name):
    """And is a picture, with fields that exist."""
    with pytest.raises(ValidationError):
        TypeAdapter(ExportFile).validate_python(name)


@pytest.mark.parametrize("path", ["~nobody_of_this_name/m.keras", "x" * 5000, "a/b/c"])
def test_a_path_that_leads_nowhere_is_told(tmp_path, path):
    """A user that is not there, a name longer than any file's, a folder that is missing: never a traceback."""
    with pytest.raises(PydanticCustomError, match="no such file or folder"):
        existing(Path(path), tmp_path)


@pytest.mark.parametrize("name", ["m.keras", "pictures"])
def test_what_may_not_be_read_is_told(tmp_path, monkeypatch, name):
    """Of a file and of a folder, at the line that names it."""
    (tmp_path / "pictures").mkdir()
    (tmp_path / "m.keras").touch()
    assert existing(Path(name), tmp_path) == tmp_path / name
    monkeypatch.setattr("os.access", lambda path, mode: False)
    with pytest.raises(PydanticCustomError, match=f"'{name}' may not be read: permission denied"):
        existing(Path(name), tmp_path)


@pytest.mark.parametrize(
    "name", ["idna", "punycode", "unicode_escape", "raw-unicode-escape", "hex", "rot13", "klingon"]
)
def test_what_does_not_write_text_is_no_encoding(name):
    """While those of tables are, by any of their names."""
    encoding = TypeAdapter(Encoding)
    with pytest.raises(ValidationError, match=f"'{name}' is no encoding"):
        encoding.validate_python(name)
    assert encoding.validate_python("BIG5") == "BIG5"
    assert encoding.validate_python("utf-16") == "utf-16"


def test_only_files_and_folders_are_named(tmp_path):
    """A pipe or a device is refused where it is named, before anything waits for it."""
    os.mkfifo(tmp_path / "pipe")
    for name, kind in {"pipe": "a named pipe", "/dev/null": "a device"}.items():
        with pytest.raises(PydanticCustomError, match=f"is {kind}, where a file or a folder is needed"):
            existing(Path(name), tmp_path)


@pytest.mark.parametrize(
    ("written", "meant"),
    [("a_{index:03}.png", "a_{index:03}.png"), ("{class_id}/{index:05d}.jpg", "{class_id}/{index:05}.jpg")],
)
def test_numbers_of_an_export_may_have_a_width(written, meant):
    """As in Python; a picture without a number has none to be counted."""
    assert TypeAdapter(ExportFile).validate_python(written) == meant


@pytest.mark.parametrize(
    "name",
    [
        "{index:3000000000}.png",
        "{index:<99}.png",
        "{class_id!r}.png",
        "{index:{number}}.png",
        "{index.real}.png",
        "{model[0]}.png",
        "{}.png",
        "{index:x}.png",
        "a\n.png",
        "a\0.png",
        "a" * 300 + ".png",
    ],
)
def test_an_export_has_the_name_of_a_file(name):
    """Nothing endless, nothing that reaches into a value, nothing that no disk takes."""
    with pytest.raises(ValidationError):
        TypeAdapter(ExportFile).validate_python(name)


@pytest.mark.parametrize("text", ["", "  ", "\u200b", {"en": "Title", "zh-Hant": ""}])
def test_a_title_says_something(text):
    """What cannot be seen is no title of a page or a PDF."""
    with pytest.raises(ValidationError, match="is empty"):
        TypeAdapter(Title).validate_python(text)


def test_a_name_is_short():
    """It stands in legends, tables and file names."""
    with pytest.raises(ValidationError, match="has 50,000 characters; 200 are the most"):
        TypeAdapter(ShortName).validate_python("x" * 50_000)


def test_a_link_that_leads_nowhere_is_called_one(tmp_path):
    """And not taken for a mistyped name of itself."""
    for name, target, words in (
        ("gone", "nothing", "a link to a file that is not there"),
        ("loop", "loop", "Too many levels"),
    ):
        (tmp_path / name).symlink_to(target)
        with pytest.raises(PydanticCustomError, match=f"'{name}' cannot be read: {words}"):
            existing(Path(name), tmp_path)
