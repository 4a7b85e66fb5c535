"""The network a training run begins with, and models trained before."""

from __future__ import annotations

from typing import Any

import keras

from live_monitor.classify.card import load_card
from live_monitor.classify.networks import NETWORKS, WIDER, load_network
from live_monitor.errors import ModelError, UsageError
from live_monitor.networks.dtype_policy import dtype_policy
from live_monitor.training.narrow import narrow
from live_monitor.training.precision import DTYPE_POLICIES
from live_monitor.training.recipe import Recipe


def first_network(recipe: Recipe, outputs: int, *, goes_on: bool) -> Any:
    """The network that a run begins with, in the recipe's precision.

    Args:
        recipe: names it, and the weights to begin with if there are any.
        outputs: how many logits it has.
        goes_on: the run is resumed with weights of its own, and needs no others.

    Raises:
        UsageError: the weights are another network's.
        ModelError: the weights cannot be loaded.
    """
    keras.utils.set_random_seed(recipe.seed)
    with dtype_policy(DTYPE_POLICIES[recipe.precision]):
        return NETWORKS[recipe.arch](outputs) if goes_on else _pretrained(recipe, outputs)


def _pretrained(recipe: Recipe, outputs: int) -> Any:
    """The network to begin with, with the recipe's weights if it names any."""
    if recipe.weights is None:
        return NETWORKS[recipe.arch](outputs)
    if recipe.arch != "resnet50":
        network = NETWORKS[recipe.arch](outputs)
        narrow(model_network(recipe.weights, outputs, recipe.arch), network)
        return network
    try:
        return NETWORKS[recipe.arch](outputs, weights=recipe.weights)
    except Exception as error:  # Keras raises plain Exception where a download fails
        reason = " ".join(str(error).split())
        raise ModelError(
            f"--weights {recipe.weights}: cannot be used: {reason}; give a file of ResNet50's convolutions as Keras saves them, "
            "or leave --weights out"
        ) from error


def model_network(name: str, outputs: int, arch: str | None = None, policy: str = "float32") -> Any:
    """The network of a model trained before.

    Args:
        name: what --model takes.
        outputs: how many logits are learnt here.
        arch: the network it must be, or begin with (`WIDER`); None: any.
        policy: Keras's dtype policy for it.

    Raises:
        UsageError: it is another network, or has other outputs.
        ModelError: there is no such model, or it is damaged.
    """
    card = load_card(name)
    if arch is not None and card.network not in (arch, WIDER.get(arch)):
        raise UsageError(f"--weights {name}: is a {card.network}, not a {arch}; add --arch {card.network}")
    if card.outputs != outputs:
        advice = "--votes with the recipe strong makes 15, all else 7"
        raise UsageError(f"model {name}: has {card.outputs} outputs, but {outputs} are learnt here; {advice}")
    return load_network(card, policy)
