"""Text of others, made fit to be printed."""

from unicodedata import category, normalize

from markupsafe import Markup

_INVISIBLE = {"Cc", "Cf", "Cs", "Co", "Cn"}
_NO_BREAK_SPACE = "\u00a0"

LONGEST = 1000
"""Characters of a text. The renderer takes minutes for a paragraph of several pages."""


def printable(value: object) -> object:
    """A text without what no paper can show or what makes it lie; anything else, and markup of ours, as it is.

    Control characters and marks that turn the direction of writing go, odd spaces become plain ones, and letters with
    marks become single characters, which fonts know. What is too long ends in dots.
    """
    if not isinstance(value, str) or isinstance(value, Markup):
        return value
    cut = value if len(value) <= LONGEST else f"{value[: LONGEST - 1]}…"
    return "".join(_shown(character) for character in normalize("NFC", cut))


def _shown(character: str) -> str:
    kind = category(character)
    if kind == "Zs" and character != _NO_BREAK_SPACE or character in "\t\r\n":
        return " "
    return "" if kind in _INVISIBLE else character
