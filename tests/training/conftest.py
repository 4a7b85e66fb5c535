"""What training leaves as it found it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest


@pytest.fixture
def _same_precision_afterwards() -> Iterator[None]:
    """Keras keeps the precision of networks in one place for the whole process."""
    import keras

    before = keras.config.dtype_policy()
    yield
    keras.config.set_dtype_policy(before)
