"""One cell: one variant in one round. Throughput, CPU, latency, memory, and proof."""

import os
from dataclasses import dataclass, field

import traffic
from load import Failed, dnsperf, percentile, probe
from processes import machine_busy_seconds

QUEUES = "/proc/self/net/netfilter/nfnetlink_queue"
LATENCY_RATE = 5000  # questions a second


@dataclass
class Cell:
    per_second: float = 0.0
    cpu_middle: float | None = None  # µs an answer: the process in the middle
    cpu_all: float = 0.0  # µs an answer: client, middle and server
    cpu_others: float = 0.0  # share of all cores that had nothing to do with us
    p50: float = 0.0  # µs, round trip at LATENCY_RATE
    p99: float = 0.0
    drift: dict = field(default_factory=dict)  # "no agent" alone: last minus first in the round, µs
    memory: float | None = None  # MiB, VmRSS after the load
    completed: int = 0
    queued: int | None = None  # packets that the kernel gave to a queue during the load
    fired: int | None = None  # by the agent's count, over load and latency
    fired_expected: int | None = None
    prefilter: str | None = None
    problems: list = field(default_factory=list)


def queues():
    """(packets queued so far, packets dropped so far) over all queues of this namespace; None in a
    user namespace, where the file belongs to somebody else."""
    queued = dropped = 0
    if not os.access(QUEUES, os.R_OK):
        return None
    with open(QUEUES) as table:
        for line in table:
            fields = [int(word) for word in line.split()]
            queued += fields[7]
            dropped += fields[5] + fields[6]
    return queued, dropped


def measure(lab, variant, seconds, cores):
    cell = Cell()
    with variant.start(lab) as middle:
        measure_load(cell, lab, variant, middle, seconds, cores)
        measure_latency(cell, lab, variant, middle, seconds)
        if middle.agent:
            check_agent(cell, variant, middle.agent)
    return cell


def measure_load(cell, lab, variant, middle, seconds, cores):
    before = queues()
    server, busy = lab.nsd.cpu_seconds(), machine_busy_seconds()
    own = middle.process.cpu_seconds() if middle.process else 0

    load = dnsperf(middle.server, lab.questions, seconds)

    own = (middle.process.cpu_seconds() if middle.process else 0) - own
    ours = lab.nsd.cpu_seconds() - server + own + load.cpu_seconds
    busy = machine_busy_seconds() - busy
    count_queued(cell, before, queues())
    cell.per_second, cell.completed = load.per_second, load.completed
    cell.cpu_all = ours / load.completed * 1e6
    cell.cpu_middle = own / load.completed * 1e6 if middle.process else None
    cell.cpu_others = max(0.0, (busy - ours) / (seconds * cores))
    if middle.process:
        cell.memory = middle.process.memory("VmRSS")
    cell.fired_expected = traffic.fired_among(load.sent, variant.share)
    check_load(cell, variant, load)


def count_queued(cell, before, after):
    if not before or not after:
        return
    cell.queued = after[0] - before[0]
    if after[1] > before[1]:
        cell.problems.append(f"{after[1] - before[1]} dropped by the queue")


def check_load(cell, variant, load):
    """The shares of response codes must be those that the variant is to make; nothing lost."""
    if load.lost:
        cell.problems.append(f"{load.lost} of {load.sent} lost")
    refused = load.completed - load.codes.get("NOERROR", 0)
    if variant.fired[0] == 3 and variant.share:
        refused = abs(load.codes.get("NXDOMAIN", 0)
                      - traffic.fired_among(load.sent, variant.share))
    if refused > load.lost:
        cell.problems.append(f"response codes {load.codes}")


def measure_latency(cell, lab, variant, middle, seconds):
    count = int(LATENCY_RATE * min(seconds, 2.0))
    replies = probe(lab.tools, middle.server, LATENCY_RATE, count, lab.questions)
    answered = [r for r in replies if r.answered]
    if not answered:
        raise Failed("no answer at all")
    times = [r.round_trip / 1000 for r in answered]
    cell.p50, cell.p99 = percentile(times, 0.50), percentile(times, 0.99)
    if len(answered) < count:
        cell.problems.append(f"{count - len(answered)} of {count} lost at {LATENCY_RATE}/s")
    wrong = sum((r.rcode, r.answers) != variant.expected(n)
                for n, r in enumerate(replies) if r.answered)
    if wrong:
        cell.problems.append(f"{wrong} of {count} answers are not what was meant")
    cell.fired_expected += traffic.fired_among(count, variant.share)


def check_agent(cell, variant, agent):
    """The agent's own counters must say what the answers say."""
    status = agent.status()
    cell.prefilter = status.get("prefilter")
    cell.fired = sum(fault.get("fired", 0) for fault in status["faults"])
    # dnsperf stops in the middle of its list: questions asked and lost are the only slack.
    if abs(cell.fired - cell.fired_expected) > 1:
        cell.problems.append(f"fired {cell.fired}, expected {cell.fired_expected}")
    for counter in ("errors", "unparsed", "unrewritable", "dropped", "held"):
        if status["counters"].get(counter):
            cell.problems.append(f"{counter} {status['counters'][counter]}")
