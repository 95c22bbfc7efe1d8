"""The one door to pikepdf: a PDF in three quarters of its bytes, every object and pixel of it as it was.

Typst writes each element of the tags by itself, without compression, and pictures of few colours in full colour.
"""

from io import BytesIO

import numpy as np
from pikepdf import Array, Name, ObjectStreamMode, Stream, String, open, settings

from generator.drawing.png import indexed

settings.set_flate_compression_level(9)
LARGE = 100_000  # pixels from which a table of colours is worth its search


def compact(data: bytes) -> bytes:
    """The same document; the same bytes for the same input."""
    with open(BytesIO(data)) as document:
        streams = (thing for thing in document.objects if isinstance(thing, Stream))
        for image in (stream for stream in streams if stream.get("/Subtype") == Name.Image):
            if int(image.Width) * int(image.Height) >= LARGE:
                _with_table(image)
        stream = BytesIO()
        how = {"object_stream_mode": ObjectStreamMode.generate, "deterministic_id": True, "recompress_flate": True}
        document.save(stream, **how, fix_metadata_version=False)
        return stream.getvalue()


def _with_table(image: Stream) -> None:
    """An RGB image of few colours as a table of them and a byte a pixel, in the colour space it had."""
    pixels = np.frombuffer(image.read_bytes(), np.uint8)
    if pixels.size != int(image.Width) * int(image.Height) * 3:
        return
    found = indexed(pixels.reshape(int(image.Height), int(image.Width), 3))
    if found:
        colours, index = found
        image.ColorSpace = Array([Name.Indexed, image.ColorSpace, len(colours) - 1, String(colours.tobytes())])
        image.write(index.tobytes())
