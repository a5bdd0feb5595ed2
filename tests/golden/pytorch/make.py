"""Makes the golden values of tests/pytorch_parity.rs: the same networks, batches and rules trained by PyTorch.

    python -m venv VENV && VENV/bin/pip install torch numpy safetensors scikit-learn && VENV/bin/python make.py

Writes, beside itself: two small data sets with a column that says which rows train, validate and test, the initial weights,
one config each whose variants are the cases, and the losses that PyTorch reaches after each epoch.
"""

import csv
import json
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import save_file
from sklearn.datasets import load_diabetes, load_iris
from sklearn.utils.class_weight import compute_class_weight
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn, update_bn

HERE = Path(__file__).parent
EPOCHS, BATCH, HIDDEN, RATE = 20, 16, [8, 6], 0.01
torch.set_num_threads(1)

ACTIVATIONS = {
    "relu": torch.nn.ReLU, "leaky_relu": torch.nn.LeakyReLU, "gelu": torch.nn.GELU, "silu": torch.nn.SiLU,
    "tanh": torch.nn.Tanh, "sigmoid": torch.nn.Sigmoid, "identity": torch.nn.Identity,
}


def losses(name, smoothing=0.0, weights=None):
    one_hot = lambda z, y: torch.nn.functional.one_hot(y, z.shape[1]).float()
    return {
        "cross_entropy": lambda z, y: torch.nn.functional.cross_entropy(z, y, weight=weights, label_smoothing=smoothing),
        "binary_cross_entropy": lambda z, y: torch.nn.functional.binary_cross_entropy_with_logits(z, one_hot(z, y), reduction="sum") / len(y),
        "half_mse": lambda z, y: 0.5 * torch.nn.functional.mse_loss(z[:, 0], y),
        "mse": lambda z, y: torch.nn.functional.mse_loss(z[:, 0], y),
    }[name]


def optimizer(kind, groups, decoupled):
    if kind == "adam":
        return (torch.optim.AdamW if decoupled else torch.optim.Adam)(groups, lr=RATE)
    if kind == "rmsprop":
        return torch.optim.RMSprop(groups, lr=RATE)
    return torch.optim.SGD(groups, lr=RATE, momentum=0.0 if kind == "sgd" else 0.9, nesterov=kind == "nesterov")


def norm(units, remedies):
    """What normalises a hidden layer."""
    if settings := remedies.get("batch_norm"):
        settings = {} if settings is True else settings
        return [torch.nn.BatchNorm1d(units, eps=settings.get("epsilon", 1e-5), momentum=settings.get("momentum", 0.1))]
    if settings := remedies.get("layer_norm"):
        return [torch.nn.LayerNorm(units, eps=1e-5 if settings is True else settings["epsilon"])]
    return []


def track(net, on):
    """Lets the running figures of batch norm follow, or leaves them where a batch is seen again."""
    for module in net:
        if isinstance(module, torch.nn.BatchNorm1d):
            module.momentum, module.kept = (module.kept, None) if on else (0.0, module.momentum)


def hidden_values(net, x):
    """What the hidden layers give to each row, layer by layer."""
    values = []
    track(net, False)
    for module in net[:-1]:
        x = module(x)
        if isinstance(module, tuple(ACTIVATIONS.values())):
            values.append(x)
    track(net, True)
    return values


def added(net, x, matrices, remedies):
    """What the remedies add to the loss of a batch."""
    value = 0.0
    if remedies.get("l1", {}).get("mode") == "subgradient":
        value = value + remedies["l1"]["lambda"] * sum(p.abs().sum() for p in matrices)
    if elimination := remedies.get("weight_elimination"):
        squares = [(p / elimination["w0"]) ** 2 for p in matrices]
        value = value + elimination["lambda"] * sum((s / (1 + s)).sum() for s in squares)
    if biased := remedies.get("biased_decay"):
        sums = [biased["lambda"] * p.abs().sum(1) for p in matrices]
        rule = {"hyperbolic": lambda s: s / (1 + s), "exponential": lambda s: 1 - torch.exp(-s)}[biased["form"]]
        value = value + sum(rule(s).sum() for s in sums)
    if "activity_l1" in remedies:
        value = value + remedies["activity_l1"] * sum(h.abs().mean(0).sum() for h in hidden_values(net, x))
    if sparsity := remedies.get("kl_sparsity"):
        rho, means = torch.tensor(sparsity["rho"]), [h.mean(0) for h in hidden_values(net, x)]
        kl = lambda r: rho * torch.log(rho / r) + (1 - rho) * torch.log((1 - rho) / (1 - r))
        value = value + sparsity["lambda"] * sum(kl(r).sum() for r in means)
    return value


