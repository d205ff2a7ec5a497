"""Processes that the benchmark starts, measures by their pid in /proc, and ends by their pid."""

import contextlib
import ctypes
import os
import pathlib
import signal
import string
import subprocess
import time

PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36
TICKS = os.sysconf("SC_CLK_TCK")


class Unavailable(Exception):
    """A variant that cannot run here, with the reason that its row shows."""


def die_with_parent():
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


class Process:
    """A server in a process group of its own, so that its children (NSD has two) count as it. Not
    in a session: the kernel's autogroups share the CPU out by session, whatever each of them has to
    do, and a server with two busy threads then gets half of what it gets otherwise."""

    def __init__(self, command, log):
        self.log = log
        with open(log, "wb") as output:
            try:
                self.popen = subprocess.Popen(
                    [str(word) for word in command], stdin=subprocess.DEVNULL, stdout=output,
                    stderr=subprocess.STDOUT, process_group=0, preexec_fn=die_with_parent)
            except OSError as error:
                raise Unavailable(f"{command[0]}: {error.strerror}") from error
        self.pid = self.popen.pid

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    def stop(self):
        if self.popen.poll() is None:
            self.popen.terminate()
            try:
                self.popen.wait(5)
            except subprocess.TimeoutExpired:
                os.killpg(self.pid, signal.SIGKILL)  # its own group
                self.popen.wait()

    def wait_until(self, ready, seconds=10):
        """Waits until `ready()` is true. Throws Unavailable with the log's last line if it is not."""
        end = time.monotonic() + seconds
        while time.monotonic() < end and self.popen.poll() is None:
            if ready():
                return
            time.sleep(0.02)
        lines = self.output().strip().splitlines()
        raise Unavailable(lines[-1] if lines else f"exit status {self.popen.poll()}, no output")

    def output(self):
        return pathlib.Path(self.log).read_text(errors="replace")

    def cpu_seconds(self):
        """utime + stime of the group's processes. With tick accounting of softirqs (the default),
        this includes network work that the kernel did while one of them happened to run."""
        return sum(cpu for group, cpu in processor_times() if group == self.pid)

    def memory(self, field):
        """VmRSS or VmHWM of the first process, in MiB."""
        for line in pathlib.Path(f"/proc/{self.pid}/status").read_text().splitlines():
            if line.startswith(field + ":"):
                return int(line.split()[1]) / 1024
        return None


def processor_times():
    """(process group, seconds) of every process."""
    for entry in os.scandir("/proc"):
        if entry.name.isdigit():
            try:
                text = pathlib.Path(entry.path, "stat").read_text()
            except OSError:
                continue
            fields = text[text.rindex(")") + 2:].split()
            yield int(fields[2]), (int(fields[11]) + int(fields[12])) / TICKS


def become_reaper():
    """Orphans (NSD's children outlive it by a moment) come to us, not to an init that may not reap."""
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1)


def reap():
    with contextlib.suppress(ChildProcessError):
        end = time.monotonic() + 2
        while time.monotonic() < end:
            if os.waitpid(-1, os.WNOHANG) == (0, 0):
                time.sleep(0.02)


@contextlib.contextmanager
def niceness(value):
    """Runs all that starts here at this niceness: our processes, and our session's autogroup, which
    is what counts against other sessions where the kernel has them. Nothing if it is not allowed."""
    group = pathlib.Path("/proc/self/autogroup")
    before = group.read_text().split()[-1] if value and group.exists() else None
    with contextlib.suppress(PermissionError):
        os.nice(value)
        if before:
            group.write_text(str(value))
    try:
        yield
    finally:
        if before:
            with contextlib.suppress(OSError):
                group.write_text(before)


def machine_busy_seconds():
    """Seconds that all cores together were not idle, stolen time included."""
    with open("/proc/stat") as stat:
        user, nice, system, _, _, irq, softirq, steal = map(int, stat.readline().split()[1:9])
    return (user + nice + system + irq + softirq + steal) / TICKS


def fill(template, target, **values):
    """Writes a configuration from its template; `${name}` is replaced."""
    text = (pathlib.Path(__file__).parent / template).read_text()
    target.write_text(string.Template(text).safe_substitute(values))
    return target
