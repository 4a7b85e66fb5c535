"""A model's card: the JSON beside its weights that says what they are and how a face must be cut for them."""

from __future__ import annotations

import dataclasses
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from live_monitor.classify.preprocess import NORMALISATION
from live_monitor.classify.probabilities import Calibration
from live_monitor.classify.quality import EVERY_FACE, Limits
from live_monitor.detect.names import DETECTORS
from live_monitor.errors import ModelError
from live_monitor.files.card import CARD_FILE, Files, listed_files
from live_monitor.files.checksum import verified
from live_monitor.files.path_kind import is_file
from live_monitor.files.resources import packaged_folder
from live_monitor.labels import FERPLUS_LABELS, LABELS

UNSURE_BELOW = 0.45
"""Used where a card does not say."""

MAX_INPUT_PX = 1024
MIN_MARGIN, MAX_MARGIN = -0.5, 2.0
"""What a card may ask for: with the least margin nothing would be left of a face."""

READABLE = tuple(limit.name for limit in dataclasses.fields(Limits) if limit.name != "score")
"""The limits that a card can give under "readable"; the score is the detector's."""

_REINSTALL = "reinstall live-monitor or choose another --model"


@dataclass(frozen=True)
class ModelCard:
    """What the program needs to know about a model.

    Attributes:
        name: what --model takes.
        folder: where card and weights are.
        network: its name in `live_monitor.classify.networks`.
        input_px: side of the square grey face it takes.
        crop_margins: by detector, see `crop_margin`.
        calibration: what makes its logits say how often it is right.
        unsure_below: probability below which a label is unsure, see `live_monitor.evaluation.unsure`.
        readable: what a face must have for the model to read it, see `live_monitor.classify.quality`.
        ferplus: whether the logits of FER+'s eight classes follow those of LABELS.
        ferplus_share: how much these count in a face's label, see `live_monitor.classify.probabilities.emotion_logits`.
        files: by kind of weights, file name and SHA-256.
        facts: the whole card, for people: architecture, data, recipe, measured accuracy, limits.
    """

    name: str
    folder: Path
    network: str
    input_px: int
    crop_margins: Mapping[str, float]
    calibration: Calibration
    unsure_below: float
    readable: Limits
    ferplus: bool
    ferplus_share: float
    files: Files
    facts: Mapping[str, Any]

    @property
    def outputs(self) -> int:
        """How many logits a face has."""
        return len(LABELS) + (len(FERPLUS_LABELS) if self.ferplus else 0)

    def crop_margin(self, detector: str) -> float:
        """How a detector's boxes are widened for this model, see `live_monitor.classify.crop.widen`.

        Raises:
            ModelError: the card does not know that detector.
        """
        if detector not in self.crop_margins:
            known = ", ".join(self.crop_margins)
            raise ModelError(f"model {self.name}: has no crop margin for the detector {detector}; choose one of {known}")
        return self.crop_margins[detector]

    def weights(self, kind: str) -> Path:
        """The file with this kind of weights, its checksum verified.

        Raises:
            ModelError: the model has none of this kind, the file is missing, or it is not the one the card describes.
        """
        if kind not in self.files:
            raise ModelError(f"model {self.name}: has no {kind} weights; choose another --device or --model")
        name, sha256 = self.files[kind]
        path = self.folder / name
        verified(path, sha256, _REINSTALL)
        return path


def shipped_models() -> list[str]:
    """The names of the emotion models that come with the program."""
    names = (card.parent.name for card in packaged_folder("models").glob(f"*/{CARD_FILE}"))
    return sorted(name for name in names if name not in DETECTORS)


