#!/usr/bin/env python3
"""Trains an LSTM, a GRU and a tanh RNN of about the same number of parameters to predict the next character, and exports them to ONNX.

    /usr/bin/python3 train_gates.py --out .

Needs Debian's python3-torch (1.13) and python3-numpy. Writes gates-lstm.onnx, gates-gru.onnx, gates-rnn.onnx and gates-channels.json.
All three are trained alike: the same text, the same number of steps, the same optimizer.
"""
import argparse
import json
import os
import time

import numpy as np
import torch
from torch import nn

from make_text import ALPHABET, LONGEST, PAIRS, make

UNITS = {"lstm": 64, "gru": 76, "rnn": 136}
NAMES = {" ": "space", "\n": "newline"}
TRAINING_SEEDS = 1_000_000  # 1,000,000 and up; smaller seeds are for text that training does not see
CHECK_SEED = 4
BATCH = 32
PARTS = 30
FULL_STOP = ALPHABET.index(".")


class Predictor(nn.Module):
    """[steps, batch, alphabet] one-hot -> logits of the next character, same shape."""

    def __init__(self, cell):
        super().__init__()
        self.recurrent = {"lstm": nn.LSTM, "gru": nn.GRU, "rnn": nn.RNN}[cell](len(ALPHABET), UNITS[cell])
        self.dense = nn.Linear(UNITS[cell], len(ALPHABET))
        self.prepare(cell)

    def prepare(self, cell):
        """Characters that stand out from the start, and biases of the gates that keep from 0 (forget at once) to 5 (over some 100 steps).
        A plain RNN has no such gate. PyTorch stacks i f g o and r z n: the gate that keeps is the second."""
        nn.init.normal_(self.recurrent.weight_ih_l0, std=0.5)
        if cell != "rnn":
            units = UNITS[cell]
            with torch.no_grad():
                self.recurrent.bias_ih_l0[units:2 * units] = torch.linspace(0, 5, units)

    def forward(self, characters, state=None):
        hidden, state = self.recurrent(characters, state)
        return self.dense(hidden), state


class Stream(nn.Module):
    """The predictor of one stream that starts with a zero state, stored as a constant."""

    def __init__(self, predictor):
        super().__init__()
        self.predictor = predictor
        self.register_buffer("zero", torch.zeros(1, 1, predictor.recurrent.hidden_size))

    def forward(self, characters):
        is_lstm = isinstance(self.predictor.recurrent, nn.LSTM)
        return self.predictor(characters, (self.zero, self.zero) if is_lstm else self.zero)[0]


def codes(text):
    index = {character: at for at, character in enumerate(ALPHABET)}
    return torch.tensor([index[character] for character in text])


def one_hot(characters):
    return nn.functional.one_hot(characters, len(ALPHABET)).float()


def detach(state):
    return tuple(part.detach() for part in state) if isinstance(state, tuple) else state.detach()


def closings(text):
    """(index of the closing character, characters since the opening one) of each bracket."""
    found, opening = [], None
    for at, character in enumerate(text):
        if opening is None and character in PAIRS:
            opening = at
        elif opening is not None and character == PAIRS[text[opening]]:
            found.append((at, at - opening))
            opening = None
    return found


def check(model):
    """Loss per character, and share of closing characters predicted up to 100 characters after the opening and beyond, on text that training does not see."""
    text = make(CHECK_SEED, 40_000)
    characters = codes(text)
    with torch.no_grad():
        logits, _ = model(one_hot(characters[:-1, None]))
        loss = nn.functional.cross_entropy(logits[:, 0], characters[1:]).item()
        predicted = logits[:, 0].argmax(dim=1)
    hits = [(distance, bool(predicted[at - 1] == characters[at])) for at, distance in closings(text)]
    return loss, [np.mean([hit for distance, hit in hits if low <= distance <= high]) for low, high in ((25, 100), (101, 230))]


def train(cell, model, updates, steps, path):
    """Truncated backpropagation through time over parallel streams that carry their state.

    Brackets are at most 40 characters long in the first two fifths, then grow; what follows a full stop weighs 30 times as much as other characters.
    """
    optimizer = torch.optim.Adam(model.parameters(), lr=5e-3)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, updates, 1e-4)
    loss_of = nn.CrossEntropyLoss(reduction="none")
    started = time.time()
    per_part = updates // PARTS
    for part in range(PARTS):
        length = per_part * steps + 1
        longest = min(LONGEST, max(40, (part - 10) * 30))
        streams = torch.stack([codes(make(TRAINING_SEEDS + part * BATCH + stream, length, longest)[:length]) for stream in range(BATCH)], dim=1)
        state = None
        for update in range(per_part):
            window = streams[update * steps:(update + 1) * steps + 1]
            logits, state = model(one_hot(window[:-1]), state)
            state = detach(state)
            losses = loss_of(logits.flatten(0, 1), window[1:].flatten())
            weights = torch.where(window[:-1].flatten() == FULL_STOP, 30.0, 1.0)
            loss = (weights * losses).sum() / weights.sum()
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 0.5)
            optimizer.step()
            schedule.step()
        held_back, shares = check(model)
        print(f"{cell} {(part + 1) * per_part:5d} updates: loss {held_back:.4f}, brackets to {longest}, closing characters predicted "
              + " ".join(f"{share:.3f}" for share in shares) + f"  ({time.time() - started:.0f} s)", flush=True)
        export(model, path)


def export(model, path):
    characters = torch.zeros(4, 1, len(ALPHABET))
    torch.onnx.export(Stream(model), characters, path + ".tmp", opset_version=14, input_names=["characters"], output_names=["logits"],
                      dynamic_axes={"characters": {0: "steps"}, "logits": {0: "steps"}})
    os.replace(path + ".tmp", path)


def write_channels(path):
    channels = [{"name": NAMES.get(character, character)} for character in ALPHABET]
    with open(path + ".tmp", "w", encoding="ascii") as file:
        file.write('{\n  "channels": [\n    ' + ",\n    ".join(json.dumps(channel) for channel in channels) + "\n  ]\n}\n")
    os.replace(path + ".tmp", path)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", default=".")
    parser.add_argument("--cell", choices=list(UNITS), action="append", help="train this one only")
    parser.add_argument("--updates", type=int, default=1800)
    parser.add_argument("--steps", type=int, default=200)
    args = parser.parse_args()
    torch.set_num_threads(1)
    write_channels(os.path.join(args.out, "gates-channels.json"))
    for cell in args.cell or UNITS:
        torch.manual_seed(1)
        model = Predictor(cell)
        print(f"{cell}: {UNITS[cell]} units, {sum(p.numel() for p in model.parameters())} parameters")
        train(cell, model, args.updates, args.steps, os.path.join(args.out, f"gates-{cell}.onnx"))


if __name__ == "__main__":
    main()
