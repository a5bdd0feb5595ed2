"""The workloads in PyTorch, eager: tensors made once, batches by index, no DataLoader; many trials in a process pool."""

import multiprocessing

import torch
from torch import nn

import peer
from workload import Settings, Trial

# Rows from which a second thread pays: below, a batch's products are too small to share.
ROWS_FOR_THREADS = 10_000


def train(trials: list[Trial], threads: int | None) -> list[peer.Curve]:
    if len(trials) == 1:
        large = len(trials[0].split.x_train) >= ROWS_FOR_THREADS
        torch.set_num_threads(threads or (peer.CORES if large else 1))
        return [train_one(trials[0])]
    torch.set_num_threads(1)
    # Forked where that exists: the workers need not import torch again.
    method = "fork" if "fork" in multiprocessing.get_all_start_methods() else None
    with multiprocessing.get_context(method).Pool(peer.CORES, torch.set_num_threads, (1,)) as pool:
        return pool.map(train_one, trials, chunksize=1)


def train_one(trial: Trial) -> peer.Curve:
    torch.manual_seed(trial.seed)
    split, settings = trial.split, trial.settings
    x_train, y_train = torch.from_numpy(split.x_train), torch.from_numpy(split.y_train)
    x_test, y_test = torch.from_numpy(split.x_test), torch.from_numpy(split.y_test)
    network = build(settings, x_train.shape[1], split.classes)
    optimizer = build_optimizer(settings, network)
    curve = []
    for _ in range(settings.epochs):
        network.train()
        for rows in torch.randperm(len(x_train)).split(settings.batch_size):
            optimizer.zero_grad()
            nn.functional.cross_entropy(network(x_train[rows]), y_train[rows]).backward()
            optimizer.step()
        network.eval()
        curve.append(evaluate(network, x_train, y_train) + evaluate(network, x_test, y_test))
    return curve


def build(settings: Settings, inputs: int, outputs: int) -> nn.Sequential:
    layers = [nn.Dropout(settings.dropout_input)] if settings.dropout_input else []
    for width in settings.hidden:
        layers += [nn.Linear(inputs, width), nn.ReLU()]
        layers += [nn.Dropout(settings.dropout_hidden)] if settings.dropout_hidden else []
        inputs = width
    network = nn.Sequential(*layers, nn.Linear(inputs, outputs))
    for layer in network:
        if isinstance(layer, nn.Linear):
            nn.init.kaiming_uniform_(layer.weight, nonlinearity="linear" if layer is network[-1] else "relu")
            nn.init.zeros_(layer.bias)
    return network


def build_optimizer(settings: Settings, network: nn.Module) -> torch.optim.Optimizer:
    weights = [parameter for parameter in network.parameters() if parameter.ndim == 2]
    biases = [parameter for parameter in network.parameters() if parameter.ndim == 1]
    groups = [{"params": weights, "weight_decay": settings.l2}, {"params": biases}]
    # Fused: one kernel for a group of parameters, the fastest there is for small networks.
    if settings.optimizer == "adam":
        return torch.optim.Adam(groups, lr=settings.learning_rate, fused=True)
    return torch.optim.SGD(groups, lr=settings.learning_rate, momentum=0.9, fused=True)


@torch.inference_mode()
def evaluate(network: nn.Module, x: torch.Tensor, y: torch.Tensor) -> tuple[float, float]:
    outputs = network(x)
    loss = nn.functional.cross_entropy(outputs, y).item()
    return loss, (outputs.argmax(dim=1) == y).float().mean().item()


if __name__ == "__main__":
    peer.main(train)
