"""Where an address in a text leads, as a browser reads it: out of the report, within it, or to a file beside the spec.

Browsers take `\\` for `/`, drop tabs and line ends wherever they stand, and read `//host` without a scheme.
"""

import re
from posixpath import normpath
from urllib.parse import unquote

SCHEME = re.compile(r"([a-zA-Z][a-zA-Z0-9+.-]*):")
LINKED = frozenset({"http", "https", "mailto"})
CONTROLS = "".join(map(chr, range(33)))  # with the space: what is cut off at both ends
PICTURES = "pictures"  # the folder of the site for those that texts show


def read_by_a_browser(address: str) -> str:
    """The address without what a browser drops, every separator a slash."""
    return re.sub(r"[\t\n\r]", "", address.strip(CONTROLS)).replace("\\", "/")


def linkable(address: str) -> bool:
    """Whether a link may have it: the web, a mail, or a place of the same host."""
    read = read_by_a_browser(address)
    scheme = SCHEME.match(read)
    return scheme[1].lower() in LINKED if scheme else not read.startswith("//")


def beside(address: str) -> str:
    """The file below the spec's folder that a picture's address names, `img/a b.png`; '' for one that is elsewhere."""
    try:
        path = unquote(read_by_a_browser(address), errors="strict").replace("\\", "/")
    except UnicodeDecodeError:
        return ""
    if not path or SCHEME.match(path) or path.startswith("/") or any(c in path for c in CONTROLS[:-1]):
        return ""
    within = normpath(path)
    return "" if within.split("/")[0] in ("..", ".") else within
