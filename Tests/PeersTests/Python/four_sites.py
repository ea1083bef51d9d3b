#!/usr/bin/env python3
"""Four running sites in network namespaces, peers in a ring, and then one that lies.

    four_sites.py RIGSHIFT SITE_FILE VERIFIER

Prints one line for every fact it has seen. Exit status 0 when all held, 1 when one did not, 77 when this machine does not
allow network namespaces.
"""
import base64
import hashlib
import json
import os
import pathlib
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time

rigshift, site_file, verifier = sys.argv[1:4]
names = ["A", "B", "C", "D"]
neighbours = {"A": ["B", "D"], "B": ["A", "C"], "C": ["B", "D"], "D": ["C", "A"]}
prefix = f"rs{os.getpid() % 10000}"
folder = pathlib.Path(tempfile.mkdtemp(prefix="rigshift-four-", dir="/tmp"))
processes = {}


def run(*words, check=True, **options):
    return subprocess.run(words, check=check, capture_output=True, text=True, **options)


def space(name):
    return f"{prefix}-{name}"


def address(name):
    return f"10.77.0.{names.index(name) + 1}"


def fact(holds, text):
    print(("ok   " if holds else "FAIL ") + text, flush=True)
    if not holds:
        raise SystemExit(1)


# The network: a bridge for each half, the sites plugged into either.

def make_network():
    run("ip", "netns", "add", space("sw"))
    for bridge in ("br0", "br1"):
        run("ip", "-n", space("sw"), "link", "add", bridge, "type", "bridge")
        run("ip", "-n", space("sw"), "link", "set", bridge, "up")
    for name in names:
        run("ip", "netns", "add", space(name))
        run("ip", "-n", space("sw"), "link", "add", f"to{name}", "type", "veth", "peer", "name", "eth0", "netns", space(name))
        run("ip", "-n", space("sw"), "link", "set", f"to{name}", "master", "br0", "up")
        run("ip", "-n", space(name), "addr", "add", f"{address(name)}/24", "dev", "eth0")
        run("ip", "-n", space(name), "link", "set", "eth0", "up")
        run("ip", "-n", space(name), "link", "set", "lo", "up")


def plug(name, bridge):
    run("ip", "-n", space("sw"), "link", "set", f"to{name}", "master", bridge)


def tear_down():
    for process in processes.values():
        process.kill()
        process.wait()
    for name in names + ["sw"]:
        run("ip", "netns", "del", space(name), check=False)
    shutil.rmtree(folder, ignore_errors=True)


# The sites.

def data(name):
    return str(folder / name)


def words(name, *rest):
    return ["ip", "netns", "exec", space(name), rigshift, *rest, "--site", f"{data(name)}/site.toml", "--data", data(name)]


def start(name, environment=None):
    with open(f"{data(name)}/log", "ab") as log:
        processes[name] = subprocess.Popen(
            words(name, "run", "--simulated"), stdout=log, stderr=log, env={**os.environ, **(environment or {})})


def ask(name, *rest, check=True):
    result = run(*words(name, *rest), check=False)
    if check and result.returncode != 0:
        raise RuntimeError(f"{name} {rest}: {result.stdout}{result.stderr}")
    return result


def grid(name):
    result = ask(name, "grid", "--json", check=False)
    return json.loads(result.stdout) if result.returncode == 0 else None


def wait(what, seconds, condition):
    began = time.monotonic()
    while time.monotonic() - began < seconds:
        if condition():
            fact(True, f"{what}, after {time.monotonic() - began:.1f} s")
            return
        time.sleep(0.1)
    for name in names:
        print(name, counts(name), pathlib.Path(f"{data(name)}/log").read_text()[-1500:], file=sys.stderr)
    fact(False, what)


def counts(name):
    answer = grid(name)
    return sorted(node["name"] for node in answer["nodes"] if node["fresh"]) if answer else []


def versions(name):
    answer = grid(name)
    return {node["name"]: (node["incarnation"], node["sequence"], node["net_kw"]) for node in answer["nodes"]}


def worst_lag(seconds):
    """The longest that any record took from its own site's report to every other's."""
    seen = {name: {} for name in names}
    began = time.monotonic()
    while time.monotonic() - began < seconds:
        for name in names:
            for node, version in versions(name).items():
                seen[name].setdefault((node, version[:2]), (time.monotonic(), version[2]))
    lags = []
    for node in names:
        for (origin, version), (at, net) in seen[node].items():
            if origin != node or not began + 1 < at < began + seconds - 3:
                continue
            for other in names:
                # A board may go from one version straight to a later one.
                times = [when for (o, v), (when, n) in seen[other].items() if o == node and v >= version]
                lags.append(min(times) - at if times else 1e9)
    return max(lags), len(lags)


