"""facegrid, the face detector this project trains: an int8 network on LiteRT, for pictures of any size."""

from __future__ import annotations

import copy
import os
from pathlib import Path
from typing import Protocol

import numpy as np

from live_monitor.detect.card import NAME, REINSTALL, DetectorCard, load_detector_card
from live_monitor.detect.cells import CHANNELS, MIDDLE_GREY, MULTIPLE_PX, STRIDES, VALUES, to_input
from live_monitor.detect.detector import SMALLEST_COPY, Copy, Doubts
from live_monitor.detect.grids import Tensor, decode
from live_monitor.detect.per_size import PerSize
from live_monitor.errors import ModelError
from live_monitor.files.card import LITERT
from live_monitor.process.quiet import silent_stderr
from live_monitor.types import Box, Detection, Image

MAX_THREADS = 2
"""The network is so small that more threads would wait for each other."""

OUTPUTS = tuple(f"{kind}_{stride}" for stride in STRIDES for kind in VALUES)

_SIGN = np.uint8(0x80)
"""Flipping this bit turns a level, 0..255, into the same as int8, -128..127. A table would take seven times as long."""

DOUBTFUL = 0.42
"""Score from which a small hit is worth a closer look: with 0.35 no more of the 646 faces kept apart were found."""


class Network(Protocol):
    """Runs the network, on whatever engine."""

    def run(self, image: Image) -> dict[str, Tensor]:
        """Outputs, by names like "score_8", for uint8 (h, w, 3) BGR, which it pads at the right and below to its multiple."""


class FaceGrid:
    """Finds faces with the shipped network, or one trained anew. Belongs to one thread."""

    name = NAME
    picture_px = 1280 * 720
    copies = (Copy(640, 0), SMALLEST_COPY)
    """It was trained for the most part on faces of 6 to 170 pixels, and each size shows it some that the others do not."""

    def __init__(
        self,
        folder: Path | None = None,
        *,
        threshold: float | None = None,
        device: str = "CPU",
    ) -> None:
        """Loads the network, and runs it once.

        Args:
            folder: where card and weights are; None: the shipped ones.
            threshold: least score of a face, between 0 and 1; None: what the card says.
            device: "CPU": LiteRT; "GPU": TensorFlow.

        Raises:
            ModelError: card or weights are missing, damaged or not facegrid's.
            UsageError: there is no GPU.
        """
        card = load_detector_card(folder)
        self.sure_score = card.threshold
        self.threshold = card.threshold if threshold is None else threshold
        self.smallest_px = card.smallest_px
        self._networks = _on_gpu(card) if device == "GPU" else _on_cpu(card)
        self._networks.of((MULTIPLE_PX, MULTIPLE_PX))  # so that damaged weights fail now

    @property
    def doubts(self) -> Doubts:
        """See `FaceFinder`; the finder in it shares the networks."""
        doubting = copy.copy(self)
        doubting.threshold = min(DOUBTFUL, self.threshold)
        return Doubts(doubting, self.threshold)

    def find(self, picture: Image) -> list[Detection]:
        """Faces of uint8 (H, W, 3) BGR of any size, in pixels of that picture, the best score first, none twice.

        Landmarks are the right eye, the left eye, the nose, and the right and left corner of the mouth. A box may reach
        beyond the picture.
        """
        network = self._networks.of((_round_up(picture.shape[1]), _round_up(picture.shape[0])))
        found = decode(network.run(picture), self.threshold)
        return [
            Detection(Box(*box), score, tuple((x, y) for x, y in points))
            for box, score, points in zip(found.boxes.tolist(), found.scores.tolist(), found.landmarks.tolist(), strict=True)
        ]


def _on_cpu(card: DetectorCard) -> PerSize[Network]:
    content, threads = card.weights(LITERT), min(MAX_THREADS, os.cpu_count() or 1)
    return PerSize(lambda _: LiteRTNetwork(content, threads))  # its first picture sizes it


def _on_gpu(card: DetectorCard) -> PerSize[Network]:
    from live_monitor.detect.facegrid_tensorflow import TensorFlowNetwork

    network = TensorFlowNetwork(card, "GPU")
    return PerSize(lambda _: network)  # it takes any size


class LiteRTNetwork:
    """The int8 network on LiteRT, set up for pictures of one size until it is given another."""

    def __init__(self, model: bytes, threads: int) -> None:
        """Loads the content of a .tflite file, and runs it once.

        Raises:
            ModelError: it is not facegrid's network.
        """
        from ai_edge_litert.interpreter import Interpreter

        try:
            with silent_stderr():
                self._interpreter = Interpreter(model_content=model, num_threads=threads)
                self._interpreter.allocate_tensors()
            (given,) = self._interpreter.get_input_details()
            if given["shape"][-1] != CHANNELS:
                raise ValueError(f"channels of their input: {given['shape'][-1]}, not {CHANNELS}")
            details = self._interpreter.get_signature_runner().get_output_details()
            self._outputs = {name: (int(details[name]["index"]), *details[name]["quantization"]) for name in OUTPUTS}
            self._input = given["index"]
            if not _is_one_step_a_level(*given["quantization"]):
                raise ValueError("a level of its input is not one step of int8")
            self._shape: tuple[int, ...] = ()
            self.run(np.full((MULTIPLE_PX, MULTIPLE_PX, CHANNELS), MIDDLE_GREY, np.uint8))
        except (ValueError, RuntimeError, KeyError, TypeError, IndexError, ZeroDivisionError) as error:
            raise ModelError(f"facegrid: these weights are not its network's: {error}; {REINSTALL}") from error

    def _resize(self, size: tuple[int, int]) -> None:
        """Makes it ready for pictures of this width and height, multiples of MULTIPLE_PX."""
        shape = (1, size[1], size[0], CHANNELS)
        if shape != self._shape:
            self._interpreter.resize_tensor_input(self._input, shape)
            self._interpreter.allocate_tensors()
            self._shape = shape

    def run(self, image: Image) -> dict[str, Tensor]:
        """Outputs, by names like "score_8", for uint8 (h, w, 3) BGR, which it pads at the right and below to its multiple."""
        height, width = image.shape[:2]
        self._resize((_round_up(width), _round_up(height)))
        # Straight into the network's own memory: a copy on the way would take half as long as the network itself.
        padded = self._interpreter.tensor(self._input)()[0].view(np.uint8)
        padded[height:] = padded[:height, width:] = MIDDLE_GREY ^ _SIGN
        np.bitwise_xor(image, _SIGN, out=padded[:height, :width])
        del padded  # the network refuses to run while somebody holds its memory
        self._interpreter.invoke()
        return {
            name: Tensor(self._interpreter.get_tensor(index)[0], scale, zero)
            for name, (index, scale, zero) in self._outputs.items()
        }


def _is_one_step_a_level(scale: float, zero: int) -> bool:
    """Whether the level 0 is -128 for the network, and 255 is 127: then only the sign bit of the levels has to change."""
    levels = np.arange(256, dtype=np.uint8)
    numbers = (levels.astype(np.float64) - 128 - zero) * scale
    return bool((np.abs(numbers - to_input(levels)) < scale / 2).all())


def _round_up(side: int) -> int:
    return -(-side // MULTIPLE_PX) * MULTIPLE_PX
