#!/usr/bin/env python3
"""Injects the machine faults of a plan (start,end,kind,target,amount; seconds since the start) and logs when each truly ran.

    inject_faults.py machine-faults.csv --log LOG.csv        the whole plan
    inject_faults.py --one leak --seconds 20 --amount 2048   one fault, now

Every fault runs as a process of its own under timeout(1), so it ends by itself even when this script is killed.
Bounds: memory at most 10 GiB; disk at most one scratch file of 512 MiB, deleted afterwards; network loopback only.
"""
import argparse
import csv
import mmap
import os
import resource
import socket
import subprocess
import sys
import tempfile
import time

MIB = 1 << 20


def runaway(seconds, amount):
    """amount processes that spin, at ordinary priority."""
    end = time.monotonic() + seconds
    for _ in range(int(amount) - 1):
        if os.fork() == 0:
            break
    while time.monotonic() < end:
        pass


def leak(seconds, amount):
    """Memory that grows evenly to amount MiB and is never given back."""
    resource.setrlimit(resource.RLIMIT_AS, (10 << 30, 10 << 30))
    held = []
    start = time.monotonic()
    while (elapsed := time.monotonic() - start) < seconds:
        while len(held) < min(amount, amount * elapsed / seconds):
            held.append(bytearray(b"\1" * MIB))
        time.sleep(0.1)


def disk(seconds, amount):
    """Writes past the page cache, each block forced to disk, at no more than amount MiB/s."""
    block = mmap.mmap(-1, 4 * MIB)
    block.write(os.urandom(4 * MIB))
    with tempfile.NamedTemporaryFile(prefix="disk-hog-") as scratch:
        file = os.open(scratch.name, os.O_WRONLY | os.O_DIRECT)
        start = time.monotonic()
        written = 0
        while (elapsed := time.monotonic() - start) < seconds:
            if written * 4 >= amount * elapsed:
                time.sleep(0.01)
                continue
            os.pwrite(file, block, (written % 128) * 4 * MIB)
            os.fdatasync(file)
            written += 1


def flood(seconds, amount):
    """amount datagrams of 1 KiB per second over the loopback."""
    receiver = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    receiver.bind(("127.0.0.1", 0))
    receiver.setblocking(False)
    sender = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    data = bytes(1024)
    start = time.monotonic()
    sent = 0
    while (elapsed := time.monotonic() - start) < seconds:
        while sent < amount * elapsed:
            sender.sendto(data, receiver.getsockname())
            receiver.recv(2048)
            sent += 1
        time.sleep(0.001)


KINDS = {"runaway": runaway, "leak": leak, "disk": disk, "flood": flood}


def inject(plan, log):
    with open(plan, encoding="ascii") as file:
        faults = [row for row in csv.DictReader(line for line in file if not line.startswith("#"))]
    for fault in faults:
        if fault["kind"] not in KINDS:
            sys.exit(f"{plan}: '{fault['kind']}' is not a machine fault: {', '.join(KINDS)}")
    start = time.monotonic()
    with open(log, "w", encoding="ascii") as out:
        out.write("start,end,kind,target\n")
        for fault in faults:
            time.sleep(max(0.0, start + float(fault["start"]) - time.monotonic()))
            seconds = float(fault["end"]) - float(fault["start"])
            begun = time.time()
            command = ["timeout", "-k", "5", str(seconds + 10), sys.executable, __file__,
                       "--one", fault["kind"], "--seconds", str(seconds), "--amount", fault["amount"]]
            subprocess.run(command, check=False)
            out.write(f"{begun:.3f},{time.time():.3f},{fault['kind']},{fault['target']}\n")
            out.flush()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("plan", nargs="?")
    parser.add_argument("--log", default="machine-faults.log.csv", help="true start and end of each fault, Unix seconds")
    parser.add_argument("--one", choices=KINDS)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--amount", type=float, default=1)
    args = parser.parse_args()
    if args.one:
        KINDS[args.one](args.seconds, args.amount)
    elif args.plan:
        inject(args.plan, args.log)
    else:
        parser.error("a plan or --one is needed")


if __name__ == "__main__":
    main()
