#!/bin/bash
# Estimates the cycles of a step on Cortex-A53, A55, A72 and A76 without a board.
set -euo pipefail

usage() {
  cat <<'TEXT'
usage: estimate.sh [--program AOT-SMOKE] [--save]
  --program PATH  a linux-arm64 aot-smoke with symbols; published here when not given
  --save          writes targets/model/results/64x128.md too
Needs Debian's llvm-19, qemu-user (the static one takes no plugins), gcc, gcc-aarch64-linux-gnu, libc6-dev-arm64-cross, python3 and the .NET SDK.
TEXT
}

here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
program='' save=''
while [ $# -gt 0 ]; do
  case $1 in
    --program) [ $# -gt 1 ] || { usage >&2; exit 2; }; program=$2; shift 2 ;;
    --save) save=1; shift ;;
    -h|--help) usage; exit 0 ;;
    *) usage >&2; exit 2 ;;
  esac
done
for tool in llvm-mca-19 qemu-aarch64 gcc aarch64-linux-gnu-objdump python3 dotnet; do
  command -v "$tool" > /dev/null || { echo "estimate.sh: $tool is missing." >&2; usage >&2; exit 2; }
done

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
inputs=64 hidden=128 size=64x128
gcc -O2 -shared -fPIC -Wall -Wextra -fvisibility=hidden -o "$work/libtrace.so" "$here/trace.c"
if [ -z "$program" ]; then
  dotnet publish "$root/tests/Latch.AotSmoke" -c Release -p:LatchTarget=linux-arm64 -p:StripSymbols=false \
    -p:ArtifactsPath="$work/build" -o "$work/program" > "$work/publish.log" ||
    { cat "$work/publish.log" >&2; exit 1; }
  program=$work/program/aot-smoke
fi
dotnet run --project "$root/tests/Latch.Benchmarks" -c Release -- model --sizes $size --folder "$work" > "$work/model.log" ||
  { cat "$work/model.log" >&2; exit 1; }
entry=$(python3 "$here/model.py" "$program" --entry)

# trace MODEL SERIES KERNEL PROCESSOR: the 6th of 8 steps; a processor's own choice of kernel must be the one the model is about.
trace() {
  qemu-aarch64 -L /usr/aarch64-linux-gnu -cpu "$4" -plugin "$work/libtrace.so,entry=$entry,call=6,to=$work/$1-$3.trace" \
    "$program" run "$work/$1.latch" "$work/$2.csv" > "$work/run.log"
  grep -q "^kernel *$3\$" "$work/run.log" || { echo "estimate.sh: on $4 the program did not take the kernel $3:" >&2; cat "$work/run.log" >&2; exit 1; }
}

# section MODEL SERIES TITLE MULTIPLY-ACCUMULATES [--bars] [--products NUMBER]
section() {
  trace "$1" "$2" advsimd cortex-a53
  trace "$1" "$2" dotprod cortex-a76
  python3 "$here/model.py" "$program" --cell "$3" --macs "$4" --advsimd "$work/$1-advsimd.trace" --dotprod "$work/$1-dotprod.trace" "${@:5}"
}

estimate() {
  echo "# Estimated cycles of a step, inputs $inputs, units $hidden"
  echo
  echo "Command: \`targets/model/estimate.sh${save:+ --save}\`"
  echo "Versions: LLVM $(llvm-mca-19 --version | sed -n 's/.*LLVM version //p'), $(qemu-aarch64 --version | head -1), .NET SDK $(dotnet --version)"
  echo
  sed -n '/^## Assumptions/,/^## /p' "$here/README.md" | sed '1s/.*/Every number of cycles is an **estimate**, nothing was measured on a board:/; 2d; $d'
  section lstm-$size lstm-$size "lstm $size" $((4 * hidden * (inputs + hidden))) --bars
  section gru-$size gru-$size "gru $size" $((3 * hidden * (inputs + hidden)))
  section lstm-$size-default lstm-$size "lstm $size, default options (input of 16 bits)" $((4 * hidden * (inputs + hidden))) \
    --products $((4 * hidden * (2 * inputs + hidden)))
}

estimate > "$work/report.md"
cat "$work/report.md"
if [ -n "$save" ]; then
  mkdir -p "$here/results"
  cp "$work/report.md" "$here/results/$size.md"
fi
