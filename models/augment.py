"""Random views of face images, a batch at a time inside TensorFlow's graph; no picture is drawn singly."""

from __future__ import annotations

import tensorflow as tf

ANGLE = 0.26  # radians, 15 degrees
ZOOM = 0.18
SHIFT = 0.08  # of the side
CONTRAST = 0.4
BRIGHTNESS = 0.15
HOLE = 0.4  # the longest side of a cut-out, of the image's
SOFT = 0.2  # of the images lose their finer half


def views(images: tf.Tensor, size: int, strength: tf.Tensor, seed: tf.Tensor) -> tf.Tensor:
    """One random view for each image `(N, H, H, 1)` in 0..1, as `(N, size, size, 1)` in 0..1.

    `strength` 1 is the whole range, 0 leaves mirroring, contrast and softness: other cameras than those of the
    training images differ in both. The same `seed` gives the same views.
    """
    seeds = tf.unstack(tf.random.split(seed, 5))
    moved = _soften(_move(images, size, strength, seeds[0]), size, seeds[4])
    lit = _light(moved, strength, seeds[1])
    return _cut(lit, strength, seeds[2], seeds[3])


def kept_shares(count: tf.Tensor, mixed: tf.Tensor, seed: tf.Tensor) -> tf.Tensor:
    """How much of each of `count` views is kept when they are mixed: 1, but for a share `mixed` of them 0.5 to 1."""
    chance, kept = tf.unstack(tf.random.stateless_uniform((2, count), seed + 1))
    return tf.where(chance < mixed, 0.5 + kept / 2, 1.0)


def mix(values: tf.Tensor, kept: tf.Tensor) -> tf.Tensor:
    """Each row's own `kept` share of `values` `(N, ...)`, the rest from the next row (Zhang et al., "mixup", 2018)."""
    kept = tf.reshape(kept, [-1] + [1] * (len(values.shape) - 1))
    return kept * values + (1 - kept) * tf.roll(values, 1, axis=0)


def _uniform(count: int, columns: int, seed: tf.Tensor) -> list[tf.Tensor]:
    numbers = tf.random.stateless_uniform((columns, count), seed, -1.0, 1.0)
    return tf.unstack(numbers)


def _move(images: tf.Tensor, size: int, strength: tf.Tensor, seed: tf.Tensor) -> tf.Tensor:
    count, side = tf.shape(images)[0], images.shape[1]
    turn, zoom, right, down, flip = _uniform(count, 5, seed)
    scale = (side / size) * tf.exp(zoom * ZOOM * strength)
    angle = turn * ANGLE * strength
    cos, sin, mirror = scale * tf.cos(angle), scale * tf.sin(angle), tf.sign(flip)
    centre, middle = (side - 1) / 2, (size - 1) / 2
    # Rows of the inverse map: an output pixel's place in the input, both counted from the centre.
    left = centre + right * SHIFT * side * strength - mirror * middle * (cos - sin)
    top = centre + down * SHIFT * side * strength - middle * (sin + cos)
    zero = tf.zeros_like(cos)
    maps = tf.stack([mirror * cos, -mirror * sin, left, sin, cos, top, zero, zero], axis=1)
    return tf.raw_ops.ImageProjectiveTransformV3(
        images=images,
        transforms=maps,
        output_shape=[size, size],
        fill_value=0.0,
        interpolation="BILINEAR",
        fill_mode="NEAREST",
    )


def _soften(images: tf.Tensor, size: int, seed: tf.Tensor) -> tf.Tensor:
    small = tf.nn.avg_pool2d(images, 2, 2, "SAME")
    soft = tf.random.stateless_uniform((tf.shape(images)[0], 1, 1, 1), seed) < SOFT
    return tf.where(soft, tf.image.resize(small, (size, size)), images)


def _light(images: tf.Tensor, strength: tf.Tensor, seed: tf.Tensor) -> tf.Tensor:
    contrast, brightness = _uniform(tf.shape(images)[0], 2, seed)
    mean = tf.reduce_mean(images, axis=(1, 2, 3))
    gain = tf.exp(contrast * CONTRAST)
    offset = mean * (1 - gain) + brightness * BRIGHTNESS * strength
    return tf.clip_by_value(images * gain[:, None, None, None] + offset[:, None, None, None], 0.0, 1.0)


def _cut(images: tf.Tensor, strength: tf.Tensor, seed: tf.Tensor, noise_seed: tf.Tensor) -> tf.Tensor:
    """Covers a random box of each image with one random grey."""
    x, y, width, height = _uniform(tf.shape(images)[0], 4, seed)
    grey = tf.random.stateless_uniform((tf.shape(images)[0], 1, 1, 1), noise_seed)
    grid = tf.linspace(-1.0, 1.0, images.shape[1])
    # Half of the boxes have a negative side and cover nothing.
    across = tf.abs(grid[None, :] - x[:, None]) < tf.abs(width[:, None]) * HOLE * strength
    along = tf.abs(grid[None, :] - y[:, None]) < height[:, None] * HOLE * strength
    box = tf.logical_and(along[:, :, None], across[:, None, :])[..., None]
    return tf.where(box, grey, images)
