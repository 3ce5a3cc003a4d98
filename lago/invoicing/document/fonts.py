"""The font files of printed documents: one family that we ship, and whatever else the text at hand needs.

The family covers Latin, Greek and Cyrillic. Other scripts come from fonts found at hand: further font wheels (install
`fontpkg-noto-sans-tc`, say) and the fonts of the machine. They are looked for, and loaded, only for a text that needs
them: loading a font of an East Asian script takes seconds.
"""

from collections.abc import Iterator
from functools import cache
from pathlib import Path

import fontpkg
from reportlab import rl_config

from lago.invoicing.document.glyphs import characters_of

FAMILY = "Fira Sans"
_REGULAR, _STRONG = 400, 500
_LESS_SUITABLE = ("bold", "italic", "oblique", "mono", "condensed", "narrow", "light", "thin", "black", "serif", "math")
_FILE_TYPES = {".ttf", ".ttc"}


def regular() -> Path:
    """The face of plain text."""
    return Path(fontpkg.path(FAMILY, _REGULAR))


def strong() -> Path:
    """The face of headings and totals."""
    return Path(fontpkg.path(FAMILY, _STRONG))


def fallbacks_for(text: str) -> list[Path]:
    """The fewest further font files found that draw what our own family cannot, the most useful first."""
    missing = {ord(character) for character in text if character.isprintable()} - characters_of(regular())
    chosen: list[Path] = []
    while missing and (font := _most_useful(missing)):
        chosen.append(font)
        missing -= characters_of(font)
    return chosen


@cache
def can_draw(text: str) -> bool:
    """Whether there are fonts for all of it."""
    drawn = set().union(characters_of(regular()), *(characters_of(font) for font in fallbacks_for(text)))
    return {ord(character) for character in text if character.isprintable()} <= drawn


def _most_useful(missing: set[int]) -> Path | None:
    """The candidate that draws most of the code points `missing`; the first of equals; None when none draws any."""
    best = max(_candidates(), key=lambda font: len(missing & characters_of(font)), default=None)
    return best if best and missing & characters_of(best) else None


@cache
def _candidates() -> tuple[Path, ...]:
    """Installed font wheels' regular faces, then the machine's fonts; upright faces without serifs first."""
    machine = sorted(_machine_fonts(), key=lambda font: (_faults(font), font.stem))
    return tuple(dict.fromkeys([*_packaged_fonts(), *machine]))


def _packaged_fonts() -> Iterator[Path]:
    for family in fontpkg.families().values():
        yield from (Path(font.path) for font in family.files if font.style == "normal" and font.weight == _REGULAR)


def _machine_fonts() -> Iterator[Path]:
    for directory in rl_config.TTFSearchPath:
        files = Path(directory).expanduser().rglob("*")
        yield from (file for file in files if file.suffix.lower() in _FILE_TYPES)


def _faults(font: Path) -> int:
    """How unlike plain upright text without serifs a face is, judged by the name of its file."""
    name = font.stem.lower()
    return sum(word in name for word in _LESS_SUITABLE) + ("sans" not in name)
