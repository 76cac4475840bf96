"""Writes what PyTorch computes with small seeded models: one safetensors file a model, its state_dict as PyTorch names it, beside 'golden.input' and
'golden.output'. Run: python3 make_pytorch.py (Debian python3-torch 1.13.1 wrote the files that are committed)."""
import json
import pathlib
import struct

import torch
from torch import nn

FOLDER = pathlib.Path(__file__).parent
STEPS, FEATURES, UNITS = 7, 3, 4


def save(name, module, given, result, dtype=torch.float32):
    tensors = {key: value.to(dtype) if value.is_floating_point() else value for key, value in module.state_dict().items()}
    tensors |= {"golden.input": given, "golden.output": result.detach().float()}
    header, data = {}, b""
    names = {torch.float32: "F32", torch.float16: "F16", torch.bfloat16: "BF16", torch.int64: "I64", torch.float64: "F64"}
    for key, value in tensors.items():
        raw = value.contiguous()
        raw = (raw.view(torch.int16) if value.dtype == torch.bfloat16 else raw).numpy().tobytes()
        header[key] = {"dtype": names[value.dtype], "shape": list(value.shape), "data_offsets": [len(data), len(data) + len(raw)]}
        data += raw
    text = json.dumps(header, separators=(",", ":")).encode()
    (FOLDER / f"{name}.safetensors").write_bytes(struct.pack("<Q", len(text)) + text + data)


class Recurrent(nn.Module):
    """A recurrent layer as 'cell', a linear one as 'head'."""

    def __init__(self, cell, features):
        super().__init__()
        self.cell, self.head = cell, nn.Linear(features, 2)

    def forward(self, given):
        return self.head(self.cell(given)[0])


class Mixed(nn.Module):
    """Embedding, convolution, batch and layer normalization, activations, the last step."""

    def __init__(self):
        super().__init__()
        self.table, self.conv, self.norm = nn.Embedding(6, FEATURES), nn.Conv1d(FEATURES, 4, 3, padding=1, dilation=1), nn.BatchNorm1d(4)
        self.layer, self.head = nn.LayerNorm(4), nn.Linear(4, 5)

    def forward(self, given):
        value = self.norm(self.conv(self.table(given).transpose(1, 2))).transpose(1, 2)
        return torch.softmax(self.head(nn.functional.gelu(self.layer(value))[:, -1]), -1)


def main():
    torch.manual_seed(7)
    given = torch.rand(1, STEPS, FEATURES) * 2 - 1
    for name, cell in {
        "lstm": nn.LSTM(FEATURES, UNITS, num_layers=2, bidirectional=True, batch_first=True),
        "gru": nn.GRU(FEATURES, UNITS, num_layers=2, bidirectional=True, batch_first=True),
        "rnn": nn.RNN(FEATURES, UNITS, nonlinearity="relu", batch_first=True),
    }.items():
        model = Recurrent(cell, UNITS * (2 if cell.bidirectional else 1)).eval()
        save(f"pytorch_{name}", model, given, model(given))
    for name, dtype in {"half": torch.float16, "bfloat": torch.bfloat16, "double": torch.float64}.items():
        cell = nn.GRU(FEATURES, UNITS, bidirectional=True, batch_first=True, bias=name == "half")
        cell.load_state_dict({key: value.to(dtype).float() for key, value in cell.state_dict().items()})
        hidden = cell(given)[1]
        save(f"pytorch_{name}_state", cell, given, torch.cat([hidden[0], hidden[1]], -1), dtype)
    mixed = Mixed()
    for _ in range(20):
        mixed(torch.randint(0, 6, (3, STEPS)))
    indices = torch.randint(0, 6, (1, STEPS))
    save("pytorch_mixed", mixed.eval(), indices.float(), mixed(indices))
    functions = {
        "elu": nn.ELU(0.7), "gelu": nn.GELU(), "gelu_tanh": nn.GELU(approximate="tanh"), "hard_sigmoid": nn.Hardsigmoid(), "hard_swish": nn.Hardswish(),
        "leaky_relu": nn.LeakyReLU(0.3), "log_softmax": nn.LogSoftmax(-1), "mish": nn.Mish(), "relu": nn.ReLU(), "relu6": nn.ReLU6(), "selu": nn.SELU(),
        "sigmoid": nn.Sigmoid(), "silu": nn.SiLU(), "softmax": nn.Softmax(-1), "softplus": nn.Softplus(), "softsign": nn.Softsign(), "tanh": nn.Tanh(),
    }
    points = torch.linspace(-8, 8, 33).reshape(1, 1, 33)
    holder = nn.Module()
    for name, function in functions.items():
        holder.register_buffer(name, function(points))
    save("pytorch_functions", holder, points, torch.zeros(1))


main()
