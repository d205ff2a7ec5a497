"""What stands between client and server: one Variant a row of the table."""

import contextlib
from dataclasses import dataclass
from typing import Callable

import traffic
from agent import Agent
from load import probe
from processes import Process, fill

SERVER = "127.0.0.1"  # NSD
DNSDIST = "127.0.0.2"
DNSMASQ = "127.0.0.3"
EMPTY = (0, 0)  # rcode, records in the answer section
NXDOMAIN = (3, 0)
REAL = (0, 1)


@dataclass
class Middle:
    """What runs now: where to ask, and the process whose CPU time is the variant's own."""
    server: str = SERVER
    process: Process | None = None
    agent: Agent | None = None


@dataclass(frozen=True)
class Variant:
    key: str
    title: str
    start: Callable  # (lab) -> context manager of Middle
    share: float = traffic.NOTHING  # of the questions that get `fired` as their answer
    fired: tuple = EMPTY

    def expected(self, question):
        """(rcode, records) that the answer to the question of this number must have."""
        return self.fired if traffic.is_fired(question, self.share) else REAL


@contextlib.contextmanager
def nothing(lab):
    yield Middle()


@contextlib.contextmanager
def accept_loop(lab):
    with Process([lab.tools / "accept", "0"], lab.directory / "accept.log") as process:
        process.wait_until(lambda: "ready" in process.output())
        yield Middle(process=process)


def agent(names=None, effect="empty"):
    @contextlib.contextmanager
    def start(lab):
        with Agent(lab.agent, lab.directory) as process:
            if names:
                process.arm(names, effect)
            yield Middle(process=process, agent=process)
    return start


def forwarder(template, command, listen, rules):
    @contextlib.contextmanager
    def start(lab):
        configuration = fill(template, lab.directory / template, listen=listen, server=SERVER,
                             rules=rules)
        with Process([*command, configuration], lab.directory / f"{template}.log") as process:
            process.wait_until(lambda: lab.answers(listen))
            yield Middle(server=listen, process=process)
    return start


def dnsdist(rules):
    return forwarder("dnsdist.conf", ["dnsdist", "--supervised", "--disable-syslog", "-C"],
                     DNSDIST, rules)


def dnsdist_nodata(rule):
    return (f'addAction({rule}, NegativeAndSOAAction(false, "{traffic.ZONE}.", 60, '
            '"ns.brownout.invalid.", "hostmaster.brownout.invalid.", 1, 60, 60, 60, 60))')


def dnsmasq(rules):
    return forwarder("dnsmasq.conf", ["dnsmasq", "-C"], DNSMASQ, rules)


EVERY_NAME = [f"*.{traffic.ZONE}"]
FIRED_NAMES = [f"*.{traffic.FIRED}"]

NO_AGENT = Variant("none", "no agent", nothing)
VARIANTS = [
    NO_AGENT,
    Variant("accept", "C loop that accepts everything", accept_loop),
    Variant("idle", "agent, nothing armed", agent()),
    Variant("armed-1", "agent, 1 pattern, none matches", agent(traffic.unrelated_patterns(1))),
    Variant("armed-10", "agent, 10 patterns, none matches", agent(traffic.unrelated_patterns(10))),
    Variant("armed-1000", "agent, 1,000 patterns, none matches",
            agent(traffic.unrelated_patterns(1000))),
    Variant("fired-5", "agent, 5% fired, empty", agent(FIRED_NAMES), traffic.SOME),
    Variant("fired-empty", "agent, all fired, empty", agent(EVERY_NAME), traffic.EVERYTHING),
    Variant("fired-nxdomain", "agent, all fired, nxdomain", agent(EVERY_NAME, "nxdomain"),
            traffic.EVERYTHING, NXDOMAIN),
    Variant("dnsdist", "dnsdist, forwards all", dnsdist("")),
    Variant("dnsdist-5", "dnsdist, 5% NODATA", dnsdist(dnsdist_nodata(f'"{traffic.FIRED}."')),
            traffic.SOME),
    Variant("dnsdist-all", "dnsdist, all NODATA (asks no server)",
            dnsdist(dnsdist_nodata("AllRule()")), traffic.EVERYTHING),
    # An IPv6 address alone makes A questions NODATA; `local` keeps dnsmasq from asking upstream.
    Variant("dnsmasq-5", "dnsmasq, 5% NODATA",
            dnsmasq(f"address=/{traffic.FIRED}/::1\nlocal=/{traffic.FIRED}/"), traffic.SOME),
]


@dataclass
class Lab:
    """Where the tools and files are, and the server that all variants share."""
    tools: object
    agent: object
    directory: object
    questions: object
    nsd: Process

    def answers(self, server):
        """Whether a server answers the first question."""
        try:
            return all(r.answered for r in probe(self.tools, server, 1000, 1, self.questions, 0.2))
        except Exception:  # nobody listens yet: ECONNREFUSED
            return False


@contextlib.contextmanager
def lab(tools, agent_program, directory):
    questions = traffic.write(directory)
    configuration = fill("nsd.conf", directory / "nsd.conf", server=SERVER, zone=traffic.ZONE,
                         directory=directory)
    with Process(["nsd", "-d", "-c", configuration], directory / "nsd.out") as nsd:
        made = Lab(tools, agent_program, directory, questions, nsd)
        nsd.wait_until(lambda: made.answers(SERVER))
        yield made
