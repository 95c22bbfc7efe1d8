"""SECURITY.md says which flag opens what, and how much is too much, as the program has it."""

import re

from generator.cli import parser
from generator.limits import USUAL
from tests import ROOT

TEXT = (ROOT / "SECURITY.md").read_text(encoding="utf-8")


def test_every_flag_that_trusts_is_explained(capsys):
    """All that the command line has, and no other."""
    try:
        parser().parse_args(["build", "--help"])
    except SystemExit:
        flags = set(re.findall(r"--trust-[a-z]+", capsys.readouterr().out))
    assert (
        flags == set(re.findall(r"--trust-[a-z]+", TEXT)) == {"--trust-model", "--trust-plugins", "--trust-templates"}
    )


def test_the_limits_are_those_of_the_program():
    """Their names and what they are without a spec's own."""
    assert all(f"`{name}`" in TEXT for name in type(USUAL).model_fields)
    assert (USUAL.pixels, USUAL.file, USUAL.files, USUAL.seconds) == (120e6, 8e9, 2e6, 3600)
    assert "120 million pixels, 8 GB, 2 million files, an hour, and nine tenths of the machine's memory" in TEXT
