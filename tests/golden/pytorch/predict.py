"""What PyTorch makes of a saved network: predict.py MODEL DATA.csv prints the outputs of each row as JSON.

Classes: the probability of each; a regression: the value in original units. The network is built from the metadata and takes the
file by load_state_dict; rows are encoded as the metadata says.
"""
import csv
import json
import sys

import torch
from safetensors import safe_open
from safetensors.torch import load_file
from torch import nn

ACTIVATIONS = {"relu": nn.ReLU, "leaky_relu": nn.LeakyReLU, "gelu": nn.GELU, "silu": nn.SiLU, "tanh": nn.Tanh, "sigmoid": nn.Sigmoid,
               "identity": nn.Identity}


def network(tensors, note):
    """An nn.Sequential whose state_dict has the names and shapes of these tensors."""
    norm = note.get("norm")
    layered = norm is not None and not norm["folded"]
    places = sorted({int(name.split(".")[0]) for name, tensor in tensors.items() if tensor.dim() == 2})
    layers = []
    for place in places:
        outputs, inputs = tensors[f"{place}.weight"].shape
        layers.append(nn.Linear(inputs, outputs))
        if place != places[-1]:
            if layered:
                layers.append(nn.LayerNorm(outputs, eps=norm["epsilon"]))
            layers.append(ACTIVATIONS[note["activation"]]())
    return nn.Sequential(*layers)


def encoded(row, columns):
    """The inputs that a row becomes."""
    inputs = []
    for column in columns:
        cell = row[column["column"]]
        if column["kind"] == "number":
            x = torch.tensor(float(cell) if cell else column["fill"], dtype=torch.float32)
            inputs.append((x - column["shift"]) / column["scale"])
        else:
            hot = [0.0] * len(column["categories"])
            at = column["missing"] if cell == "" else (column["categories"].index(cell) if cell in column["categories"] else None)
            if at is not None:
                hot[at] = 1.0
            inputs.extend(torch.tensor(x) for x in hot)
    return torch.stack(inputs)


def main(model, data):
    with safe_open(model, "pt") as file:
        note = json.loads(file.metadata()["overfit"])
    tensors = load_file(model)
    if "members" in note:
        parts = [{name.split(".", 1)[1]: t for name, t in tensors.items() if name.split(".")[0] == str(m)} for m in range(note["members"])]
        networks = nn.ModuleList([network(part, note) for part in parts])
    else:
        networks = network(tensors, note)
    networks.load_state_dict(tensors, strict=True)
    networks.eval()
    members = list(networks) if "members" in note else [networks]
    with open(data, newline="") as file:
        x = torch.stack([encoded(row, note["preprocessing"]["columns"]) for row in csv.DictReader(file)])
    with torch.no_grad():
        outputs = [member(x) for member in members]
    if note["loss"] == "cross_entropy":
        outputs = [torch.softmax(z, dim=1) for z in outputs]
    mean = torch.stack(outputs).mean(dim=0)
    if note["task"] == "regression":
        target = note["preprocessing"]["target"]
        mean = mean * target["scale"] + target["shift"]
    json.dump(mean.tolist(), sys.stdout)


main(*sys.argv[1:])
