"""A picture made elsewhere, shown for what it is: nothing in it comes from this report."""

import hashlib
from pathlib import Path
from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from generator.artefacts import Floats, Foreign
from generator.data.picture_files import PictureFiles
from generator.data.resize import in_unit
from generator.errors import DataError, ParameterError
from generator.foreign import contents
from generator.methods import Request, method
from generator.text import bilingual

PictureFile = Annotated[Path | None, Field(description="the picture: PNG, JPEG or another format of pictures")]


@method(
    kind="model",
    access="none",
    title=bilingual("Picture from elsewhere", "外來的圖片"),
    summary=bilingual(
        "A picture that was made by other means: it is shown with its fingerprint, and not computed by this report.",
        "用其他方法製作的圖片：附上檔案指紋供查核，不是由這份報告計算出來的。",
    ),
    paper="",
    passes=lambda params, images: 0,
)
def picture(request: Request, *, path: PictureFile = None) -> Foreign:
    """A picture made elsewhere, with the sha256 of its file."""
    if path is None:
        raise ParameterError("path", "say which file holds the picture: `params: {path: drawing.png}`")
    file = request.folder / path
    digest = hashlib.sha256(contents(file, DataError, request.limits)).hexdigest()
    pixels = PictureFiles(file.parent, (file.name,), limits=request.limits).decode(np.zeros(1, np.int64))[0]
    return Foreign(_shown(pixels), {"origin": path.name, "sha256": digest, "made_elsewhere": True})


def _shown(pixels: NDArray[np.generic]) -> Floats:
    """`(H, W, 3)` in 0..1; what is transparent is white."""
    values = in_unit(pixels)
    if values.ndim == 2:
        return np.repeat(values[..., None], 3, axis=-1)
    alpha = values[..., 3:] if values.shape[-1] == 4 else np.ones_like(values[..., :1])
    return values[..., :3] * alpha + (1 - alpha)
