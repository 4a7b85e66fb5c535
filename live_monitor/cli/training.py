"""Commands that train the program's networks."""

from __future__ import annotations

import dataclasses
import importlib.util
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from live_monitor.cli.monitor import cli
from live_monitor.cli.options import PATH, TEXT, VERBOSE, NumberRange, WholeNumberRange, set_up_logging
from live_monitor.cli.progress import epoch_bars
from live_monitor.cli.stopped import Stopped
from live_monitor.cli.variables import naming_variables
from live_monitor.errors import UsageError
from live_monitor.networks.keras_backend import load_keras
from live_monitor.training.faces.recipe import Recipe as DetectorRecipe
from live_monitor.training.recipe import OWN, Recipe, recipe_for

if TYPE_CHECKING:
    from live_monitor.training.faces.pictures import FacePictures
    from live_monitor.training.material import Material

SEED = WholeNumberRange(0, 2**31 - 1)
"""Keras takes seeds below 2**32; the rest leaves room for those of teachers, which count up from the network's."""

BFLOAT16_WHERE = "bfloat16 with a GPU or a processor that is quicker in it, else float32"


@cli.command()
@click.argument("data", type=PATH)
@click.option("--out", type=PATH, required=True, metavar="DIR", help="Folder of the run; its model/ is a model.")
@click.option(
    "--arch",
    default="custom-cnn",
    show_default=True,
    help="Network: custom-cnn, glance, glance-wide, glimpse, glimpse-wide, resnet50 or stare.",
)
@click.option(
    "--recipe",
    "recipe_name",
    type=click.Choice(("brief", "strong")),
    help="brief: Adam, early stopping; strong: SGD, cosine, heavy augmentation, averaged weights. "
    f"[default: strong for {', '.join(OWN)}; else brief]",
)
@click.option(
    "--votes",
    type=PATH,
    metavar="FILE",
    help="FER+'s fer2013new.csv, to measure by; the recipe strong learns from it as well.",
)
@click.option(
    "--ferplus-share",
    type=NumberRange(0, 1),
    help="Share of FER+'s votes in the model's answer, beside FER2013's labels; with --votes and the recipe strong. [default: 0]",
)
@click.option(
    "--weights",
    type=TEXT,
    metavar="MODEL|imagenet|FILE",
    help="A model to begin with; for resnet50 its convolutions. [default: random]",
)
@click.option("--teachers", type=WholeNumberRange(min=0), help="Networks to train first, whose answers are learnt. [default: 0]")
@click.option(
    "--teacher",
    "teacher_models",
    type=TEXT,
    multiple=True,
    metavar="MODEL",
    help="A model trained before, to learn from too; may be repeated.",
)
@click.option("--teacher-arch", metavar="ARCH", help="Network of --teachers. [default: glance-wide]")
@click.option("--teacher-epochs", type=WholeNumberRange(min=1), help="Epochs of --teachers. [default: as the network]")
@click.option(
    "--teacher-views",
    type=WholeNumberRange(1, 64),
    metavar="N",
    help="Let teachers answer N changed copies of every face before training, not each as it is shown: quicker without a GPU.",
)
@click.option(
    "--distillation", type=NumberRange(0, 1), help="Share of the teachers' answers in what is learnt. [default: 0.7 with strong]"
)
@click.option("--epochs", type=WholeNumberRange(min=1), help="Most epochs to train. [default: the recipe's]")
@click.option("--batch-size", type=WholeNumberRange(min=1), help="Faces a step. [default: the recipe's]")
@click.option("--learning-rate", type=NumberRange(min=0, min_open=True), help="Largest learning rate. [default: the recipe's]")
@click.option(
    "--label-smoothing", type=NumberRange(0, 1), help="Share of a label that is spread over all labels. [default: the recipe's]"
)
@click.option(
    "--mixup", type=NumberRange(0, 10), help="Blend faces in pairs, by a Beta distribution with this parameter. [default: 0]"
)
@click.option(
    "--precision",
    type=click.Choice(("float32", "bfloat16")),
    help=f"Precision of the arithmetic. [default: the recipe's; {BFLOAT16_WHERE}]",
)
@click.option("--seed", type=SEED, default=0, show_default=True, help="Seed of weights, order and augmentation.")
@click.option("--resume", is_flag=True, help="Go on with a run that was stopped.")
@click.option("--private-test", is_flag=True, help="Measure PrivateTest too: once, when every choice is made.")
@click.option("--tensorboard", is_flag=True, help="Write for TensorBoard too (pip install live-monitor[tensorboard]).")
@VERBOSE
def train(
    data: Path,
    out: Path,
    arch: str,
    recipe_name: str | None,
    votes: Path | None,
    ferplus_share: float | None,
    resume: bool,
    private_test: bool,
    tensorboard: bool,
    verbose: bool,
    precision: str | None,
    **changes: Any,
) -> None:
    """Train a network on FER2013 (DATA: its folder, its zip or fer2013.csv) and make a model of it."""
    set_up_logging(verbose)
    named, ctx = _precision_named(precision, out), click.get_current_context()
    with naming_variables(ctx, *ctx.params):
        if ferplus_share is not None and votes is None:
            raise UsageError("--ferplus-share goes with --votes: only a network that learns FER+'s votes can give them")
        recipe = recipe_for(arch, recipe_name, votes is not None, precision=named, **changes)
        if ferplus_share and not recipe.votes:
            raise UsageError("--ferplus-share goes with --recipe strong: brief does not learn FER+'s votes")
        if tensorboard:
            _refuse_no_tensorboard()
    material = _material(data, recipe, votes, out, resume=resume)
    load_keras()
    from live_monitor.training.export import export
    from live_monitor.training.precision import precision_here
    from live_monitor.training.train import Listener
    from live_monitor.training.train import train as train_network

    recipe = dataclasses.replace(recipe, precision=named or precision_here(recipe.precision))
    if not recipe.votes:  # the model is measured by them in the end, but nothing would train their outputs
        material = dataclasses.replace(material, votes=None)
    try:
        with epoch_bars() as step:
            listener = Listener(_tell, step)
            if tensorboard:
                from live_monitor.training.tensorboard import write_scalars

                listener = Listener(_tell, step, write_scalars)
            trained = train_network(material, out, recipe, resume=resume, listener=listener)
        _tell(f"{out / 'model'}: being made and measured")
        card = export(trained, data, out / "model", votes=votes, ferplus_share=ferplus_share or 0.0, private_test=private_test)
    except Stopped:
        click.echo(f"{out}: stopped; the same command with --resume goes on", err=True)
        raise
    click.echo(json.dumps({"measured": card["measured"]}, indent=2))
    click.echo(f"{out / 'model'}: ready, try it with --model {out / 'model'}")


