"""Does `delay` wait as long as it was told, with 10,000 answers held, and lose nothing?"""

import threading
from dataclasses import dataclass, field

import traffic
from agent import Agent
from load import percentile, probe

HELD = 10_000


@dataclass(frozen=True)
class Burst:
    """How fast the questions come, and the delay asked."""
    key: str
    title: str
    rate: int
    milliseconds: int


BURSTS = [
    # All within the delay, as near as two cores get to it; how many were held at once is measured.
    Burst("burst", "100 ms, 10,000 questions in 100 ms", 100_000, 100),
    # At a rate that leaves both cores room: all 10,000 are in before the first leaves.
    Burst("steady", "500 ms, 10,000 questions in 400 ms", 25_000, 500),
]


@dataclass
class Delay:
    """Errors in ms: got minus asked. Positive: too late."""
    p50: float = 0.0
    p99: float = 0.0  # of the absolute error
    most: float = 0.0
    by: str = ""
    baseline_p50: float = 0.0  # ms, the same measure with nothing armed
    baseline_p99: float = 0.0
    lost: int = 0  # questions with no answer, whoever lost them
    baseline_lost: int = 0
    held_lost: int = 0  # fired by the agent's count, and never seen
    held: int = 0  # most questions open at once, by the probe's times
    fired: int = 0
    idle_memory: float = 0.0  # MiB, VmRSS before anything was armed
    held_memory: float = 0.0  # MiB, highest VmRSS while they were held
    peak_memory: float = 0.0  # MiB, VmHWM
    problems: list = field(default_factory=list)


def measure(lab, burst):
    result = Delay()
    with Agent(lab.agent, lab.directory) as agent:
        result.idle_memory = agent.memory("VmRSS")
        baseline = probe(lab.tools, "127.0.0.1", burst.rate, HELD, lab.questions)
        agent.arm([f"*.{traffic.ZONE}"], "delay", {"by": f"{burst.milliseconds}ms"})
        with MemoryWatch(agent) as watch:
            replies = probe(lab.tools, "127.0.0.1", burst.rate, HELD, lab.questions)
        result.held_memory, result.peak_memory = watch.most, agent.memory("VmHWM")
        status = agent.status()
    result.fired = sum(fault.get("fired", 0) for fault in status["faults"])
    if status["counters"].get("held"):
        result.problems.append(f"still held: {status['counters']['held']}")
    evaluate(result, burst, baseline, replies)
    return result


def evaluate(result, burst, baseline, replies):
    result.baseline_lost = sum(not r.answered for r in baseline)
    result.lost = sum(not r.answered for r in replies)
    baseline = [r for r in baseline if r.answered]
    replies = [r for r in replies if r.answered]
    result.held_lost = max(0, result.fired - (HELD - result.lost))
    if result.fired != HELD - result.lost:
        result.problems.append(f"fired {result.fired}, answered {HELD - result.lost}")
    if not baseline or not replies:
        result.problems.append("no answers")
        return
    result.held = most_open(replies)
    measure_of, result.by = ruler(replies, burst)
    ordinary = [measure_of(r) / 1e6 for r in baseline]
    result.baseline_p50 = percentile(ordinary, 0.50)
    result.baseline_p99 = percentile(ordinary, 0.99)
    errors = [measure_of(r) / 1e6 - result.baseline_p50 - burst.milliseconds for r in replies]
    result.p50 = percentile(errors, 0.50)
    result.p99 = percentile([abs(e) for e in errors], 0.99)
    result.most = max(errors, key=abs)


def ruler(replies, burst):
    """The time in the hook where the kernel's stamp is from before it, else the round trip (which
    adds the server's own backlog in the burst)."""
    holds = percentile([r.hold for r in replies], 0.50)
    if holds > burst.milliseconds * 1e6 / 2:
        return (lambda r: r.hold), "receive stamp to read"
    return (lambda r: r.round_trip), "round trip"


def most_open(replies):
    changes = sorted([(r.asked, 1) for r in replies] + [(r.answered, -1) for r in replies])
    most = now = 0
    for _, change in changes:
        now += change
        most = max(most, now)
    return most


class MemoryWatch:
    """Reads VmRSS every 10 ms while it is open."""

    def __init__(self, process):
        self.process, self.most, self.stop = process, 0.0, threading.Event()
        self.thread = threading.Thread(target=self.run)

    def run(self):
        while not self.stop.wait(0.01):
            self.most = max(self.most, self.process.memory("VmRSS"))

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.stop.set()
        self.thread.join()
