"""The augmentations of `live_monitor.training.augment` in JAX: a GPU changes thousands of faces in the time of one batch.

The same changes of the same sizes, a whole batch at a time; the random numbers differ.
"""

from __future__ import annotations

from typing import Any

import cv2
import jax
import jax.numpy as jnp
import numpy as np
from numpy.typing import NDArray

from live_monitor.classify.crop import resize_face
from live_monitor.training.augment import (
    DEGRADED_SHARE,
    ERASED_SHARE,
    ERASED_SIDES,
    GAMMA_LOG,
    LARGEST_BLUR_PX,
    LARGEST_NOISE,
    LIGHT_MOVES,
    MIRRORED_SHARE,
    SMALLEST_BLUR_PX,
    SMALLEST_NOISE,
    SMALLEST_PX,
    STRONG_MOVES,
    Moves,
)


def augment_lightly(faces: Any, key: Any) -> Any:
    """Like `live_monitor.training.augment.augment_lightly`.

    Args:
        faces: (n, 48, 48), grey levels 0..255.
        key: JAX's random key.

    Returns:
        float32 (n, 48, 48), grey levels 0..255.
    """
    return _moved(faces.astype(jnp.float32), key, LIGHT_MOVES)


def augment_strongly(faces: Any, key: Any) -> Any:
    """Like `live_monitor.training.augment.augment_strongly`; see `augment_lightly` for what it takes and gives."""
    moving, lighting, degrading, erasing = jax.random.split(key, 4)
    lit = _lit(_moved(faces.astype(jnp.float32), moving, STRONG_MOVES), lighting)
    return _erased(_degraded(lit, degrading), erasing)


JAX_AUGMENTATIONS = {"light": augment_lightly, "strong": augment_strongly}


def _moved(faces: Any, key: Any, moves: Moves) -> Any:
    count, side = faces.shape[:2]
    moving, mirroring = jax.random.split(key)
    turn, grow, right, down = jax.random.uniform(moving, (4, count, 1, 1), minval=-1.0)
    mirror = jnp.where(jax.random.bernoulli(mirroring, MIRRORED_SHARE, (count, 1, 1)), -1.0, 1.0)
    scale, angle = 1 + moves.scale * grow, jnp.radians(moves.rotation_deg * turn)
    middle = (side - 1) / 2
    y, x = jnp.meshgrid(jnp.arange(side) - middle, jnp.arange(side) - middle, indexing="ij")
    x, y = x - moves.shift * side * right, y - moves.shift * side * down
    # Where each pixel comes from: turn, growth and shift are undone.
    from_x = mirror * (jnp.cos(angle) * x + jnp.sin(angle) * y) / scale + middle
    from_y = (jnp.cos(angle) * y - jnp.sin(angle) * x) / scale + middle
    return _sampled(faces, _inside(from_x, side, moves.border), _inside(from_y, side, moves.border))


def _inside(position: Any, side: int, border: int) -> Any:
    """The positions, with those outside the picture replaced by the ones inside that stand for them."""
    last = side - 1
    if border == cv2.BORDER_REFLECT_101:
        return last - jnp.abs(jnp.mod(position, 2 * last) - last)
    return jnp.clip(position, 0, last)


def _sampled(faces: Any, x: Any, y: Any) -> Any:
    """Pixels at (n, h, w) positions, by linear interpolation."""
    count, height, width = faces.shape
    left = jnp.clip(jnp.floor(x), 0, width - 2).astype(jnp.int32)
    top = jnp.clip(jnp.floor(y), 0, height - 2).astype(jnp.int32)
    right_share, lower_share = x - left, y - top
    flat = faces.reshape(count, -1)

    def at(row: Any, column: Any) -> Any:
        return jnp.take_along_axis(flat, (row * width + column).reshape(count, -1), axis=1).reshape(faces.shape)

    upper = at(top, left) * (1 - right_share) + at(top, left + 1) * right_share
    lower = at(top + 1, left) * (1 - right_share) + at(top + 1, left + 1) * right_share
    return upper * (1 - lower_share) + lower * lower_share


def _lit(faces: Any, key: Any) -> Any:
    gamma = jnp.exp(jax.random.uniform(key, (len(faces), 1, 1), minval=-GAMMA_LOG, maxval=GAMMA_LOG))
    return 255 * (jnp.clip(faces, 0, 255) / 255) ** gamma


def _degraded(faces: Any, key: Any) -> Any:
    """Degrades some of the faces as a poor camera does: too small, blurred or noisy."""
    count, side = faces.shape[:2]
    chosen, sizing, blurring, strength, noising = jax.random.split(key, 5)
    kind = jax.random.randint(chosen, (count, 1, 1), 0, round(3 / DEGRADED_SHARE))  # 0, 1 and 2 are the poor ones
    small = jnp.asarray(_small_and_back(side))[jax.random.randint(sizing, (count,), 0, side - SMALLEST_PX)]
    blur = _blur(jax.random.uniform(blurring, (count, 1, 1), minval=SMALLEST_BLUR_PX, maxval=LARGEST_BLUR_PX), side)
    change = jnp.where(kind == 0, small, jnp.where(kind == 1, blur, jnp.eye(side)))
    softened = jnp.einsum("nij,njk,nlk->nil", change, faces, change)
    deviation = jax.random.uniform(strength, (count, 1, 1), minval=SMALLEST_NOISE, maxval=LARGEST_NOISE)
    noise = deviation * jax.random.normal(noising, faces.shape)
    return jnp.clip(softened + jnp.where(kind == 2, noise, 0), 0, 255)


def _small_and_back(side: int) -> NDArray[np.float32]:
    """What `resize_face` does to a column of pixels, down to each smaller side and back up, as matrices (sizes, side, side)."""
    stripes = 255 * np.eye(side, dtype=np.uint8)[:, :, np.newaxis].repeat(side, axis=2)  # each has one white row
    back = [[resize_face(resize_face(stripe, small), side)[:, 0] for stripe in stripes] for small in range(SMALLEST_PX, side)]
    columns = np.array(back, np.float32) / 255
    return np.swapaxes(columns / columns.sum(axis=1, keepdims=True), 1, 2)


def _blur(deviation: Any, side: int) -> Any:
    """Gaussian filters for a column of pixels, as matrices (n, side, side)."""
    distance = jnp.arange(side)[:, None] - jnp.arange(side)
    weights = jnp.exp(-((distance / deviation) ** 2) / 2)
    return weights / weights.sum(axis=2, keepdims=True)


def _erased(faces: Any, key: Any) -> Any:
    """Covers a part of some of the faces."""
    count, side = faces.shape[:2]
    choosing, sizing, placing, colouring = jax.random.split(key, 4)
    chosen = jax.random.bernoulli(choosing, ERASED_SHARE, (count, 1, 1))
    smallest, largest = ERASED_SIDES
    sizes = jnp.floor(side * jax.random.uniform(sizing, (2, count, 1), minval=smallest, maxval=largest))
    first = jnp.floor(jax.random.uniform(placing, (2, count, 1)) * (side - sizes + 1))
    pixel = jnp.arange(side)
    rows, columns = (pixel >= first) & (pixel < first + sizes)
    covered = chosen & rows[:, :, None] & columns[:, None, :]
    return jnp.where(covered, jax.random.randint(colouring, (count, 1, 1), 0, 256), faces)
