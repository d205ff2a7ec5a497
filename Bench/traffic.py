"""The questions that every variant gets, in the same order: 1 in 20 is for a name to be fired."""

ZONE = "bench.example"
FIRED = "fired." + ZONE  # the 5%
NAMES = 10_000
EVERY = 20
FIRST = 10  # the first question that is fired, counted from 0

EVERYTHING = 1.0
SOME = 1 / EVERY
NOTHING = 0.0


def is_fired(number, share):
    """Whether the question of this number is one that a fault on this share of the traffic hits."""
    return share == EVERYTHING or (share == SOME and number % EVERY == FIRST)


def fired_among(count, share):
    """How many of the first `count` questions are fired."""
    if share == SOME:
        return (count + EVERY - 1 - FIRST) // EVERY
    return int(count * share)


def owner(number):
    return f"h{number:05d}.{FIRED if is_fired(number, SOME) else 'plain.' + ZONE}"


def write(directory):
    """Writes NSD's zone file, and the questions as dnsperf and probe read them. Returns the latter."""
    zone = ["$TTL 300", f"{ZONE}. SOA ns.{ZONE}. hostmaster.{ZONE}. 1 3600 600 86400 60",
            f"{ZONE}. NS ns.{ZONE}.", f"ns.{ZONE}. A 127.0.0.1"]
    zone += [f"{owner(n)}. A 192.0.2.{n % 250 + 1}" for n in range(NAMES)]
    (directory / "zone").write_text("\n".join(zone) + "\n")
    questions = directory / "questions"
    questions.write_text("".join(f"{owner(n)} A\n" for n in range(NAMES)))
    return questions


def unrelated_patterns(count):
    """Patterns that hit none of the questions and share no label with them or with one another,
    so that the agent cannot filter for fewer labels than there are patterns."""
    return [f"*.service{n:04d}.region{n:04d}.cloud{n:04d}.test" for n in range(count)]
