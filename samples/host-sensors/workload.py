#!/usr/bin/env python3
"""Ordinary light work with a rhythm, so that a recorded machine is not idle. Runs until it is stopped, or for --minutes.

Each job has its own period; the seconds at which it starts are jittered by a seeded generator. Together the jobs take
less than 15 % of one core. Run it under `nice`.
"""
import argparse
import functools
import gzip
import http.server
import os
import random
import tempfile
import threading
import time
import urllib.request


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=24 * 60)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    rng = random.Random(args.seed)
    stop = threading.Event()
    with tempfile.TemporaryDirectory(prefix="workload-") as folder:
        text = make_text(folder, rng)
        server = serve(folder)
        jobs = [
            (60, functools.partial(compress, text, folder)),       # a log rotation each minute
            (20, functools.partial(requests, server, 60, rng)),    # a client that polls
            (90, functools.partial(sort_lines, text)),             # a report
            (150, functools.partial(warm_cache, folder, rng)),     # a cache that fills and empties
            (5, functools.partial(append_log, folder, rng)),       # log lines, forced to disk
            (30, functools.partial(start_processes, rng)),         # a scheduler's small scripts
            (240, functools.partial(hold_memory, 300, 40)),        # a batch that holds memory for a while
        ]
        for period, job in jobs:
            threading.Thread(target=repeat, args=(period, job, random.Random(rng.random()), stop), daemon=True).start()
        stop.wait(60 * args.minutes)
        stop.set()
        server.shutdown()


def repeat(period, job, rng, stop):
    """Runs a job every period seconds, each time up to a fifth of the period late; every eighth time it rests."""
    start = time.monotonic()
    turn = 0
    while not stop.is_set():
        turn += 1
        late = rng.uniform(0, period / 5)
        if stop.wait(max(0.0, start + turn * period + late - time.monotonic())):
            return
        if turn % 8:
            job()


def make_text(folder, rng):
    path = os.path.join(folder, "records.txt")
    with open(path, "w", encoding="ascii") as file:
        for _ in range(150_000):
            file.write(f"{rng.randrange(1_000_000):06d} sensor-{rng.randrange(64)} value={rng.gauss(20, 4):.3f}\n")
    return path


def serve(folder):
    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=folder))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


def requests(server, count, rng):
    url = f"http://127.0.0.1:{server.server_address[1]}/"
    for _ in range(count):
        urllib.request.urlopen(url, timeout=5).read()
        time.sleep(rng.uniform(0.02, 0.12))
    urllib.request.urlopen(url + "records.txt", timeout=5).read()


def compress(text, folder):
    with open(text, "rb") as source, gzip.open(os.path.join(folder, "records.gz"), "wb", compresslevel=6) as target:
        while chunk := source.read(1 << 16):
            target.write(chunk)
            time.sleep(0.01)


def sort_lines(text):
    with open(text, encoding="ascii") as file:
        lines = file.readlines()
    lines.sort()


def warm_cache(folder, rng):
    """Writes some tens of MiB, reads them twice and drops them again."""
    path = os.path.join(folder, "cache.bin")
    block = rng.randbytes(1 << 20)
    with open(path, "wb") as file:
        for _ in range(rng.randrange(40, 120)):
            file.write(block)
            time.sleep(0.03)
        os.fsync(file.fileno())
    time.sleep(20)
    for _ in range(2):
        with open(path, "rb") as file:
            while file.read(1 << 20):
                time.sleep(0.01)
    os.remove(path)


def append_log(folder, rng):
    with open(os.path.join(folder, "events.log"), "a", encoding="ascii") as file:
        for _ in range(rng.randrange(5, 60)):
            file.write(f"{time.time():.3f} event {rng.randrange(1000)}\n")
        file.flush()
        os.fdatasync(file.fileno())


def start_processes(rng):
    for _ in range(rng.randrange(3, 12)):
        os.waitpid(os.spawnlp(os.P_NOWAIT, "true", "true"), 0)
        time.sleep(0.05)


def hold_memory(mebibytes, seconds):
    held = [bytearray(os.urandom(1) * (1 << 20)) for _ in range(mebibytes)]
    time.sleep(seconds)
    held.clear()


if __name__ == "__main__":
    main()
