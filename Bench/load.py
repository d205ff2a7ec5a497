"""What asks the questions: dnsperf for throughput, probe for times. Both parsed into plain values."""

import math
import os
import re
import subprocess
from dataclasses import dataclass

# dnsperf's own defaults, written down: 100 queries outstanding keep two cores busy without queues
# so long that latency says nothing; the same for every variant.
OUTSTANDING = 100
CLIENTS = 8


class Failed(Exception):
    """A tool that ran and did not measure."""


@dataclass
class Load:
    """One run of dnsperf. Its CPU time is in the usage that wait4 gives for `timeout`, its parent."""
    sent: int
    completed: int
    lost: int
    per_second: float
    codes: dict
    answer_size: float
    cpu_seconds: float


def number(pattern, text):
    found = re.search(pattern, text)
    return float(found[1]) if found else 0.0


def dnsperf(server, questions, seconds):
    command = ["timeout", str(seconds + 20), "dnsperf", "-s", server, "-p", "53", "-d", str(questions), "-l", str(seconds),
               "-c", str(CLIENTS), "-q", str(OUTSTANDING), "-T", "1", "-t", "2"]
    popen = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                             stderr=subprocess.STDOUT, text=True)
    text = popen.stdout.read()
    _, status, usage = os.wait4(popen.pid, 0)
    popen.returncode = os.waitstatus_to_exitcode(status)
    if popen.returncode or "Queries per second" not in text:
        raise Failed(f"dnsperf: {text.strip().splitlines()[-1:]}")
    codes = re.findall(r"(\w+) (\d+) \([\d.]+%\)", text.partition("Response codes:")[2].partition("\n")[0])
    return Load(
        sent=int(number(r"Queries sent:\s+(\d+)", text)),
        completed=int(number(r"Queries completed:\s+(\d+)", text)),
        lost=int(number(r"Queries lost:\s+(\d+)", text)),
        per_second=number(r"Queries per second:\s+([\d.]+)", text),
        codes={code: int(count) for code, count in codes},
        answer_size=number(r"response (\d+)", text),
        cpu_seconds=usage.ru_utime + usage.ru_stime)


@dataclass
class Reply:
    """One question of probe; times in ns of CLOCK_MONOTONIC. `answered` is None if it was lost."""
    asked: int
    answered: int | None = None
    hold: int = 0
    rcode: int = 0
    answers: int = 0

    @property
    def round_trip(self):
        return self.answered - self.asked


def start_probe(tools, server, rate, count, questions, grace=2.0):
    command = [str(tools / "probe"), server, str(rate), str(count), str(questions), str(grace)]
    return subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                            stderr=subprocess.PIPE, text=True)


def finish_probe(popen):
    """Waits for the probe and returns its replies in the order asked."""
    text, problem = popen.communicate(timeout=60)
    if popen.returncode:
        raise Failed(problem.strip())
    lines = (line.split() for line in text.splitlines())
    return [Reply(int(f[0])) if f[1] == "lost" else Reply(*map(int, f)) for f in lines]


def probe(*arguments, **options):
    return finish_probe(start_probe(*arguments, **options))


def percentile(values, share):
    """The smallest value that `share` of the values do not exceed (nearest rank)."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(len(ordered) * share) - 1)]
