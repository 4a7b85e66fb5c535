"""What a user wants to see."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class View:
    """What is shown besides boxes and labels, and how.

    Attributes:
        panel: the pulse of the class, beside the picture.
        blur: faces are made unrecognisable.
        numbers: each face's number stands before its label.
        details: the seven probabilities of each face, and how long everything takes.
        mirror: left and right are exchanged, as in a mirror.
        help: what each key does.
    """

    panel: bool = False
    blur: bool = False
    numbers: bool = True
    details: bool = False
    mirror: bool = False
    help: bool = False