CLOCK = r"""
#define _GNU_SOURCE
#include <dlfcn.h>
#include <sys/time.h>
#include <time.h>
int clock_gettime(clockid_t clock, struct timespec *at) {
  static int (*real)(clockid_t, struct timespec *);
  if (!real) real = (int (*)(clockid_t, struct timespec *))dlsym(RTLD_NEXT, "clock_gettime");
  int status = real(clock, at);
  if (clock == CLOCK_REALTIME) at->tv_sec += 3600;
  return status;
}
"""


def wrong_clock():
    source, library = folder / "clock.c", folder / "clock.so"
    source.write_text(CLOCK)
    run("gcc", "-shared", "-fPIC", "-o", str(library), str(source), "-ldl")
    return {"LD_PRELOAD": str(library)}


def sizes(name):
    return {peer["name"]: peer for peer in json.loads(ask(name, "peer", "status", "--json").stdout)}


def certificates_exchanged():
    try:
        return all(
            sizes(name)[other]["witnessed_size"] > 0 and sizes(name)[other]["mirrored_size"] > 0
            and sizes(name)[other]["cosigned_size"] > 0
            for name in names for other in neighbours[name])
    except (KeyError, RuntimeError):
        return False


def cosigned(name):
    keys = [peer["witness_key"] for peer in json.loads(ask(name, "peer", "list", "--json").stdout)]
    note = folder / f"{name}.note"
    note.write_text(ask(name, "peer", "cosigned", check=False).stdout)
    witnesses = [word for key in keys for word in ("--witness", key)]
    result = ask(name, "certificates", "verify", "--checkpoint", str(note), *witnesses, check=False)
    return len(keys) == 2 and result.returncode == 0 and "Continues 1 checkpoint" in result.stdout


# A site that rewrites its history and signs it again with its own key.

