"""What a user may change while the monitor runs, as one value that the main thread hands to the analysis."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Wishes:
    """How the next frames are to be analysed.

    Attributes:
        left_out: numbers of faces about which nothing is to be said.
        min_face: longer side of the smallest face wanted, in pixels of the full frame; None: chosen to fit the picture.
        blur: faces are made unrecognisable.
    """

    left_out: frozenset[int] = frozenset()
    min_face: int | None = None
    blur: bool = False

    @property
    def hides(self) -> bool:
        """Whether somebody is hidden: faces below `min_face` are then found too, though nothing is said about them."""
        return self.blur or bool(self.left_out)