def climb(net, loss, radius):
    """Goes up the gradient of the loss by this length; gives where the weights were."""
    moved = [p for p in net.parameters() if p.requires_grad]
    before = [p.detach().clone() for p in moved]
    loss.backward()
    with torch.no_grad():
        norm = torch.stack([p.grad.norm() for p in moved]).norm()
        for p in moved:
            p.add_(p.grad * radius / norm)
            p.grad = None
    return before


def averaged(net, remedies):
    """The average of the networks, and from which epoch on its steps or epochs count."""
    if "ema" in remedies:
        average = AveragedModel(net, multi_avg_fn=get_ema_multi_avg_fn(remedies["ema"]))
        # The first network is copied: that before training.
        average.update_parameters(net)
        return average, 0
    return AveragedModel(net), round(remedies.get("swa", 1.0) * EPOCHS) + 1


def shrink_groups(matrices, remedy):
    """The proximal step of the group lasso. No group may die: what the program then does is not done here."""
    dim = {"incoming": 1, "outgoing": 0}[remedy["group"]]
    for p in matrices[:-1] if dim == 1 else matrices:
        norms = p.norm(dim=dim, keepdim=True)
        factors = 1 - RATE * remedy["lambda"] * p.shape[dim] ** 0.5 / norms
        assert (factors > 0).all(), "a group has died: choose a smaller lambda"
        p.mul_(factors)


