"""Where labels and notices go: labels in the picture, close to their faces, none over another; a notice where it hides least."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from live_monitor.overlay.text import Rect


def place_plates(
    faces: Sequence[Rect],
    sizes: Sequence[tuple[int, int]],
    taken: Sequence[Rect],
    picture: tuple[int, int],
    smaller: Sequence[tuple[int, int]] = (),
) -> list[Rect | None]:
    """Finds a place for every face's plate.

    Args:
        faces: the faces' boxes.
        sizes: width and height of each face's plate, in pixels.
        taken: places already in use, as by the frame rate.
        picture: width and height of the picture, in pixels.
        smaller: for each face, the size tried where a plate of `sizes` has no place; empty: none.

    Returns:
        A place for each face, if possible over no other face; None where every place near it is taken: a box
        without its label is better than two labels that nobody can read.
    """
    occupied = list(taken)
    places: list[Rect | None] = []
    for face, tried in zip(faces, zip(sizes, smaller or sizes, strict=True), strict=True):
        place = next(filter(None, (_place(face, size, faces, occupied, picture) for size in dict.fromkeys(tried))), None)
        if place is not None:
            occupied.append(place)
        places.append(place)
    return places


def place_at_lower_edge(size: tuple[int, int], faces: Sequence[Rect], picture: tuple[int, int]) -> Rect:
    """Finds a place for a notice at the lower edge, where least is lost: the upper edge has the status.

    Args:
        size: width and height of its plate, in pixels.
        faces: the faces' boxes.
        picture: width and height of the picture, in pixels.

    Returns:
        The middle of the edge, or the left or right corner where that covers less of the faces.
    """
    right, top = max(0, picture[0] - size[0]), max(0, picture[1] - size[1])
    return _least_over([_at(x, top, size) for x in (right // 2, 0, right)], faces)


def place_near_lower_edge(
    size: tuple[int, int], faces: Sequence[Rect], picture: tuple[int, int], margin: int, notice: Rect
) -> Rect:
    """Finds a place for a message near the lower edge.

    Args:
        size: width and height of its plate, in pixels.
        faces: the faces' boxes.
        picture: width and height of the picture, in pixels.
        margin: distance from the edges and from the notice, in pixels.
        notice: where a notice stands.

    Returns:
        The middle, or the right or left corner where that covers less of the faces; above the notice where that is in the way.
        The corners come in this order: a notice that leaves the middle tries the left, so the message can stay where it is.
    """
    right, bottom = max(0, picture[0] - size[0]), picture[1] - margin - size[1]
    at_edge = [_at(x, max(0, bottom), size) for x in (right // 2, max(right // 2, right - margin), min(right // 2, margin))]
    above_y = max(0, notice.y1 - margin - size[1])
    return _least_over([_at(place.x1, above_y, size) if place.overlaps(notice) else place for place in at_edge], faces)


def _at(x: int, y: int, size: tuple[int, int]) -> Rect:
    return Rect(x, y, x + size[0], y + size[1])


def _least_over(places: Sequence[Rect], faces: Sequence[Rect]) -> Rect:
    """The place that covers least of the faces, of several the first."""
    return min(places, key=lambda place: sum(map(place.intersection, faces)))


def _place(
    face: Rect, size: tuple[int, int], faces: Sequence[Rect], occupied: Sequence[Rect], picture: tuple[int, int]
) -> Rect | None:
    """The best free place for a face's plate, None where there is none."""
    free = (place for place in _candidates(face, size, picture) if not any(map(place.overlaps, occupied)))
    return _best(free, face, faces)


def _best(places: Iterable[Rect], face: Rect, faces: Sequence[Rect]) -> Rect | None:
    """The first place over no face, else the first over its own face alone, else the first."""
    over_itself = over_others = None
    for place in places:
        covered = [other for other in faces if place.overlaps(other)]
        if not covered:
            return place
        if all(other is face for other in covered):
            over_itself = over_itself or place
        else:
            over_others = over_others or place
    return over_itself or over_others


def _candidates(face: Rect, size: tuple[int, int], picture: tuple[int, int]) -> Iterator[Rect]:
    """Above, below, inside at the top and bottom, then to the right and left, each moved into the picture."""
    width, height = size
    if width > picture[0] or height > picture[1]:
        return
    corners = (
        (face.x1, face.y1 - height),
        (face.x1, face.y2),
        (face.x1, face.y1),
        (face.x1, face.y2 - height),
        (face.x2, face.y1),
        (face.x1 - width, face.y1),
        (face.x1, face.y1 - 2 * height),
        (face.x1, face.y2 + height),
    )
    for x, y in corners:
        x, y = min(max(x, 0), picture[0] - width), min(max(y, 0), picture[1] - height)
        yield _at(x, y, size)
