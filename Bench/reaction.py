"""From `arm` to its effect, and from lift to a clean answer, with questions every 200 µs."""

import time
from dataclasses import dataclass

import traffic
from agent import Agent
from load import finish_probe, start_probe

RATE = 5000
CYCLES = 5
PAUSE = 0.15  # seconds between arm and lift, and between lift and arm


@dataclass
class Reaction:
    """Times in ms, of one arm and one lift."""
    arm_returns: float
    arm_effect: float | None  # until the first question was asked that got the fault's answer
    late: int  # questions asked after arm had returned that got the real answer
    late_by: float  # ms after arm had returned that the last of them was asked
    lift_returns: float
    lift_clean: float  # until the last question was asked that got the fault's answer
    dirty: int  # questions asked after lift had returned that got the fault's answer


def measure(lab):
    """Arms and lifts `empty` for every name, CYCLES times. Returns one Reaction each."""
    with Agent(lab.agent, lab.directory) as agent:
        count = int(RATE * (CYCLES * (2 * PAUSE + 0.05) + 2 * PAUSE))
        popen = start_probe(lab.tools, "127.0.0.1", RATE, count, lab.questions)
        calls = [one_cycle(agent) for _ in range(CYCLES)]
        replies = [r for r in finish_probe(popen) if r.answered]
    ends = [call[0] for call in calls[1:]] + [replies[-1].asked]
    return [evaluate(replies, *call, end) for call, end in zip(calls, ends)]


def one_cycle(agent):
    """The four times, in ns, around arm and around lift."""
    time.sleep(PAUSE)
    arming = time.monotonic_ns()
    fault = agent.arm([f"*.{traffic.ZONE}"], "empty")
    armed = time.monotonic_ns()
    time.sleep(PAUSE)
    lifting = time.monotonic_ns()
    agent.lift(fault)
    return arming, armed, lifting, time.monotonic_ns()


def evaluate(replies, arming, armed, lifting, lifted, end):
    faulted = [r.asked for r in replies if r.answers == 0 and arming <= r.asked < end]
    late = [r.asked for r in replies if armed < r.asked < lifting and r.answers]
    return Reaction(
        arm_returns=(armed - arming) / 1e6,
        arm_effect=(faulted[0] - arming) / 1e6 if faulted else None,
        late=len(late),
        late_by=(late[-1] - armed) / 1e6 if late else 0.0,
        lift_returns=(lifted - lifting) / 1e6,
        lift_clean=max(0, faulted[-1] - lifting) / 1e6 if faulted else 0.0,
        dirty=sum(asked > lifted for asked in faulted))