def load_card(model: str) -> ModelCard:
    """Reads the card of a shipped model, by name, or of any folder that holds one.

    Raises:
        ModelError: there is none, or it is not a card for these labels and this normalisation.
    """
    if not model:
        raise _refused("''", "names no model")
    shipped = packaged_folder("models")
    folder = shipped / model if is_file(shipped / model / CARD_FILE) else Path(model)
    try:
        facts = json.loads((folder / CARD_FILE).read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise _refused(model, "no such model") from None
    except NotADirectoryError:
        raise _refused(model, "is a file, not a model's folder") from None
    except OSError as error:
        raise _refused(folder / CARD_FILE, f"cannot be read: {error.strerror}") from error
    except ValueError as error:
        raise ModelError(f"{folder / CARD_FILE}: cannot be read: {error}; {_REINSTALL}") from error
    return _parse(facts, folder)


def _refused(what: str | Path, why: str) -> ModelError:
    names = ", ".join(shipped_models()) or "none"
    return ModelError(f"{what}: {why}; shipped: {names}; or give a folder with a {CARD_FILE}")


def calibration_of(facts: Mapping[str, Any]) -> Calibration:
    """A card's calibration: under "calibration" a matrix and offsets, or under "temperature" a number that divides all logits.

    Raises:
        KeyError, TypeError, ValueError: it is not valid.
    """
    if "calibration" not in facts:
        temperature = float(facts.get("temperature", 1.0))
        if not 0 < temperature < math.inf:
            raise ValueError(f"temperature {temperature}")
        return Calibration.of_temperature(temperature)
    matrix, offsets = (np.asarray(facts["calibration"][key], np.float32) for key in ("matrix", "offsets"))
    labels = len(LABELS)
    if (matrix.shape, offsets.shape) != ((labels, labels), (labels,)) or not np.isfinite([*matrix, offsets]).all():
        raise ValueError(f"calibration, which must be a matrix of {labels} rows of {labels} numbers and {labels} offsets")
    return Calibration(matrix, offsets)


def _ferplus_share(facts: Mapping[str, Any]) -> float:
    share = float(facts.get("ferplus_share", 0.0))
    if not 0 <= share <= 1 or (share and not facts.get("ferplus")):
        raise ValueError(f"ferplus_share {share}, must be from 0 to 1, and 0 where ferplus is false")
    return share


def _input_px(facts: Mapping[str, Any]) -> int:
    side_px = int(facts["input"]["side_px"])
    if not 0 < side_px <= MAX_INPUT_PX:
        raise ValueError(f"side_px {side_px}, must be from 1 to {MAX_INPUT_PX}")
    return side_px


def _crop_margins(facts: Mapping[str, Any]) -> dict[str, float]:
    margins = {str(detector): float(margin) for detector, margin in facts["crop_margins"].items()}
    for detector, margin in margins.items():
        if not MIN_MARGIN < margin <= MAX_MARGIN:
            raise ValueError(f"crop margin {margin} of {detector}, must be above {MIN_MARGIN} and at most {MAX_MARGIN}")
    return margins


def _unsure_below(facts: Mapping[str, Any]) -> float:
    unsure_below = float(facts.get("unsure_below", UNSURE_BELOW))
    if not 0 <= unsure_below <= 1:
        raise ValueError(f"unsure_below {unsure_below}")
    return unsure_below


def _readable(facts: Mapping[str, Any]) -> Limits:
    """The limits, with the defaults of Limits for those that the card lacks; null means that there is no limit."""
    limits = {}
    for name, value in facts.get("readable", {}).items():
        if name not in READABLE:
            raise ValueError(f"readable {name}, must be one of {', '.join(READABLE)}")
        limits[name] = getattr(EVERY_FACE, name) if value is None else float(value)
        if value is not None and not 0 <= limits[name] < math.inf:
            raise ValueError(f"readable {name} {value}")
    return Limits(**limits)


def _parse(facts: Any, folder: Path) -> ModelCard:
    try:
        given = {"labels": tuple(facts["labels"]), "normalisation": facts["input"]["normalisation"]}
        card = ModelCard(
            name=str(facts["name"]),
            folder=folder,
            network=str(facts["network"]),
            input_px=_input_px(facts),
            crop_margins=_crop_margins(facts),
            calibration=calibration_of(facts),
            unsure_below=_unsure_below(facts),
            readable=_readable(facts),
            ferplus=bool(facts.get("ferplus", False)),
            ferplus_share=_ferplus_share(facts),
            files=listed_files(facts),
            facts=facts,
        )
    except (KeyError, TypeError, ValueError, OverflowError, AttributeError) as error:
        raise ModelError(f"{folder / CARD_FILE}: not a model card, wrong or missing: {error}; {_REINSTALL}") from error
    expected = {"labels": LABELS, "normalisation": NORMALISATION}
    for key, value in expected.items():
        if given[key] != value:
            raise ModelError(f"{folder / CARD_FILE}: {key} is {given[key]}, but this program works with {value}; {_REINSTALL}")
    return card
