"""The floors of the agent's issue, held against what was measured."""

from dataclasses import dataclass
from statistics import median

from report import added, of_each, throughput


@dataclass
class Floor:
    text: str
    value: float | None  # None: could not be measured, for the reason in `why`
    least: float | None = None
    most: float | None = None
    strictly: bool = False
    why: str = "not measured"

    @property
    def holds(self):
        if self.value is None:
            return None
        if self.strictly:
            return self.value > self.least if self.least is not None else self.value < self.most
        return ((self.least is None or self.value >= self.least)
                and (self.most is None or self.value <= self.most))

    def line(self):
        word = {True: "pass", False: "MISS", None: "n/a "}[self.holds]
        sign = ("> " if self.least is not None else "< ") if self.strictly else (
            "≥ " if self.least is not None else "≤ ")
        bound = self.least if self.least is not None else self.most
        value = self.why if self.value is None else f"{self.value:.2f}"
        return f"{word}  {self.text}: {value} ({sign}{bound:g})"


def floors(rounds):
    def ratio(key, base="none"):
        return throughput(rounds, key, base).median

    def more(key, field):
        return added(rounds, key, field).median

    def latency(text, key, field, most):
        """No verdict where "no agent" alone moved by more than the floor within a round."""
        drift = median(abs(r["cells"]["none"].drift[field]) for r in rounds if "none" in r["cells"])
        value = more(key, field)
        if value is not None and drift > most:
            return Floor(text, None, most=most, why=f"{value:.0f}, but no agent at all moved by "
                         f"{drift:.0f} within a round: too noisy to say")
        return Floor(text, value, most=most)

    def cpu_of(key, base):
        return of_each(rounds, lambda c, b: c.cpu_middle / b.cpu_middle, key, base).median

    found = [
        Floor("throughput, 1 pattern that does not match", ratio("armed-1"), least=0.88),
        Floor("throughput, 10 patterns that do not match", ratio("armed-10"), least=0.80),
        Floor("1 pattern, of the C loop that queues everything", ratio("armed-1", "accept"), least=1),
        Floor("10 patterns, of the C loop that queues everything", ratio("armed-10", "accept"),
              least=1),
        # Always queued: looking at an answer may cost no more than rewriting it is allowed to.
        Floor("1,000 patterns, of the C loop that queues everything",
              ratio("armed-1000", "accept"), least=0.90),
        latency("µs added at the median, 1 pattern", "armed-1", "p50", 15),
        latency("µs added at the median, 10 patterns", "armed-10", "p50", 15),
        latency("µs added at the median, 1,000 patterns", "armed-1000", "p50", 15),
        Floor("5% fired, of dnsdist with the same answers", ratio("fired-5", "dnsdist-5"), least=1,
              strictly=True),
        Floor("5% fired, of dnsmasq with the same answers", ratio("fired-5", "dnsmasq-5"), least=2.5),
    ]
    for key, name in (("fired-empty", "empty"), ("fired-nxdomain", "nxdomain")):
        found += [
            Floor(f"all {name}, of the C loop", ratio(key, "accept"), least=0.90),
            latency(f"µs added at the median, all {name}", key, "p50", 40),
            latency(f"µs added at p99, all {name}", key, "p99", 300),
        ]
    for key, base, name in (("armed-1", "dnsdist", "1 pattern"),
                            ("armed-1000", "dnsdist", "1,000 patterns"),
                            ("fired-5", "dnsdist-5", "5% fired"),
                            ("fired-empty", "dnsdist-all", "all empty")):
        found.append(Floor(f"CPU per answer, {name}, of dnsdist's", cpu_of(key, base), most=1,
                            strictly=True))
    return found + delay_floors(rounds) + reaction_floors(rounds) + beside_floors(rounds) + allocation_floors(rounds)


def delay_floors(rounds):
    burst = [r["delays"]["burst"] for r in rounds if "burst" in r["delays"]]
    every = [d for r in rounds for d in r["delays"].values()]

    def middle(name, found):
        return median([getattr(d, name) for d in found]) if found else None

    return [
        Floor("ms |asked − got| at p99, delay 100 ms", middle("p99", burst), most=1),
        Floor("answers held and never seen", sum(d.held_lost for d in every) if every else None,
              most=0),
        Floor("MiB, agent idle", middle("idle_memory", every), most=30),
        Floor("MiB, 10,000 held", max((d.peak_memory for d in every), default=None), most=80),
    ]


def allocation_floors(rounds):
    """A hundredth: what time brings along, such as a status asked for, is no answer's."""
    found = [a for r in rounds for a in r["allocations"]]
    return [Floor("allocations an answer, at most", max((a.each for a in found), default=None),
                  most=0.01)]


def beside_floors(rounds):
    """Of the throughput there is no verdict where no agent at all moved by more than the floor; of the
    throughput for each second of a processor there always is."""
    found = [x for r in rounds for x in r["beside"]]
    text, each = "iperf3 beside a net fault, of no agent", "the same, for each second of a processor"
    if not found:
        return [Floor(text, None, least=0.95), Floor(each, None, least=0.95)]
    rate, drift = median(x.rate for x in found), median(x.drift for x in found)
    return [
        Floor(text, rate, least=0.95) if drift <= 0.05 else
        Floor(text, None, least=0.95, why=f"{rate:.2f}, but no agent at all moved by {drift:.0%}: "
              "too noisy to say"),
        Floor(each, median(x.each for x in found), least=0.95),
    ]


def reaction_floors(rounds):
    found = [x for r in rounds for x in r["reactions"]]
    if not found:
        return [Floor("ms until arm returns", None, most=10),
                Floor("answers that lift left faulted", None, most=0)]
    return [
        Floor("ms until arm returns", median([x.arm_returns for x in found]), most=10),
        Floor("real answers after arm had returned", sum(x.late for x in found), most=0),
        Floor("faulted answers after lift had returned", sum(x.dirty for x in found), most=0),
    ]
