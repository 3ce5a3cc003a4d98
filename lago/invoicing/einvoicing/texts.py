"""Text of others in XML."""

from lago.invoicing.document.printable import printable


def plain_text(text: str | None) -> str | None:
    """The text in one line, without characters that XML cannot hold; None where nothing is left."""
    shown = printable(text) if text else ""
    return " ".join(str(shown).split()) or None