@cli.command("train-detector")
@click.argument("data", type=PATH)
@click.option("--out", type=PATH, required=True, metavar="DIR", help="Folder of the run; its model/ is a detector.")
@click.option(
    "--weights", type=TEXT, metavar="DIR", help="Detector to begin with, as --detector-model takes it. [default: random weights]"
)
@click.option(
    "--teacher",
    type=TEXT,
    metavar="DIR|FILE",
    help="Detector, as --detector-model takes it: what it finds, even faintly, that nobody marked is not taken for background.",
)
@click.option(
    "--cutouts",
    type=TEXT,
    metavar="FER2013",
    help="Paste FER2013's faces too (its folder, zip or fer2013.csv), where the teacher finds them.",
)
@click.option("--more-faces", type=TEXT, metavar="FILE", help="JSON of boxes of faces that nobody had marked.")
@click.option(
    "--no-faces", type=TEXT, metavar="FILE", help="JSON of boxes that you found not to be faces: background, shown more often."
)
@click.option(
    "--leave-out",
    type=TEXT,
    metavar="DIR",
    help="Pictures and videos to test on: nothing is learnt from what looks like one, or chosen by it.",
)
@click.option(
    "--keep",
    type=NumberRange(0, 1),
    default=0.0,
    show_default=True,
    help="Share in the detector of the weights it began with; with --weights.",
)
@click.option(
    "--steps",
    type=WholeNumberRange(min=1),
    help=f"Batches to train on. [default: {DetectorRecipe.steps}; with --minutes as many as they leave time for]",
)
@click.option(
    "--minutes",
    type=NumberRange(min=0, min_open=True),
    help="End after so many minutes; together with --steps, whichever ends first.",
)
@click.option(
    "--batch-size",
    type=WholeNumberRange(min=1),
    default=DetectorRecipe.batch_size,
    show_default=True,
    help="Samples a step.",
)
@click.option(
    "--learning-rate",
    type=NumberRange(min=0, min_open=True),
    default=DetectorRecipe.learning_rate,
    show_default=True,
    help="Largest learning rate; it falls.",
)
@click.option(
    "--precision", type=click.Choice(("float32", "bfloat16")), help=f"Precision of the arithmetic. [default: {BFLOAT16_WHERE}]"
)
@click.option("--seed", type=SEED, default=0, show_default=True, help="Seed of weights and samples.")
@click.option("--resume", is_flag=True, help="Go on with a run that was stopped.")
@VERBOSE
def train_detector(data: Path, out: Path, resume: bool, verbose: bool, precision: str | None, **changes: Any) -> None:
    """Train the face detector facegrid on pictures with boxes (DATA: a folder, see live_monitor/training/README.md)."""
    set_up_logging(verbose)
    ctx = click.get_current_context()
    with naming_variables(ctx, *ctx.params):
        if changes["cutouts"] is not None and changes["teacher"] is None:
            raise UsageError("--cutouts goes with --teacher, which says where in its picture a face is")
        if changes["keep"] and changes["weights"] is None:
            raise UsageError("--keep goes with --weights: without them training begins with random ones")
    if changes["minutes"] is None:
        changes["steps"] = changes["steps"] or DetectorRecipe.steps
    named = _precision_named(precision, out)
    recipe = DetectorRecipe(**changes, precision=named or DetectorRecipe.precision)
    pictures = _pictures(data, recipe, out, resume=resume)
    load_keras()
    from live_monitor.training.faces.export import export, finds_nothing
    from live_monitor.training.faces.train import train as train_network
    from live_monitor.training.precision import precision_here

    recipe = dataclasses.replace(recipe, precision=named or precision_here(recipe.precision))
    try:
        trained = train_network(pictures, out, recipe, resume=resume, say=_tell)
        card = export(trained, pictures, out / "model", _tell)
    except Stopped:
        click.echo(f"{out}: stopped; the same command with --resume goes on", err=True)
        raise
    click.echo(json.dumps({key: card[key] for key in ("threshold", "measured")}, indent=2))
    if finds_nothing(card):
        _tell(f"{out / 'model'}: made, but it finds none of the faces kept apart; train it longer, or on more pictures")
        return
    click.echo(f"{out / 'model'}: ready, try it with --detector-model {out / 'model'}")


