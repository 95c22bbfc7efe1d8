"""Addresses as a browser reads them."""

import pytest

from generator.pages.addresses import beside, linkable


@pytest.mark.parametrize(
    ("address", "may"),
    [
        *(
            (address, True)
            for address in ("http://a", "HTTPS://a", "mailto:a@b", "#x", "a/b", "../a", "/a", "a:b/c"[2:])
        ),
        *((address, False) for address in ("javascript:x", " javascript:x", "\x01javascript:x", "java\nscript:x")),
        *(
            (address, False)
            for address in ("data:x", "file:///x", "C:\\x", "//a", "\\\\a", "/\\a", "\\/a", "/\t/a", "\n//a")
        ),
    ],
)
def test_a_link_leads_to_the_web_a_mail_or_the_same_host(address, may):
    """Whatever the browser would drop or turn round on the way."""
    assert linkable(address) == may


@pytest.mark.parametrize(
    ("address", "path"),
    [
        *(("a.png", "a.png"), ("img/a%20b.png", "img/a b.png"), ("img\\a.png", "img/a.png"), ("./a.png", "a.png")),
        *(("a/../b.png", "b.png"), ("圖/一.png", "圖/一.png"), ("50%.png", "50%.png"), ("a#b?c.png", "a#b?c.png")),
    ],
)
def test_a_picture_beside_the_spec_is_found(address, path):
    """As people write it, on any system."""
    assert beside(address) == path


@pytest.mark.parametrize(
    "address",
    [
        *("http://a/b.png", "//a/b.png", "/\\a/b.png", "\\\\a\\b.png", "%2F%2Fa/b.png", "%5C%5Ca/b.png", "/b.png"),
        *(
            "../b.png",
            "a/../../b.png",
            "..%2Fb.png",
            "%2e%2e/b.png",
            "C:\\b.png",
            "file:b.png",
            "data:,x",
            "",
            ".",
            "a%00b",
            "a%e\t4.png",
        ),
        *("a%0Ab.png", "%ff.png"),
    ],
)
def test_what_is_elsewhere_is_not_beside(address):
    """Another host, another folder, no file."""
    assert beside(address) == ""
