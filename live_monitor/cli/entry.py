"""The way in and the ways out: every error of any command ends here in one line and an exit code."""

from __future__ import annotations

import contextlib
import errno
import functools
import io
import logging
import os
import signal
import sys
import threading
import traceback
from types import FrameType
from typing import NoReturn

import click

from live_monitor.cli.monitor import cli
from live_monitor.cli.stopped import EXIT_SIGNAL, Stopped
from live_monitor.cli.variables import message_of
from live_monitor.errors import LiveMonitorError, OutputError, UsageError
from live_monitor.files.opencv_path import printable
from live_monitor.process.quiet import keep_own_stderr, occupy_closed_descriptors, silence_libraries
from live_monitor.process.stop_signals import STOP_SIGNALS

EXIT_UNEXPECTED = 1

SENT_AGAIN_S = 0.01
"""Delay after which a signal is sent again; Python has most likely collected its garbage by then, else it is sent once more."""

_STDOUT_FAILS = {errno.ENOSPC: "free space", errno.EIO: "its terminal was closed, or the disk is broken"}
"""Errors of writing to stdout, and why they happen or what to try; for files, the code that writes them says so."""


_SYSTEM_PACKAGE = (
    "DLLs need Microsoft's Visual C++ Redistributable, x64"
    if sys.platform == "win32"
    else "libGL is in the system package libgl1"
)


def main() -> NoReturn:
    """The entry point: runs the command line and exits with a code of the table in `live_monitor.errors`."""
    occupy_closed_descriptors()
    silence_libraries()
    keep_own_stderr()
    if isinstance(sys.stdout, io.TextIOWrapper):  # there is none under pythonw
        # A file name that is not UTF-8 is escaped, as on stderr, instead of ending the run after all its work.
        sys.stdout.reconfigure(errors="backslashreplace")
    for number in STOP_SIGNALS:
        if signal.getsignal(number) is not signal.SIG_IGN:  # nohup wants a closed terminal to be ignored
            signal.signal(number, _stop)
    sys.unraisablehook = _tell_unraisable
    _exit(_run(sys.argv[1:]))


def _run(arguments: list[str]) -> int:
    """Runs the command line; every way out ends here in an exit code, and every error in one line."""
    try:
        return cli.main(arguments, prog_name="live-monitor", standalone_mode=False) or 0
    except Stopped as stopped:
        return stopped.exit_code
    except click.exceptions.Abort:
        return EXIT_SIGNAL + signal.SIGINT
    except click.ClickException as error:
        ctx = getattr(error, "ctx", None)
        command = "live-monitor" if ctx is None else ctx.command_path
        return _report(f"{message_of(error)} (see {command} --help)", error.exit_code)
    except BrokenPipeError:
        return OutputError.exit_code
    except LiveMonitorError as error:
        return _report(str(error), error.exit_code)
    except ImportError as error:
        return _report(
            f"a package cannot be loaded: {error}; install live-monitor again, in a new virtual environment ({_SYSTEM_PACKAGE})",
            UsageError.exit_code,
        )
    except Exception as error:
        if _stopped:  # a library made this of the signal, or the terminal was closed and nothing more can be printed
            return _stopped[0].exit_code
        if isinstance(error, OSError) and error.errno in _STDOUT_FAILS:
            advice = _STDOUT_FAILS[error.errno]
            return _report(f"output cannot be written: {error.strerror}; {advice}", OutputError.exit_code)
        # A bug: still one line, and the way to learn more.
        return _report(f"unexpected {type(error).__name__}: {error} (-v shows where)", EXIT_UNEXPECTED)


def _report(message: str, exit_code: int) -> int:
    if logging.getLogger().isEnabledFor(logging.INFO):
        traceback.print_exc()
    with contextlib.suppress(OSError):  # a terminal that was closed
        click.echo(f"Error: {printable(message)}", err=True)
    return exit_code


_stopped: list[Stopped] = []
"""The exception that the first signal became."""


def _stop(signal_number: int, _frame: FrameType | None) -> None:
    # The second signal must not interrupt the closing that the first one began.
    for number in STOP_SIGNALS:
        signal.signal(number, signal.SIG_IGN)
    _stopped.append(Stopped(signal_number))
    raise _stopped[0]


def _tell_unraisable(unraisable: sys.UnraisableHookArgs) -> None:
    """Sends a signal again if it came while Python could raise nothing, as during garbage collection.

    Other errors there are shown with -v: HDF5 raises one when it gives up its file after the disk was full.
    """
    stopped = unraisable.exc_value
    if not isinstance(stopped, Stopped):
        if logging.getLogger().isEnabledFor(logging.INFO):
            sys.__unraisablehook__(unraisable)
        return
    signal.signal(stopped.signal_number, _stop)
    # Sent to the process, it wakes a waiting main thread; on Windows that would end the process at once.
    send = signal.raise_signal if sys.platform == "win32" else functools.partial(os.kill, os.getpid())
    threading.Timer(SENT_AGAIN_S, send, [stopped.signal_number]).start()


def _exit(code: int) -> NoReturn:
    """Ends the process, even when a thread hangs in a read that never returns."""
    try:
        for stream in filter(None, (sys.stdout, sys.stderr)):  # there are none under pythonw
            stream.flush()
    except (OSError, ValueError):
        os._exit(code or OutputError.exit_code)
    if threading.active_count() > 1 or "jax" in sys.modules:
        # The interpreter would unload OpenCV while a thread is still inside it, and JAX crashes in what it is still computing
        # after Ctrl-C.
        os._exit(code)
    sys.exit(code)