def _material(data: Path, recipe: Recipe, votes: Path | None, out: Path, *, resume: bool) -> Material:
    """What a run is trained on; read before TensorFlow, which takes seconds, so that a mistyped path is reported at once."""
    from live_monitor.classify.card import load_card
    from live_monitor.training.material import load_material
    from live_monitor.training.run_folder import has_state

    _check_run(out, recipe, resume=resume)
    begins_with = [recipe.weights] if recipe.weights and recipe.arch != "resnet50" and not has_state(out) else []
    for model in (*begins_with, *recipe.teacher_models):
        load_card(model)
    material = load_material(data, votes)
    material.refuse_too_few(recipe.batch_size)
    return material


def _pictures(data: Path, recipe: DetectorRecipe, out: Path, *, resume: bool) -> FacePictures:
    """As `_material`, for a detector."""
    from live_monitor.training.faces.leave_out import pictures_to_use
    from live_monitor.training.faces.prepare import refuse_unusable

    _check_run(out, recipe, resume=resume)
    refuse_unusable(recipe, out)
    return pictures_to_use(data, recipe.leave_out, _tell)


def _precision_named(option: str | None, out: Path) -> str | None:
    """The precision that the user names, else that of the run to go on with."""
    from live_monitor.training.precision import precision_begun

    return option or precision_begun(out)


def _check_run(out: Path, recipe: Recipe | DetectorRecipe, *, resume: bool) -> None:
    """Says at once what is wrong with a run's folder, or that --resume finds no run there, as its name may be mistyped."""
    from live_monitor.training.run_folder import has_run, refuse_taken

    refuse_taken(out, recipe, resume=resume)
    if resume and not has_run(out):
        _tell(f"{out}: holds no run to go on with; a new one begins")


def _refuse_no_tensorboard() -> None:
    if importlib.util.find_spec("tensorboard") is None:
        raise UsageError("--tensorboard: it is not installed; run: pip install live-monitor[tensorboard]")


def _tell(line: str) -> None:
    """Reports progress to people, on stderr; what a command was asked for goes to stdout."""
    click.echo(line, err=True)
