"""Who is who: numbers that stay with their faces."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
import pytest

from live_monitor.app import load_stages
from live_monitor.classify.card import load_card
from live_monitor.classify.smoothing import Smoother
from live_monitor.settings import DEFAULT_MODEL, Settings
from live_monitor.track.tracker import COAST_S, CONFIRM_S, HOME_S, LOST_S, Tracker
from live_monitor.types import Box, Detection, Frame, Reading, Track
from tests.fakes import grey_picture

PICTURE = grey_picture(0, 1280, 720)
FPS = 25.0
CLOSELY_WATCHED = 240
FRAMES_A_SECOND = 30
NEAR_S = 0.3
LEFT, RIGHT = Box(100, 300, 180, 400), Box(900, 300, 980, 400)


class Watch:
    """A tracker that is shown a frame's faces at a time."""

    def __init__(self, fps: float = FPS, sure_score: float = 0.6) -> None:
        self._tracker = Tracker(sure_score)
        self._fps = fps
        self.frames = 0

    def show(
        self, *faces: Box | Detection, looked: bool = True, cut: bool = False, size: tuple[int, int] = (1280, 720)
    ) -> list[Track]:
        image = PICTURE if size == (1280, 720) else grey_picture(0, *size)
        frame = Frame(self.frames, self.frames / self._fps, 0.0, image)
        self.frames += 1
        found = [face if isinstance(face, Detection) else Detection(face, 0.9) for face in faces]
        return sorted(self._tracker.follow(frame, found, looked=looked, cut=cut), key=lambda track: track.box)

    def show_for(self, seconds: float, *faces: Box | Detection) -> list[Track]:
        return [self.show(*faces) for _ in range(round(seconds * self._fps))][-1]


def ids(tracks: Sequence[Track]) -> list[int]:
    return [track.id for track in tracks]


def moved(box: Box, dx: float, dy: float = 0) -> Box:
    return Box(box.x1 + dx, box.y1 + dy, box.x2 + dx, box.y2 + dy)


class TestNumbers:
    def test_the_faces_of_the_first_look_count_at_once_from_1(self) -> None:
        assert sorted(ids(Watch().show(LEFT, RIGHT))) == [1, 2]

    def test_a_face_keeps_its_number_while_it_moves(self) -> None:
        watch = Watch()
        watch.show(LEFT)
        assert all(ids(watch.show(moved(LEFT, 15 * step))) == [1] for step in range(1, 50))

    def test_a_face_keeps_its_number_when_it_moves_further_than_its_width_between_two_frames(self) -> None:
        watch = Watch(fps=5)
        watch.show(LEFT)
        watch.show(moved(LEFT, 60))
        assert [ids(watch.show(moved(LEFT, 60 + 95 * step))) for step in range(1, 6)] == [[1]] * 5

    def test_two_faces_that_pass_each_other_keep_their_numbers(self) -> None:
        watch = Watch()
        for step in range(81):
            tracks = watch.show(moved(LEFT, 10 * step), moved(RIGHT, -10 * step, 30))
        assert ids(tracks) == [2, 1]

    def test_a_newcomer_counts_once_it_is_still_there(self) -> None:
        watch = Watch()
        watch.show(LEFT)
        seen = [ids(watch.show(LEFT, RIGHT)) for _ in range(6)]
        assert seen[0] == seen[1] == [1]
        assert seen[round(CONFIRM_S * FPS) + 1 :] == [[1, 2]] * (5 - round(CONFIRM_S * FPS))

    def test_a_face_seen_in_one_look_only_never_counts_and_takes_no_number(self) -> None:
        watch = Watch()
        watch.show(LEFT)
        assert ids(watch.show(LEFT, RIGHT)) == [1]
        watch.show(LEFT)
        assert ids(watch.show_for(1.0, LEFT, moved(RIGHT, 0, 200))) == [1, 2]

    def test_a_faint_face_starts_nothing(self) -> None:
        watch = Watch()
        watch.show(LEFT)
        assert ids(watch.show_for(1.0, LEFT, Detection(RIGHT, 0.5))) == [1]

    def test_a_faint_face_goes_on_with_what_was_there(self) -> None:
        watch = Watch()
        watch.show(LEFT)
        (track,) = watch.show_for(3.0, Detection(LEFT, 0.5))
        assert (track.id, track.coasting) == (1, False)

    def test_a_newcomer_must_be_seen_well_until_it_counts(self) -> None:
        watch = Watch()
        watch.show(LEFT)
        watch.show(LEFT, RIGHT)
        assert ids(watch.show_for(1.0, LEFT, Detection(RIGHT, 0.5))) == [1]

    def test_faces_without_scores_are_sure(self) -> None:
        assert ids(Watch().show(Detection(LEFT))) == [1]

    def test_pictures_of_another_size_start_anew_and_numbers_go_on(self) -> None:
        watch = Watch()
        watch.show(LEFT)
        assert ids(watch.show(LEFT, size=(640, 480))) == [2]


