"""Numbers that stay with their faces."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from live_monitor.detect.detector import Expected
from live_monitor.track.tracker import COAST_S, CONFIRM_S, HOME_S, LOST_S, Tracker
from live_monitor.types import Box, Detection, Frame, Track
from tests.fakes import grey_picture

PICTURE = grey_picture(0, 1280, 720)
FPS = 25.0
LEFT, RIGHT = Box(100, 300, 180, 400), Box(900, 300, 980, 400)


class Watch:
    """A tracker that is shown the faces of one frame at a time."""

    def __init__(self, fps: float = FPS, sure_score: float = 0.6) -> None:
        self._tracker = Tracker(sure_score)
        self._fps = fps
        self.frames = 0

    def show(
        self, *faces: Box | Detection, looked: bool = True, cut: bool = False, size: tuple[int, int] = (1280, 720)
    ) -> list[Track]:
        frame = self._next_frame(size)
        self.frames += 1
        found = [face if isinstance(face, Detection) else Detection(face, 0.9) for face in faces]
        return sorted(self._tracker.follow(frame, found, looked=looked, cut=cut), key=lambda track: track.box)

    def expected(self, size: tuple[int, int] = (1280, 720)) -> list[Expected] | None:
        """The faces it expects in the frame that would be shown next."""
        return self._tracker.expected(self._next_frame(size))

    def newcomers(self) -> list[Box]:
        """The faces that do not count yet in the frame that was shown last."""
        return self._tracker.newcomers((self.frames - 1) / self._fps)

    def _next_frame(self, size: tuple[int, int]) -> Frame:
        image = PICTURE if size == (1280, 720) else grey_picture(0, *size)
        return Frame(self.frames, self.frames / self._fps, 0.0, image)

    def show_for(self, seconds: float, *faces: Box | Detection) -> list[Track]:
        return [self.show(*faces) for _ in range(round(seconds * self._fps))][-1]


def ids(tracks: Sequence[Track]) -> list[int]:
    return [track.id for track in tracks]


def moved(box: Box, dx: float, dy: float = 0) -> Box:
    return Box(box.x1 + dx, box.y1 + dy, box.x2 + dx, box.y2 + dy)


class TestNumbers:
    def test_the_faces_of_the_first_search_count_at_once_numbered_from_1(self) -> None:
        assert sorted(ids(Watch().show(LEFT, RIGHT))) == [1, 2]

    def test_numbers_are_given_from_left_to_right(self) -> None:
        assert ids(Watch().show(RIGHT, LEFT)) == [1, 2]

    def test_a_face_keeps_its_number_while_it_moves(self) -> None:
        watch = Watch()
        watch.show(LEFT)
        assert all(ids(watch.show(moved(LEFT, 15 * step))) == [1] for step in range(1, 50))

    def test_a_face_keeps_its_number_if_it_moves_by_more_than_its_width_between_two_frames(self) -> None:
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
        assert seen[-1] == [1, 2]

    def test_the_place_of_a_newcomer_is_known_until_it_counts(self) -> None:
        watch = Watch()
        watch.show(LEFT)
        watch.show(LEFT, RIGHT)
        assert watch.newcomers() == [RIGHT]
        watch.show_for(1.0, LEFT, RIGHT)
        assert watch.newcomers() == []

    def test_a_face_that_comes_back_does_not_go_on_at_the_speed_at_which_it_left(self) -> None:
        watch = Watch()
        watch.show_for(5.0, LEFT)
        for step in range(1, 9):  # moves away
            watch.show(moved(LEFT, 30 * step))
        watch.show_for(3.0)
        [track] = watch.show(back := moved(LEFT, 25))
        assert (track.id, track.box) == (1, back)
        [missed] = watch.show_for(0.4)
        assert (missed.coasting, missed.box) == (True, back)

    def test_a_faint_detection_is_known_until_the_next_search_and_gets_no_number(self) -> None:
        watch = Watch(sure_score=0.6)
        watch.show(LEFT)
        faint = Detection(RIGHT, 0.5)
        assert [(ids(watch.show(LEFT, faint)), watch.newcomers()) for _ in range(50)] == [([1], [RIGHT])] * 50
        watch.show(LEFT, looked=False)
        assert watch.newcomers() == [RIGHT]
        watch.show(LEFT)
        assert watch.newcomers() == []

    def test_a_detection_seen_well_only_now_and_then_gets_no_number(self) -> None:
        watch = Watch(sure_score=0.6)
        watch.show(LEFT)
        scores = [0.9, *[0.59] * 4] * 10
        assert [ids(watch.show(LEFT, Detection(RIGHT, score))) for score in scores] == [[1]] * 50

    def test_a_newcomer_that_is_gone_is_forgotten(self) -> None:
        watch = Watch()
        watch.show(LEFT)
        watch.show(LEFT, RIGHT)
        watch.show(LEFT)
        assert watch.newcomers() == []

    def test_without_a_search_a_newcomer_is_known_for_as_long_as_a_missed_face(self) -> None:
        watch = Watch()
        watch.show(LEFT)
        watch.show(LEFT, RIGHT)
        known = [watch.show(LEFT, looked=False) and watch.newcomers() for _ in range(15)]
        until = int(COAST_S * FPS)
        assert known == [[RIGHT]] * until + [[]] * (15 - until)

    @pytest.mark.parametrize("fps", [30, 5])
    def test_the_less_sure_a_newcomer_is_the_longer_it_must_be_seen(self, fps: float) -> None:
        def seconds_until_it_counts(score: float) -> float:
            watch = Watch(fps)
            watch.show(LEFT)
            counted = (len(watch.show(LEFT, Detection(RIGHT, score))) == 2 for _ in range(10 * round(fps)))
            return next(number for number, counts in enumerate(counted) if counts) / fps

        assert seconds_until_it_counts(1.0) <= max(CONFIRM_S + 1 / fps, 1 / fps)
        assert seconds_until_it_counts(0.7) == pytest.approx(4 * CONFIRM_S, abs=1.01 / fps)
        assert seconds_until_it_counts(0.64) >= 10 * CONFIRM_S

    def test_frames_in_which_a_newcomer_is_only_carried_do_not_count_as_seen(self) -> None:
        watch = Watch()
        watch.show(LEFT)
        watch.show(LEFT, Detection(RIGHT, 0.64))
        for _ in range(8):
            watch.show(LEFT, Detection(RIGHT, 0.64), looked=False)
        assert ids(watch.show(LEFT, Detection(RIGHT, 0.64))) == [1]

    def test_a_face_found_by_only_one_search_never_counts_and_uses_no_number(self) -> None:
        watch = Watch()
        watch.show(LEFT)
        assert ids(watch.show(LEFT, RIGHT)) == [1]
        watch.show(LEFT)
        assert ids(watch.show_for(1.0, LEFT, moved(RIGHT, 0, 200))) == [1, 2]

    def test_a_faint_face_starts_no_track(self) -> None:
        watch = Watch()
        watch.show(LEFT)
        assert ids(watch.show_for(1.0, LEFT, Detection(RIGHT, 0.5))) == [1]

    def test_a_faint_face_continues_an_existing_track(self) -> None:
        watch = Watch()
        watch.show(LEFT)
        (track,) = watch.show_for(3.0, Detection(LEFT, 0.5))
        assert (track.id, track.coasting) == (1, False)

    def test_a_newcomer_must_be_seen_well_until_it_counts(self) -> None:
        watch = Watch()
        watch.show(LEFT)
        watch.show(LEFT, RIGHT)
        assert ids(watch.show_for(1.0, LEFT, Detection(RIGHT, 0.5))) == [1]

    def test_faces_without_scores_count_as_sure(self) -> None:
        assert ids(Watch().show(Detection(LEFT))) == [1]

    def test_pictures_of_another_size_start_new_tracks_and_numbers_go_on(self) -> None:
        watch = Watch()
        watch.show(LEFT)
        assert ids(watch.show(LEFT, size=(640, 480))) == [2]


class TestAbsence:
    def test_a_missed_face_is_shown_where_it_should_be(self) -> None:
        watch = Watch()
        for step in range(25):
            watch.show(moved(LEFT, 10 * step))
        (track,) = watch.show()
        assert (track.id, track.coasting) == (1, True)
        assert track.box.x1 == pytest.approx(LEFT.x1 + 250, abs=5)

    def test_a_missed_face_is_no_longer_shown_after_a_while(self) -> None:
        watch = Watch()
        watch.show_for(1.0, LEFT)
        assert watch.show_for(COAST_S - 0.1)
        assert not watch.show_for(0.2)

    @pytest.mark.parametrize("fps", [30.0, 10.0, 5.0])
    def test_a_walker_hidden_for_a_moment_keeps_the_number_at_any_frame_rate(self, fps: float) -> None:
        watch = Watch(fps)
        places = [moved(LEFT, 100 * frame / fps) for frame in range(round(4 * fps))]
        for frame, place in enumerate(places):
            tracks = watch.show(*() if 2 <= frame / fps < 2.8 else (place,))
        assert ids(tracks) == [1]

    def test_a_face_back_in_its_tile_after_half_a_minute_gets_its_number_back(self) -> None:
        watch = Watch(fps=5)
        watch.show_for(3.0, LEFT, RIGHT)
        watch.show_for(HOME_S / 2, RIGHT)
        assert ids(watch.show_for(1.0, moved(LEFT, 10), RIGHT)) == [1, 2]

    def test_a_face_that_appears_in_another_place_gets_a_new_number(self) -> None:
        watch = Watch(fps=5)
        watch.show_for(3.0, LEFT, RIGHT)
        watch.show_for(10.0, RIGHT)
        assert ids(watch.show_for(1.0, moved(LEFT, 200), RIGHT)) == [3, 2]

    def test_a_face_where_another_walked_away_gets_a_new_number(self) -> None:
        watch = Watch()
        for step in range(50):
            watch.show(moved(LEFT, 8 * step))
        watch.show_for(LOST_S + 0.2)
        assert ids(watch.show_for(1.0, moved(LEFT, 400))) == [2]

    def test_a_place_is_not_kept_for_a_face_that_was_there_only_for_a_moment(self) -> None:
        watch = Watch(fps=5)
        watch.show_for(0.8, LEFT, RIGHT)
        watch.show_for(10.0, RIGHT)
        assert ids(watch.show_for(1.0, LEFT, RIGHT)) == [3, 2]

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

    def test_a_face_that_leaves_below_is_not_shown_beyond_the_lower_edge(self) -> None:
        watch = Watch()
        for step in range(10):
            watch.show(moved(LEFT, 0, 320 + 5 * step))
        assert not watch.show_for(0.3)


class TestCuts:
    @pytest.mark.parametrize("dx", [25, 45])
    def test_after_a_cut_a_face_nearby_gets_a_new_number(self, dx: float) -> None:
        watch = Watch()
        watch.show_for(2.0, LEFT)
        watch.show(moved(LEFT, dx), cut=True)
        assert ids(watch.show_for(1.0, moved(LEFT, dx))) == [2]

    def test_after_a_cut_a_face_exactly_where_it_was_keeps_its_number(self) -> None:
        watch = Watch()
        watch.show_for(2.0, LEFT)
        assert ids(watch.show(LEFT, cut=True)) == [1]

    @pytest.mark.parametrize(("dx", "numbers"), [(0, [1, 2]), (45, [3, 2])])
    def test_after_a_cut_an_absent_face_gets_its_number_back_only_in_the_same_place(self, dx: float, numbers: list[int]) -> None:
        watch = Watch()
        watch.show_for(2.0, LEFT, RIGHT)
        watch.show_for(5.0, RIGHT)
        watch.show(RIGHT, cut=True)
        assert ids(watch.show_for(1.0, moved(LEFT, dx), RIGHT)) == numbers

    @pytest.mark.parametrize("shared_s", [0.3, 3.0, HOME_S - 1])
    def test_a_call_that_is_back_after_screen_sharing_has_its_numbers_again(self, shared_s: float) -> None:
        watch = Watch(fps=5)
        watch.show_for(2.0, LEFT, RIGHT)
        watch.show(cut=True)
        watch.show_for(shared_s)
        assert ids(watch.show(RIGHT, cut=True)) == [2]
        assert ids(watch.show(LEFT, RIGHT)) == [1, 2]

    def test_a_face_of_another_scene_is_neither_shown_nor_expected(self) -> None:
        watch = Watch()
        watch.show_for(2.0, LEFT)
        assert not watch.show(cut=True)
        assert watch.expected() == []

    def test_after_another_long_scene_all_numbers_are_new(self) -> None:
        watch = Watch(fps=2)
        watch.show_for(3.0, LEFT)
        watch.show(cut=True)
        watch.show_for(HOME_S)
        watch.show(LEFT, cut=True)
        assert ids(watch.show_for(1.0, LEFT)) == [2]

    def test_a_face_that_appears_in_the_place_of_one_from_another_scene_gets_a_new_number(self) -> None:
        watch = Watch(fps=5)
        watch.show_for(2.0, LEFT)
        watch.show(cut=True)
        watch.show_for(LOST_S + 0.5, RIGHT)
        assert ids(watch.show_for(1.0, LEFT, RIGHT)) == [3, 2]

    def test_a_face_seen_only_briefly_before_a_cut_is_not_waited_for(self) -> None:
        watch = Watch()
        watch.show_for(0.5, LEFT)
        watch.show(cut=True)
        watch.show(LEFT, cut=True)
        assert ids(watch.show_for(1.0, LEFT)) == [2]


class TestExpected:
    def test_a_face_is_expected_again_where_it_is(self) -> None:
        watch = Watch()
        watch.show(LEFT, RIGHT)
        assert watch.expected() == [Expected(LEFT, known=True), Expected(RIGHT, known=True)]

    def test_a_moving_face_is_expected_further_on(self) -> None:
        watch = Watch()
        for step in range(20):
            watch.show(moved(LEFT, 10 * step))
        (expected,) = watch.expected() or []
        assert expected.box.x1 == pytest.approx(LEFT.x1 + 200, abs=2)

    def test_a_newcomer_is_expected_before_it_counts(self) -> None:
        watch = Watch()
        watch.show(LEFT)
        watch.show(LEFT, Detection(RIGHT, 0.61))
        assert [(face.box, face.known) for face in watch.expected() or []] == [(LEFT, True), (RIGHT, False)]

    def test_a_newcomer_missed_where_it_was_expected_may_still_come(self) -> None:
        watch = Watch()
        watch.show(LEFT)
        watch.show(LEFT, RIGHT)
        watch.show(LEFT, looked=False)
        assert [face.box for face in watch.expected() or []] == [LEFT, RIGHT]
        watch.show(LEFT)
        assert [face.box for face in watch.expected() or []] == [LEFT]

    def test_a_missed_face_is_expected_for_a_while(self) -> None:
        watch = Watch()
        watch.show_for(1.0, LEFT)
        watch.show_for(COAST_S - 0.1)
        assert [face.known for face in watch.expected() or []] == [False]
        watch.show_for(0.2)
        assert watch.expected() == []

    def test_nothing_is_known_about_the_first_frame_or_one_of_another_size(self) -> None:
        watch = Watch()
        assert watch.expected() is None
        watch.show(LEFT)
        assert watch.expected(size=(640, 480)) is None


class TestCarriedBoxes:
    def test_a_carried_box_counts_as_a_face_that_is_seen(self) -> None:
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


def test_other_faces_do_not_affect_a_face() -> None:
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
