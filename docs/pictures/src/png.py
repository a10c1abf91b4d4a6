"""Small files of pictures that have few colours."""

import pathlib
from collections.abc import Sequence

import numpy
import numpy.typing
from PIL import Image

MOST = 160


def save(image: Image.Image, path: pathlib.Path, kept: Sequence[str] = ()) -> None:
    """Writes a PNG of few colours, of which the kept ones are some, however rare."""
    image = image.convert("RGB")
    palette = colors(image, kept)
    found, places = numpy.unique(numpy.asarray(image).reshape(-1, 3), axis=0, return_inverse=True)
    distances = (found[:, None].astype(int) - palette[None]) ** 2
    nearest = distances.sum(axis=2).argmin(axis=1).astype(numpy.uint8)
    small = Image.fromarray(nearest[places.reshape(image.height, image.width)], "P")
    small.putpalette(palette.flatten().tolist())
    small.save(path, optimize=True)


def colors(image: Image.Image, kept: Sequence[str]) -> numpy.typing.NDArray[numpy.int_]:
    """The kept colours and those of the image, as rows of red, green and blue."""
    few = image.quantize(MOST - len(kept)).getpalette()
    assert few is not None, "a quantized image has a palette"
    own = [int(color[i : i + 2], 16) for color in kept for i in (1, 3, 5)]
    return numpy.array(own + few[: 3 * (MOST - len(kept))]).reshape(-1, 3)