class TestAbsence:
    def test_a_face_that_is_missed_is_shown_where_it_should_be(self) -> None:
        watch = Watch()
        for step in range(25):
            watch.show(moved(LEFT, 10 * step))
        (track,) = watch.show()
        assert (track.id, track.coasting) == (1, True)
        assert track.box.x1 == pytest.approx(LEFT.x1 + 250, abs=5)

    def test_it_is_no_longer_shown_after_a_while(self) -> None:
        watch = Watch()
        watch.show_for(1.0, LEFT)
        assert watch.show_for(COAST_S - 0.1)
        assert not watch.show_for(0.2)

    @pytest.mark.parametrize("fps", [30.0, 10.0, 5.0])
    def test_a_walker_hidden_for_a_moment_keeps_the_number_at_any_rate(self, fps: float) -> None:
        watch = Watch(fps)
        places = [moved(LEFT, 100 * frame / fps) for frame in range(round(4 * fps))]
        for frame, place in enumerate(places):
            tracks = watch.show(*() if 2 <= frame / fps < 2.8 else (place,))
        assert ids(tracks) == [1]

    def test_a_face_in_its_tile_gets_its_number_back_after_half_a_minute(self) -> None:
        watch = Watch(fps=5)
        watch.show_for(3.0, LEFT, RIGHT)
        watch.show_for(HOME_S / 2, RIGHT)
        assert ids(watch.show_for(1.0, moved(LEFT, 10), RIGHT)) == [1, 2]

    def test_a_face_that_comes_to_another_place_is_somebody_else(self) -> None:
        watch = Watch(fps=5)
        watch.show_for(3.0, LEFT, RIGHT)
        watch.show_for(10.0, RIGHT)
        assert ids(watch.show_for(1.0, moved(LEFT, 200), RIGHT)) == [3, 2]

    def test_where_somebody_walked_away_another_gets_another_number(self) -> None:
        watch = Watch()
        for step in range(50):
            watch.show(moved(LEFT, 8 * step))
        watch.show_for(LOST_S + 0.2)
        assert ids(watch.show_for(1.0, moved(LEFT, 400))) == [2]

    def test_a_place_is_not_kept_for_ever(self) -> None:
        watch = Watch(fps=2)
        watch.show_for(3.0, LEFT)
        watch.show_for(HOME_S + 1)
        assert ids(watch.show_for(2.0, LEFT)) == [2]

    def test_a_face_that_leaves_the_picture_is_not_shown_beyond_its_edge(self) -> None:
        watch = Watch()
        for step in range(10):
            watch.show(moved(RIGHT, 300 + 5 * step))
        assert not watch.show_for(0.3)


class TestCuts:
    def test_after_a_cut_a_face_nearby_is_somebody_else(self) -> None:
        watch = Watch()
        watch.show_for(2.0, LEFT)
        watch.show(moved(LEFT, 45), cut=True)
        assert ids(watch.show_for(1.0, moved(LEFT, 45))) == [2]

    def test_a_face_that_stays_exactly_where_it_was_keeps_its_number(self) -> None:
        watch = Watch()
        watch.show_for(2.0, LEFT)
        assert ids(watch.show(LEFT, cut=True)) == [1]

    def test_a_cut_ends_the_waiting_for_those_who_are_away(self) -> None:
        watch = Watch()
        watch.show_for(2.0, LEFT, RIGHT)
        watch.show_for(5.0, RIGHT)
        watch.show(RIGHT, cut=True)
        assert ids(watch.show_for(1.0, LEFT, RIGHT)) == [3, 2]