def sha(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def rewrite(name):
    from cryptography.hazmat.primitives.serialization import load_pem_private_key
    key = load_pem_private_key(pathlib.Path(f"{data(name)}/{name.lower()}.key").read_bytes(), None)
    public = key.public_key().public_bytes_raw()
    database = sqlite3.connect(f"{data(name)}/{name.lower()}.sqlite")
    rows = database.execute("SELECT seq, data_json FROM certificates ORDER BY seq").fetchall()
    origin = json.loads(rows[0][1])["origin"]
    hint = sha(origin.encode(), b"\n\x01", public)[:4]
    previous, levels, changed = "0" * 64, [[]], None
    database.execute("DELETE FROM certificate_nodes")
    for sequence, text in rows:
        if changed is None and sequence > 1:
            value = json.loads(text)
            for member in value:
                if isinstance(value[member], str) and member not in ("kind", "issued_at", "slot_start", "slot_end"):
                    text = text.replace(json.dumps(value[member]), json.dumps(value[member] + "x"), 1)
                    changed = sequence
                    break
        payload = hashlib.sha256(text.encode()).hexdigest()
        certificate = hashlib.sha256(f"{sequence}:{previous}:{payload}".encode()).hexdigest()
        database.execute(
            "UPDATE certificates SET data_json = ?, payload_hash = ?, prev_hash = ?, cert_hash = ? WHERE seq = ?",
            (text, payload, previous, certificate, sequence))
        previous = certificate
        levels[0].append(sha(b"\0", text.encode()))
        level = 0
        while len(levels[level]) % 2 == 0:
            node = sha(b"\1", levels[level][-2], levels[level][-1])
            if len(levels) == level + 1:
                levels.append([])
            levels[level + 1].append(node)
            level += 1
            database.execute("INSERT INTO certificate_nodes VALUES (?, ?, ?)", (level, len(levels[level]) - 1, node))
        if database.execute("SELECT 1 FROM checkpoints WHERE size = ?", (sequence,)).fetchone():
            # The tree's root from its complete subtrees, smallest first.
            root, remaining = None, sequence
            for height in range(len(levels)):
                if remaining >> height & 1:
                    peak = levels[height][(sequence >> height) - 1]
                    root = peak if root is None else sha(b"\1", peak, root)
            body = f"{origin}\n{sequence}\n{base64.b64encode(root).decode()}\n"
            signature = base64.b64encode(hint + key.sign(body.encode())).decode()
            database.execute(
                "UPDATE checkpoints SET note = ? WHERE size = ?", (f"{body}\n\u2014 {origin} {signature}\n", sequence))
    database.commit()
    database.close()
    fact(changed is not None, f"{name} rewrote certificate {changed} of {len(rows)} and signed all again")
    vkey = f"{origin}+{hint.hex()}+{base64.b64encode(bytes([1]) + public).decode()}"
    return vkey


def main():
    make_network()
    text = pathlib.Path(site_file).read_text()
    for name in names:
        os.mkdir(data(name))
        pathlib.Path(f"{data(name)}/site.toml").write_text(
            text.replace('name = "Minimal"', f'name = "{name}"')
            + f'\n[peers]\nlisten = "{address(name)}:7443"\nstaleness = "6 s"\n')
        start(name)
    wait("four sites run", 60, lambda: all(grid(name) for name in names))
    for name in names:
        other = names[(names.index(name) + 1) % 4]
        line = ask(name, "peer", "invite").stdout.strip()
        ask(other, "peer", "accept", line)
        again = ask(other, "peer", "accept", line, check=False)
        fact(again.returncode != 0, f"{other} accepts the line of {name} once")
    wait("all four count all four", 30, lambda: all(counts(name) == names for name in names))
    lag, records = worst_lag(12)
    fact(lag < 2, f"every change is with everybody within {lag:.2f} s, over {records} records and receivers")

    for name in ("C", "D"):
        plug(name, "br1")
    wait("after the cut each half counts itself alone", 40, lambda: all(
        counts(name) == (["A", "B"] if name in "AB" else ["C", "D"]) for name in names))
    before = versions("A")
    for name in ("C", "D"):
        plug(name, "br0")
    wait("healed, all count all", 60, lambda: all(counts(name) == names for name in names))
    after = versions("A")
    fact(all(after[name] > before[name] for name in ("C", "D")), "and know what the others measured meanwhile")

    old = versions("A")["B"]
    processes["B"].kill()
    processes["B"].wait()
    wait("a killed site is not counted by those who knew it", 40, lambda: "B" not in counts("A") and "B" not in counts("C"))
    start("B")
    wait("restarted, it is counted again, and counts all", 60, lambda: all(counts(name) == names for name in names))
    fact(versions("A")["B"][0] > old[0], "with a higher incarnation")

    processes["D"].send_signal(signal.SIGTERM)
    processes["D"].wait()
    start("D", wrong_clock())
    wait("with its clock an hour off a site is counted, and counts all", 60,
         lambda: all(counts(name) == names for name in names))
    measured = {node["name"]: node["measured_at"] for node in grid("A")["nodes"]}
    fact(measured["D"][:13] != measured["A"][:13] or measured["D"][:10] != measured["A"][:10], "its clock is an hour off")

    wait("each log is cosigned and mirrored by its neighbours", 60, certificates_exchanged)
    for name in names:
        for other in neighbours[name]:
            result = ask(name, "certificates", "verify", "--peer", other, check=False)
            fact(result.returncode == 0 and "VALID" in result.stdout, f"{name} verifies the mirror of {other}")

    wait("each shows a checkpoint with the cosignatures of both its peers", 60, lambda: all(map(cosigned, names)))
    processes["B"].send_signal(signal.SIGTERM)
    processes["B"].wait()
    vkey = rewrite("B")
    start("B")
    wait("the dishonest site is exposed by both its peers", 60, lambda: all(
        any(fork["proof"] for fork in json.loads(ask(name, "peer", "forks", "--json", check=False).stdout or "[]"))
        for name in ("A", "C")))
    for name in ("A", "C"):
        fork = next(f for f in json.loads(ask(name, "peer", "forks", "--json", check=False).stdout) if f["proof"])
        cases = "".join(
            json.dumps({"kind": "note", "text": fork[which], "keys": [vkey]}) + "\n" for which in ("cosigned", "offered"))
        verdict = run(sys.executable, verifier, input=cases).stdout.split("\n")
        bodies = {fork[which].split("\n\n")[0] for which in ("cosigned", "offered")}
        fact(len(bodies) == 2 and fork["cosigned"].split("\n")[1] == fork["offered"].split("\n")[1],
             f"{name} keeps two notes over one size with two roots")
        fact(verdict[:2] == ["accepted", "accepted"], f"both verify independently: {verdict[:2]}")
        result = ask(name, "certificates", "verify", "--peer", "B", check=False)
        fact("VALID" in result.stdout, f"{name} still holds the history as it was: {result.stdout.splitlines()[0]}")
        log = pathlib.Path(f"{data(name)}/log").read_text()
        fact("<3>the log of a peer contradicts" in log, f"{name} raised an alarm")


if not shutil.which("ip") or run("ip", "netns", "add", prefix, check=False).returncode != 0:
    print("network namespaces are not permitted here")
    raise SystemExit(77)
run("ip", "netns", "del", prefix)
try:
    main()
finally:
    tear_down()
