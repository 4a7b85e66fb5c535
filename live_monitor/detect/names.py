"""The names of the detectors; here, because the command line lists them before anything heavy is loaded."""

from __future__ import annotations

DETECTORS = ("facegrid", "yunet", "haar")

CHOICES = ("auto", *DETECTORS)
"""What --detector takes, see `live_monitor.settings`."""
