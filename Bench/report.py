"""The table, the lines below it, and what the numbers do not say."""

import functools
from dataclasses import dataclass
from statistics import median

from delay import BURSTS, HELD
from variants import VARIANTS


@dataclass
class Spread:
    """The median of the rounds, with the least and the most."""
    values: list

    @property
    def median(self):
        return median(self.values) if self.values else None

    def text(self, digits=2):
        if not self.values:
            return "-"
        low, high = min(self.values), max(self.values)
        return f"{self.median:.{digits}f} ({low:.{digits}f}–{high:.{digits}f})"


def of_each(rounds, value, *keys):
    """`value` of the named cells, in each round that has them all."""
    found = ([r["cells"].get(key) for key in keys] for r in rounds)
    return Spread([value(*cells) for cells in found if all(cells)])


def throughput(rounds, key, base="none"):
    return of_each(rounds, lambda c, b: c.per_second / b.per_second, key, base)


def added(rounds, key, field):
    return of_each(rounds, lambda c, b: getattr(c, field) - getattr(b, field), key, "none")


def cpu(rounds, key, field="cpu_middle"):
    cells = of_each(rounds, lambda c: getattr(c, field), key)
    return Spread([v for v in cells.values if v is not None])


# ---- the table ----

HEADER = ("variant", "throughput", "µs CPU/answer", "of all three", "added p50 µs", "added p99 µs",
          "MiB", "proof")


def table(rounds, failures):
    lines = [HEADER] + [row(rounds, variant, failures.get(variant.key, [])) for variant in VARIANTS]
    widths = [max(len(line[column]) for line in lines if len(line) == len(HEADER))
              for column in range(len(HEADER))]
    for line in lines:
        yield "  ".join(f"{cell:<{width}}" for cell, width in zip(line, widths)).rstrip()


def reason(failures):
    return f"n/a: {failures[-1] if failures else 'not asked for'}"


def row(rounds, variant, failures):
    key = variant.key
    cells = [r["cells"][key] for r in rounds if key in r["cells"]]
    if not cells:
        return variant.title, reason(failures)
    memory = Spread([cell.memory for cell in cells if cell.memory])
    base = key == "none"
    return (variant.title,
            f"1 = {median(c.per_second for c in cells):,.0f}/s" if base
            else throughput(rounds, key).text(),
            "-" if base else cpu(rounds, key).text(1),
            cpu(rounds, key, "cpu_all").text(1),
            f"0 = {median(c.p50 for c in cells):.0f}" if base else added(rounds, key, "p50").text(0),
            f"0 = {median(c.p99 for c in cells):.0f}" if base else added(rounds, key, "p99").text(0),
            f"{memory.median:.0f}" if memory.values else "-",
            ", ".join(problems(cells, failures) + proof(variant, cells)))


def problems(cells, failures):
    """The first thing that went wrong in these cells, and how many more there are."""
    found = failures + [problem for cell in cells for problem in cell.problems]
    more = f" (and {len(found) - 1} more)" if found[1:] else ""
    return [f"PROBLEM: {found[0]}{more}"] if found else []


def proof(variant, cells):
    """What the counters say over all rounds. Every answer of the latency runs is checked too, and a
    wrong one is among the problems."""
    words = []
    if (variant.key == "accept" or cells[-1].prefilter) and cells[-1].queued is not None:
        words.append(f"queued {sum(c.queued for c in cells) / sum(c.completed for c in cells):.0%}")
    if cells[-1].prefilter:
        words.append(f"prefilter {cells[-1].prefilter}")
    if variant.share and cells[-1].fired is not None:
        words.append(f"fired {sum(c.fired for c in cells):,} of "
                     f"{sum(c.fired_expected for c in cells):,}")
    return words or ["answers as meant"]


def of_field(found, name):
    return Spread([getattr(x, name) for x in found if getattr(x, name) is not None])


def details(rounds, failures):
    for burst in BURSTS:
        found = [r["delays"][burst.key] for r in rounds if burst.key in r["delays"]]
        yield from delay_lines(burst, found, failures.get(burst.key, []))
    yield from reaction_lines([x for r in rounds for x in r["reactions"]],
                              failures.get("reaction", []))
    yield from allocation_lines([a for r in rounds for a in r["allocations"]],
                                failures.get("allocations", []))


def delay_lines(burst, found, failures):
    if not found:
        yield f"delay {burst.title}: {reason(failures)}"
        return
    each = functools.partial(of_field, found)
    yield (f"delay {burst.title}: got − asked p50 {each('p50').text()} ms, |p99| "
           f"{each('p99').text()} ms, worst {each('most').text()} ms, by {found[-1].by}; "
           f"undelayed p50 {each('baseline_p50').text()}, p99 {each('baseline_p99').text()} ms")
    yield (f"    open at once {each('held').text(0)}; lost {sum(d.lost for d in found)} "
           f"(undelayed {sum(d.baseline_lost for d in found)}); fired "
           f"{sum(d.fired for d in found):,} of {HELD * len(found):,}; memory idle "
           f"{each('idle_memory').text(1)}, held {each('held_memory').text(1)}, peak "
           f"{each('peak_memory').text(1)} MiB"
           + "".join(f"; PROBLEM: {p}" for d in found for p in d.problems))


def allocation_lines(found, failures):
    if not found:
        yield f"allocations: {reason(failures)}"
        return
    yield ("allocations an answer: " + ", ".join(f"{a.case} {a.each:.4f}" for a in found)
           + f"; without traffic {max(a.quiet for a in found)} in the same time")


def reaction_lines(found, failures):
    if not found:
        yield f"arm and lift: {reason(failures)}"
        return
    each = functools.partial(of_field, found)
    yield (f"arm, {len(found)} times: returns after {each('arm_returns').text()} ms, first effect "
           f"after {each('arm_effect').text()} ms; real answers to questions asked after its "
           f"return: {sum(x.late for x in found)}"
           + (f", the last {max(x.late_by for x in found):.2f} ms after it"
              if any(x.late for x in found) else ""))
    yield (f"lift: returns after {each('lift_returns').text()} ms, last effect after "
           f"{each('lift_clean').text()} ms; faulted answers to questions asked after its "
           f"return: {sum(x.dirty for x in found)}")


NOTES = """\
Each cell: median of the rounds (least–most), against "no agent" of the same round. Throughput:
dnsperf, 8 sockets, 100 questions outstanding; it, NSD and the middle share the same two cores.
µs CPU/answer: utime + stime of the process in the middle; the kernel charges network work to
whichever process it interrupts, so "of all three" (client, middle, server) is the fairer figure.
Latency: 5,000 questions a second. dnsdist and dnsmasq have no cache, and make fired answers without
asking NSD; the agent rewrites NSD's.
Allocations: malloc and its kin, counted in the running agent by a preloaded library."""
