"""The PDFs of invoices, credit notes and receipts. The only file that knows the renderer.

A page is a Jinja2 template with every text escaped, so that nobody's name can become markup, and the renderer may read
nothing but font files of our choice: no network, no other file. Text of scripts that our own family lacks is drawn with
fonts found at hand, loaded when a text needs them.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Protocol

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from xhtml2pdf.config.resources import ResourceAccessPolicy
from xhtml2pdf.default import DEFAULT_CSS
from xhtml2pdf.document import pisaDocument

from lago.invoicing.document.fonts import can_draw, fallbacks_for, regular, strong
from lago.invoicing.document.formats import Formats
from lago.invoicing.document.glyphs import glyph_names
from lago.invoicing.document.locales import DEFAULT, locale_of
from lago.invoicing.document.logo import logo_of
from lago.invoicing.document.printable import printable
from lago.invoicing.document.texts import texts_of
from lago.invoicing.document.values import InvoiceDocument

_TEMPLATES = Path(__file__).parents[2] / "templates" / "pdf"
_FAMILY = "text"
_DIGITS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_LOCK = Lock()


@dataclass(frozen=True)
class _Face:
    """A font file that a page may load, and the family that the page knows it by."""

    family: str
    file: Path
    bold: bool = False

    @property
    def url(self) -> str:
        return f"{self.family}-bold.ttf" if self.bold else f"{self.family}.ttf"

    @property
    def rule(self) -> str:
        weight = "bold" if self.bold else "normal"
        return f'@font-face {{ font-family: {self.family}; font-weight: {weight}; src: url("{self.url}"); }}'


class Printable(Protocol):
    """What every document has, beside what its template prints."""

    @property
    def locale(self) -> str: ...
    @property
    def currency(self) -> str: ...
    @property
    def logo(self) -> bytes | None: ...


def render_invoice(document: InvoiceDocument) -> bytes:
    """The invoice as a PDF of A4 pages."""
    return _rendered("invoice.html", document)


def render_credit_note(document: Printable) -> bytes:
    """The credit note as a PDF of A4 pages."""
    return _rendered("credit_note.html", document)


def render_receipt(document: Printable) -> bytes:
    """The receipt of a payment, whose values a higher slice knows, as a PDF of A4 pages."""
    return _rendered("receipt.html", document)


def page_of_invoice(document: InvoiceDocument) -> str:
    """The HTML that the PDF of an invoice is printed from."""
    return _page("invoice.html", document)


def _rendered(template: str, document: Printable) -> bytes:
    return _pdf(_page(template, document))


def _page(template: str, document: Printable) -> str:
    formats = Formats(_drawable(document.locale), document.currency)
    page = _environment().get_template(template)
    return page.render(document=document, formats=formats, logo=logo_of(document.logo))


def _drawable(locale: str) -> str:
    """The locale, or English where the fonts at hand lack the letters of its words."""
    return locale if can_draw("".join([*texts_of(locale).values(), locale_of(locale).date])) else DEFAULT


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        finalize=printable,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _pdf(page: str) -> bytes:
    """The page printed; it can reach the fonts that its text needs, and nothing else."""
    _register_our_faces()
    faces = _faces_for(page)
    files = {face.url: str(face.file) for face in faces}
    folders = tuple({face.file.parent for face in faces})
    return bytes(
        pisaDocument(
            page,
            dest_bytes=True,
            encoding="utf-8",
            default_css=DEFAULT_CSS + _font_rules(faces),
            link_callback=lambda url, _base: files.get(url, url),
            resource_policy=ResourceAccessPolicy(allow_remote=False, base_dir=None, extra_roots=folders),
        )
    )


def _faces_for(text: str) -> list[_Face]:
    """Our two faces, and one for each further font that the text needs."""
    fallbacks = [_Face(f"fallback{number}", file) for number, file in enumerate(fallbacks_for(text))]
    return [_Face(_FAMILY, regular()), _Face(_FAMILY, strong(), bold=True), *fallbacks]


def _font_rules(faces: Iterable[_Face]) -> str:
    """Style rules that load the faces and let each character take the first family that has it."""
    families = dict.fromkeys(face.family for face in faces)
    return "\n".join([*(face.rule for face in faces), f"html {{ font-family: {', '.join(families)}; }}"])


def _register_our_faces() -> None:
    """Give the renderer our two faces under the names it would give them, with figures of one width."""
    with _LOCK:
        for name, file in ((f"{_FAMILY}_00", regular()), (f"{_FAMILY}_10", strong())):
            if name not in pdfmetrics.getRegisteredFontNames():
                pdfmetrics.registerFont(_with_tabular_figures(TTFont(name, str(file)), glyph_names(file)))


def _with_tabular_figures(font: TTFont, names: Mapping[str, int]) -> TTFont:
    """The font with the figures that it keeps for tables in place of those of running text, where it has them."""
    face = font.face
    for figure, name in enumerate(_DIGITS):
        glyph = names.get(f"{name}.tf")
        if glyph is not None:
            face.charToGlyph[ord("0") + figure] = glyph
            face.charWidths[ord("0") + figure] = round(face.hmetrics[glyph][0] * 1000 / face.unitsPerEm)
    return font
