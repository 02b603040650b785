"""What do long runs of the fault tests come to? Each test prints its figures; here they stand together at the end."""

import os
import re
import subprocess
import sys
import time
from dataclasses import dataclass, field

# pytest names a test when it begins, and tells its result when it has ended; in between come the figures.
BEGINS = re.compile(r"^(tests/\S+::\S+)")
ENDS = re.compile(r"(PASSED|FAILED|ERROR|SKIPPED|XFAIL|XPASS)\b")
FIGURES = re.compile(r"^ {2,}\S")


@dataclass
class Told:
    """What a run has told of one test so far."""

    test: str
    began: float
    result: str = "no result"
    seconds: float = 0.0
    figures: list[str] = field(default_factory=list)


def bench(arguments: list[str]) -> int:
    """Run every test marked `fault` in its long form, `arguments` passed on to pytest; return pytest's exit code."""
    command = ["-m", "qianhai_site.local", "test", "-m", "fault", "-v", "--color=no", *arguments]
    began = time.monotonic()
    with subprocess.Popen(
        [sys.executable, *command],
        env={**os.environ, "FAULTS": "long", "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        told: list[Told] = []
        try:
            for line in process.stdout:
                print(line, end="", flush=True)
                take(line.rstrip(), told)
        except KeyboardInterrupt:
            process.wait()
    show(told)
    minutes = (time.monotonic() - began) / 60
    print(f"{len(told)} tests in {minutes:.0f} minutes, {os.cpu_count()} processors.", flush=True)
    return process.returncode


def take(line: str, told: list[Told]) -> None:
    """Add to `told` what `line` tells."""
    if (begins := BEGINS.match(line)) and not line.startswith(("FAILED", "ERROR")):
        told.append(Told(begins[1], time.monotonic()))
        line = line[begins.end() :]
    if not told or told[-1].seconds:
        return
    if FIGURES.match(line):
        told[-1].figures.append(line)
    elif ends := ENDS.search(line):
        told[-1].result = ends[1].lower()
        told[-1].seconds = time.monotonic() - told[-1].began


def show(told: list[Told]) -> None:
    """Print each test's result, its seconds and its figures."""
    print("\n" + "=" * 120)
    for one in told:
        print(f"{one.test.removeprefix('tests/'):90.90}{one.result:>12}{one.seconds:10.0f} s")
        for line in one.figures:
            print(line)
    print("=" * 120)


if __name__ == "__main__":
    sys.exit(bench(sys.argv[1:]))
