"""What is shown from one result to the next."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from live_monitor.overlay.live_view import BLANK, PANEL_EVERY_S, LiveView
from live_monitor.overlay.panel import draw_panel
from live_monitor.overlay.view import View
from live_monitor.types import Box, Frame, FrameResult, Image
from tests.fakes import grey_picture
from tests.session.sessions import face

PANEL, PLAIN = View(panel=True), View(panel=False)
SIZE = 854, 480


def result(pts_s: float, label: str = "happy") -> FrameResult:
    return FrameResult(Frame(0, pts_s, 0.0, grey_picture(0, *SIZE)), (face(label),), {}, 0.0, 0)


def panel_of(live_view: LiveView, now_s: float) -> Image:
    return live_view.draw(now_s, PANEL)[:, SIZE[0] :]


def test_the_view_is_dark_before_the_first_picture() -> None:
    shown = LiveView().draw(0.0, PLAIN)
    assert shown.shape == BLANK.shape
    assert shown[-1].max() == 0


def test_a_picture_can_be_shown_before_its_result() -> None:
    live_view = LiveView()
    live_view.frame = Frame(0, 0.0, 0.0, grey_picture(90, *SIZE))
    assert live_view.draw(0.0, PLAIN)[-1, -1].tolist() == [90, 90, 90]


def noisy() -> Frame:
    return Frame(0, 0.0, 0.0, np.random.default_rng(0).integers(0, 256, (SIZE[1], SIZE[0], 3), np.uint8))


def is_blurred(shown: Image, x: int, y: int) -> bool:
    return bool(shown[y : y + 60, x : x + 60].std() < 40)


def test_the_whole_picture_is_blurred_before_the_first_result() -> None:
    live_view = LiveView()
    live_view.frame = noisy()
    shown = {blur: live_view.draw(0.0, View(panel=False, blur=blur)) for blur in (False, True)}
    for x, y in ((100, 100), (400, 200), (780, 400)):
        assert not is_blurred(shown[False], x, y)
        assert is_blurred(shown[True], x, y)


def test_a_newcomer_who_does_not_count_yet_is_blurred() -> None:
    live_view = LiveView()
    live_view.take(FrameResult(noisy(), (), {}, 0.0, 0, newcomers=(Box(300, 200, 400, 300),)), 0.0)
    shown = live_view.draw(0.0, View(panel=False, blur=True))
    assert is_blurred(shown, 320, 220)
    assert not is_blurred(shown, 600, 220)
    assert not is_blurred(live_view.draw(0.0, PLAIN), 320, 220)


def test_the_panel_is_there_from_the_first_picture_on() -> None:
    live_view = LiveView()
    live_view.take(result(0.0), 0.0)
    np.testing.assert_array_equal(panel_of(live_view, 0.0), draw_panel(live_view.pulse, *SIZE))


def test_the_panel_does_not_change_too_often_to_be_read() -> None:
    live_view = LiveView()
    live_view.take(result(0.0), 5.0)
    first = panel_of(live_view, 5.0)
    live_view.take(result(0.1, "sad"), 5.1)
    assert np.array_equal(panel_of(live_view, 5.1), first)
    assert not np.array_equal(panel_of(live_view, 5.0 + PANEL_EVERY_S), first)


def test_the_panel_follows_a_new_picture_size_at_once() -> None:
    live_view = LiveView()
    for now_s, size in ((5.0, SIZE), (5.1, (1280, 720))):
        live_view.frame = Frame(0, now_s, 0.0, grey_picture(0, *size))
        shown = live_view.draw(now_s, PANEL)
    np.testing.assert_array_equal(shown[:, 1280:], draw_panel(live_view.pulse, 1280, 720))


def test_renewing_the_panel_changes_it_at_once() -> None:
    live_view = LiveView()
    live_view.take(result(0.0), 5.0)
    first = panel_of(live_view, 5.0)
    live_view.take(result(0.1, "sad"), 5.1)
    live_view.renew_panel()
    assert not np.array_equal(panel_of(live_view, 5.1), first)


@pytest.mark.parametrize(("live", "valence"), [(True, 0.0), (False, 0.9804)])
def test_a_gap_of_a_live_source_does_not_count_in_the_panel(live: bool, valence: float) -> None:
    live_view = LiveView(live=live)
    for pts_s, label in ((0.0, "happy"), (1.0, "happy"), (101.0, "sad"), (102.0, "sad")):
        live_view.take(result(pts_s, label), pts_s)
    means = live_view.pulse.session_means()
    assert means is not None
    assert means["valence"] == pytest.approx(valence, abs=1e-4)


class TestLeavingOut:
    def two(self, pts_s: float = 0.0) -> FrameResult:
        faces = face("happy", 1), face("sad", 2)
        return FrameResult(Frame(0, pts_s, 0.0, grey_picture(0, *SIZE)), faces, {}, 0.0, 0)

    def test_the_panel_leaves_out_the_face_and_counts_it_again(self) -> None:
        live_view = LiveView()
        live_view.take(self.two(), 0.0)
        both = panel_of(live_view, 0.0)
        live_view.leave_out(frozenset({1}))
        live_view.renew_panel()
        assert live_view.pulse.moment.tolist() == [0, 0, 0, 0, 1, 0, 0]
        assert not np.array_equal(panel_of(live_view, 0.0), both)
        live_view.leave_out(frozenset())
        live_view.renew_panel()
        assert live_view.pulse.moment.tolist() == [0, 0, 0, 1, 1, 0, 0]
        assert np.array_equal(panel_of(live_view, 0.0), both)

    def test_earlier_points_and_means_do_not_change(self) -> None:
        live_view = LiveView()
        for number in range(25):
            live_view.take(self.two(number / 5), number / 5)
        means, points = live_view.pulse.session_means(), len(live_view.pulse.points)
        live_view.leave_out(frozenset({1}))
        assert (live_view.pulse.session_means(), len(live_view.pulse.points)) == (means, points)

    def test_a_face_that_was_analysed_stays_known_when_it_is_left_out(self) -> None:
        live_view = LiveView()
        assert not live_view.knows(1)
        live_view.take(self.two(), 0.0)
        live_view.leave_out(frozenset({1}))
        assert (live_view.knows(1), live_view.knows(3)) == (True, False)

    def test_a_result_from_before_the_click_is_taken_without_the_face(self) -> None:
        live_view = LiveView()
        live_view.leave_out(frozenset({1}))
        taken = live_view.take(self.two(), 0.0)
        assert taken is live_view.result
        assert [reading.track.id for reading in taken.readings] == [2]
        assert [track.id for track in taken.left_out] == [1]
        assert live_view.pulse.moment.sum() == 1

    def test_nothing_is_counted_before_the_first_result(self) -> None:
        live_view = LiveView()
        live_view.leave_out(frozenset({1}))
        assert live_view.pulse.moment.sum() == 0


def test_the_frame_rate_is_counted_by_the_given_clock() -> None:
    views: list[Image] = []
    for step_s in (0.1, 0.02):
        live_view = LiveView()
        for number in range(5):
            live_view.take(result(number * step_s), number * step_s)
        views.append(live_view.draw(4 * step_s, PLAIN))
    assert not np.array_equal(views[0], views[1])


def test_the_details_do_not_change_during_a_pause() -> None:
    live_view, view = LiveView(), View(details=True)
    for number in range(4):
        live_view.take(replace(result(2.0 * number), stages_ms={"detect": 4.0}), 2.0 * number)
    early, late = (live_view.draw(now_s, view, "Paused") for now_s in (10.0, 60.0))
    np.testing.assert_array_equal(early, late)


def timed(pts_s: float) -> FrameResult:
    return replace(result(pts_s), stages_ms={"detect": 4.0})


def test_the_times_are_in_the_panel_if_there_is_one() -> None:
    live_view = LiveView()
    live_view.take(timed(0.0), 0.0)
    beside, without, alone = (
        live_view.draw(0.0, View(panel=panel, details=details))[:, : SIZE[0]]
        for panel, details in ((True, True), (False, True), (False, False))
    )
    corner = np.s_[20:44, 100:190]  # below the status line, beside the bars of the face
    assert np.array_equal(beside[corner], alone[corner])
    assert not np.array_equal(without[corner], alone[corner])


def test_the_times_in_the_panel_come_and_go_at_once() -> None:
    live_view = LiveView()
    live_view.take(timed(0.0), 5.0)
    plain = panel_of(live_view, 5.0)
    detailed = live_view.draw(5.1, View(panel=True, details=True))[:, SIZE[0] :]
    np.testing.assert_array_equal(
        detailed, draw_panel(live_view.pulse, *SIZE, ("ms: detect 4.0", "result 0 ms old, 0 frames dropped"))
    )
    assert not np.array_equal(detailed, plain)
    np.testing.assert_array_equal(panel_of(live_view, 5.2), plain)


@pytest.mark.parametrize("size", [(10_000, 1), (1, 10_000), (3000, 2), (2, 3000), (1, 1)])
def test_a_very_flat_or_narrow_picture_can_be_drawn_with_everything_on(size: tuple[int, int]) -> None:
    live_view = LiveView()
    for number in range(50):
        frame = Frame(number, number / 5, 0.0, grey_picture(90, *size))
        live_view.take(FrameResult(frame, (face("happy"),), {"detect": 1.0}, 0.0, 0), number / 5)
    live_view.pulse.mark()
    for shows_help in (False, True):
        view = View(panel=True, details=True, help=shows_help, blur=True, mirror=True)
        plain, whole = (
            live_view.draw(10.0, each, "Paused", "Marker 1", "recording").shape for each in (replace(view, panel=False), view)
        )
        assert (whole[0], whole[1] > plain[1]) == (plain[0], True)


def test_the_view_says_that_it_is_recorded() -> None:
    assert not np.array_equal(LiveView().draw(0.0, PLAIN), LiveView().draw(0.0, PLAIN, outputs="recording"))
