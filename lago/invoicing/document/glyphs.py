"""What a TrueType font file can draw: the characters it covers and the names of its glyphs.

Only the tables `cmap` and `post` are read, so that asking a font of 20,000 glyphs whether it has a character takes
milliseconds, where loading it for drawing takes seconds.
"""

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from struct import unpack_from

_MAC_GLYPHS = 258
"""Glyph indexes below this in a `post` table name one of Apple's standard glyphs, of no interest here."""


@lru_cache(maxsize=512)
def characters_of(font: Path) -> frozenset[int]:
    """The code points that the font has a glyph for; empty when the file is no font with outlines we can draw."""
    try:
        data = font.read_bytes()
        tables = _tables(data)
        return frozenset(_mapped(data, tables["cmap"])) if "glyf" in tables else frozenset()
    except Exception:  # a damaged font on the machine must not keep an invoice from being printed
        return frozenset()


def glyph_names(font: Path) -> dict[str, int]:
    """Glyph index by the glyph's name in the font, for names that the font defines itself (`zero.tf`)."""
    data = font.read_bytes()
    start = _tables(data)["post"]
    count = _word(data, start + 32)
    indexes = [_word(data, start + 34 + 2 * glyph) for glyph in range(count)]
    names = list(_pascal_strings(data, start + 34 + 2 * count, max(indexes) - _MAC_GLYPHS + 1))
    return {names[index - _MAC_GLYPHS]: glyph for glyph, index in enumerate(indexes) if index >= _MAC_GLYPHS}


def _tables(data: bytes) -> dict[str, int]:
    """Where each table of the font begins; of a collection, the first font's."""
    start = _long(data, 12) if data[:4] == b"ttcf" else 0
    records = [start + 12 + 16 * number for number in range(_word(data, start + 4))]
    return {data[at : at + 4].decode("ascii"): _long(data, at + 8) for at in records}


def _mapped(data: bytes, cmap: int) -> Iterator[int]:
    """Every code point of the Unicode subtables in the formats 4 (16 bits) and 12 (32 bits)."""
    for number in range(_word(data, cmap + 2)):
        subtable = cmap + _long(data, cmap + 8 + 8 * number)
        platform = _word(data, cmap + 4 + 8 * number)
        if platform in (0, 3):
            yield from _READERS.get(_word(data, subtable), _nothing)(data, subtable)


def _short_segments(data: bytes, at: int) -> Iterator[int]:
    segments = _word(data, at + 6) // 2
    ends = unpack_from(f">{segments}H", data, at + 14)
    starts = unpack_from(f">{segments}H", data, at + 16 + 2 * segments)
    for first, last in zip(starts, ends, strict=True):
        yield from range(first, min(last, 0xFFFE) + 1)


def _long_groups(data: bytes, at: int) -> Iterator[int]:
    for number in range(_long(data, at + 12)):
        first, last = unpack_from(">II", data, at + 16 + 12 * number)
        yield from range(first, last + 1)


def _nothing(_data: bytes, _at: int) -> Iterator[int]:
    return iter(())


def _pascal_strings(data: bytes, at: int, count: int) -> Iterator[str]:
    for _ in range(count):
        length = data[at]
        yield data[at + 1 : at + 1 + length].decode("latin-1")
        at += 1 + length


def _word(data: bytes, at: int) -> int:
    return int(unpack_from(">H", data, at)[0])


def _long(data: bytes, at: int) -> int:
    return int(unpack_from(">I", data, at)[0])


_READERS = {4: _short_segments, 12: _long_groups}
