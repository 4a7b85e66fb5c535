"""The signals that end a session in good order."""

from __future__ import annotations

import signal

STOP_SIGNALS = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK") if hasattr(signal, name))
"""Ctrl-C, what asks a program to end, and what a terminal sends when it is closed, or, on Windows, Ctrl-Break."""
