#!/usr/bin/env python3
"""Writes the labels of a test recording: for each fault its first row and the row after its last (start,end,kind,target).

    label_faults.py test.csv.gz --machine machine-faults.log.csv --sensor sensor-faults.csv --out test.labels.csv
"""
import argparse
import bisect
import csv
import datetime
import gzip


def read(path):
    opener = gzip.open if path.endswith(".gz") else open
    with opener(path, "rt", encoding="ascii") as file:
        return list(csv.DictReader(file))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("recording")
    parser.add_argument("--machine", required=True, help="log of inject_faults.py, Unix seconds")
    parser.add_argument("--sensor", required=True, help="plan the recorder applied, seconds since the first sample")
    parser.add_argument("--out", required=True)
    args = parser.parse_args()
    times = [datetime.datetime.fromisoformat(row["time"].replace("Z", "+00:00")).timestamp() for row in read(args.recording)]
    faults = [(float(fault["start"]), float(fault["end"]), fault) for fault in read(args.machine)]
    faults += [(times[0] + float(fault["start"]), times[0] + float(fault["end"]), fault) for fault in read(args.sensor)]
    with open(args.out, "w", encoding="ascii") as file:
        file.write("start,end,kind,target\n")
        for start, end, fault in sorted(faults, key=lambda fault: fault[:2]):
            # A row covers the second before it: the first row that can show a fault is the first one at or after its start.
            first, after = bisect.bisect_left(times, start), bisect.bisect_left(times, end)
            file.write(f"{first},{after},{fault['kind']},{fault['target']}\n")


if __name__ == "__main__":
    main()
