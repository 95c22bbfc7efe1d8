"""Where a report and its spec are found: addresses that others may have, and nothing that is one person's alone."""

import pytest
from pydantic import ValidationError

from generator.errors import InputError
from generator.spec.whereabouts import COPY, Whereabouts


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("https://me.github.io/xai", "https://me.github.io/xai/"),
        ("https://me.github.io/xai/index.html", "https://me.github.io/xai/"),
        ("http://localhost:8000", "http://localhost:8000/"),
        ("https://例え.jp/報告/", "https://xn--r8jz45g.jp/%E5%A0%B1%E5%91%8A/"),
        ("https://me.github.io/a%20b/", "https://me.github.io/a%20b/"),
    ],
)
def test_the_address_of_a_site_is_that_of_its_folder(written, read):
    """However it is written; other scripts as the web writes them."""
    assert Whereabouts(url=written).url == read


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("me.github.io/xai", "has to be an address of the web"),
        ("ftp://me.github.io", "has to be an address of the web"),
        ("javascript:alert(1)", "has to be an address of the web"),
        ("https://", "has to be an address of the web"),
        ("https://a b.org/", "has to be an address of the web"),
        ('https://a.org/"><script>', "has to be an address of the web"),
        ("https://a.org:99999999/", "has to be an address of the web"),
        ("https://[::1/", "has to be an address of the web"),
        (f"https://a.org/{'x' * 600}", "has to be an address of the web"),
        ("https://me:word@a.org/", "a name or a password"),
        ("https://a.org/?page=1", "the address of a folder"),
        ("https://a.org/#top", "the address of a folder"),
    ],
)
def test_what_is_no_address_is_refused(written, reason):
    """With its reason; from the command line too."""
    with pytest.raises(ValidationError, match=reason):
        Whereabouts(url=written)
    with pytest.raises(InputError, match=f"--url: .*{reason}"):
        Whereabouts().at(written)


def test_the_command_line_has_the_last_word():
    """An address of its own, or none."""
    assert Whereabouts(url="https://a.org/").at("https://b.org/x").url == "https://b.org/x/"
    assert Whereabouts(url="https://a.org/").at("").url == "https://a.org/"


def test_readers_find_the_spec_where_it_says():
    """A copy beside the pages, nowhere, or elsewhere on the web, with a line of the file."""
    text = "title: Report\ndata: {source: csv, path: data/train.csv}\n"
    elsewhere = "https://github.com/me/xai/blob/main/report.yaml?plain=1#L3"
    assert Whereabouts().source_for_readers(text) == COPY
    assert Whereabouts(source=False).source_for_readers(text) == ""
    assert Whereabouts(source=elsewhere).source_for_readers(text) == elsewhere
    with pytest.raises(ValidationError, match="a name or a password"):
        Whereabouts(source="https://me:word@github.com/me/xai")


@pytest.mark.parametrize(
    "line",
    [
        "path: /home/me/train.csv",
        "path: '/Users/me/faces'",
        r"path: 'C:\Users\me\m.keras'",
        "path: ~/faces",
        r"path: \\server\share\m.keras",
        "path: https://me:word@host/train.csv",
        "path: s3://me@bucket/train.csv",
        "storage: {token: abc}",
        "# password = abc",
        "api_key: abc",
    ],
)
def test_a_spec_with_something_private_is_not_copied(line):
    """A path of one computer, a name or a password in an address, a key."""
    assert Whereabouts().source_for_readers(f"title: Report\n{line}\n") == ""


def test_what_only_looks_private_is():
    """Alternatives, times, web addresses and mails."""
    text = "answer: and/or, 12:30, https://a.org/home/me, me@a.org, a token of thanks, $a/b$, x: y\n"
    assert Whereabouts().source_for_readers(text) == COPY
