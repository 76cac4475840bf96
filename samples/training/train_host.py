#!/usr/bin/env python3
"""Trains a one-step forecaster of the host's telemetry, as an LSTM and as a GRU, and exports both to ONNX.

    /usr/bin/python3 train_host.py ../host-sensors/train.csv.gz --out ../host-sensors

Needs Debian's python3-torch (1.13) and python3-numpy. Writes host-lstm.onnx, host-gru.onnx and host-channels.json.
The last fifth of the recording is held back: training stops at the epoch that forecasts it best.
"""
import argparse
import csv
import gzip
import json
import os

import numpy as np
import torch
from torch import nn

# Left out: mem.cache wanders without bound; so are channels that hardly ever change.
LEFT_OUT = {"mem.cache"}
# Rates that are mostly near zero with rare bursts over decades; everything else enters as it is.
LOGARITHMIC_UNITS = {"1/s", "KiB/s", "MiB/s"}
UNITS = {
    "busy": "%", "user": "%", "nice": "%", "system": "%", "iowait": "%", "running": "processes", "forks": "1/s",
    "switches": "1/s", "interrupts": "1/s", "used": "MiB", "cache": "MiB", "dirty": "MiB", "faults": "1/s",
    "read": "MiB/s", "write": "MiB/s", "inflight": "requests", "lo": "KiB/s", "packets": "1/s", "rx": "KiB/s",
    "tx": "KiB/s", "cpu": "%", "io": "%", "memory": "%",
}
LIMIT = 8.0  # normalised readings are clamped to plus and minus this


def read_recording(path):
    with gzip.open(path, "rt", encoding="ascii") as file:
        rows = list(csv.reader(file))
    names = rows[0][1:]
    readings = np.array([[float(field) if field else np.nan for field in row[1:]] for row in rows[1:]])
    return names, readings


def describe(names, readings):
    """The channels worth forecasting and how each is normalised."""
    channels = []
    for name, column in zip(names, readings.T):
        moving = np.count_nonzero(np.diff(column)) / (len(column) - 1)
        if name in LEFT_OUT or moving < 0.1:
            print(f"left out: {name} ({100 * moving:.1f} % of the readings change)")
            continue
        unit = UNITS[name.rsplit(".", 1)[-1]]
        transform = "log1p" if unit in LOGARITHMIC_UNITS else "none"
        values = np.log1p(column) if transform == "log1p" else column
        channels.append({"name": name, "unit": unit, "transform": transform,
                         "mean": round(float(values.mean()), 6), "std": round(float(values.std()), 6)})
    return channels


def normalise(names, readings, channels):
    columns = []
    for channel in channels:
        column = readings[:, names.index(channel["name"])]
        values = np.log1p(column) if channel["transform"] == "log1p" else column
        columns.append(np.clip((values - channel["mean"]) / channel["std"], -LIMIT, LIMIT))
    return np.stack(columns, axis=1).astype(np.float32)


class Forecaster(nn.Module):
    """[steps, 1, channels] normalised -> the forecast of each next sample, same shape."""

    def __init__(self, cell, channels, hidden):
        super().__init__()
        self.recurrent = {"lstm": nn.LSTM, "gru": nn.GRU}[cell](channels, hidden)
        self.dense = nn.Linear(hidden, channels)

    def forward(self, samples, state=None):
        hidden, _ = self.recurrent(samples, state)
        return self.dense(hidden)


class Stream(nn.Module):
    """The forecaster of one stream that starts with a zero state, stored as a constant."""

    def __init__(self, forecaster):
        super().__init__()
        self.forecaster = forecaster
        self.register_buffer("zero", torch.zeros(1, 1, forecaster.recurrent.hidden_size))

    def forward(self, samples):
        is_lstm = isinstance(self.forecaster.recurrent, nn.LSTM)
        return self.forecaster(samples, (self.zero, self.zero) if is_lstm else self.zero)


def train(model, series, epochs, steps=120, batch=32):
    """Windows start anywhere in the first four fifths; the loss leaves out the first steps, while the state settles."""
    settle = 20
    split = int(0.8 * len(series))
    rng = np.random.default_rng(7)
    data = torch.from_numpy(series)
    optimizer = torch.optim.AdamW(model.parameters(), lr=4e-3, weight_decay=1e-3)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, epochs)
    loss_of = nn.SmoothL1Loss()
    best = (float("inf"), None, 0)
    for epoch in range(epochs):
        model.train()
        for _ in range(max(1, split // steps)):
            starts = rng.integers(0, split - steps - 1, batch)
            window = torch.stack([data[s:s + steps + 1] for s in starts], dim=1)
            inputs = window[:-1] + 0.1 * torch.randn_like(window[:-1])
            loss = loss_of(model(inputs)[settle:], window[1 + settle:])
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
        schedule.step()
        model.eval()
        with torch.no_grad():
            forecast = model(data[:-1, None])[:, 0]
            held_back = loss_of(forecast[split:], data[1 + split:]).item()
        if held_back < best[0]:
            best = (held_back, {k: v.clone() for k, v in model.state_dict().items()}, epoch)
    model.load_state_dict(best[1])
    return best[0], best[2], split


def report(model, series, split, channels):
    data = torch.from_numpy(series)
    with torch.no_grad():
        forecast = model(data[:-1, None])[:, 0].numpy()
    persistence = series[1 + split:] - series[split:-1]
    residual = series[1 + split:] - forecast[split:]
    print(f"held back: RMS residual {np.sqrt((residual ** 2).mean()):.3f}, of 'no change' {np.sqrt((persistence ** 2).mean()):.3f}")
    for i, channel in enumerate(channels):
        print(f"  {channel['name']:16} {residual[:, i].std():.3f}  no change {persistence[:, i].std():.3f}")


def export(model, channels, path):
    samples = torch.zeros(4, 1, channels)
    torch.onnx.export(Stream(model), samples, path + ".tmp", opset_version=14, input_names=["samples"], output_names=["forecasts"],
                      dynamic_axes={"samples": {0: "steps"}, "forecasts": {0: "steps"}})
    os.replace(path + ".tmp", path)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("recording")
    parser.add_argument("--out", default=".")
    parser.add_argument("--hidden", type=int, default=32)
    parser.add_argument("--epochs", type=int, default=30)
    args = parser.parse_args()
    torch.set_num_threads(1)
    names, readings = read_recording(args.recording)
    channels = describe(names, readings)
    series = normalise(names, readings, channels)
    with open(os.path.join(args.out, "host-channels.json"), "w", encoding="ascii") as file:
        json.dump({"sampleRate": 1.0, "limit": LIMIT, "channels": channels}, file, indent=2)
        file.write("\n")
    for cell in ("lstm", "gru"):
        torch.manual_seed(1)
        model = Forecaster(cell, len(channels), args.hidden)
        loss, epoch, split = train(model, series, args.epochs)
        print(f"{cell}: best epoch {epoch} of {args.epochs}, loss {loss:.4f} on the last fifth")
        report(model, series, split, channels)
        export(model, len(channels), os.path.join(args.out, f"host-{cell}.onnx"))


if __name__ == "__main__":
    main()
