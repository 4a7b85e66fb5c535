"""Epochs on JAX: the faces stay on the GPU, and one compiled step changes them, asks a teacher, and learns.

Python takes 5 ms to change 128 faces, a time in which an H200 learns from them too, and Keras waits for every step's loss; here
nothing waits before an epoch ends.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from live_monitor.classify.preprocess import normalise
from live_monitor.training.average import WeightAverage
from live_monitor.training.jax_augment import JAX_AUGMENTATIONS
from live_monitor.training.lesson import Lesson, blended, reseed_dropout
from live_monitor.training.objective import accuracy, by_head, emotion_loss, with_answers


class _State(NamedTuple):
    """What a step changes: values of Keras's variables, the mean of the weights, and the sums of loss and accuracy."""

    trainable: list[Any]
    other: list[Any]
    optimizer: list[Any]
    average: list[Any]
    totals: Any


class _Teacher(NamedTuple):
    network: Any
    trainable: list[Any]
    other: list[Any]


class JaxEpochs:
    """See `live_monitor.training.lesson.Epochs`."""

    def __init__(self, model: Any, lesson: Lesson, average: WeightAverage) -> None:
        self._average = average
        self._model, self._lesson = model, lesson
        self._faces = jnp.asarray(lesson.images), jnp.asarray(lesson.wanted)
        self._teachers = _of_few_networks(lesson.teachers)
        optimizer = model.optimizer
        self._rate = next(at for at, one in enumerate(optimizer.variables) if one is optimizer.learning_rate)
        self._step = jax.jit(self._learnt, static_argnames="network", donate_argnames="state")

    def train(self, epoch: int, rates: Sequence[float], on_step: Callable[[int], None]) -> tuple[float, float]:
        recipe, steps = self._lesson.recipe, self._lesson.steps
        reseed_dropout(self._model, recipe.seed, epoch)
        state = self._state()
        seeds = np.random.SeedSequence((recipe.seed, epoch)).generate_state(steps)
        batches = jnp.asarray(self._lesson.batches(epoch))
        for step, (rate, seed) in enumerate(zip(rates, seeds, strict=True), start=1):
            update_share = self._average.update_share(epoch * steps + step) if recipe.average else 0.0
            network, *teacher = self._teachers[step % len(self._teachers)] if self._teachers else (None, [], [])
            state = self._step(state, self._faces, batches[step - 1], seed, rate, update_share, teacher, network=network)
            on_step(step)
        self._keep(state)
        loss, right = (np.asarray(state.totals) / steps).tolist()
        return loss, right

    def _state(self) -> _State:
        trainable, other, optimizer = ([jnp.array(one.value) for one in group] for group in self._groups())
        # All are copies: a step takes over the memory of the state it is given.
        return _State(trainable, other, optimizer, [jnp.array(weight) for weight in self._average.weights], jnp.zeros(2))

    def _keep(self, state: _State) -> None:
        for group, values in zip(self._groups(), (state.trainable, state.other, state.optimizer), strict=True):
            for variable, value in zip(group, values, strict=True):
                variable.assign(value)
        self._average.weights = [np.array(weight) for weight in state.average]

    def _groups(self) -> tuple[list[Any], list[Any], list[Any]]:
        model = self._model
        return model.trainable_variables, model.non_trainable_variables, model.optimizer.variables

    def _learnt(
        self,
        state: _State,
        all_faces: tuple[Any, Any],
        rows: Any,
        seed: Any,
        rate: Any,
        update_share: Any,
        teacher: Sequence[Any],
        network: Any,
    ) -> _State:
        """The state after one step."""
        images, by_people = all_faces
        faces, wanted = self._shown(images[rows], by_people[rows], jax.random.key(seed))
        if network is not None:
            logits, _ = network.stateless_call(*teacher, faces, training=False)
            wanted = with_answers(wanted, by_head(logits), self._lesson.recipe.distillation)
        wanted_loss = partial(self._loss, other=state.other, faces=faces, wanted=wanted)
        (loss, (other, logits)), gradients = jax.value_and_grad(wanted_loss, has_aux=True)(state.trainable)
        before = list(state.optimizer)
        before[self._rate] = rate
        trainable, optimizer = self._model.optimizer.stateless_apply(before, gradients, state.trainable)
        weights = self._weights(trainable, other)
        average = [mean + update_share * (weight - mean) for mean, weight in zip(state.average, weights, strict=True)]
        right = accuracy(wanted, logits).mean()
        return _State(trainable, other, optimizer, average, state.totals + jnp.stack([loss, right]))

    def _shown(self, images: Any, wanted: Any, key: Any) -> tuple[Any, Any]:
        """Augmented, normalised faces, and the answers that people want for them."""
        recipe = self._lesson.recipe
        augmenting, mixing = jax.random.split(key)
        faces = normalise(JAX_AUGMENTATIONS[recipe.augmentation](images, augmenting))
        if not recipe.mixup:
            return faces, wanted
        share = jax.random.beta(mixing, recipe.mixup, recipe.mixup)
        return blended(faces, share), blended(wanted, share)

    def _loss(self, trainable: list[Any], other: list[Any], faces: Any, wanted: Any) -> tuple[Any, tuple[list[Any], Any]]:
        logits, other = self._model.stateless_call(trainable, other, faces, training=True)
        return emotion_loss(self._lesson.recipe.votes)(wanted, logits).mean(), (other, logits)

    def _weights(self, trainable: list[Any], other: list[Any]) -> list[Any]:
        """Values in the order of the model's weights, which leave out the state of dropout."""
        variables = [*self._model.trainable_variables, *self._model.non_trainable_variables]
        values = dict(zip(map(id, variables), [*trainable, *other], strict=True))
        return [values[id(weight)] for weight in self._model.weights]


def _of_few_networks(teachers: Sequence[Any]) -> list[_Teacher]:
    """Teachers whose networks are alike share one, so that a step is compiled once for all of them."""
    networks: dict[str, Any] = {}
    return [
        _Teacher(
            networks.setdefault(teacher.name, teacher),
            [variable.value for variable in teacher.trainable_variables],
            [variable.value for variable in teacher.non_trainable_variables],
        )
        for teacher in teachers
    ]
