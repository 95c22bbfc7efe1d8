"""The pictures that a spec exports, under the names it gives them: what a course's script has to write."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import PurePosixPath

from generator.drawing.png import jpeg
from generator.errors import InputError
from generator.prose.figures import row_class
from generator.results import Drawing, FigureResult, Part, Picture, Role
from generator.spec.grammar import Export

ALONE: tuple[Role, ...] = ("map", "sheet", "chart")  # what stands for a figure where no panel is named


def exported(export: Export, result: FigureResult, drawing: Drawing, classes: Sequence[str]) -> Mapping[str, bytes]:
    """File name → bytes; raises InputError where two pictures would get the same name."""
    files: dict[str, bytes] = {}
    for number, picture in enumerate(_wanted(export, drawing), 1):
        name = export.file.format(number=number, **_fields(picture, result.parts[picture.part], classes))
        if name in files:
            raise InputError(f"'{export.file}' names several pictures '{name}'; add {{index}} or {{number}} to it")
        files[name] = picture.data if PurePosixPath(name).suffix.lower() == ".png" else jpeg(picture.data)
    return files


def _wanted(export: Export, drawing: Drawing) -> Iterator[Picture]:
    """The pictures of the panel; of charts those of the first language."""
    roles = [picture.role for picture in drawing.pictures]
    role: Role | None = export.panel or next((role for role in ALONE if role in roles), None)
    pictures = [picture for picture in drawing.pictures if picture.role == role]
    return (picture for picture in pictures if picture.language in (None, pictures[0].language))


def _fields(picture: Picture, part: Part, classes: Sequence[str]) -> dict[str, str | int]:
    """What a name may hold; what a picture does not have is empty."""
    row, batch = picture.row, part.batch
    fields: dict[str, str | int] = {key: str(part.facts.get(key, "")) for key in ("layer", "model")}
    if row is None or row >= len(batch):
        return fields | dict.fromkeys(("class_index", "class_id", "index", "target"), "")
    label, target = int(row_class(part)[row]), int(batch.target[row])
    return fields | {"class_index": label, "class_id": classes[label], "index": int(batch.index[row]), "target": target}
