"""What an emotion network is trained on and chosen by."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from live_monitor.dataset.fer2013 import Faces, load_fer2013
from live_monitor.dataset.ferplus import load_votes, refuse_other_faces
from live_monitor.errors import UsageError
from live_monitor.labels import FERPLUS_LABELS, LABELS


@dataclass(frozen=True)
class Material:
    """What is trained on.

    Attributes:
        training: FER2013's Training faces.
        public_test: those that the epoch is chosen on.
        votes: FER+'s, uint8 (35887, 10), or None.
    """

    training: Faces
    public_test: Faces
    votes: NDArray[np.uint8] | None = None

    @property
    def outputs(self) -> int:
        """How many logits a network has."""
        return len(LABELS) + (0 if self.votes is None else len(FERPLUS_LABELS))

    @property
    def checksum(self) -> NDArray[np.uint8]:
        """SHA-256 of all of it, uint8 (32,)."""
        digest = hashlib.sha256()
        for faces in (self.training, self.public_test):
            for array in (faces.images, faces.labels, faces.rows):
                digest.update(array.tobytes())
        if self.votes is not None:
            digest.update(self.votes.tobytes())
        return np.frombuffer(digest.digest(), np.uint8)

    def refuse_too_few(self, batch_size: int) -> None:
        """Makes sure that there is at least one batch.

        Raises:
            UsageError: there are fewer faces than that to train on.
        """
        if len(self.training) < batch_size:
            raise UsageError(f"--batch-size {batch_size}: there are only {len(self.training)} faces to train on")


def load_material(data: Path, votes: Path | None = None) -> Material:
    """Reads Training and PublicTest; PrivateTest is not used.

    Args:
        data: FER2013, as `load_fer2013` takes it.
        votes: FER+'s fer2013new.csv.

    Raises:
        UsageError: a path is not what it should be, or the votes are not on these faces.
    """
    material = Material(load_fer2013(data, "Training"), load_fer2013(data, "PublicTest"))
    if votes is None:
        return material
    votes_cast = load_votes(votes)
    refuse_other_faces(votes_cast, {"Training": material.training, "PublicTest": material.public_test}, data)
    return replace(material, votes=votes_cast)
