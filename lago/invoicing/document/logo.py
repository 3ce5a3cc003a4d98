"""The logo on a document."""

from base64 import b64encode
from dataclasses import dataclass
from io import BytesIO

from PIL import Image

_MIME_TYPES = {"PNG": "image/png", "JPEG": "image/jpeg"}
_BOX = (52.0, 16.0)
_MOST_PIXELS = 25_000_000


@dataclass(frozen=True)
class Logo:
    """A picture inside the document itself, with its size in millimetres."""

    data_uri: str
    width: float
    height: float


def logo_of(picture: bytes | None) -> Logo | None:
    """The logo scaled into its box; None without a picture, or with one that is no PNG or JPEG that can be shown."""
    try:
        return _scaled(picture) if picture else None
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return None


def _scaled(picture: bytes) -> Logo | None:
    with Image.open(BytesIO(picture), formats=tuple(_MIME_TYPES)) as image:
        width, height = image.size
        if width * height > _MOST_PIXELS:
            return None
        image.load()
        scale = min(_BOX[0] / width, _BOX[1] / height)
        mime_type = _MIME_TYPES[str(image.format)]
    data = b64encode(picture).decode("ascii")
    return Logo(f"data:{mime_type};base64,{data}", round(width * scale, 2), round(height * scale, 2))