def train(rows, case, weights, outputs):
    """The losses of each part after each epoch, epoch 0 first."""
    settings, remedies = case.get("train", {}), case.get("remedies", {})
    model = case.get("model", {})
    sizes = [rows["train"][0].shape[1], *HIDDEN, outputs]
    layers = []
    for i, (a, b) in enumerate(zip(sizes, sizes[1:])):
        layers += [torch.nn.Linear(a, b)]
        layers[-1].load_state_dict({name: weights[f"{2 * i}.{name}"] for name in ["weight", "bias"]})
        if i < len(HIDDEN):
            layers += [*norm(b, remedies), ACTIVATIONS[model.get("activation", "relu")]()]
    net = torch.nn.Sequential(*layers)
    if "batch_norm" in remedies:
        # Its mean takes the bias away: what gradient it has is rounding.
        for module in layers[:-1]:
            if isinstance(module, torch.nn.Linear):
                module.bias.requires_grad_(False)
    loss = losses(settings["loss"])
    weights = remedies.get("class_weights")
    if weights == "balanced":
        weights = compute_class_weight("balanced", classes=np.arange(outputs), y=rows["train"][1].numpy())
    elif weights is not None:
        weights = [weights.get(str(k), 1.0) for k in range(outputs)]
    weights = None if weights is None else torch.tensor(weights, dtype=torch.float32)
    objective = losses(settings["loss"], remedies.get("label_smoothing", 0.0), weights)
    matrices = [p for p in net.parameters() if p.dim() == 2]
    biases = [p for p in net.parameters() if p.dim() == 1 and p.requires_grad]
    decoupled = "weight_decay" in remedies
    decay = remedies.get("l2", remedies.get("weight_decay", 0.0))
    # With biases = true a decay is for everything, gain and shift of what normalises too.
    everything = isinstance(decay, dict)
    decay = decay["lambda"] if everything else decay
    groups = [{"params": matrices, "weight_decay": decay}, {"params": biases, "weight_decay": decay * everything}]
    step = optimizer(settings["optimizer"], groups, decoupled)
    x, y = rows["train"]
    batches = range(0, len(x), BATCH)
    schedule = settings.get("schedule", {"kind": "constant"})
    by_epoch = {
        "constant": lambda: torch.optim.lr_scheduler.ConstantLR(step, factor=1.0),
        "step": lambda: torch.optim.lr_scheduler.StepLR(step, schedule["step_size"], schedule["gamma"]),
        "exponential": lambda: torch.optim.lr_scheduler.ExponentialLR(step, schedule["gamma"]),
        "cosine": lambda: torch.optim.lr_scheduler.CosineAnnealingLR(step, EPOCHS),
        "one_cycle": lambda: torch.optim.lr_scheduler.OneCycleLR(step, RATE, total_steps=EPOCHS * len(batches), cycle_momentum=False),
    }[schedule["kind"]]()
    curve = {part: [] for part in rows}

    average, begins = averaged(net, remedies)

    def measure(shown):
        shown.eval()
        with torch.no_grad():
            for part, (px, py) in rows.items():
                curve[part].append(loss(shown(px), py).item())
        shown.train()

    measure(net)
    for epoch in range(1, EPOCHS + 1):
        for start in batches:
            step.zero_grad()
            batch, wanted = x[start:start + BATCH], y[start:start + BATCH]
            if "sam" in remedies:
                before = climb(net, objective(net(batch), wanted), remedies["sam"])
                track(net, False)
                objective(net(batch), wanted).backward()
                track(net, True)
                with torch.no_grad():
                    for p, value in zip([p for p in net.parameters() if p.requires_grad], before):
                        p.copy_(value)
                value = added(net, batch, matrices, remedies)
            else:
                value = objective(net(batch), wanted) + added(net, batch, matrices, remedies)
            if isinstance(value, torch.Tensor):
                value.backward()
            if "gradient_clip" in settings:
                torch.nn.utils.clip_grad_norm_(net.parameters(), settings["gradient_clip"])
            step.step()
            with torch.no_grad():
                if "group_lasso" in remedies:
                    shrink_groups(matrices, remedies["group_lasso"])
                for p in matrices:
                    if remedies.get("l1", {}).get("mode") == "proximal":
                        p.copy_(torch.nn.functional.softshrink(p, RATE * remedies["l1"]["lambda"]))
                    if "max_norm" in remedies:
                        p.copy_(torch.renorm(p, 2, 0, remedies["max_norm"]))
            if "ema" in remedies:
                average.update_parameters(net)
            if schedule["kind"] == "one_cycle":
                by_epoch.step()
        if schedule["kind"] != "one_cycle":
            by_epoch.step()
        if "swa" in remedies and epoch >= begins:
            average.update_parameters(net)
        if epoch >= begins:
            update_bn([x[start:start + BATCH] for start in batches], average)
        measure(average if epoch >= begins else net)
    return curve


