"""The workloads in JAX: the whole training of a network, evaluation included, is one compiled function.

Rates and penalties are arguments of that function, so that a sweep compiles once; its trials run on a thread per core, which
is faster here than one after the other, and than all at once under vmap.
"""

from concurrent.futures import ThreadPoolExecutor
from functools import partial

import jax
import jax.numpy as jnp
from jax import lax, random

import peer
from workload import Trial


def train(trials: list[Trial], _threads: int | None) -> list[peer.Curve]:
    static, *first = arguments(trials[0])
    compiled = fit.lower(*first, static=static).compile()

    def train_one(trial: Trial) -> peer.Curve:
        _, *dynamic = arguments(trial)
        return list(zip(*jax.device_get(compiled(*dynamic))))

    with ThreadPoolExecutor(peer.CORES) as pool:
        return list(pool.map(train_one, trials))


def arguments(trial: Trial) -> tuple:
    """What `fit` is compiled for, and what it is called with."""
    settings, split = trial.settings, trial.split
    sizes = (split.x_train.shape[1], *settings.hidden, split.classes)
    static = (sizes, settings.epochs, settings.batch_size, settings.optimizer, settings.learning_rate)
    data = (split.x_train, split.y_train, split.x_test, split.y_test)
    rates = (settings.dropout_input or None, settings.dropout_hidden or None)
    return static, random.key(trial.seed), data, rates, settings.l2


@partial(jax.jit, static_argnames="static")
def fit(key, data, rates, l2, static):
    """The curve: four arrays [epochs]."""
    sizes, epochs, batch_size, optimizer, learning_rate = static
    x_train, y_train, x_test, y_test = data
    rows = len(x_train)
    whole = rows // batch_size * batch_size

    def step(state, batch):
        key, indices = batch
        network, moments, steps = state
        gradients = jax.grad(loss)(network, x_train[indices], y_train[indices], rates, key)
        gradients = [(w_gradient + l2 * w, b_gradient) for (w_gradient, b_gradient), (w, _) in zip(gradients, network)]
        return update(optimizer, learning_rate, network, moments, steps + 1, gradients), None

    def epoch(state, key):
        shuffle, dropout, rest = random.split(key, 3)
        order = random.permutation(shuffle, rows)
        batches = order[:whole].reshape(-1, batch_size)
        state, _ = lax.scan(step, state, (random.split(dropout, len(batches)), batches))
        if whole < rows:
            state, _ = step(state, (rest, order[whole:]))
        network = state[0]
        return state, (*evaluate(network, x_train, y_train), *evaluate(network, x_test, y_test))

    initial, epochs_key = random.split(key)
    network = initialize(initial, sizes)
    zeros = jax.tree.map(jnp.zeros_like, network)
    moments = (zeros, zeros) if optimizer == "adam" else (zeros,)
    _, curve = lax.scan(epoch, (network, moments, 0), random.split(epochs_key, epochs))
    return curve


def initialize(key, sizes):
    """Kaiming's uniform weights, the gain of relu but for the last layer; biases 0."""
    network = []
    for index, (inputs, outputs) in enumerate(zip(sizes, sizes[1:])):
        bound = ((3 if index == len(sizes) - 2 else 6) / inputs) ** 0.5
        weights = random.uniform(random.fold_in(key, index), (inputs, outputs), minval=-bound, maxval=bound)
        network.append((weights, jnp.zeros(outputs)))
    return network


def forward(network, x, rates=(None, None), key=None):
    for index, (weights, bias) in enumerate(network):
        rate = rates[min(index, 1)]
        if rate is not None:
            keep = 1 - rate
            x = jnp.where(random.bernoulli(random.fold_in(key, index), keep, x.shape), x / keep, 0)
        x = x @ weights + bias
        if index < len(network) - 1:
            x = jax.nn.relu(x)
    return x


def loss(network, x, y, rates=(None, None), key=None):
    logs = jax.nn.log_softmax(forward(network, x, rates, key))
    return -jnp.take_along_axis(logs, y[:, None], axis=1).mean()


def update(optimizer, learning_rate, network, moments, steps, gradients):
    """One step of PyTorch's Adam, or of its SGD with momentum."""
    if optimizer == "adam":
        first = jax.tree.map(lambda m, g: 0.9 * m + 0.1 * g, moments[0], gradients)
        second = jax.tree.map(lambda v, g: 0.999 * v + 0.001 * g * g, moments[1], gradients)
        rate, correction = learning_rate / (1 - 0.9**steps), (1 - 0.999**steps) ** 0.5

        def moved(w, m, v):
            return w - rate * m / (jnp.sqrt(v) / correction + 1e-8)

        return jax.tree.map(moved, network, first, second), (first, second), steps
    velocity = jax.tree.map(lambda m, g: 0.9 * m + g, moments[0], gradients)
    return jax.tree.map(lambda w, m: w - learning_rate * m, network, velocity), (velocity,), steps


def evaluate(network, x, y):
    outputs = forward(network, x)
    logs = jax.nn.log_softmax(outputs)
    loss = -jnp.take_along_axis(logs, y[:, None], axis=1).mean()
    return loss, (outputs.argmax(axis=1) == y).mean()


if __name__ == "__main__":
    peer.main(train)
