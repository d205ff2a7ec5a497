"""How often the agent allocates for an answer that it holds in its hands: rewritten, delayed, or only
looked at. Counted by a preloaded library, less what it allocates in the same time without traffic."""

import struct
import time
from dataclasses import dataclass

import traffic
from agent import Agent
from load import probe

RATE = 5000
ANSWERS = 10_000
# First uses grow buffers and tables once.
WARM_UP = 2000

# What it does with every answer, and by which fault.
CASES = [
    ("empty", [f"*.{traffic.ZONE}"], "empty", {}),
    ("nxdomain", [f"*.{traffic.ZONE}"], "nxdomain", {}),
    ("redirect", [f"*.{traffic.ZONE}"], "redirect", {"to": "192.0.2.99"}),
    ("ttl", [f"*.{traffic.ZONE}"], "ttl", {"to": "5s"}),
    ("delay", [f"*.{traffic.ZONE}"], "delay", {"by": "20ms"}),
    # A pattern with no literal label cannot be filtered by the kernel: each answer is looked at.
    ("none matches", [f"x*.{traffic.ZONE}"], "empty", {}),
]


@dataclass
class Allocations:
    case: str
    each: float  # an answer
    quiet: int  # in the same time without traffic
    received: int  # answers that came to it


def measure(lab):
    return [measure_one(lab, *case) for case in CASES]


def measure_one(lab, case, names, effect, keys):
    page = lab.directory / "allocations"
    page.write_bytes(bytes(4096))
    preload = ["env", f"LD_PRELOAD={lab.tools / 'allocations.so'}", f"BROWNOUT_ALLOCATIONS={page}"]

    def count():
        with open(page, "rb") as file:
            return struct.unpack("Q", file.read(8))[0]

    def counted(action):
        before = count()
        action()
        return count() - before

    with Agent(lab.agent, lab.directory, through=preload) as agent:
        agent.arm(names, effect, keys)
        probe(lab.tools, "127.0.0.1", RATE, WARM_UP, lab.questions)
        received = agent.status()["counters"]["received"]
        began = time.monotonic()
        loaded = counted(lambda: probe(lab.tools, "127.0.0.1", RATE, ANSWERS, lab.questions))
        took = time.monotonic() - began
        quiet = counted(lambda: time.sleep(took))
        received = agent.status()["counters"]["received"] - received
    return Allocations(case, (loaded - quiet) / ANSWERS, quiet, received)
