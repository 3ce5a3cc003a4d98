"""Fonts of documents: what they cover, and which ones a text needs."""

from pathlib import Path

import pytest
from reportlab.pdfbase.ttfonts import TTFont

from lago.invoicing.document.fonts import can_draw, fallbacks_for, regular, strong
from lago.invoicing.document.glyphs import characters_of, glyph_names


@pytest.mark.parametrize("text", ["Zażółć gęślą jaźń", "Ελληνική Εταιρεία", "Северный ветер", "€ £ ¥ $ • – ·"])
def test_our_own_family_writes_latin_greek_and_cyrillic(text: str) -> None:
    assert fallbacks_for(text) == []


def test_both_faces_cover_the_same_scripts() -> None:
    assert characters_of(regular()) == characters_of(strong())


def test_characters_are_those_that_the_renderer_finds() -> None:
    assert characters_of(regular()) - {0xFFFF} == set(TTFont("probe", str(regular())).face.charToGlyph) - {0xFFFF}


def test_figures_for_tables_are_all_of_one_width() -> None:
    names, face = glyph_names(regular()), TTFont("probe", str(regular())).face
    digits = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
    assert len({face.hmetrics[names[f"{digit}.tf"]][0] for digit in digits}) == 1


def test_another_script_asks_for_one_further_font_if_there_is_any() -> None:
    found = fallbacks_for("שלום")
    assert len(found) <= 1
    assert all(ord("ש") in characters_of(font) for font in found)


def test_a_script_that_no_font_has_asks_for_none() -> None:
    assert fallbacks_for("\U00012000") == []


def test_a_damaged_file_covers_nothing(tmp_path: Path) -> None:
    damaged = tmp_path / "damaged.ttf"
    damaged.write_bytes(b"\x00\x01\x00\x00 not a font")
    assert characters_of(damaged) == frozenset()


def test_words_that_no_font_can_draw_are_known() -> None:
    assert can_draw("Zu zahlender Betrag: 1.234,50 €")
    assert not can_draw("\U00012000")
