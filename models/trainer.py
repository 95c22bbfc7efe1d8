"""One training run: the network, its averaged twin and the optimizer's memory, all of which can be saved."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

import augment
import checkpoint
import evaluate
import fer2013
import keras
import mirror
import network
import numpy as np
import tensorflow as tf
from recipe import Recipe

MOMENTUM = 0.9
MEMORY = 0.5  # how much of an image's earlier answers outlives a new one
TEACHER_VIEWS = 4  # of each image, whose mean answer is taught


@dataclass
class State:
    """How far a run has come."""

    epoch: int = 0
    step: int = 0
    seconds: float = 0.0
    best: float = -1.0
    best_epoch: int = 0


class Trainer:
    """Trains `net`; what is validated and kept is `average`, the running mean of its weights."""

    def __init__(self, data: fer2013.Data, recipe: Recipe) -> None:
        keras.utils.set_random_seed(recipe.seed)
        self.recipe, self.data, self.state = recipe, data, State()
        self.net = _mixed(recipe.bfloat16)
        self.average = network.build()
        self.best = self.net.get_weights()
        self._scores = network.logits_of(self.net)
        self._images = tf.constant(data.training.images[..., None])
        self._labels = tf.constant(data.training.labels, tf.int32)
        self._answers = tf.Variable(self._smooth(self._labels))
        self._taught = tf.Variable(self._smooth(self._labels))
        self._averages = [tf.Variable(weight) for weight in self.best]
        self._momenta = [tf.Variable(tf.zeros(weight.shape)) for weight in self.net.trainable_variables]
        self._steps = {size: self._step_at(size) for _, size in recipe.sizes}
        self._clock = time.monotonic()

    @property
    def progress(self) -> float:
        """From 0 to 1, where the run ends."""
        if self.recipe.minutes is not None:
            return self.state.seconds / (60 * self.recipe.minutes)
        return self.state.step / (self.recipe.epochs * self.batches)

    @property
    def batches(self) -> int:
        """Steps in an epoch; what is left over waits for the next one."""
        return max(1, len(self.data.training) // self.recipe.batch)

    @property
    def finished(self) -> bool:
        """At the end of the schedule, or when validation has not gained for `patience` epochs."""
        return self.progress >= 1 or self.state.epoch - self.state.best_epoch >= self.recipe.patience

    def begin_with(self, weights: list[np.ndarray]) -> None:
        """Starts from the weights of an earlier model instead of random ones."""
        self.best = mirror.fold(weights, self.net)
        self.net.set_weights(self.best)
        for average, weight in zip(self._averages, self.best, strict=True):
            average.assign(weight)

    def skip_to(self, progress: float) -> None:
        """Enters the schedule at `progress`, 0 to 1: a warm restart, where `begin_with` gave the weights."""
        self.state.step = int(progress * self.recipe.epochs * self.batches)
        self.state.seconds = progress * 60 * (self.recipe.minutes or 0.0)

    def learn_from(self, teacher: keras.Model) -> None:
        """Takes `teacher`'s mean answer to a few views of each image as a part of its target."""

        @tf.function(input_signature=[tf.TensorSpec([None], tf.int32), tf.TensorSpec([], tf.int32)])
        def answers(rows: tf.Tensor, number: tf.Tensor) -> tf.Tensor:
            seed = tf.stack([self.recipe.seed, number])
            return teacher(augment.views(self._gather(rows), fer2013.SIZE, tf.constant(1.0), seed))

        for rows in np.array_split(np.arange(len(self._labels), dtype=np.int32), -(-len(self._labels) // 256)):
            views = [answers(rows, number) for number in range(TEACHER_VIEWS)]
            self._taught.scatter_nd_update(rows[:, None], tf.reduce_mean(views, axis=0))

    def epoch(self) -> dict[str, float]:
        """One pass over the training images, or what the clock leaves of it; its row of the history."""
        begun, progress = self.state.seconds, self.progress
        loss, accuracy = self._pass()
        self.state.epoch += 1
        val_loss, val_accuracy = self._validate()
        self._tick()
        return {
            "epoch": self.state.epoch,
            "accuracy": accuracy,
            "learning_rate": self.recipe.learning_rate(progress),
            "loss": loss,
            "val_accuracy": val_accuracy,
            "val_loss": val_loss,
            "size": self.recipe.size(progress),
            "seconds": self.state.seconds - begun,
        }

    def _pass(self) -> tuple[float, float]:
        rows, weights = self._draw()
        steps = max(1, len(rows) // self.recipe.batch)
        bar = keras.utils.Progbar(steps, verbose=int(sys.stderr.isatty()))
        results = []
        for number in range(steps):
            if self.progress >= 1:
                break
            part = slice(number * self.recipe.batch, (number + 1) * self.recipe.batch)
            results.append(self._step(rows[part], weights[part]))
            bar.update(number + 1)
        loss, accuracy = np.mean(results, axis=0) if results else (0.0, 0.0)
        return float(loss), float(accuracy)

    def _draw(self) -> tuple[np.ndarray, np.ndarray]:
        """The rows of an epoch in random order, with weights: half of the easy ones, which then count double."""
        random = np.random.default_rng([self.recipe.seed, self.state.epoch])
        rows = random.permutation(len(self.data.training)).astype(np.int32)
        if not self.recipe.thins(self.progress):
            return rows, np.ones(len(rows), np.float32)
        losses = -np.log(self._answers.numpy()[np.arange(len(rows)), self.data.training.labels])
        easy = losses < losses.mean()
        rows = rows[~easy[rows] | (random.random(len(rows)) < 0.5)]
        return rows, np.where(easy[rows], 2, 1).astype(np.float32)

    def _step(self, rows: np.ndarray, weights: np.ndarray) -> tuple[float, float]:
        recipe, progress = self.recipe, self.progress
        loss, accuracy = self._steps[recipe.size(progress)](
            rows,
            weights,
            recipe.learning_rate(progress),
            recipe.strength(progress),
            recipe.own_share(progress),
            recipe.teacher_share(progress),
            recipe.mixed(progress),
            self.state.step,
        )
        self.state.step += 1
        self._tick()
        return float(loss), float(accuracy)

    def _tick(self) -> None:
        now = time.monotonic()
        self.state.seconds += now - self._clock
        self._clock = now

    def _validate(self) -> tuple[float, float]:
        averages = [average.numpy() for average in self._averages]
        self.average.set_weights(mirror.unfold(averages, self.average))
        validation = self.data.validation
        probabilities = evaluate.predict(self.average, validation.images)
        accuracy = float((probabilities.argmax(axis=1) == validation.labels).mean())
        if accuracy > self.state.best:
            self.state.best, self.state.best_epoch = accuracy, self.state.epoch
            self.best = averages
        return evaluate.cross_entropy(probabilities, validation.labels), accuracy

    def _step_at(self, size: int) -> Callable[..., tuple[tf.Tensor, tf.Tensor]]:
        share, shares = tf.TensorSpec([], tf.float32), tf.TensorSpec([None], tf.float32)
        number, numbers = tf.TensorSpec([], tf.int32), tf.TensorSpec([None], tf.int32)

        @tf.function(input_signature=[numbers, shares, share, share, share, share, share, number])
        def step(
            rows: tf.Tensor,
            weights: tf.Tensor,
            rate: tf.Tensor,
            strength: tf.Tensor,
            own: tf.Tensor,
            taught: tf.Tensor,
            mixed: tf.Tensor,
            number: tf.Tensor,
        ) -> tuple[tf.Tensor, tf.Tensor]:
            seed = tf.stack([self.recipe.seed, number])
            images = augment.views(self._gather(rows), size, strength, seed)
            kept = augment.kept_shares(tf.shape(rows)[0], mixed, seed)
            targets = self._targets(rows, own, taught)
            loss, logits = self._descend(
                augment.mix(images, kept), augment.mix(targets, kept), weights / tf.reduce_sum(weights), rate
            )
            self._remember(rows, tf.nn.softmax(logits), kept)
            self._follow(tf.cast(number, tf.float32))
            hits = tf.equal(tf.argmax(logits, axis=1, output_type=tf.int32), tf.gather(self._labels, rows))
            return loss, tf.reduce_mean(tf.cast(hits, tf.float32))

        return step

    def _gather(self, rows: tf.Tensor) -> tf.Tensor:
        return tf.cast(tf.gather(self._images, rows), tf.float32) / 255

    def _targets(self, rows: tf.Tensor, own: tf.Tensor, taught: tf.Tensor) -> tf.Tensor:
        labels = self._smooth(tf.gather(self._labels, rows))
        beliefs = own * tf.gather(self._answers, rows) + taught * tf.gather(self._taught, rows)
        return (1 - own - taught) * labels + beliefs

    def _smooth(self, labels: tf.Tensor) -> tf.Tensor:
        return (
            tf.one_hot(labels, network.CLASSES) * (1 - self.recipe.smoothing) + self.recipe.smoothing / network.CLASSES
        )

    def _descend(
        self, images: tf.Tensor, targets: tf.Tensor, shares: tf.Tensor, rate: tf.Tensor
    ) -> tuple[tf.Tensor, tf.Tensor]:
        weights = self.net.trainable_variables
        with tf.GradientTape() as tape:
            logits = self._scores(images, training=True)
            loss = tf.reduce_sum(shares * tf.nn.softmax_cross_entropy_with_logits(targets, logits))
        gradients = tape.gradient(loss, weights)
        for weight, momentum, gradient in zip(weights, self._momenta, gradients, strict=True):
            self._update(weight.value, momentum, gradient, rate)
        return loss, logits

    def _update(self, weight: tf.Variable, momentum: tf.Variable, gradient: tf.Tensor, rate: tf.Tensor) -> None:
        """Nesterov's step; only kernels decay, since biases and norms have nothing to overfit with."""
        if len(weight.shape) > 1:
            gradient += self.recipe.decay * weight
        momentum.assign(MOMENTUM * momentum + gradient)
        weight.assign_sub(rate * (gradient + MOMENTUM * momentum))

    def _remember(self, rows: tf.Tensor, answers: tf.Tensor, kept: tf.Tensor) -> None:
        """Only answers to unmixed views say anything of an image."""
        old = tf.gather(self._answers, rows)
        blend = MEMORY * old + (1 - MEMORY) * answers
        self._answers.scatter_nd_update(rows[:, None], tf.where(kept[:, None] == 1, blend, old))

    def _follow(self, number: tf.Tensor) -> None:
        # A young average forgets faster: otherwise the random start would linger in it for epochs.
        keep = tf.minimum(self.recipe.averaging, (1 + number) / (10 + number))
        for average, weight in zip(self._averages, self.net.weights, strict=True):
            average.assign_add((weight.value - average) * (1 - keep))

    def save(self, path: Path) -> None:
        """Writes a checkpoint, whole or not at all."""
        checkpoint.write(path, asdict(self.state), self._groups())

    def load(self, path: Path) -> None:
        """Continues where a checkpoint stopped."""
        state, stored = checkpoint.read(path)
        self.state = State(**state)
        self.net.set_weights(stored["net"])
        self.best = stored["best"]
        variables = [*self._averages, *self._momenta, self._answers, self._taught]
        arrays = [*stored["average"], *stored["momentum"], *stored["answers"]]
        for variable, array in zip(variables, arrays, strict=True):
            variable.assign(array)

    def _groups(self) -> dict[str, list[np.ndarray]]:
        return {
            "net": self.net.get_weights(),
            "best": self.best,
            "average": [average.numpy() for average in self._averages],
            "momentum": [momentum.numpy() for momentum in self._momenta],
            "answers": [self._answers.numpy(), self._taught.numpy()],
        }


def _mixed(bfloat16: bool) -> keras.Model:
    """The network in training: any image size, and half precision where the processor has it."""
    before = keras.mixed_precision.global_policy()
    keras.mixed_precision.set_global_policy("mixed_bfloat16" if bfloat16 else "float32")
    net = network.build(size=None, folded=True)
    keras.mixed_precision.set_global_policy(before)
    return net
