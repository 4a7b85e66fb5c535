"""Makes the pictures ready to train on, with what people have found since, and what other detectors see there."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from live_monitor.dataset.fer2013 import load_fer2013
from live_monitor.dataset.layouts import WHAT_TO_GIVE
from live_monitor.detect.card import load_detector_card
from live_monitor.detect.detector import FaceFinder
from live_monitor.detect.facegrid import FaceGrid
from live_monitor.detect.yunet import YuNetFinder
from live_monitor.errors import UsageError
from live_monitor.evaluation.faces.annotations import load_boxes
from live_monitor.files.path_kind import is_folder
from live_monitor.training.faces import mistakes, unmarked
from live_monitor.training.faces.cutouts import cutouts
from live_monitor.training.faces.faint import with_faint
from live_monitor.training.faces.judged import Boxes, with_more_faces, with_no_faces
from live_monitor.training.faces.leave_out import refuse_no_folder
from live_monitor.training.faces.mistakes import with_mistakes
from live_monitor.training.faces.pictures import SINGLE, Picture
from live_monitor.training.faces.recipe import Recipe
from live_monitor.training.faces.unmarked import with_unmarked
from live_monitor.training.run_folder import has_state


def prepared(pictures: Sequence[Picture], recipe: Recipe, say: Callable[[str], None]) -> Sequence[Picture]:
    """The pictures to train on, as the recipe wants them, with what the other detectors see there.

    Args:
        pictures: all that there are to train on.
        recipe: decides which detectors search them, and what is added.
        say: called with a line for people, before something that takes minutes.

    Raises:
        UsageError: there is no FER2013 to paste faces of, or none of the pictures whose boxes are given.
        ModelError: the teacher, or the detector to begin with, is missing, damaged or not a detector.
    """
    to_paste = None if recipe.cutouts is None else load_fer2013(Path(recipe.cutouts), "Training").images
    more_faces, no_faces = _boxes(recipe.more_faces, pictures), _boxes(recipe.no_faces, pictures)
    pictures = with_more_faces(pictures, more_faces)
    if recipe.teacher is None:
        return with_no_faces(pictures, no_faces)
    teacher = _teacher(Path(recipe.teacher))
    detector = None if recipe.weights is None else FaceGrid(Path(recipe.weights), threshold=mistakes.FAINTEST)
    say(f"{recipe.teacher} searches {len(pictures)} pictures")
    pictures = with_unmarked(pictures, teacher, detector)
    if detector is not None:
        pictures = with_faint(with_mistakes(pictures, detector), detector)
    pictures = with_no_faces(pictures, no_faces)
    if to_paste is not None:
        say(f"{recipe.teacher} searches {len(to_paste)} faces of {recipe.cutouts}")
        pictures = [*pictures, *cutouts(to_paste, teacher)]
    return pictures


def refuse_unusable(recipe: Recipe, run: Path) -> None:
    """Refuses at once what training would refuse after the pictures are read, of what a recipe names.

    Args:
        recipe: of the run.
        run: its folder; a run that is resumed needs no weights to begin with.

    Raises:
        UsageError: a file of boxes is missing or damaged, there is no folder to leave out, or no FER2013 to paste faces of.
        ModelError: the teacher, or the detector to begin with, is missing, damaged or not a detector.
    """
    if recipe.weights is not None and needs_weights(recipe, run):
        load_detector_card(Path(recipe.weights))
    if recipe.cutouts is not None and not Path(recipe.cutouts).exists():
        raise UsageError(f"--cutouts {recipe.cutouts}: no such file or folder; {WHAT_TO_GIVE}")
    for file in (recipe.more_faces, recipe.no_faces):
        if file is not None:
            load_boxes(Path(file))
    if recipe.leave_out is not None:
        refuse_no_folder(Path(recipe.leave_out))
    if recipe.teacher is not None:
        _teacher(Path(recipe.teacher))


def needs_weights(recipe: Recipe, run: Path) -> bool:
    """Whether a run takes the weights that its recipe names: to begin with, or to keep a part of them."""
    return recipe.keep > 0 or not has_state(run)


def _boxes(file: str | None, pictures: Sequence[Picture]) -> Boxes:
    boxes = {} if file is None else load_boxes(Path(file))
    # Single faces stay as they are, see `judged.Boxes`.
    if boxes and not any(picture.name in boxes for picture in pictures if picture.kind != SINGLE):
        raise UsageError(f"{file}: none of its {len(boxes)} pictures is one to train on; name them as the training data does")
    return boxes


def _teacher(model: Path) -> FaceFinder:
    faintest = unmarked.FAINTEST
    return FaceGrid(model, threshold=faintest) if is_folder(model) else YuNetFinder(model, threshold=faintest)
