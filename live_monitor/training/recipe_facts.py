"""A recipe as a card gives it."""

from __future__ import annotations

import os
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from _typeshed import DataclassInstance


def recipe_facts(recipe: DataclassInstance) -> dict[str, Any]:
    """The fields by name; of a path its last part only: a card goes to other people's machines."""
    return {field: _named(value) for field, value in asdict(recipe).items()}


def _named(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_named(one) for one in value]
    separators = filter(None, (os.sep, os.altsep))  # Windows takes both
    return Path(value).name if isinstance(value, str) and any(one in value for one in separators) else value
