"""The emotion models that can be evaluated, each as a function from grey faces to probabilities."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from live_monitor.classify.card import ModelCard, load_card
from live_monitor.classify.crop import resize_face
from live_monitor.classify.engine import Engine, load_engine
from live_monitor.classify.preprocess import normalise
from live_monitor.classify.probabilities import probabilities
from live_monitor.errors import LiveMonitorError
from live_monitor.evaluation.emotions.answers import Answers, Candidate
from live_monitor.evaluation.emotions.deepface import DEEPFACE, load_deepface
from live_monitor.files.card import KERAS, LITERT
from live_monitor.labels import LABELS


class CardModel:
    """A model of this project: everything between the face and the probabilities is as in the live view."""

    def __init__(self, name: str, card: ModelCard, engine: Engine, weights: Path) -> None:
        self.name = name
        self.engine = engine.name
        self.size_bytes = weights.stat().st_size
        self._card = card
        self._infer = engine.infer

    def answer(self, faces: NDArray[np.uint8]) -> Answers:
        side = self._card.input_px
        logits = self._infer(normalise(np.stack([resize_face(face, side) for face in faces])))
        ferplus = logits[:, len(LABELS) :] if self._card.ferplus else None
        return Answers(probabilities(logits, self._card.calibration, self._card.ferplus_share), ferplus)


def candidates(models: Sequence[str], *, with_float: bool = False) -> tuple[list[Candidate], list[str]]:
    """Loads models, each as it ships and runs live on a CPU.

    Args:
        models: names of shipped models, folders with a card, or "deepface"; one given twice counts once.
        with_float: each model's Keras weights too, in float32 on TensorFlow.

    Returns:
        The candidates, and a line for each that was left out because a package it needs is not here.

    Raises:
        ModelError: there is no such model, or it is damaged.
        UsageError: the only model is one that was left out.
    """
    loaded: list[Candidate] = []
    missing: list[LiveMonitorError] = []
    for model in dict.fromkeys(models):
        if model != DEEPFACE:
            loaded += load_model(model, with_float=with_float)
            continue
        try:
            loaded.append(load_deepface())
        except LiveMonitorError as error:
            missing.append(error)
    if not loaded and missing:
        raise missing[0]
    return loaded, [str(error) for error in missing]


def load_model(model: str, *, with_float: bool = False) -> list[Candidate]:
    """One model of this project, on LiteRT and, on request, in float32 on TensorFlow.

    Raises:
        ModelError: there is no such model, it is damaged, or has no such weights.
    """
    card = load_card(model)
    loaded: list[Candidate] = [CardModel(model, card, load_engine(card, "cpu"), card.weights(LITERT))]
    if with_float:
        from live_monitor.classify.tensorflow_engine import TensorFlowEngine

        weights = card.weights(KERAS)
        loaded.append(CardModel(model, card, TensorFlowEngine(card, "CPU"), weights))
    return loaded
