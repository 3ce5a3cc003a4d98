"""Logos: scaled into their box, and left out when they are no picture."""

from io import BytesIO

import pytest
from PIL import Image

from lago.invoicing.document.logo import logo_of


def _picture(width: int, height: int, kind: str = "PNG") -> bytes:
    stream = BytesIO()
    Image.new("RGB", (width, height), "teal").save(stream, kind)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("pixels", "millimetres"), [((520, 160), (52.0, 16.0)), ((1000, 100), (52.0, 5.2)), ((10, 40), (4.0, 16.0))]
)
def test_a_logo_keeps_its_shape_inside_the_box(pixels: tuple[int, int], millimetres: tuple[float, float]) -> None:
    logo = logo_of(_picture(*pixels))
    assert logo is not None
    assert (logo.width, logo.height) == millimetres


@pytest.mark.parametrize(("kind", "mime_type"), [("PNG", "image/png"), ("JPEG", "image/jpeg")])
def test_png_and_jpeg_are_shown(kind: str, mime_type: str) -> None:
    logo = logo_of(_picture(40, 20, kind))
    assert logo is not None
    assert logo.data_uri.startswith(f"data:{mime_type};base64,")


@pytest.mark.parametrize(
    "content",
    [
        None,
        b"",
        b"not a picture",
        b'<svg xmlns="http://www.w3.org/2000/svg"/>',
        _picture(400, 300)[:60],
        _picture(9, 9, "GIF"),
    ],
    ids=["none", "empty", "text", "svg", "cut short", "gif"],
)
def test_what_is_no_picture_is_left_out(content: bytes | None) -> None:
    assert logo_of(content) is None


def test_a_picture_of_absurd_size_is_left_out() -> None:
    assert logo_of(_picture(6000, 5000)) is None
