"""LiteRT, TensorFlow's on-device runtime: the CPU engine, ready in milliseconds."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from live_monitor.errors import ModelError
from live_monitor.process.quiet import silent_stderr

MAX_THREADS = 4
"""Faces are small: more threads would lose more by waiting than they gain."""


class LiteRTEngine:
    """Runs a .tflite file with float32 input and output, whatever is quantised inside."""

    def __init__(self, model: Path) -> None:
        """Loads the file.

        Raises:
            ModelError: not a LiteRT model.
        """
        from ai_edge_litert.interpreter import Interpreter

        threads = min(MAX_THREADS, os.cpu_count() or 1)
        self.name = f"LiteRT, CPU, {threads} threads"
        try:
            # As content: LiteRT opens no file whose name is not UTF-8.
            content = model.read_bytes()
            with silent_stderr():
                self._interpreter = Interpreter(model_content=content, num_threads=threads)
                self._interpreter.allocate_tensors()
        except (OSError, ValueError, RuntimeError) as error:
            raise ModelError(f"{model}: not a LiteRT model: {error}") from error
        self._input = self._interpreter.get_input_details()[0]["index"]
        self._output = self._interpreter.get_output_details()[0]["index"]
        self._shape: tuple[int, ...] = ()

    def infer(self, faces: NDArray[np.float32]) -> NDArray[np.float32]:
        if faces.shape != self._shape:
            self._interpreter.resize_tensor_input(self._input, faces.shape)
            self._interpreter.allocate_tensors()
            self._shape = faces.shape
        self._interpreter.set_tensor(self._input, faces)
        self._interpreter.invoke()
        logits: NDArray[np.float32] = self._interpreter.get_tensor(self._output)
        return logits
