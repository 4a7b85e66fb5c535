"""Progress, shown to people on stderr."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from live_monitor.capture.source import Source

DRAWN_EVERY_BYTES = 2**16


def _is_watched() -> bool:
    """Whether stderr is a terminal; there is none at all under pythonw, or where it was closed."""
    return sys.stderr is not None and sys.stderr.isatty()


class _Terminal:
    """Stderr, for bars: a terminal that is closed is no reason to end the work."""

    def write(self, text: str) -> None:
        with contextlib.suppress(OSError):
            sys.stderr.write(text)

    def flush(self) -> None:
        with contextlib.suppress(OSError):
            sys.stderr.flush()

    def isatty(self) -> bool:
        return _is_watched()


_TERMINAL: Any = _Terminal()


@contextlib.contextmanager
def progress_bar(label: str, work: Source | int, passes: int = 1) -> Iterator[Callable[[int], object]]:
    """A progress bar for people, on stderr; yields a function to call with the number of frames just done.

    The work is a source, or a number of pictures. The bar appears with the first one: only then has a file said how many it has.
    """
    from live_monitor.capture.recorded import Recorded

    with contextlib.ExitStack() as stack:
        bar: Any = None

        def advance(frames: int) -> None:
            nonlocal bar
            total = work.claimed_frames if isinstance(work, Recorded) else work if isinstance(work, int) else None
            if bar is None and total and _is_watched():
                bar = stack.enter_context(click.progressbar(length=passes * total, label=label, file=_TERMINAL))
            if bar is not None:
                bar.update(frames)

        yield advance


@contextlib.contextmanager
def bytes_bar(label: str, size_bytes: int) -> Iterator[Callable[[int], object]]:
    """A progress bar for people, on stderr; yields a function to call with the size of each piece. Quick work has none."""
    if size_bytes < DRAWN_EVERY_BYTES or not _is_watched():
        yield lambda _size: None
        return
    with click.progressbar(length=size_bytes, label=label, file=_TERMINAL, update_min_steps=DRAWN_EVERY_BYTES) as bar:
        yield bar.update
        bar.finish()
        bar.render_progress()  # the last bytes, less than DRAWN_EVERY_BYTES, count too


@contextlib.contextmanager
def epoch_bars() -> Iterator[Callable[[str, int, int, int], None]]:
    """A bar for each epoch, for people, on stderr; yields `live_monitor.training.train.Listener.step`."""
    with contextlib.ExitStack() as stack:
        bar: Any = None

        def step(name: str, epoch: int, step: int, steps: int) -> None:
            nonlocal bar
            if not _is_watched():
                return
            if step == 1:
                bar = stack.enter_context(click.progressbar(length=steps, label=f"{name}, epoch {epoch}", file=_TERMINAL))
            bar.update(1)
            if step == steps:
                stack.close()

        yield step