def cases(names):
    out = {}
    for loss in names:
        for kind in ["sgd", "momentum", "nesterov", "rmsprop", "adam"]:
            out[f"{loss} {kind}"] = {"train": {"loss": loss, "optimizer": kind}}
    first = names[0]
    for activation in ACTIVATIONS:
        out[f"activation {activation}"] = {"model": {"activation": activation}, "train": {"loss": first, "optimizer": "adam"}}
    for schedule in [{"kind": "step", "step_size": 6, "gamma": 0.3}, {"kind": "exponential", "gamma": 0.9}, {"kind": "cosine"}, {"kind": "one_cycle"}]:
        out[f"schedule {schedule['kind']}"] = {"train": {"loss": first, "optimizer": "momentum", "schedule": schedule}}
    out["gradient clip"] = {"train": {"loss": first, "optimizer": "momentum", "gradient_clip": 0.05}}
    for kind in ["sgd", "adam"]:
        out[f"l2 {kind}"] = {"train": {"loss": first, "optimizer": kind}, "remedies": {"l2": 0.02}}
        out[f"weight decay {kind}"] = {"train": {"loss": first, "optimizer": kind}, "remedies": {"weight_decay": 0.3}}
    for mode in ["proximal", "subgradient"]:
        out[f"l1 {mode}"] = {"train": {"loss": first, "optimizer": "sgd"}, "remedies": {"l1": {"lambda": 0.01, "mode": mode}}}
        out[f"elastic net {mode}"] = {"train": {"loss": first, "optimizer": "sgd"}, "remedies": {"l1": {"lambda": 0.01, "mode": mode}, "l2": 0.02}}
    for group in ["incoming", "outgoing"]:
        out[f"group lasso {group}"] = {"train": {"loss": first, "optimizer": "momentum"}, "remedies": {"group_lasso": {"lambda": 0.02, "group": group}}}
    for kind in ["sgd", "adam"]:
        out[f"weight elimination {kind}"] = {"train": {"loss": first, "optimizer": kind}, "remedies": {"weight_elimination": {"lambda": 0.1, "w0": 0.5}}}
        out[f"activity l1 {kind}"] = {"train": {"loss": first, "optimizer": kind}, "remedies": {"activity_l1": 0.1}}
    for form in ["hyperbolic", "exponential"]:
        out[f"biased decay {form}"] = {"train": {"loss": first, "optimizer": "momentum"}, "remedies": {"biased_decay": {"lambda": 0.1, "form": form}}}
    out["kl sparsity"] = {"model": {"activation": "sigmoid"}, "train": {"loss": first, "optimizer": "adam"}, "remedies": {"kl_sparsity": {"lambda": 0.5, "rho": 0.1}}}
    if first == "cross_entropy":
        out["label smoothing"] = {"train": {"loss": first, "optimizer": "momentum"}, "remedies": {"label_smoothing": 0.1}}
        out["class weights"] = {"train": {"loss": first, "optimizer": "momentum"}, "remedies": {"class_weights": {"0": 4.0, "2": 0.5}}}
        out["balanced classes"] = {"train": {"loss": first, "optimizer": "momentum"}, "remedies": {"class_weights": "balanced"}}
    for kind in ["sgd", "momentum", "adam"]:
        out[f"sam {kind}"] = {"train": {"loss": first, "optimizer": kind}, "remedies": {"sam": 0.2}}
    out["sam l2"] = {"train": {"loss": first, "optimizer": "momentum"}, "remedies": {"sam": 0.2, "l2": 0.02}}
    out["sam weight elimination"] = {"train": {"loss": first, "optimizer": "momentum"}, "remedies": {"sam": 0.2, "weight_elimination": {"lambda": 0.1, "w0": 0.5}}}
    out["sam clipped"] = {"train": {"loss": first, "optimizer": "momentum", "gradient_clip": 0.05}, "remedies": {"sam": 0.2}}
    out["swa"] = {"train": {"loss": first, "optimizer": "momentum"}, "remedies": {"swa": 0.5}}
    out["ema"] = {"train": {"loss": first, "optimizer": "momentum"}, "remedies": {"ema": 0.95}}
    for norm, constants in [("batch_norm", {"momentum": 0.3, "epsilon": 0.1}), ("layer_norm", {"epsilon": 0.1})]:
        name = norm.replace("_", " ")
        for kind in ["sgd", "momentum", "adam"]:
            out[f"{name} {kind}"] = {"train": {"loss": first, "optimizer": kind}, "remedies": {norm: True}}
        out[f"{name} constants"] = {"model": {"activation": "tanh"}, "train": {"loss": first, "optimizer": "momentum"}, "remedies": {norm: constants}}
        out[f"{name} l2"] = {"train": {"loss": first, "optimizer": "momentum"}, "remedies": {norm: True, "l2": 0.02}}
        out[f"{name} clipped"] = {"train": {"loss": first, "optimizer": "momentum", "gradient_clip": 0.05}, "remedies": {norm: True}}
        out[f"{name} activity l1"] = {"train": {"loss": first, "optimizer": "sgd"}, "remedies": {norm: True, "activity_l1": 0.05}}
        out[f"{name} sam"] = {"train": {"loss": first, "optimizer": "momentum"}, "remedies": {norm: True, "sam": 0.2}}
        out[f"{name} swa"] = {"train": {"loss": first, "optimizer": "momentum"}, "remedies": {norm: True, "swa": 0.5}}
        out[f"{name} ema"] = {"train": {"loss": first, "optimizer": "momentum"}, "remedies": {norm: True, "ema": 0.95}}
    out["layer norm l2 everywhere"] = {"train": {"loss": first, "optimizer": "momentum"}, "remedies": {"layer_norm": True, "l2": {"lambda": 0.02, "biases": True}}}
    out["max norm"] = {"train": {"loss": first, "optimizer": "adam"}, "remedies": {"max_norm": 0.8}}
    return out


