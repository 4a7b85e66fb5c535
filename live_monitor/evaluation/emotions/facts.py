"""What a model's card says about its accuracy: measured for the card, and measured again to verify it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from live_monitor.classify.card import ModelCard
from live_monitor.errors import ModelError, UsageError
from live_monitor.evaluation.emotions.answers import Candidate
from live_monitor.evaluation.emotions.candidates import load_model
from live_monitor.evaluation.emotions.evaluate import TIMED_BATCHES, answers_and_flipped, time_batches
from live_monitor.evaluation.emotions.labelled import LabelledFaces, from_fer2013
from live_monitor.evaluation.emotions.report import figures, milliseconds

ACCURACIES = ("accuracy", "accuracy_flip", "balanced_accuracy", "ferplus_accuracy", "ferplus_label_accuracy")

TOLERANCE = 0.001
"""How far a share may differ from the card's: on another processor, rounding may change one label in a thousand."""

Progress = Callable[[int], object]
"""Called with the number of faces done since the last call."""


def measured_facts(card_folder: Path, data: Path, votes: Path | None, splits: Sequence[str]) -> dict[str, Any]:
    """Measures a model as it runs live on a CPU: entries for its card.

    Args:
        card_folder: the model's, with its card (these entries may be missing) and weights.
        data: FER2013.
        votes: FER+'s fer2013new.csv; None: ferplus_accuracy is None.
        splits: those to measure, in that order; at least one.

    Returns:
        measured {split: see `live_monitor.evaluation.emotions.report.figures`} and ms_per_batch {"1", "8", "32": milliseconds}.

    Raises:
        UsageError: FER2013 or the votes cannot be read.
        ModelError: the model is damaged.
    """
    [candidate] = load_model(str(card_folder))
    measured = {}
    for split in splits:
        faces = from_fer2013(data, split, votes)
        measured[split] = _figures(candidate, faces)
    [ms_per_batch] = time_batches([candidate], faces.images[: max(TIMED_BATCHES)])
    return {"measured": measured, "ms_per_batch": milliseconds(ms_per_batch)}


def looks(card: ModelCard) -> int:
    """How many passes over a face `verify_facts` makes in all."""
    return 2 * sum(int(told["n"]) for told in _told(card).values())


def verify_facts(card: ModelCard, data: Path, votes: Path | None, progress: Progress = lambda _: None) -> list[str]:
    """Measures again what the card says about FER2013.

    Args:
        card: the model's.
        data: FER2013.
        votes: FER+'s fer2013new.csv; None: ferplus_accuracy is not compared.
        progress: see Progress; each face is read twice.

    Returns:
        The splits that were measured; none if the card gives none.

    Raises:
        ModelError: an accuracy differs from the card's by more than TOLERANCE.
        UsageError: the data cannot be read, or are not the ones of the card.
    """
    [candidate] = load_model(str(card.folder))
    for split, told in _told(card).items():
        faces = from_fer2013(data, split, votes)
        if len(faces) != told["n"]:
            raise UsageError(
                f"{data}: has {len(faces)} {split} faces, {card.name} was measured on {told['n']}; give all of FER2013"
            )
        found = _figures(candidate, faces, progress)
        for key in ACCURACIES:
            if told.get(key) is not None and found[key] is not None and abs(told[key] - found[key]) > TOLERANCE:
                raise ModelError(
                    f"model {card.name}: {split} {key} is {100 * found[key]:.2f} % here, its card says "
                    f"{100 * told[key]:.2f} %; reinstall live-monitor"
                )
    return list(_told(card))


def _told(card: ModelCard) -> dict[str, dict[str, Any]]:
    """The card's figures by split."""
    measured: dict[str, dict[str, Any]] = card.facts.get("measured", {})
    return measured


def _figures(candidate: Candidate, faces: LabelledFaces, progress: Progress = lambda _: None) -> dict[str, Any]:
    return figures(faces, *answers_and_flipped(candidate, faces.images, progress))
