"""A report for people: a few lines of text, or a page of Markdown beside its picture."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from live_monitor.files.opencv_path import printable
from live_monitor.labels import LABELS, UNSURE
from live_monitor.session.report import Json
from live_monitor.table import markdown

NOT_MINDS = "These are indexes of expressions, not of minds; in the concentration index a neutral face counts as 100 %."


def as_text(report: Json) -> str:
    """The whole session, what was unusual, and the markers, a line each."""
    head, *lines = _session(report)
    return "\n".join([f"{printable(report['log'])}: {head}", *lines, *_unusual(report), *_markers(report)])


def as_markdown(report: Json, picture: str) -> str:
    """The same with a table of the markers and one of the faces.

    Args:
        report: what `live_monitor.session.report.report` returns.
        picture: name of the timeline's file, in the folder of the page.
    """
    name = re.sub(r"([\\`*_\[\]<>&!#])", r"\\\1", printable(report["log"]))  # or Markdown would take it for something else
    sections = [f"# {name}", "\n".join(f"- {line}" for line in (*_session(report), *_unusual(report)))]
    sections += [f"![Timeline]({picture})", NOT_MINDS]
    if report["markers"]:
        heads = ("marker", "at", "time of day", "ten seconds before", "ten seconds after")
        rows = (
            [str(m["number"]), at(m["at_s"]), m["clock"] or "-", _indexes(m["before"]), _indexes(m["after"])]
            for m in report["markers"]
        )
        sections += ["## Markers", markdown(heads, rows)]
    if report["faces"]:
        columns = ("face", "from", "to", "seconds", *LABELS, UNSURE)
        sections += ["## Faces", "Seconds of each expression.", markdown(columns, map(_face, report["faces"]))]
    return "\n\n".join(sections) + "\n"


def at(seconds: float) -> str:
    """Media time for people: 0:07, 12:30, 1:02:03."""
    minutes, whole = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{whole:02}" if hours else f"{minutes}:{whole:02}"


def _session(report: Json) -> list[str]:
    started = f", started {report['started']}" if report["started"] else ""
    lines = [f"{at(report['watched_s'])} watched{started}, {report['moments']} moment{'' if report['moments'] == 1 else 's'}"]
    if not report["faces"]:
        return [*lines, "no face was seen"]
    at_once, faces = report["faces_at_once"], len(report["faces"])
    mean = "" if at_once["mean"] is None else f"{at_once['mean']:.1f} at once on average, "
    nobody = f", nobody {report['nobody']:.1%} of the time" if report["nobody"] else ""
    lines.append(f"faces: {mean}{at_once['most']} at most, {faces} number{'' if faces == 1 else 's'} in all{nobody}")
    if report["readable"] is not None:
        lines.append(f"readable {report['readable']:.1%} of the time{_shares('; unsure: ', report['unsure'])}")
        expressions = sorted(report["emotions"].items(), key=lambda item: -(item[1] or 0.0))
        lines += filter(None, [_shares("expressions: ", dict(expressions))])
    if report["pulse"]:
        lines.append(f"pulse: {_indexes(report['pulse'])}")
    return lines


def _shares(head: str, shares: Mapping[str, float | None]) -> str:
    said = ", ".join(f"{name} {share:.1%}" for name, share in shares.items() if share)
    return head + said if said else ""


def _indexes(indexes: Mapping[str, float] | None) -> str:
    return ", ".join(f"{name} {value:+.2f}" for name, value in indexes.items()) if indexes else "-"


def _unusual(report: Json) -> list[str]:
    return [f"unusual: {one['what']}, {at(one['from_s'])} to {at(one['to_s'])}" for one in report["unusual"]]


def _markers(report: Json) -> list[str]:
    return [
        f"marker {m['number']} at {at(m['at_s'])}: {_indexes(m['before'])} before, {_indexes(m['after'])} after"
        for m in report["markers"]
    ]


def _face(face: dict[str, Any]) -> list[str]:
    looks, seconds = face["looks"], face["seconds"]
    ends = [str(face["id"]), at(looks[0]["from_s"]), at(looks[-1]["to_s"]), f"{sum(seconds.values()):.1f}"]
    return [*ends, *(f"{seconds[label]:.1f}" if label in seconds else "" for label in (*LABELS, UNSURE))]