def make(name, x, y, losses_of_task, outputs):
    order = np.random.default_rng(1).permutation(len(x))[:150]
    parts = np.array(["train"] * 100 + ["validation"] * 20 + ["test"] * 30)
    x, y = x[order].astype(np.float32), y[order]
    with open(HERE / f"{name}.csv", "w", newline="") as f:
        out = csv.writer(f, lineterminator="\n")
        out.writerow([f"x{i}" for i in range(x.shape[1])] + ["part", "target"])
        for row, part, target in zip(x, parts, y):
            out.writerow([f"{v:.6g}" for v in row] + [part, target if outputs > 1 else f"{target:.6g}"])
    read = list(csv.reader(open(HERE / f"{name}.csv")))[1:]
    x = torch.tensor([[float(v) for v in row[:-2]] for row in read], dtype=torch.float32)
    y = torch.tensor([int(row[-1]) for row in read]) if outputs > 1 else torch.tensor([float(row[-1]) for row in read])
    rows = {part: (x[parts == part], y[parts == part]) for part in ["train", "validation", "test"]}
    torch.manual_seed(3)
    sizes = [x.shape[1], *HIDDEN, outputs]
    weights = {}
    for i, (a, b) in enumerate(zip(sizes, sizes[1:])):
        linear = torch.nn.Linear(a, b)
        weights[f"{2 * i}.weight"], weights[f"{2 * i}.bias"] = linear.weight.detach().clone(), linear.bias.detach().clone()
    save_file(weights, HERE / f"{name}.safetensors")
    variants = cases(losses_of_task)
    config = {
        "name": f"pytorch-{name}",
        "seeds": 1,
        "data": {"path": f"{name}.csv", "target": "target", "scaling": "none", "split": {"column": "part"},
                 "task": "classification" if outputs > 1 else "regression"},
        "model": {"hidden": HIDDEN, "init": {"file": f"{name}.safetensors"}},
        "train": {"epochs": EPOCHS, "batch_size": BATCH, "learning_rate": RATE, "shuffle": False},
        "variants": [{"name": variant, **case} for variant, case in variants.items()],
    }
    (HERE / f"{name}.json").write_text(json.dumps(config, indent=1) + "\n")
    with open(HERE / f"{name}.losses.csv", "w", newline="") as f:
        out = csv.writer(f, lineterminator="\n")
        out.writerow(["variant", "epoch", "train_loss", "validation_loss", "test_loss"])
        for variant, case in variants.items():
            curve = train(rows, case, weights, outputs)
            for epoch in range(EPOCHS + 1):
                out.writerow([variant, epoch] + [f"{curve[part][epoch]:.9g}" for part in ["train", "validation", "test"]])


iris = load_iris()
make("classification", (iris.data - iris.data.mean(0)) / iris.data.std(0), iris.target, ["cross_entropy", "binary_cross_entropy"], 3)
diabetes = load_diabetes(scaled=False)
scaled = lambda a: (a - a.mean(0)) / a.std(0)
make("regression", scaled(diabetes.data), scaled(diabetes.target), ["half_mse", "mse"], 1)
print("torch", torch.__version__)
