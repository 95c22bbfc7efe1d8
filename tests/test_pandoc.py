"""The door to pandoc: nothing but what it is handed, within bounds."""

import pytest

from generator import pandoc as door
from generator.errors import InputError
from generator.pandoc import pandoc


def test_it_converts_with_the_files_it_is_handed():
    bib = b"@book{key, author={Doe, Ann}, title={Maps}, year={2018}}"
    said = pandoc(
        b"[@key, p. 3]", "-f", "markdown", "-t", "plain", "--citeproc", "--bibliography", "r.bib", files={"r.bib": bib}
    )
    assert said.decode().startswith("(Doe 2018, 3)")


def test_it_reads_no_other_file(tmp_path):
    (tmp_path / "secret.png").write_bytes(b"secret")
    said = pandoc(
        f'<p><img src="{tmp_path}/secret.png" alt="words"></p>'.encode(), "-f", "html", "-t", "docx", "-o", "-"
    )
    assert said.startswith(b"PK")
    assert b"secret" not in said


def test_what_it_refuses_is_said_in_its_words():
    with pytest.raises(InputError, match=r"Error reading bibliography file r\.bib"):
        pandoc(
            b"[@key]",
            "-f",
            "markdown",
            "-t",
            "html",
            "--citeproc",
            "--bibliography",
            "r.bib",
            files={"r.bib": b"@book{a,"},
        )


def test_it_ends_in_time(monkeypatch):
    monkeypatch.setattr(door, "SECONDS", 0.0001)
    with pytest.raises(InputError, match="still at it"):
        pandoc(b"x", "-f", "markdown", "-t", "html")
