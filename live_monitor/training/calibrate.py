"""Temperature scaling: one number that makes a network as sure of itself as it is right (Guo et al. 2017, arXiv 1706.04599)."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

LOWEST, HIGHEST = 0.05, 20.0
_TOLERANCE = 1e-5
"""Of the temperature's logarithm."""
_GOLDEN = (math.sqrt(5) - 1) / 2


def fit_temperature(logits: NDArray[np.float32], labels: NDArray[np.int64]) -> float:
    """The temperature with the least negative log-likelihood of the true labels, LOWEST to HIGHEST.

    Fit it on faces that the network was not trained on. No label changes: dividing keeps the order of the logits.

    Args:
        logits: float (n, k), n at least 1.
        labels: int64 (n,), indexes of the true columns.
    """
    best = math.exp(_golden_section(logits, labels, math.log(LOWEST), math.log(HIGHEST)))
    return best if negative_log_likelihood(logits, labels, best) < negative_log_likelihood(logits, labels, 1.0) else 1.0


def negative_log_likelihood(logits: NDArray[np.float32], labels: NDArray[np.int64], temperature: float) -> float:
    """Mean over n faces of -log of the true label's probability, in nats.

    Args:
        logits: float (n, k).
        labels: int64 (n,), indexes of the true columns.
        temperature: what the logits are divided by, above 0.
    """
    scaled = logits.astype(np.float64) / temperature
    scaled -= scaled.max(axis=1, keepdims=True)
    true = scaled[np.arange(len(labels)), labels]
    return float((np.log(np.exp(scaled).sum(axis=1)) - true).mean())


def _golden_section(logits: NDArray[np.float32], labels: NDArray[np.int64], low: float, high: float) -> float:
    """Where the likelihood has its top between two logarithms of the temperature; there is one: it is convex in 1/temperature."""

    def cost(logarithm: float) -> float:
        return negative_log_likelihood(logits, labels, math.exp(logarithm))

    left, right = high - _GOLDEN * (high - low), low + _GOLDEN * (high - low)
    left_cost, right_cost = cost(left), cost(right)
    while high - low > _TOLERANCE:
        if left_cost <= right_cost:
            high, right, right_cost = right, left, left_cost
            left = high - _GOLDEN * (high - low)
            left_cost = cost(left)
        else:
            low, left, left_cost = left, right, right_cost
            right = low + _GOLDEN * (high - low)
            right_cost = cost(right)
    return (low + high) / 2