class TestCarriedBoxes:
    def test_a_carried_box_is_a_face_that_is_seen(self) -> None:
        watch = Watch()
        watch.show(LEFT)
        (track,) = watch.show(moved(LEFT, 5), looked=False)
        assert (track.id, track.coasting) == (1, False)

    def test_carried_boxes_bring_no_newcomers(self) -> None:
        watch = Watch()
        watch.show(LEFT)
        for _ in range(25):
            tracks = watch.show(LEFT, RIGHT, looked=False)
        assert ids(tracks) == [1]


def test_other_faces_change_nothing_of_a_face() -> None:
    rng = np.random.default_rng(5)
    for _ in range(20):
        crowd = [
            [moved(Box(0, 0, 60, 70), 100 * column + 300, 500) for column in range(int(rng.integers(0, 8)))] for _ in range(40)
        ]
        jitter = rng.normal(0, 3, (40, 2)).tolist()
        alone, among = Watch(), Watch()
        for others, (dx, dy) in zip(crowd, jitter, strict=True):
            (lonely,) = alone.show(moved(LEFT, dx, dy))
            one = among.show(moved(LEFT, dx, dy), *others)[0]
            assert one.box == lonely.box


@pytest.fixture(scope="module", params=["facegrid", "yunet"])
def gallery(shared_data: Path, request: pytest.FixtureRequest) -> list[tuple[Reading, ...]]:
    """What the program says of a call of nine people: of all frames of the first eight seconds, then of three a second."""
    yunet = shared_data / "detectors" / "face_detection_yunet_2026may.onnx"
    model = yunet if request.param == "yunet" else None
    stages = load_stages(Settings(detector=request.param, detector_model=model, device="cpu", detect_every=3), on_time=False)
    video = cv2.VideoCapture(str(shared_data / "videos" / "call_gallery_9.mp4"))
    results = []
    for index in itertools.takewhile(lambda _: video.grab(), itertools.count()):
        if index < CLOSELY_WATCHED or index % 10 == 0:
            image = np.asarray(video.retrieve()[1], np.uint8)
            results.append(stages.analyse(Frame(index, index / FRAMES_A_SECOND, 0.0, image)).readings)
    video.release()
    return results


def test_nine_people_in_a_call_keep_nine_numbers(gallery: list[tuple[Reading, ...]]) -> None:
    tiles: dict[int, set[tuple[int, int]]] = {}
    for readings in gallery:
        assert {reading.track.id for reading in readings} == set(range(1, 10))
        for reading in readings:
            x, y = reading.track.box.centre
            tiles.setdefault(reading.track.id, set()).add((int(x / 426), int(y / 240)))
    assert all(len(places) == 1 for places in tiles.values())
    assert len(set().union(*tiles.values())) == 9


def test_labels_of_nine_people_change_a_fifth_as_often_as_without_smoothing(gallery: list[tuple[Reading, ...]]) -> None:
    raw = steady = 0
    for before, after in itertools.pairwise(gallery[:CLOSELY_WATCHED]):
        labels = {reading.track.id: reading for reading in before}
        for reading in after:
            raw += reading.probabilities.argmax() != labels[reading.track.id].probabilities.argmax()
            steady += reading.label != labels[reading.track.id].label
    assert raw > 30
    assert steady <= raw / 5


@pytest.mark.parametrize("every", [3, 6])
def test_labels_of_nine_people_are_the_same_at_10_and_5_frames_a_second(gallery: list[tuple[Reading, ...]], every: int) -> None:
    """Of nearly all faces: what happens between two frames can decide a label that is about to change."""
    full = gallery[:CLOSELY_WATCHED]
    near = round(NEAR_S * FRAMES_A_SECOND)
    same = compared = 0
    for first in range(every):
        smoother = Smoother(unsure_below=load_card(DEFAULT_MODEL).unsure_below)
        for index in range(first, CLOSELY_WATCHED, every):
            tracks, rows = [one.track for one in full[index]], np.array([one.probabilities for one in full[index]])
            around = full[max(0, index - near) : index + near + 1]
            for reading in smoother.read(tracks, rows, [""] * len(tracks), index / FRAMES_A_SECOND):
                labels = {one.label for readings in around for one in readings if one.track.id == reading.track.id}
                same += reading.label in labels
                compared += 1
    assert same >= 0.99 * compared
