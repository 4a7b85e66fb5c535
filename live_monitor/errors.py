"""Every error a user can meet, and the exit code each one ends in.

    LiveMonitorError        1  anything else
    ├── UsageError          2  wrong option, setting or installation
    ├── ModelError          3  a model or cascade is missing, does not match or cannot be fetched
    ├── SourceError         4  a camera, file or stream cannot be opened or was lost
    ├── DisplayError        5  no display to open a window on
    └── OutputError         6  an output cannot be written

A message says what failed, with which value, and what to try. Only `cli/` prints it and exits.
"""

from __future__ import annotations


class LiveMonitorError(Exception):
    """Base of all errors this package raises on purpose."""

    exit_code = 1


class UsageError(LiveMonitorError):
    """An option, a setting or an installed package is not usable."""

    exit_code = 2


class ModelError(LiveMonitorError):
    """A model or cascade is missing, damaged, not what its card says, or cannot be fetched."""

    exit_code = 3


class SourceError(LiveMonitorError):
    """A camera, file or stream cannot be opened, holds no picture, or was lost."""

    exit_code = 4


class DisplayError(LiveMonitorError):
    """A window cannot be opened here."""

    exit_code = 5


class OutputError(LiveMonitorError):
    """A file cannot be written."""

    exit_code = 6
