#!/usr/bin/env python3
"""Cycles of one recorded step by llvm-mca: estimate.sh calls it; every number it prints is an estimate."""
import argparse
import re
import subprocess
import sys
from collections import Counter

MCA = "llvm-mca-19"
LOOP_ITERATIONS = 1000
# Name, processor model of llvm-mca, trace, bytes a core reads per cycle from its second cache (assumed), bars of the product loop and of the whole step.
CORES = [
    ("Cortex-A53", "cortex-a53", "advsimd", 8, 0.52),
    ("Cortex-A55", "cortex-a55", "dotprod", 8, None),
    ("Cortex-A72", "cortex-a72", "advsimd", 16, 0.18),
    ("Cortex-A76", "neoverse-n1", "dotprod", 32, 0.04),
]
WHOLE_STEP = 1.35
BRANCH = re.compile(r"(b|b\.\w+|cbn?z\s+\w+,|tbn?z\s+\w+, #\w+,)\s+([0-9a-f]+)$")


class Unexpected(Exception):
    """The program does not look as the model assumes."""


def run(*command, text=None):
    result = subprocess.run(command, input=text, capture_output=True, text=True)
    if result.returncode:
        raise Unexpected(f"{command[0]} returned {result.returncode}: {result.stderr.strip()[:500]}")
    return result.stdout


class Program:
    """Functions and instructions of a program."""

    def __init__(self, path):
        self.path = path
        self.functions = []
        for line in run("aarch64-linux-gnu-nm", "-S", "-n", path).splitlines():
            fields = line.split(maxsplit=3)
            if len(fields) == 4 and fields[2] in "tT":
                self.functions.append((int(fields[0], 16), int(fields[1], 16), fields[3]))
        if not self.functions:
            raise Unexpected(f"{path} has no symbols: publish it with -p:StripSymbols=false.")
        self.text, self.names = {}, {}

    def entry(self):
        """The function that steps one layer."""
        found = [f for f in self.functions if re.search(r"RecurrentOperator__Execute\w*<.*NoGateProbe>$", f[2])]
        if len(found) != 1:
            raise Unexpected(f"{len(found)} functions look like RecurrentOperator.Execute without a probe; one was expected.")
        return found[0]

    def read(self, address):
        """Disassembles the function that holds an address; stubs of the linker have no size and reach to the next function."""
        after = [function for function in self.functions if function[0] > address]
        start, size, name = self.functions[len(self.functions) - len(after) - 1]
        stop = start + size if address < start + size else after[0][0] if after else address + 4
        listing = run("aarch64-linux-gnu-objdump", "-d", "--no-show-raw-insn", f"--start-address={start}", f"--stop-address={stop}", self.path)
        for line in listing.splitlines():
            match = re.match(r"\s*([0-9a-f]+):\s+(.*)", line)
            if match:
                place = int(match[1], 16)
                self.text[place], self.names[place] = re.sub(r"\s*(//|<|;).*", "", match[2]).strip(), name
        if address not in self.text:
            raise Unexpected(f"no function holds the executed address {address:x}.")


def read_step(program, path):
    """Addresses from the entry of the step to its return."""
    start, _, name = program.entry()
    with open(path, encoding="ascii") as file:
        addresses = [int(line, 16) for line in file]
    if not addresses:
        raise Unexpected(f"the trace of {name} is empty: it was not called often enough.")
    bias = addresses[0] - start
    addresses = [address - bias for address in addresses]
    depth, step = 0, []
    for address in addresses:
        if address not in program.text:
            program.read(address)
        step.append(address)
        mnemonic = program.text[address].split()[0]
        depth += (mnemonic in ("bl", "blr")) - (mnemonic == "ret")
        if depth < 0:
            return step
    raise Unexpected(f"the trace of {name} ends before its return.")


def assembly(texts):
    """Instructions as llvm-mca takes them: one path, so every jump goes to the same label, and calls and returns are jumps."""
    lines = [".L0:"]
    for text in texts:
        mnemonic = text.split()[0]
        if mnemonic in ("bl", "blr", "br", "ret"):
            text = "b .L0"
        elif BRANCH.match(text):
            text = re.sub(r"[0-9a-f]+$", ".L0", text)
        elif mnemonic in ("adr", "adrp") or re.match(r"ldr\s+\w+, [0-9a-f]+$", text):
            text = re.sub(r"[0-9a-f]+$", ".L0", text)
        lines.append(text)
    return "\n".join(lines) + "\n"


def cycles(cpu, texts, iterations):
    output = run(MCA, "-mtriple=aarch64", f"-mcpu={cpu}", "-mattr=+dotprod", f"-iterations={iterations}", "-instruction-info=0", "-resource-pressure=0", text=assembly(texts))
    return int(re.search(r"Total Cycles:\s+(\d+)", output)[1]) / iterations


