"""`make bench`: what the agent costs, against no agent, a C loop, dnsdist and dnsmasq.

Run it by Scripts/bench.sh, which builds what it needs and enters a private namespace.
"""

import argparse
import dataclasses
import json
import os
import pathlib
import platform
import signal
import subprocess
import sys
import tempfile
import time
from statistics import median

import allocations
import beside
import cells
import delay
import reaction
import report
import variants
from floors import floors as all_floors
from load import Failed
from processes import Unavailable, become_reaper, niceness, reap

CORES = 2  # the floors are for two cores; on a larger machine the rest stays idle


def arguments():
    parser = argparse.ArgumentParser(prog="bench.sh", description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5, help="rounds of all variants (5)")
    parser.add_argument("--seconds", type=float, default=3, help="of load for each cell (3)")
    parser.add_argument("--quick", action="store_true", help="2 rounds of 2 s: a look, no proof")
    parser.add_argument("--only", metavar="KEYS", help="comma-separated: "
                        + ", ".join([v.key for v in variants.VARIANTS] + ["delay", "reaction", "beside", "allocations"]))
    parser.add_argument("--nice", type=int, default=0, metavar="N", help="run all of it at this "
                        "niceness: -10 keeps other programs out of the figures, and slows them")
    parser.add_argument("--json", metavar="FILE", type=pathlib.Path, help="write all numbers there")
    parser.add_argument("--strict", action="store_true", help="exit 1 if a floor is missed")
    parser.add_argument("--tools", type=pathlib.Path, required=True, help=argparse.SUPPRESS)
    parser.add_argument("--agent", type=pathlib.Path, required=True, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.quick:
        chosen.rounds, chosen.seconds = 2, 2
    chosen.tools, chosen.agent = chosen.tools.absolute(), chosen.agent.absolute()
    return chosen


def wanted(chosen, key):
    return not chosen.only or key == "none" or key in chosen.only.split(",")


def attempt(failures, key, action):
    """What `action()` returns; or None, and the reason is noted."""
    try:
        return action()
    except (Unavailable, Failed, OSError, subprocess.TimeoutExpired) as error:
        failures.setdefault(key, []).append(str(error) or type(error).__name__)
        say(f"  {key}: n/a: {failures[key][-1]}")
        return None


def say(text):
    print(text, file=sys.stderr, flush=True)


def one_round(lab, chosen, number, failures):
    """Every variant once; odd rounds backwards, so that a drift of the machine favours none.
    "No agent" is measured first and last, and counts as the mean of the two."""
    order = [v for v in variants.VARIANTS if v.key != "none" and wanted(chosen, v.key)]
    order = order if number % 2 == 0 else order[::-1]
    found, bases = {}, []
    for variant in [variants.NO_AGENT, *order, variants.NO_AGENT]:
        cell = attempt(failures, variant.key,
                       lambda: cells.measure(lab, variant, chosen.seconds, CORES))
        if cell:
            say(f"  {variant.key}: {cell.per_second:,.0f}/s, p50 {cell.p50:.0f} µs, p99 "
                f"{cell.p99:.0f} µs, others' CPU {cell.cpu_others:.0%} {cell.problems or ''}")
            (bases.append(cell) if variant.key == "none" else found.update({variant.key: cell}))
    if len(bases) == 2:
        found["none"] = mean(*bases)
    return {"cells": found, "delays": delays(lab, chosen, failures),
            "reactions": reactions(lab, chosen, failures),
            "beside": besides(lab, chosen, failures),
            "allocations": counts(lab, chosen, failures) if number == 0 else []}


def mean(first, last):
    """One cell for "no agent" measured before and after the others."""
    middle = lambda name: (getattr(first, name) + getattr(last, name)) / 2
    return dataclasses.replace(
        first, **{name: middle(name) for name in
                  ("per_second", "cpu_all", "cpu_others", "p50", "p99")},
        drift={name: getattr(last, name) - getattr(first, name) for name in ("p50", "p99")},
        completed=first.completed + last.completed, problems=first.problems + last.problems)


def delays(lab, chosen, failures):
    if not wanted(chosen, "delay"):
        return {}
    found = {b.key: attempt(failures, b.key, lambda: delay.measure(lab, b))
             for b in delay.BURSTS}
    return {key: result for key, result in found.items() if result}


def reactions(lab, chosen, failures):
    if not wanted(chosen, "reaction"):
        return []
    return attempt(failures, "reaction", lambda: reaction.measure(lab)) or []


def besides(lab, chosen, failures):
    if not wanted(chosen, "beside"):
        return []
    return attempt(failures, "beside", lambda: beside.measure(lab)) or []


def counts(lab, chosen, failures):
    """Once is enough: they are counted, not timed."""
    if not wanted(chosen, "allocations"):
        return []
    return attempt(failures, "allocations", lambda: allocations.measure(lab)) or []


def run(chosen):
    failures, rounds = {}, []
    with tempfile.TemporaryDirectory(prefix="brownout-bench.") as directory:
        with variants.lab(chosen.tools, chosen.agent, pathlib.Path(directory)) as lab:
            for number in range(chosen.rounds):
                say(f"round {number + 1} of {chosen.rounds}")
                rounds.append(one_round(lab, chosen, number, failures))
        reap()
    return rounds, failures


def show(chosen, rounds, failures, floors):
    others = median(c.cpu_others for r in rounds for c in r["cells"].values())
    print(f"{platform.system()} {platform.release()}, {CORES} of {os.cpu_count()} cores, "
          f"{chosen.rounds} rounds of {chosen.seconds:g} s; other programs used "
          f"{others:.0%} of the two cores" + (" (--nice -10 helps)" if others > 0.1 and not chosen.nice
                                            else ""))
    print(f"agent: {chosen.agent}")
    print()
    print(*report.table(rounds, failures), sep="\n")
    print()
    print(*report.details(rounds, failures), sep="\n")
    print()
    print(report.NOTES)
    print()
    print("Floors")
    print(*(floor.line() for floor in floors), sep="\n")


def save(path, chosen, rounds, failures, floors):
    path.write_text(json.dumps({
        "when": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()), "kernel": platform.release(),
        "agent": str(chosen.agent),
        "rounds": rounds, "seconds": chosen.seconds, "failures": failures,
        "floors": [{**dataclasses.asdict(f), "holds": f.holds} for f in floors],
    }, default=dataclasses.asdict, indent=1) + "\n")


def main():
    chosen = arguments()
    if os.environ.get("BROWNOUT_PRIVATE_NETNS") != "1":
        sys.exit("bench: run Scripts/bench.sh, which enters a private namespace")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # end what we started
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:CORES])  # for all that we start, too
    become_reaper()
    with niceness(chosen.nice):
        rounds, failures = run(chosen)
    if not any("none" in r["cells"] for r in rounds):
        sys.exit(f"bench: nothing to compare with: {failures['none'][0]}")
    floors = all_floors(rounds)
    show(chosen, rounds, failures, floors)
    if chosen.json:
        save(chosen.json, chosen, rounds, failures, floors)
    if chosen.strict and any(floor.holds is False for floor in floors):
        sys.exit(1)


if __name__ == "__main__":
    main()
