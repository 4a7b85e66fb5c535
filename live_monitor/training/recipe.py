"""What decides a training run's result: the project brief's recipe, and a strong one for this project's own networks."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from live_monitor.errors import UsageError


@dataclass(frozen=True)
class Recipe:
    """Two runs with equal recipes and data on one machine give the same network.

    Attributes:
        arch: a key of `live_monitor.classify.networks.NETWORKS`.
        weights: those to begin with: a model of the same network; for ResNet50 see `live_monitor.classify.networks.resnet50`.
        epochs: the most to train.
        batch_size: faces a step.
        optimiser: "adam", or "sgd" with Nesterov's momentum.
        learning_rate: the largest.
        schedule: "plateau": the rate falls when PublicTest's loss stands still, and the run ends when its accuracy does;
            "cosine": a short rise, then half a cosine over all epochs.
        weight_decay: share of the weights taken away a step, times the rate.
        label_smoothing: share of the wanted probabilities spread evenly over all labels (Szegedy et al. 2016, arXiv 1512.00567).
        augmentation: a key of `live_monitor.training.augment.AUGMENTATIONS`.
        mixup: parameter of the Beta distribution by which two faces are blended (Zhang et al. 2018, arXiv 1710.09412); 0: none.
        average: choose and keep the running mean of the weights in place of the last ones.
        votes: weight of the loss on FER+'s votes beside that on FER2013's labels; 0: they are not used.
        teachers: networks trained first, whose probabilities the network learns too (Hinton et al. 2015, arXiv 1503.02531). They
            take turns from step to step to answer the faces as the network is shown them (Beyer et al. 2022, arXiv 2106.05237).
        teacher_arch: their network.
        teacher_epochs: theirs; 0: as many as the network's.
        teacher_models: folders of models trained before, which teach too.
        teacher_views: changed copies of every face, made and answered once before training; an epoch shows one of them at
            random, nudged. 0: every face is changed and answered anew.
        distillation: share of the teachers' probabilities in what is wanted; the labels are the rest.
        precision: of the arithmetic, a key of `live_monitor.training.precision.DTYPE_POLICIES`.
        seed: of weights, order and augmentation.
    """

    arch: str = "custom-cnn"
    weights: str | None = None
    epochs: int = 50
    batch_size: int = 32
    optimiser: str = "adam"
    learning_rate: float = 1e-3
    schedule: str = "plateau"
    weight_decay: float = 0.0
    label_smoothing: float = 0.0
    augmentation: str = "light"
    mixup: float = 0.0
    average: bool = False
    votes: float = 0.0
    teachers: int = 0
    teacher_arch: str = "glance-wide"
    teacher_epochs: int = 0
    teacher_models: tuple[str, ...] = ()
    teacher_views: int = 0
    distillation: float = 0.0
    precision: str = "float32"
    seed: int = 0

    @property
    def taught(self) -> bool:
        """Whether there are teachers."""
        return bool(self.teachers or self.teacher_models)

    @property
    def softened(self) -> bool:
        """Whether a network learns other answers than the labels as they are: smoothed, blended or a teacher's."""
        return bool(self.label_smoothing or self.mixup or self.distillation)


BRIEF = Recipe()

STRONG = Recipe(
    arch="glance",
    epochs=56,
    batch_size=128,
    optimiser="sgd",
    learning_rate=0.1,
    schedule="cosine",
    weight_decay=5e-3,
    label_smoothing=0.1,
    augmentation="strong",
    average=True,
    votes=1.0,
    distillation=0.7,
    precision="bfloat16",
)

RECIPES = {"brief": BRIEF, "strong": STRONG}
"""The predefined recipes, by name."""

OWN = ("glance", "glance-wide", "glimpse", "glimpse-wide", "stare")
"""This project's own networks."""

NETWORK_NAMES: tuple[str, ...] = ("custom-cnn", "glance", "glance-wide", "glimpse", "glimpse-wide", "resnet50", "stare")
"""The names of all networks, for callers that cannot wait for Keras."""


def recipe_for(arch: str, name: str | None, votes: bool, **changes: object) -> Recipe:
    """The recipe of that name, with changes.

    Args:
        arch: the network.
        name: a key of RECIPES; None: "strong" for those in OWN, "brief" for the others.
        votes: whether FER+'s votes are there to be learnt; a recipe that learns none leaves them alone.
        changes: fields of Recipe; those that are None stay as they are in the recipe.

    Raises:
        UsageError: there is no such network; there are teachers, but their answers have no share; there are no teachers, but a
            change is about them; or there are more teachers than views for them to answer.
    """
    base = RECIPES[name or ("strong" if arch in OWN else "brief")]
    wanted = {field: value for field, value in changes.items() if value is not None}
    recipe = replace(base, arch=arch, **wanted)  # type: ignore[arg-type]  # each of its own field's type
    refuse_unknown(recipe, NETWORK_NAMES)
    _refuse_what_comes_to_nothing(recipe, wanted)
    if not recipe.taught:
        recipe = replace(recipe, distillation=0.0)  # the recipe's own share, which nobody asked for
    elif not recipe.distillation:
        raise UsageError("--teachers, --teacher: go with --distillation above 0, such as 0.7; brief has none of its own")
    return recipe if votes else replace(recipe, votes=0.0)


def refuse_unknown(recipe: Recipe, known: Collection[str]) -> None:
    """Says which network is unknown.

    Raises:
        UsageError: one of the recipe's is.
    """
    for option, arch in (("--arch", recipe.arch), ("--teacher-arch", recipe.teacher_arch)):
        if arch not in known:
            raise UsageError(f"{option} {arch}: unknown network; choose from {', '.join(known)}")


def _refuse_what_comes_to_nothing(recipe: Recipe, wanted: Mapping[str, object]) -> None:
    for field, there, companions in (
        ("teacher_views", recipe.taught, "--teachers or --teacher"),
        ("distillation", recipe.taught, "--teachers or --teacher"),
        ("teacher_arch", recipe.teachers, "--teachers"),
        ("teacher_epochs", recipe.teachers, "--teachers"),
    ):
        if wanted.get(field) and not there:
            raise UsageError(f"--{field.replace('_', '-')}: goes with {companions}")
    views, teachers = recipe.teacher_views, recipe.teachers + len(recipe.teacher_models)
    if 0 < views < teachers:
        raise UsageError(f"--teacher-views {views}: each is answered by one of the {teachers} teachers; give at least {teachers}")
