"""What decides a detector's training run."""

from __future__ import annotations

from dataclasses import dataclass

from live_monitor.errors import UsageError


@dataclass(frozen=True)
class Recipe:
    """What decides a run's result.

    Attributes:
        weights: folder of the detector whose weights training begins with; None: random ones.
        teacher: file of a YuNet or folder of a facegrid; what it finds and nobody marked is not taken for background, see
            `live_monitor.training.faces.unmarked`. None: whatever nobody marked is.
        cutouts: FER2013, whose Training faces are pasted as single faces too, where the teacher finds them, see
            `live_monitor.training.faces.cutouts`. None: none.
        more_faces: file of boxes of faces that nobody had marked, see `live_monitor.training.faces.judged`. None: none.
        no_faces: file of boxes that people found not to be faces, see there. None: none.
        leave_out: folder of pictures and videos that the detector will be tested on; what looks like them is neither trained on
            nor chosen by.
        keep: share of the weights it began with in the detector, 0 to 1, the rest being what they have become: between the two it
            finds what either finds (Wortsman et al. 2022, arXiv 2109.01903).
        steps: batches to train on; None: as many as the minutes leave time for.
        minutes: end after so much training time even if that is fewer steps; None: all steps, the same result every time.
        batch_size: samples a step.
        learning_rate: the largest; it falls to almost nothing along half a cosine.
        precision: of the arithmetic, a key of `live_monitor.training.precision.DTYPE_POLICIES`.
        seed: of weights and samples.

    Raises:
        UsageError: neither steps nor minutes end it.
    """

    weights: str | None = None
    teacher: str | None = None
    cutouts: str | None = None
    more_faces: str | None = None
    no_faces: str | None = None
    leave_out: str | None = None
    keep: float = 0.0
    steps: int | None = 20000
    minutes: float | None = None
    batch_size: int = 16
    learning_rate: float = 2e-3
    precision: str = "bfloat16"
    seed: int = 0

    def __post_init__(self) -> None:
        if self.steps is None and self.minutes is None:
            raise UsageError("steps, minutes: one of the two ends training, so give one")