def products(texts):
    """Multiply-accumulates of some instructions: an sdot has 16, a widening product of bytes 8."""
    return sum(16 if text.startswith("sdot") else 8 if re.match(r"(smull|smlal)2?\s+v\d+\.8h", text) else 0 for text in texts)


def product_loops(program, step):
    """(executions, instructions) of the loop of each product: from the target of its jump backward to the jump."""
    count, found = Counter(step), []
    for address in count:
        match = BRANCH.match(program.text[address])
        target = int(match[2], 16) if match else address
        if not (match and target < address and target in count and program.names[target] == program.names[address]):
            continue
        body = [program.text[a] for a in range(target, address + 4, 4)]
        if not products(body):
            continue
        if any(BRANCH.match(text) for text in body[:-1]):
            raise Unexpected(f"the product loop at {target:x} of {program.names[address]} has a jump inside.")
        found.append((count[address], body, program.names[address]))
    if not found:
        raise Unexpected("no executed loop with products was found.")
    return found


def short(name):
    """A readable name of a function."""
    name = re.sub(r"Latch_Runtime_Latch_Runtime_|S_P_CoreLib_", "", name)
    generic = re.sub(r"<[^<>]*>", "", name)
    while "<" in generic:
        generic, name = re.sub(r"<[^<>]*>", "", generic), name
    kind = re.search(r"Multiply<.*_(\w+)>$", name)
    return generic.replace("__", ".") + (f", {kind[1]}" if kind else "")


def report(cell, macs, products_of_bytes, program, steps, bars):
    columns = ["core", "model", "kernel", "instructions", "product loop, cycles/product" if products_of_bytes != macs else "product loop, cycles/MAC", "whole step, cycles", "whole step, cycles/MAC", "weights from the second cache, cycles", "both, nothing overlapped, cycles"]
    doubled = f", {products_of_bytes} products of bytes" if products_of_bytes != macs else ""
    print(f"\n## {cell}: {macs} multiply-accumulates{doubled}, estimated cycles\n")
    print("| " + " | ".join(columns) + " |")
    print("|" + "---|" * len(columns))
    for name, cpu, kernel, bandwidth, bar in CORES:
        step = steps[kernel]
        loops = product_loops(program, step)
        done = sum(executions * products(body) for executions, body, _ in loops)
        if done < products_of_bytes or done > products_of_bytes * 1.1:
            raise Unexpected(f"the loops of {kernel} execute {done} multiply-accumulates; {products_of_bytes} are in a step.")
        loop = sum(executions * cycles(cpu, body, LOOP_ITERATIONS) for executions, body, _ in loops) / products_of_bytes
        whole = cycles(cpu, [program.text[a] for a in step], 1)
        judge = lambda value, limit: f"{value:.4f}" + (f" (bar {limit:.4g}: {'met' if value <= limit else 'NOT met'})" if bars and limit else "")
        cells = [name, cpu, kernel, len(step), judge(loop, bar), f"{whole:.0f}", judge(whole / macs, bar and bar * WHOLE_STEP), f"{macs / bandwidth:.0f}", f"{whole + macs / bandwidth:.0f}"]
        print("| " + " | ".join(map(str, cells)) + " |")
    print("\nInstructions executed in this step, by function (counted by QEMU, not estimated):")
    for kernel, step in steps.items():
        print(f"\n| {kernel}: function | instructions | share |\n|---|---|---|")
        for name, count in Counter(program.names[a] for a in step).most_common(8):
            print(f"| {short(name)} | {count} | {100 * count / len(step):.1f} % |")
        for executions, body, name in product_loops(program, step):
            print(f"\nThe loop of {short(name)} has {len(body)} instructions for {products(body)} multiply-accumulates and was executed {executions} times.")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("program")
    parser.add_argument("--entry", action="store_true", help="print the name of the function to trace")
    parser.add_argument("--cell")
    parser.add_argument("--macs", type=int, help="multiply-accumulates of a step, which are its bytes of weights")
    parser.add_argument("--products", type=int, help="products of bytes, when codes of 16 bits make more of them")
    parser.add_argument("--advsimd")
    parser.add_argument("--dotprod")
    parser.add_argument("--bars", action="store_true")
    arguments = parser.parse_args()
    try:
        program = Program(arguments.program)
        if arguments.entry:
            print(program.entry()[2])
            return 0
        steps = {"advsimd": read_step(program, arguments.advsimd), "dotprod": read_step(program, arguments.dotprod)}
        report(arguments.cell, arguments.macs, arguments.products or arguments.macs, program, steps, arguments.bars)
        return 0
    except Unexpected as error:
        print(f"model: {error}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
