"""Keras networks that labs and checks build for themselves, beside the learner's.

Names and seeds are given: Keras would else take them from counters and random states that are the learner's too, whose
next layer would then have another name, and the next network other weights. A lab that trains one does so with
`shuffle=False`: Keras orders batches by the learner's seed, and the lab is to show the same whatever that is.
"""


def dense(units, activation, seed, name, initialiser="GlorotUniform", **parameters):
    """Return a Dense layer of this name; initialiser: a class of `keras.initializers`, parameters: its arguments."""
    import keras

    kernel = getattr(keras.initializers, initialiser)(**parameters, seed=seed)
    return keras.layers.Dense(units, activation=activation, kernel_initializer=kernel, name=name)


def digit_reader(name, units, seed):
    """Return an untrained Keras model of this name: 784 → `units` ReLU, "hidden" → 10 softmax, "output"."""
    import keras

    layers = dense(units, "relu", seed, "hidden"), dense(10, "softmax", seed + 1, "output")
    return keras.Sequential([keras.Input((784,), name="digit"), *layers], name=name)


def one_weight():
    """Return an untrained Keras model with a single weight: (n, 1) → (n, 1), no bias; the weight is 0."""
    import keras

    output = keras.layers.Dense(1, use_bias=False, kernel_initializer="zeros", name="output")
    return keras.Sequential([keras.Input((1,), name="input"), output], name="one_weight")
