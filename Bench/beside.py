"""What traffic beside a net fault pays: iperf3 to a peer in another network namespace, with a fault
armed on another address of that peer, against no agent."""

import contextlib
import json
import subprocess
from dataclasses import dataclass

from agent import Agent
from load import Failed
from processes import Process

NETWORK = "10.77.0"
SECONDS = 1
PAIRS = 5  # a round


@dataclass
class Run:
    """Bits a second, and the same for each second of a processor, which other programs change little."""
    rate: float
    each: float


@dataclass
class Pair:
    """Of the mean of what was measured before and after it without an agent."""
    rate: float
    each: float
    drift: float  # of the rate without an agent, as a share


@contextlib.contextmanager
def peer(lab):
    with Process(["unshare", "--net", "sleep", "3600"], lab.directory / "peer.log") as holder:
        inside = ["nsenter", "--target", str(holder.pid), "--net", "--"]
        # Until then it still shares ours.
        holder.wait_until(lambda: subprocess.run(
            [*inside, "ip", "link", "show", "dev", "lo"], capture_output=True,
            text=True).stdout.count("state DOWN") == 1)
        for command in (
                f"ip link add beside type veth peer name eth0 netns {holder.pid}",
                f"ip address add {NETWORK}.1/24 dev beside", "ip link set beside up"):
            subprocess.run(command.split(), check=True)
        for command in (
                f"ip address add {NETWORK}.2/24 dev eth0", "ip link set lo up",
                "ip link set eth0 up"):
            subprocess.run([*inside, *command.split()], check=True)
        try:
            with Process([*inside, "iperf3", "-s", "--forceflush"],
                         lab.directory / "iperf3.log") as server:
                server.wait_until(lambda: "listening" in server.output())
                yield
        finally:
            subprocess.run(["ip", "link", "delete", "beside"], check=False)


def once():
    done = subprocess.run(["iperf3", "-c", f"{NETWORK}.2", "-t", str(SECONDS), "-J"],
                          capture_output=True, text=True, timeout=30)
    try:
        end = json.loads(done.stdout)["end"]
        rate, used = end["sum_received"]["bits_per_second"], end["cpu_utilization_percent"]
        return Run(rate, rate / ((used["host_total"] + used["remote_total"]) / 100))
    except (ValueError, KeyError) as error:
        raise Failed(f"iperf3: {done.stdout[-200:]}") from error


def measure(lab):
    pairs = []
    with peer(lab):
        for _ in range(PAIRS):
            before = once()
            with Agent(lab.agent, lab.directory) as agent:
                agent.arm_net(f"{NETWORK}.3", "blackhole")
                beside = once()
            after = once()
            pairs.append(Pair(beside.rate * 2 / (before.rate + after.rate),
                              beside.each * 2 / (before.each + after.each),
                              abs(after.rate / before.rate - 1)))
    return pairs
