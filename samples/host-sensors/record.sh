#!/bin/bash
# Records train.csv.gz (62 minutes of ordinary work) and test.csv.gz (41 minutes with faults), and labels the faults.
# Takes 103 minutes. Use: ./record.sh [FOLDER]
set -euo pipefail
cd "$(dirname "$0")"
out=${1:-.}
dotnet publish Recorder/Recorder.csproj -c Release -o "$out/recorder"

nice -n 10 python3 workload.py &
trap 'kill $(jobs -p) 2>/dev/null || true' EXIT

"$out/recorder/Recorder" "$out/train.csv.gz" 62
python3 inject_faults.py machine-faults.csv --log "$out/machine-faults.log.csv" &
"$out/recorder/Recorder" "$out/test.csv.gz" 41 sensor-faults.csv
python3 label_faults.py "$out/test.csv.gz" --machine "$out/machine-faults.log.csv" --sensor sensor-faults.csv --out "$out/test.labels.csv"
