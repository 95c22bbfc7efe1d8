"""Where a report is found once it is published, and where its readers find the spec: `site:` of report.yaml."""

import re
from typing import Annotated, Self
from urllib.parse import quote, urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict
from pydantic_core import PydanticCustomError

from generator.errors import InputError, clipped
from generator.spec.fields import describe, wrong

LONGEST = 500  # characters of an address
COPY = "report.yaml"  # of the spec, in the site
PRIVATE = re.compile(  # what is nobody else's: a path of one computer, a name or password in an address, a key
    r"""(?mix) (?:^|[\s"'\[{(,=:]) (?: / (?:home|users|root|mnt|media|tmp|var|srv|opt|data|volumes|private) /
    | ~[/\\] | [a-z]:[/\\] | \\\\\w ) | ://[^/\s@]+@
    | \b (?:password|passwd|secret|token|(?:api|access)_?key) \w* \s* [:=]"""
)
UNSAFE = re.compile(r"[\s\x00-\x1f\x7f\"'<>\\^`{|}]")


def _address(value: str) -> str:
    """An address of the web as everybody may have it: without a name or a password in it."""
    try:
        parts = urlsplit(value)
        host, secret = (parts.hostname or "").encode("idna").decode(), parts.username or parts.password
        whole = parts.scheme in ("http", "https") and host and not UNSAFE.search(value) and len(value) <= LONGEST
        port = f":{parts.port}" if parts.port else ""
    except (ValueError, UnicodeError):
        whole = False
    if not whole:
        raise wrong(f"'{clipped(value, 200)}' has to be an address of the web, such as https://name.github.io/report/")
    if secret:
        raise wrong("the address has a name or a password in it, and everybody will read it; leave that out")
    return parts._replace(netloc=host + port, path=quote(parts.path, safe="/%:@!$&()*+,;=~")).geturl()


def folder(value: str) -> str:
    """The address of a site: that of the folder in which its pages lie."""
    parts = urlsplit(_address(value))
    if parts.query or parts.fragment:
        raise wrong(f"'{clipped(value, 200)}' has to be the address of a folder: nothing follows ? or #")
    return parts._replace(path=parts.path.removesuffix("index.html").rstrip("/") + "/").geturl()


Address = Annotated[str, AfterValidator(_address)]
Folder = Annotated[str, AfterValidator(folder)]


class Whereabouts(BaseModel):
    """The addresses of a site and of its spec, where they are known."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    url: Annotated[Folder | None, describe("where the site is published: https://name.github.io/report/")] = None
    source: Annotated[
        bool | Address, describe("this file for readers: a copy beside the pages, false, or where it is on the web")
    ] = True

    def at(self, url: str) -> Self:
        """The same with another address of the site, where one is given; raises InputError for one that is none."""
        try:
            return self.model_copy(update={"url": folder(url)}) if url else self
        except PydanticCustomError as error:
            raise InputError(f"--url: {error}") from error

    def source_for_readers(self, text: str) -> str:
        """Where they find a spec of this text, from the root of the site on; '' for nowhere."""
        copied = COPY if self.source and not PRIVATE.search(text) else ""
        return self.source if isinstance(self.source, str) else copied
