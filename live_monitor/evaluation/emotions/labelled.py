"""The faces that are evaluated: a split of FER2013, with FER+'s votes if there are any, or any others as .npz."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from live_monitor.classify.crop import resize_face
from live_monitor.classify.preprocess import FACE_PX
from live_monitor.dataset.fer2013 import load_fer2013
from live_monitor.dataset.ferplus import load_votes, majority, refuse_other_faces
from live_monitor.errors import UsageError
from live_monitor.labels import LABELS

_WANTED = "give a .npz with images uint8 (n, h, w) and labels (n,) of 0 to 6"


@dataclass(frozen=True, eq=False)
class LabelledFaces:
    """Faces and their true labels.

    Attributes:
        name: of the split or file.
        images: uint8 (n, side, side) grey; n at least 1.
        labels: int64 (n,), indexes into LABELS.
        majority: int64 (n,), what most people saw: indexes into FERPLUS_LABELS, -1 where they disagree; None: no votes are known.
        margin: by which a detector's boxes were widened to crop these faces, see `live_monitor.classify.crop.widen`; None:
            they are as they were given.
        not_found: pictures in which the detector found no face, so that the whole picture is taken for one.
    """

    name: str
    images: NDArray[np.uint8]
    labels: NDArray[np.int64]
    majority: NDArray[np.int64] | None = None
    margin: float | None = None
    not_found: int = 0

    def __len__(self) -> int:
        return len(self.labels)


def from_fer2013(data: Path, split: str, votes: Path | None) -> LabelledFaces:
    """A split of FER2013.

    Args:
        data: the folder, a .zip of it, or fer2013.csv.
        split: "PublicTest" or "PrivateTest".
        votes: FER+'s fer2013new.csv.

    Raises:
        UsageError: one of the two cannot be read, is something else, or does not fit the other.
    """
    votes_cast = None if votes is None else load_votes(votes)  # first, as it is read in no time
    faces = load_fer2013(data, split)
    if votes_cast is None:
        return LabelledFaces(split, faces.images, faces.labels)
    refuse_other_faces(votes_cast, {split: faces}, data)
    return LabelledFaces(split, faces.images, faces.labels, majority(votes_cast[faces.rows]))


def from_npz(path: Path) -> LabelledFaces:
    """Any labelled faces: images uint8 (n, h, w) and labels (n,) of 0..6, in the order of LABELS.

    Those that are not square are made so by repeating their edges: live view crops squares, and squashed faces are read badly.

    Raises:
        UsageError: the file cannot be read, or holds something else; the message says what.
    """
    try:
        with path.open("rb") as content, np.load(content, allow_pickle=False) as file:
            arrays = {key: file[key] for key in ("images", "labels")}
    except KeyError as error:
        raise UsageError(f"{path}: {error.args[0]}; {_WANTED}") from error
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror or error}; {_WANTED}") from error
    except Exception as error:  # numpy and zipfile raise anything on damaged bytes
        raise UsageError(f"{path}: not a .npz file that can be read; {_WANTED}") from error
    _check(path, **arrays)
    return LabelledFaces(path.name, _squares(arrays["images"]), arrays["labels"].astype(np.int64))


def at_face_size(images: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The faces uint8 (n, 48, 48): as large as those of FER2013, which this project's networks take."""
    return np.stack([resize_face(image, FACE_PX) for image in images])


def _squares(images: NDArray[np.uint8]) -> NDArray[np.uint8]:
    height, width = images.shape[1:]
    missing = (max(height, width) - height, max(height, width) - width)
    return np.pad(images, ((0, 0), *((lacks // 2, lacks - lacks // 2) for lacks in missing)), "edge")


def _check(path: Path, images: NDArray[Any], labels: NDArray[Any]) -> None:
    if not (isinstance(images, np.ndarray) and isinstance(labels, np.ndarray)):  # numpy gives the bytes of what is not an array
        raise UsageError(f"{path}: not a .npz file that can be read; {_WANTED}")
    if images.dtype != np.uint8 or images.ndim != 3 or 0 in images.shape:
        raise UsageError(f"{path}: images are {_described(images)}; {_WANTED}")
    if labels.shape != images.shape[:1]:
        raise UsageError(f"{path}: labels are {_described(labels)} for {len(images)} images; {_WANTED}")
    if not np.issubdtype(labels.dtype, np.integer):
        raise UsageError(f"{path}: labels are {labels.dtype}, not whole numbers; {_WANTED}")
    wrong = labels[(labels < 0) | (labels >= len(LABELS))]
    if wrong.size:
        raise UsageError(f"{path}: label {wrong[0]} is not 0 to {len(LABELS) - 1}; {_WANTED}")


def _described(array: NDArray[Any]) -> str:
    return f"{array.dtype} {array.shape}"
