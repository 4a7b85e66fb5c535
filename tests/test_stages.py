"""What happens to a frame: searched or carried, zones left out, faces ordered, all classified in one call."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from itertools import count
from types import SimpleNamespace

import numpy as np
import pytest

from live_monitor.classify.quality import EVERY_FACE, QualityGate
from live_monitor.detect.cadence import EveryNth
from live_monitor.detect.detector import Expected, Look
from live_monitor.detect.zones import Zone
from live_monitor.media_steps import MediaSteps
from live_monitor.stages import Stages
from live_monitor.track.flow import BoxCarrier
from live_monitor.types import Box, Detection, Frame, Image
from live_monitor.wishes import Wishes
from tests.fakes import PORTRAIT_FACE, FakeDetector, FakeEngine, drawn_portrait, fake_classifier, frame_of, grey_picture

LEFT, RIGHT = Box(40, 60, 140, 160), Box(180, 60, 280, 160)


class WatchedDetector(FakeDetector):
    """Remembers its frames, and the faces expected in each."""

    def __init__(self, *boxes: Box) -> None:
        super().__init__(boxes)
        self.frames: list[Frame] = []
        self.expected: list[Sequence[Expected] | None] = []

    def detect(self, frame: Frame, expected: Sequence[Expected] | None) -> Look:
        self.frames.append(frame)
        self.expected.append(expected)
        return super().detect(frame, expected)


def stages(detector: FakeDetector, every: int = 1, zones: tuple[Zone, ...] = (), engine: FakeEngine | None = None) -> Stages:
    classifier = fake_classifier(engine)
    return Stages(detector, classifier, EveryNth(every), zones=zones)


def boxes(analysed: Stages, frame: Frame) -> list[Box]:
    return [reading.detection.box for reading in analysed.analyse(frame).readings]


def test_faces_are_ordered_from_left_to_right() -> None:
    assert boxes(stages(FakeDetector([RIGHT, LEFT])), frame_of(drawn_portrait())) == [LEFT, RIGHT]


def test_a_new_face_on_the_left_comes_before_those_already_there() -> None:
    detector = FakeDetector([RIGHT])
    watched = stages(detector)
    watched.analyse(frame_of(drawn_portrait()))
    detector.boxes = [RIGHT, LEFT]
    for index in range(1, 10):
        analysed = watched.analyse(frame_of(drawn_portrait(), index, index / 10))
    assert [(reading.track.id, reading.detection.box) for reading in analysed.readings] == [(2, LEFT), (1, RIGHT)]


def test_all_faces_of_a_frame_are_classified_in_one_call() -> None:
    engine = FakeEngine()
    stages(FakeDetector([RIGHT, LEFT]), engine=engine).analyse(frame_of(drawn_portrait()))
    assert [len(batch) for batch in engine.batches] == [2]


def test_between_two_searches_faces_are_carried_and_still_classified() -> None:
    detector, engine = WatchedDetector(PORTRAIT_FACE), FakeEngine()
    every_third = stages(detector, every=3, engine=engine)
    portrait = drawn_portrait()
    results = [every_third.analyse(frame_of(np.roll(portrait, 2 * index, axis=1), index, index / 25)) for index in range(6)]
    assert [frame.index for frame in detector.frames] == [0, 3]
    assert [next(iter(result.stages_ms)) for result in results] == ["detect", "carry", "carry"] * 2
    assert len(engine.batches) == 6
    assert results[2].readings[0].detection.box.x1 == pytest.approx(PORTRAIT_FACE.x1 + 4, abs=1)


def test_between_two_readings_faces_are_followed_and_keep_their_labels() -> None:
    engine = FakeEngine()
    watched = dataclasses.replace(stages(FakeDetector([LEFT, RIGHT]), engine=engine), reading_times=MediaSteps(0.2))
    results = [watched.analyse(frame_of(drawn_portrait(), index, index / 10)) for index in range(4)]
    assert [len(batch) for batch in engine.batches] == [2, 2]
    assert ["classify" in result.stages_ms for result in results] == [True, False, True, False]
    assert [[reading.label for reading in result.readings] for result in results] == [["happy", "happy"]] * 4


def test_a_new_face_appears_with_the_next_reading() -> None:
    detector = FakeDetector([LEFT])
    watched = dataclasses.replace(stages(detector), reading_times=MediaSteps(0.5))
    counts = []
    for index in range(8):
        detector.boxes = [LEFT, RIGHT] if index else [LEFT]
        counts.append(len(watched.analyse(frame_of(drawn_portrait(), index, index / 10)).readings))
    assert counts == [1, 1, 1, 1, 1, 2, 2, 2]


def test_a_face_is_read_where_it_was_found_not_where_it_is_drawn() -> None:
    engine, detector = FakeEngine(), FakeDetector([LEFT])
    watched = stages(detector, engine=engine)
    portrait = drawn_portrait()
    watched.analyse(frame_of(portrait))
    detector.boxes = [moved := Box(LEFT.x1 + 2, LEFT.y1, LEFT.x2 + 2, LEFT.y2)]
    (reading,) = watched.analyse(frame_of(portrait, 1, 0.02)).readings
    assert reading.detection.box.x1 < moved.x1
    stages(FakeDetector([moved]), engine=(alone := FakeEngine())).analyse(frame_of(portrait))
    np.testing.assert_array_equal(engine.batches[1], alone.batches[0])


def test_a_cadence_that_starts_to_carry_first_searches_once_more() -> None:
    class FromTheThird(EveryNth):
        """Searches the first two frames and wants the rest carried."""

        begun = 0

        @property
        def carries(self) -> bool:
            return self.begun > 2

        def look_due(self, frame: Frame) -> bool:
            self.begun += 1
            return self.begun <= 2

    detector = WatchedDetector(PORTRAIT_FACE)
    watched = Stages(detector, fake_classifier(), FromTheThird())
    counts = [len(watched.analyse(frame_of(drawn_portrait(), index)).readings) for index in range(5)]
    assert counts == [1] * 5
    assert len(detector.frames) == 3


def test_boxes_are_not_carried_across_a_time_in_which_every_frame_was_searched() -> None:
    class InTheSecondOnly(EveryNth):
        """Searches the first two frames; boxes of the second are not to be carried."""

        begun = 0

        @property
        def carries(self) -> bool:
            return self.begun != 2

        def look_due(self, frame: Frame) -> bool:
            self.begun += 1
            return self.begun <= 2

    detector = WatchedDetector(PORTRAIT_FACE)
    watched = Stages(detector, fake_classifier(), InTheSecondOnly())
    for index in range(4):
        watched.analyse(frame_of(drawn_portrait(), index, index / 25))
    assert [frame.index for frame in detector.frames] == [0, 1, 2]


def test_the_cadence_learns_what_a_frame_costs_with_and_without_a_search() -> None:
    class Learning(EveryNth):
        """Remembers whether there was a search, and that it cost something."""

        def __init__(self) -> None:
            super().__init__(3)
            self.learnt: list[tuple[bool, bool]] = []

        def spent(self, seconds: float, *, looked: bool) -> None:
            self.learnt.append((looked, seconds > 0))

    cadence = Learning()
    watched = dataclasses.replace(stages(FakeDetector([PORTRAIT_FACE])), cadence=cadence)
    for index in range(4):
        watched.analyse(frame_of(drawn_portrait(), index, index / 25))
    assert cadence.learnt == [(True, True), (False, True), (False, True), (True, True)]


def test_the_time_of_each_stage_is_in_milliseconds(monkeypatch: pytest.MonkeyPatch) -> None:
    seconds = count(step=0.004)
    monkeypatch.setattr("live_monitor.stages.time", SimpleNamespace(perf_counter=lambda: next(seconds)))
    analysed = stages(FakeDetector([LEFT])).analyse(frame_of(drawn_portrait()))
    assert analysed.stages_ms == pytest.approx(dict.fromkeys(("detect", "track", "classify", "steady"), 4.0))


def test_a_source_that_comes_back_with_another_size_is_searched() -> None:
    detector = WatchedDetector(PORTRAIT_FACE)
    every_third = stages(detector, every=3)
    portrait = drawn_portrait()
    for index, image in enumerate((portrait, portrait[:200], portrait[:200])):
        assert len(every_third.analyse(frame_of(image, index)).readings) == 1
    assert [frame.index for frame in detector.frames] == [0, 1]


def test_no_stage_sees_what_is_in_a_zone() -> None:
    detector, engine = WatchedDetector(LEFT, RIGHT), FakeEngine()
    noise = np.random.default_rng(3).integers(0, 256, (240, 320, 3), dtype=np.uint8)
    half = stages(detector, zones=(Zone(0, 0, 0.5, 1),), engine=engine)
    assert boxes(half, frame_of(noise)) == [RIGHT]
    assert np.ptp(detector.frames[0].image[:, :160]) == 0
    assert len(engine.batches[0]) == 1


def test_the_classifier_does_not_see_the_part_of_a_face_that_is_in_a_zone() -> None:
    engine, across = FakeEngine(), Box(140, 60, 210, 130)
    noise = np.random.default_rng(3).integers(0, 256, (240, 320, 3), dtype=np.uint8)
    half = stages(FakeDetector([across]), zones=(Zone(0, 0, 0.5, 1),), engine=engine)
    assert boxes(half, frame_of(noise)) == [across]
    (face,) = engine.batches[0]
    assert np.ptp(face[:, :12]) == 0
    assert np.ptp(face[:, 15:]) > 1


class Drifting(BoxCarrier):
    """Carries every box a little to the right, so that it is still the same face."""

    def carry(self, image: Image) -> Sequence[Detection]:
        return [Detection(Box(LEFT.x1 + 30, LEFT.y1, LEFT.x2 + 30, LEFT.y2))]


def test_a_face_carried_into_a_zone_is_not_seen_there() -> None:
    zones = (Zone(0.35, 0, 0.65, 1),)
    carrying = dataclasses.replace(stages(FakeDetector([LEFT]), every=2, zones=zones), carrier=Drifting())
    assert boxes(carrying, frame_of(drawn_portrait(), 0)) == [LEFT]
    (reading,) = carrying.analyse(frame_of(drawn_portrait(), 1, 0.04)).readings
    assert (reading.detection.box, reading.track.coasting) == (LEFT, True)


def test_a_cut_between_two_searches_is_searched() -> None:
    detector = WatchedDetector(PORTRAIT_FACE)
    every_third = stages(detector, every=3)
    noise = np.random.default_rng(3).integers(0, 256, (240, 320, 3), dtype=np.uint8)
    for index, image in enumerate((drawn_portrait(), noise, noise)):
        every_third.analyse(frame_of(image, index, index / 25))
    assert [frame.index for frame in detector.frames] == [0, 1]


def test_after_a_cut_a_face_nearby_gets_a_new_number() -> None:
    detector = FakeDetector([LEFT])
    watched = stages(detector)
    noise = np.random.default_rng(3).integers(0, 256, (240, 320, 3), dtype=np.uint8)
    for index in range(10):
        watched.analyse(frame_of(drawn_portrait(), index, index / 25))
    detector.boxes = [Box(LEFT.x1 + 40, LEFT.y1, LEFT.x2 + 40, LEFT.y2)]
    for index in range(10, 20):
        analysed = watched.analyse(frame_of(noise, index, index / 25))
    assert [reading.track.id for reading in analysed.readings] == [2]


def test_a_slide_that_changes_in_a_zone_gives_no_new_numbers() -> None:
    detector = WatchedDetector()
    watched = stages(detector, zones=(Zone(0.3, 0, 0.7, 1),))
    numbers = []
    for index, x in enumerate((10, 30)):
        slide = drawn_portrait()
        slide[:, 96:] = np.random.default_rng(index).integers(0, 256, (240, 224, 3), dtype=np.uint8)
        detector.boxes = [Box(x, 60, x + 70, 160)]
        readings = watched.analyse(frame_of(slide, index, index / 25)).readings
        numbers.append([(reading.track.id, reading.track.coasting) for reading in readings])
    assert numbers == [[(1, False)]] * 2


def test_the_detector_gets_the_expected_faces() -> None:
    detector = WatchedDetector(LEFT, RIGHT)
    watched = stages(detector)
    for index in range(3):
        watched.analyse(frame_of(drawn_portrait(), index, index / 25))
    assert detector.expected == [None, *[[Expected(LEFT, known=True), Expected(RIGHT, known=True)]] * 2]


def test_after_a_cut_the_detector_gets_no_expected_faces() -> None:
    detector = WatchedDetector(PORTRAIT_FACE)
    watched = stages(detector)
    noise = np.random.default_rng(3).integers(0, 256, (240, 320, 3), dtype=np.uint8)
    for index, image in enumerate((drawn_portrait(), noise)):
        watched.analyse(frame_of(image, index, index / 25))
    assert detector.expected == [None, None]


def test_a_search_of_only_part_of_the_frame_brings_no_newcomers() -> None:
    class Narrow(FakeDetector):
        def detect(self, frame: Frame, expected: Sequence[Expected] | None) -> Look:
            return Look(super().detect(frame, expected).faces, everywhere=frame.index == 0)

    detector = Narrow([LEFT])
    watched = stages(detector)
    watched.analyse(frame_of(drawn_portrait()))
    detector.boxes = [LEFT, RIGHT]
    assert [boxes(watched, frame_of(drawn_portrait(), index, index / 10)) for index in range(1, 9)] == [[LEFT]] * 8


def test_a_missed_face_keeps_its_number_and_label() -> None:
    detector, engine = WatchedDetector(PORTRAIT_FACE), FakeEngine()
    watched = stages(detector, engine=engine)
    first = watched.analyse(frame_of(drawn_portrait())).readings[0]
    detector.boxes = ()
    second = watched.analyse(frame_of(drawn_portrait(), 1, 0.04)).readings[0]
    assert (second.track.id, second.track.coasting, second.label) == (first.track.id, True, "happy")
    assert len(engine.batches) == 1


def test_a_frame_without_faces_does_not_reach_the_engine() -> None:
    engine = FakeEngine()
    assert boxes(stages(FakeDetector([]), engine=engine), frame_of(grey_picture(0))) == []
    assert engine.batches == []


def test_a_face_left_out_is_not_classified_and_only_its_place_is_known() -> None:
    engine = FakeEngine()
    watched = stages(FakeDetector([LEFT, RIGHT]), engine=engine)
    watched.analyse(frame_of(drawn_portrait()))
    analysed = watched.analyse(frame_of(drawn_portrait(), 1, 0.04), Wishes(left_out=frozenset([1])))
    assert [reading.track.id for reading in analysed.readings] == [2]
    assert [(track.id, track.box) for track in analysed.left_out] == [(1, LEFT)]
    assert [len(batch) for batch in engine.batches] == [2, 1]


def test_the_place_of_a_newcomer_that_does_not_count_yet_is_known() -> None:
    detector = FakeDetector([LEFT])
    watched = stages(detector)
    assert watched.analyse(frame_of(drawn_portrait())).newcomers == ()
    detector.boxes = (LEFT, RIGHT)
    analysed = watched.analyse(frame_of(drawn_portrait(), 1, 0.04))
    assert [reading.detection.box for reading in analysed.readings] == [LEFT]
    assert analysed.newcomers == (RIGHT,)


def test_the_place_of_a_face_that_counts_but_has_not_been_read_is_known() -> None:
    detector = FakeDetector([LEFT])
    watched = dataclasses.replace(stages(detector), reading_times=MediaSteps(2.0))
    watched.analyse(frame_of(drawn_portrait()))
    detector.boxes = (LEFT, RIGHT)
    for index in range(1, 50):
        analysed = watched.analyse(frame_of(drawn_portrait(), index, index / 25))
        assert [reading.detection.box for reading in analysed.readings] == [LEFT]
        assert analysed.newcomers == (RIGHT,)
    analysed = watched.analyse(frame_of(drawn_portrait(), 50, 2.0))
    assert [reading.detection.box for reading in analysed.readings] == [LEFT, RIGHT]
    assert analysed.newcomers == ()


def test_the_detector_gets_the_smallest_face_to_find() -> None:
    detector = FakeDetector([LEFT])
    stages(detector).analyse(frame_of(drawn_portrait()), Wishes(min_face=48))
    assert detector.min_face == 48


def test_a_face_that_is_too_small_is_known_for_blurring_but_not_read() -> None:
    small = Box(180, 60, 220, 100)
    for wishes in (Wishes(min_face=80, blur=True), Wishes(min_face=80, left_out=frozenset([7]))):
        analysed = stages(FakeDetector([LEFT, small])).analyse(frame_of(drawn_portrait()), wishes)
        assert [reading.detection.box for reading in analysed.readings] == [LEFT]
        assert analysed.newcomers == (small,)


def test_a_face_left_out_stays_left_out_when_larger_faces_are_wanted() -> None:
    watched = stages(FakeDetector([LEFT, RIGHT]))
    watched.analyse(frame_of(drawn_portrait()))
    analysed = watched.analyse(frame_of(drawn_portrait(), 1, 0.04), Wishes(min_face=160, left_out=frozenset([1])))
    assert ([track.id for track in analysed.left_out], analysed.readings) == ([1], ())


def test_the_whole_box_of_a_face_in_a_zone_is_known_until_the_next_search_of_the_whole_frame() -> None:
    class Narrow(FakeDetector):
        """Searches the whole of every second frame."""

        def detect(self, frame: Frame, expected: Sequence[Expected] | None) -> Look:
            return Look(super().detect(frame, expected).faces if frame.index % 2 == 0 else [], everywhere=frame.index % 2 == 0)

    detector = Narrow([LEFT])
    watched = stages(detector, zones=(Zone(0.2, 0.4, 0.2, 0.2),))
    first, second = (watched.analyse(frame_of(drawn_portrait(), index, index / 25)) for index in range(2))
    detector.boxes = []
    third = watched.analyse(frame_of(drawn_portrait(), 2, 0.08))
    assert [analysed.newcomers for analysed in (first, second, third)] == [(LEFT,), (LEFT,), ()]
    assert first.readings == ()


def test_a_face_that_cannot_be_read_says_why() -> None:
    classifier = fake_classifier()
    gated = Stages(FakeDetector([LEFT]), classifier, gate=QualityGate(dataclasses.replace(EVERY_FACE, size_px=200)))
    (reading,) = gated.analyse(frame_of(drawn_portrait())).readings
    assert (reading.label, reading.why, reading.readable) == ("unsure", "too small", False)
