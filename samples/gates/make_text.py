#!/usr/bin/env python3
"""Writes text in which a bracket or quote stays open for 25 to 220 characters, and only what opened it says how it closes.

    python3 make_text.py --seed 14 --characters 2000 -o sequence.txt

A sentence is words from a list, some of them in round, square or curly brackets or in quotes, and ends with a full stop and a new
line. A full stop also stands before each closing character and nowhere else, so after one there are five continuations, and the
words in between tell nothing about which: their choice and number do not depend on the bracket. Brackets do not nest.
"""
import argparse
import os
import random

PAIRS = {"(": ")", "[": "]", "{": "}", '"': '"'}
ALPHABET = "abcdefghijklmnopqrstuvwxyz \n,.()[]{}\""
SHORTEST, LONGEST = 25, 220  # characters from the opening to the closing one, about
WORDS = (
    "a an and as at barn blue by cold crow deep dry east elm few fog for gate grey hay hill ice in lake leaf low mist moss near oak of "
    "old on or path rain red road sand snow sun tall the to under warm west wind wood"
).split()


def words(rng, characters):
    """Words of about that many characters in all, at least one; a comma after some."""
    text = rng.choice(WORDS)
    while len(text) < characters:
        text += (", " if rng.random() < 0.08 else " ") + rng.choice(WORDS)
    return text


def sentence(rng, longest):
    text = words(rng, rng.randint(1, 20))
    for _ in range(rng.choice((0, 1, 2, 2, 3, 3))):
        opening = rng.choice(list(PAIRS))
        text += " " + opening + words(rng, rng.randint(SHORTEST, longest)) + "." + PAIRS[opening] + " " + words(rng, rng.randint(1, 20))
    return text + ".\n"


def make(seed, characters, longest=LONGEST):
    """Whole sentences of at least that many characters in all; the same seed gives the same text."""
    rng = random.Random(seed)
    sentences, length = [], 0
    while length < characters:
        sentences.append(sentence(rng, longest))
        length += len(sentences[-1])
    return "".join(sentences)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--characters", type=int, required=True)
    parser.add_argument("-o", "--output", required=True)
    args = parser.parse_args()
    with open(args.output + ".tmp", "w", encoding="ascii", newline="\n") as file:
        file.write(make(args.seed, args.characters))
    os.replace(args.output + ".tmp", args.output)


if __name__ == "__main__":
    main()
