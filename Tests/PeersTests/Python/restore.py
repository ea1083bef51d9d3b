#!/usr/bin/env python3
"""A site loses its record, but not its key, and gets its certificates back from a peer's mirror.

    restore.py RIGSHIFT SITE_FILE
"""
import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

rigshift, site_file = sys.argv[1:3]
folder = pathlib.Path(tempfile.mkdtemp(prefix="rigshift-restore-", dir="/tmp"))
processes, ports = {}, {}


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def fact(holds, text):
    print(("ok   " if holds else "FAIL ") + text, flush=True)
    if not holds:
        raise SystemExit(1)


def words(name, *rest):
    return [rigshift, *rest, "--site", str(folder / name / "site.toml"), "--data", str(folder / name)]


def ask(name, *rest):
    return subprocess.run(words(name, *rest), capture_output=True, text=True)


def start(name):
    with open(folder / name / "log", "ab") as log:
        processes[name] = subprocess.Popen(words(name, "run", "--simulated"), stdout=log, stderr=log)


def wait(what, seconds, condition):
    began = time.monotonic()
    while time.monotonic() - began < seconds:
        if condition():
            return fact(True, f"{what}, after {time.monotonic() - began:.1f} s")
        time.sleep(0.2)
    fact(False, what)


def peer(name):
    try:
        return json.loads(ask(name, "peer", "status", "--json").stdout)[0]
    except (ValueError, IndexError):
        return {}


def main():
    for name in ("A", "B"):
        os.mkdir(folder / name)
        ports[name] = free_port()
        text = pathlib.Path(site_file).read_text().replace('name = "Minimal"', f'name = "{name}"')
        # A listens nowhere: B hears of it by what A brings.
        listen = f'listen = "127.0.0.1:{ports[name]}"\n' if name == "B" else ""
        (folder / name / "site.toml").write_text(text + f"\n[peers]\n{listen}")
        start(name)
    wait("two sites run", 60, lambda: all(ask(name, "status").returncode == 0 for name in ("A", "B")))
    line = ask("B", "peer", "invite").stdout.strip()
    fact(ask("A", "peer", "accept", line).returncode == 0, "the one that listens nowhere accepts the other's invitation")
    wait("both count both, though one side alone can connect", 30, lambda: all(
        json.loads(ask(name, "grid", "--json").stdout or "{}").get("counted") == 2 for name in ("A", "B")))
    wait("and each has the other's certificates", 60, lambda: all(
        peer(name).get("mirrored_size", 0) > 0 and peer(name).get("witnessed_size", 0) > 0 for name in ("A", "B")))
    processes["A"].send_signal(signal.SIGKILL)
    processes["A"].wait()
    verified = json.loads(ask("A", "certificates", "verify", "--json").stdout)
    mirrored = json.loads(ask("B", "certificates", "verify", "--peer", "A", "--json").stdout)
    fact(verified["valid"] and mirrored["valid"], f"{verified['size']} certificates, {mirrored['size']} of them mirrored")
    proved = ask("B", "certificates", "prove", "2", "--peer", "A")
    fact(proved.returncode == 0 and proved.stdout.startswith("c2sp.org/tlog-proof@v1"),
         f"the mirror proves single certificates to an auditor {proved.stderr}")
    for file in (folder / "A").glob("a.sqlite*"):
        file.unlink()
    shutil.rmtree(folder / "A" / "a-mirrors")
    for file in (folder / "A").glob("a-peers*"):
        file.unlink()
    key = ask("B", "peer", "id").stdout.strip()
    result = ask("A", "certificates", "restore", "--from-peer", f"{key}@127.0.0.1:{ports['B']}")
    fact(result.returncode == 0, f"restored: {result.stdout.strip()} {result.stderr.strip()}")
    restored = json.loads(ask("A", "certificates", "verify", "--json").stdout)
    fact(restored["valid"] and restored["root"] == mirrored["root"], f"{restored['size']} certificates with the same root")
    again = ask("A", "certificates", "restore", "--from-peer", f"{key}@127.0.0.1:{ports['B']}")
    fact(again.returncode != 0, "a record that is there is not written over")
    start("A")
    wait("the site runs on it", 60, lambda: ask("A", "status").returncode == 0)
    wait("and its log goes on and says so", 30, lambda: "restored" in ask("A", "certificates", "list", "--json").stdout)
    fact(json.loads(ask("A", "certificates", "verify", "--json").stdout)["valid"], "the longer log is valid")
    processes["A"].send_signal(signal.SIGTERM)
    fact(processes["A"].wait(30) == 0, "it stops in order")


try:
    main()
finally:
    for process in processes.values():
        process.kill()
        process.wait()
    shutil.rmtree(folder, ignore_errors=True)
