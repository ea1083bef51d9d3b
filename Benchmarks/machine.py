"""The machine a result was measured on, and programs run on it."""
import os
import pathlib
import platform
import resource
import subprocess
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent


def field(path, name):
    """The first value of `name` in a file of `name: value` lines, None when there is none."""
    try:
        for line in pathlib.Path(path).read_text().splitlines():
            key, _, value = line.partition(":")
            if key.strip() == name:
                return value.strip()
    except OSError:
        pass
    return None


def description():
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True)
    return {
        "cpu": field("/proc/cpuinfo", "model name") or platform.machine(), "architecture": platform.machine(),
        "cores": os.cpu_count(), "memory": field("/proc/meminfo", "MemTotal"), "kernel": platform.release(),
        "load_before": os.getloadavg()[0], "commit": commit.stdout.strip()}


class Run:
    """A program run to its end: its output, processor and wall time, and the most memory it held."""

    def __init__(self, command):
        began = time.perf_counter()
        with subprocess.Popen([str(word) for word in command], cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
            self.output = process.stdout.read()
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
        self.status = process.returncode
        self.wall = time.perf_counter() - began
        self.cpu = usage.ru_utime + usage.ru_stime
        # Linux counts what the parent held when it forked as held by the child.
        own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        self.memory_mb = usage.ru_maxrss / 1024
        self.is_memory_known = usage.ru_maxrss > own
