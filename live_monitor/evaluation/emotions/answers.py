"""What a model says about faces, and what a model is to an evaluation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class Answers:
    """What a model says about n faces.

    Attributes:
        probabilities: float32 (n, 7) in the order of LABELS, each row of sum 1.
        ferplus: float32 (n, 8), larger is likelier, in the order of FERPLUS_LABELS; None: the model does not know them.
    """

    probabilities: NDArray[np.float32]
    ferplus: NDArray[np.float32] | None = None


class Candidate(Protocol):
    """A model to evaluate."""

    @property
    def name(self) -> str:
        """What was asked for: a shipped model's name, a folder."""

    @property
    def engine(self) -> str:
        """What runs it, and where."""

    @property
    def size_bytes(self) -> int | None:
        """Size of the file with its weights; None: not known."""

    def answer(self, faces: NDArray[np.uint8]) -> Answers:
        """What it says about grey faces uint8 (n, h, w), 0..255, n at least 1, all in one call; this is timed."""
