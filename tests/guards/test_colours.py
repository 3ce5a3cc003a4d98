"""Text can be read on every ground it may stand on, in the light and in the dark (WCAG 2.2 AA, 1.4.3 and 1.4.11)."""

import re

import pytest

from lago.admin.assets import STATIC, STYLES

TEXT, SHAPES = 4.5, 3.0
GROUNDS = ("page", "sunken", "raised", "hover")
INKS = ("ink", "ink-2", "ink-3", "accent", "good", "warn", "bad")
TONES = ("good", "warn", "bad", "accent")
READ = (
    [(ink, ground) for ink in INKS for ground in GROUNDS]
    + [(tone, f"{tone}-soft") for tone in TONES]
    + [(ink, f"{tone}-soft") for ink in ("ink", "ink-2") for tone in (*TONES, "quiet")]
    + [("ink-2", "menu-hover"), ("ink", "menu-hover"), ("ink", "menu-current"), ("ink-3", "menu-current")]
    + [("on-ink", "ink"), ("on-ink", "ink-hover"), ("on-ink", "bad")]
)
SHAPED = ("accent", "accent-line", "field-line", *(f"series-{name}" for name in (1, 2, 3, 4, 5, "rest")))
SEEN = [(shape, ground) for shape in SHAPED for ground in ("page", "sunken", "raised")]


@pytest.fixture(scope="module")
def colours():
    """Each token's two colours."""
    found = re.findall(r"--([\w-]+): light-dark\((#\w{6}), (#\w{6})\);", (STATIC / "tokens.css").read_text())
    return {name: (light, dark) for name, light, dark in found}


def brightness(colour):
    """The relative luminance of WCAG."""
    parts = [int(colour[at:at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one, other):
    dim, bright = sorted((brightness(one), brightness(other)))
    return (bright + 0.05) / (dim + 0.05)


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize("pairs, enough", [(READ, TEXT), (SEEN, SHAPES)], ids=["text", "shapes"])
def test_tokens_stand_out_from_each_other(colours, theme, pairs, enough):
    found = {pair: contrast(*(colours[name][theme] for name in pair)) for pair in pairs}
    assert {pair: round(value, 2) for pair, value in found.items() if value < enough} == {}


def test_contrast_is_that_of_wcag():
    assert contrast("#000000", "#ffffff") == 21
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.005)


def test_colours_are_named_once_as_tokens():
    others = [(STATIC / name).read_text() for name in STYLES if name != "tokens.css"]
    assert re.findall(r"#[0-9a-f]{3,8}\b|(?:rgb|hsl|light-dark)\(", " ".join(others)) == []
