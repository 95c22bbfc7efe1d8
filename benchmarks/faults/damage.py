"""What happens to files on their way: cut short, flipped, blanked, mixed up, and sizes that promise too much."""

from __future__ import annotations

import io
import random
import zipfile
from collections.abc import Callable, Sequence
from contextlib import suppress

CELLS = (
    *("", " ", "abc", "nan", "inf", "-inf", "1e999", "-1", "256", "3.5", "1,5", "9" * 5000, "0x10", "９", "\x00"),
    *('"', '""', '"open', "a" * 140_000, "=1+1", "\ufeff", "2**64", str(2**64), "1 2", ";", "\t", "\r", "true"),
    *("/etc/passwd", "../../x.png", "file:///etc/passwd", "\\\\host\\x", "http://127.0.0.1:9/x"),
)
JSONS = (
    b"",
    b"{",
    b"null",
    b"[]",
    b"{}",
    b"7",
    b'"x"',
    b"\xff\xfe{}",
    b"[" * 100_000,
    b'{"a":' * 5000,
    b'{"class_name": 7, "config": []}',
    b"9" * 5000,
    b"NaN",
    b'{"module": "os", "class_name": "system", "config": {}, "registered_name": null}',
)
Damage = Callable[[bytes, random.Random], bytes]


def damaged(content: bytes, chance: random.Random, others: Sequence[bytes]) -> bytes:
    """The bytes with one thing wrong with them; of an archive often inside of a member."""
    kind = chance.random()
    if content[:2] == b"PK" and kind < 0.6:
        with suppress(zipfile.BadZipFile, ValueError, NotImplementedError):
            return repacked(content, chance)
    if kind < 0.06:
        return chance.choice(others)
    text = b"\x00" not in content[:200]
    return chance.choice((*ANY, *(TEXTS * 2 if text else ())))(content, chance)


def _somewhere(content: bytes, chance: random.Random) -> int:
    """Mostly near the begin, where headers are."""
    most = len(content) if chance.random() < 0.5 else min(len(content), 256)
    return chance.randrange(max(most, 1))


def truncated(content: bytes, chance: random.Random) -> bytes:
    return content[: _somewhere(content, chance)]


def flipped(content: bytes, chance: random.Random) -> bytes:
    changed = bytearray(content)
    for _ in range(chance.choice((1, 1, 4, 64))):
        if changed:
            changed[_somewhere(content, chance)] ^= 1 << chance.randrange(8)
    return bytes(changed)


def blanked(content: bytes, chance: random.Random) -> bytes:
    at, many = _somewhere(content, chance), chance.choice((1, 16, 512))
    return content[:at] + chance.choice((b"\0", b"\xff")) * min(many, len(content) - at) + content[at + many :]


def enlarged(content: bytes, chance: random.Random) -> bytes:
    """A number of four or eight bytes becomes the largest there is, or nearly."""
    number = chance.choice((b"\xff\xff\xff\x7f", b"\x7f\xff\xff\xff", b"\xff" * 8, b"\0\0\0\x40", b"\0\0\0\0\1\0\0\0"))
    at = _somewhere(content, chance)
    return content[:at] + number + content[at + len(number) :]


def inserted(content: bytes, chance: random.Random) -> bytes:
    at = _somewhere(content, chance)
    return content[:at] + chance.randbytes(chance.choice((1, 7, 300))) + content[at:]


def lost(content: bytes, chance: random.Random) -> bytes:
    at = _somewhere(content, chance)
    return content[:at] + content[at + chance.choice((1, 7, 300)) :]


def repeated(content: bytes, chance: random.Random) -> bytes:
    at = _somewhere(content, chance)
    return content[:at] + content[at : at + 400] * 3 + content[at + 400 :]


ANY: tuple[Damage, ...] = (truncated, flipped, flipped, blanked, enlarged, enlarged, inserted, lost, repeated)


def recelled(content: bytes, chance: random.Random) -> bytes:
    """A cell of a table, or whatever stands between two commas, becomes another."""
    parts = content.split(b",")
    parts[chance.randrange(len(parts))] = chance.choice(CELLS).encode("utf-8", "replace")
    return b",".join(parts)


def rowed(content: bytes, chance: random.Random) -> bytes:
    """A row becomes shorter, longer, empty, doubled, or goes first."""
    lines = content.split(b"\n")
    at = chance.randrange(len(lines))
    line = lines[at]
    lines[at] = chance.choice(
        (line[: len(line) // 2], line + b",7", b"", line + b"\n" + line, line.replace(b",", b";"))
    )
    return b"\n".join(lines if chance.random() < 0.8 else lines[at:] + lines[:at])


def requoted(content: bytes, chance: random.Random) -> bytes:
    at = _somewhere(content, chance)
    return content[:at] + chance.choice((b'"', b"'", b"\n", b"\r", b"\0", b"\xff", b"\\", b"sep=;\n")) + content[at:]


TEXTS: tuple[Damage, ...] = (recelled, recelled, rowed, requoted)


def repacked(content: bytes, chance: random.Random) -> bytes:
    """An archive with a member damaged, missing, doubled, renamed or bloated, that is an archive as such."""
    held = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as new:
        members = {name: old.read(name) for name in old.namelist()}
        chosen, how = chance.choice(list(members)), chance.randrange(8)
        for name, data in members.items():
            if name != chosen:
                new.writestr(name, data)
            elif how < 3:
                new.writestr(name, chance.choice(ANY)(data, chance))
            elif how == 3:
                new.writestr(name, chance.choice(JSONS))
            elif how == 4:
                new.writestr(chance.choice((f"../{name}", f"/{name}", name.upper(), "x" * 9999, " ", "\x00")), data)
            elif how == 5:
                new.writestr(name, data + bytes(1 << 26))
            elif how == 6 and name.endswith(".json"):
                new.writestr(name, requoted(recelled(data, chance), chance))
    return held.getvalue() if how != 7 else _encrypted(held.getvalue())


def _encrypted(content: bytes) -> bytes:
    """Every member says that it is encrypted."""
    changed = bytearray(content)
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = content.find(mark)
        while at >= 0:
            changed[at + offset] |= 1
            at = content.find(mark, at + 4)
    return bytes(changed)
