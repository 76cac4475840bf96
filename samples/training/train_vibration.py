#!/usr/bin/env python3
"""Trains a one-step forecaster of the vibration sample, an LSTM, and exports it to ONNX.

    /usr/bin/python3 train_vibration.py ../vibration/train.csv.gz --out ../vibration

Needs Debian's python3-torch (1.13) and python3-numpy. Writes vibration-lstm.onnx and vibration-channels.json.
The last fifth of the recording is held back: training stops at the epoch that forecasts it best.
"""
import argparse
import gzip
import json
import os

import numpy as np
import torch
from torch import nn

from train_host import Forecaster, export, report

AXES = ("x", "y", "z")
RATE = 100.0
OFFSETS = (0.006, 0.006, 0.018)  # g: what the sensor's offset drifts in 15 K, by its data sheet
LIMIT = 8.0  # normalised readings are clamped to plus and minus this


def describe(readings):
    return [{"name": name, "unit": "g", "transform": "none", "mean": round(float(column.mean()), 6), "std": round(float(column.std()), 6)}
            for name, column in zip(AXES, readings.T)]


def normalise(readings, channels):
    mean, std = (np.array([channel[key] for channel in channels]) for key in ("mean", "std"))
    return np.clip((readings - mean) / std, -LIMIT, LIMIT).astype(np.float32)


def train(model, series, drift, epochs, batches, steps=200, batch=48, settle=50):
    """Windows start anywhere in the first four fifths; the loss leaves out the first half second, while the state settles.

    Each window is moved by an offset of its own, up to what the sensor drifts: the forecast must not depend on the temperature.
    """
    split = int(0.8 * len(series))
    rng = np.random.default_rng(7)
    data = torch.from_numpy(series)
    optimizer = torch.optim.AdamW(model.parameters(), lr=6e-3, weight_decay=1e-3)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, epochs)
    loss_of = nn.MSELoss()
    best = (float("inf"), None, 0)
    for epoch in range(epochs):
        for _ in range(batches):
            starts = rng.integers(0, split - steps - 1, batch)
            window = torch.stack([data[s:s + steps + 1] for s in starts], dim=1)
            window = window + drift * (2 * torch.rand(1, batch, series.shape[1]) - 1)
            loss = loss_of(model(window[:-1])[settle:], window[1 + settle:])
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
        schedule.step()
        with torch.no_grad():
            held_back = loss_of(model(data[split:-1, None])[settle:, 0], data[1 + split + settle:]).item()
        print(f"epoch {epoch}: {held_back:.4f}", flush=True)
        if held_back < best[0]:
            best = (held_back, {k: v.clone() for k, v in model.state_dict().items()}, epoch)
    model.load_state_dict(best[1])
    return best[0], best[2], split


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("recording")
    parser.add_argument("--out", default=".")
    parser.add_argument("--hidden", type=int, default=32)
    parser.add_argument("--epochs", type=int, default=12)
    parser.add_argument("--batches", type=int, default=120)
    args = parser.parse_args()
    torch.set_num_threads(1)
    with gzip.open(args.recording, "rt", encoding="ascii") as file:
        readings = np.loadtxt(file, delimiter=",", skiprows=1)
    channels = describe(readings)
    series = normalise(readings, channels)
    torch.manual_seed(1)
    model = Forecaster("lstm", len(channels), args.hidden)
    drift = torch.tensor([offset / channel["std"] for offset, channel in zip(OFFSETS, channels)])
    loss, epoch, split = train(model, series, drift, args.epochs, args.batches)
    print(f"best epoch {epoch} of {args.epochs}, loss {loss:.4f} on the last fifth")
    report(model, series, split, channels)
    with open(os.path.join(args.out, "vibration-channels.json"), "w", encoding="ascii") as file:
        json.dump({"sampleRate": RATE, "limit": LIMIT, "channels": channels}, file, indent=2)
        file.write("\n")
    export(model, len(channels), os.path.join(args.out, "vibration-lstm.onnx"))


if __name__ == "__main__":
    main()
