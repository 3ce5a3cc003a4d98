"""Text of others before it is printed."""

import pytest
from markupsafe import Markup

from lago.invoicing.document.printable import LONGEST, printable


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("plain text", "plain text"),
        ("a\x00b\x07c", "abc"),
        ("tab\tand\nline", "tab and line"),
        ("thin\u2009space\u3000wide", "thin space wide"),
        ("no\u00a0break", "no\u00a0break"),
        ("invoice\u202efdp.exe", "invoicefdp.exe"),
        ("zero\u200bwidth\ufeff", "zerowidth"),
        ("e\u0301clair", "éclair"),
        ("half a pair \ud800", "half a pair "),
    ],
)
def test_text_keeps_only_what_paper_can_show(text: str, printed: str) -> None:
    assert printable(text) == printed


def test_a_text_of_several_pages_is_cut() -> None:
    assert printable("a" * LONGEST) == "a" * LONGEST
    assert printable("a" * 10_000_000) == "a" * (LONGEST - 1) + "…"


def test_markup_of_the_template_is_left_alone() -> None:
    markup = Markup("<b>\n</b>")
    assert printable(markup) is markup


def test_numbers_are_left_alone() -> None:
    assert printable(12) == 12
