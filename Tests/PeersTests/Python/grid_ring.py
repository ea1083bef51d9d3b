#!/usr/bin/env python3
"""The README's scenario of the older protocol, with curl, against four processes: four nodes A to D, ring A-B-D-C-A.

    grid_ring.py RIGSHIFT ours|mixed|trace [TRACE]

`ours`: four nodes of this program, timed. `mixed`: two of them beside two of the older kind, with every known way in which the
older nodes fail. `trace`: every envelope of a recorded run, sent again.
"""
import json
import pathlib
import re
import socket
import subprocess
import sys
import tempfile
import threading
import time

rigshift, scenario = sys.argv[1:3]
old = pathlib.Path(__file__).parent / "old_grid_node.py"
names = ["A", "B", "C", "D"]
processes, lines, ports = {}, {}, {}


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def fact(holds, text):
    print(("ok   " if holds else "FAIL ") + text, flush=True)
    if not holds:
        for name in names:
            print(name, lines[name][-3:], file=sys.stderr)
        raise SystemExit(1)


def start(name, kind):
    number = names.index(name) + 1
    ports.setdefault(name, free_port())
    if kind == "ours":
        words = [rigshift, "grid-node", "-s", "127.0.0.1", "-p", str(ports[name]), "-n", name, "-i", str(number),
                 "--print-ms", "10"]
    else:
        words = [sys.executable, str(old), "127.0.0.1", str(ports[name]), name, str(number)]
    process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    processes[name], lines[name] = process, []
    threading.Thread(target=read, args=(process, lines[name]), daemon=True).start()


def read(process, into):
    for line in process.stdout:
        into.append((time.monotonic(), line.strip()))


def curl(name, message, kind="Tell", body=None, raw=None, method="GET", status=200):
    text = raw if raw is not None else json.dumps({"envType": kind, "msgType": message, "msg": body or {}})
    result = subprocess.run(
        ["curl", "-s", "-o", "/dev/null", "-w", "%{http_code}", "-X", method, "-H", "Content-Type: application/json",
         "-d", text, f"http://127.0.0.1:{ports[name]}/messaging"], capture_output=True, text=True)
    if status is not None:
        fact(result.stdout == str(status), f"{name} answers {result.stdout} to {text[:70]}")
    return time.monotonic()


def energy(name, production, consumption):
    return curl(name, "UpdateEnergy", body={"production": production, "consumption": consumption})


def link(name, other):
    return curl(name, "AddSibling", body={
        "siblingId": str(names.index(other) + 1), "siblingName": other, "siblingAddress": f"127.0.0.1:{ports[other]}"})


def gridnet(name):
    found = re.search(r"gridnet=(\S+)", lines[name][-1][1]) if lines[name] else None
    return float(found[1]) if found else None


def agree(which, net, seconds=10, since=None):
    began = since or time.monotonic()
    while time.monotonic() - began < seconds:
        if all(gridnet(name) == net for name in which):
            fact(True, f"{','.join(which)} have gridnet {net} {1000 * (time.monotonic() - began):.0f} ms after the command")
            return time.monotonic() - began
        time.sleep(0.002)
    fact(False, f"{which} have gridnet {net}: {[gridnet(name) for name in which]}")


def ring(kinds):
    for name in names:
        start(name, kinds[name])
    began = time.monotonic()
    while not all(lines[name] for name in names) and time.monotonic() - began < 20:
        time.sleep(0.01)
    energy("A", 0, 10)
    energy("B", 20, 5)
    agree(["A"], -10)
    agree(["B"], 15)
    link("A", "B")
    agree(["A", "B"], 5)
    link("B", "D")
    agree(["A", "B", "D"], 5)
    link("C", "D")
    agree(names, 5)
    link("C", "A")
    agree(names, 5, since=time.monotonic())
    time.sleep(0.3)


def alive(name):
    return processes[name].poll() is None


def ours():
    ring(dict.fromkeys(names, "ours"))
    times = []
    for production in (5, 6, 7, 8, 5):
        times.append(agree(names, production - 5, since=energy("D", production, 10)))
    times.sort()
    print(json.dumps({"median_ms": 1000 * times[2], "worst_ms": 1000 * times[-1], "older_s": 30.4}))
    agree(names, 2.5, since=energy("D", 7.5, 10))
    fact(lines["D"][-1][1].startswith(
        f"[Node] id=4 address=127.0.0.1:{ports['D']} name=D energy=(7.5,-10) siblings=['B', 'C'] gridnet="),
        "the state line is the older one's")


def mixed():
    ring({"A": "ours", "B": "old", "C": "old", "D": "ours"})
    agree(names, 0, since=energy("D", 5, 10))
    agree(names, 7, since=energy("B", 27, 5))
    for name in ("A", "D"):
        curl(name, "UpdateEnergy", body={"production": 5}, status=400)
        curl(name, "SyncGrid", kind="Envelope", status=500)
        curl(name, "", raw="nonsense", status=400)
        curl(name, "SyncGrid", method="PUT", status=405)
        curl(name, "", raw=json.dumps({
            "envType": "Response", "msgType": "UpdateNet", "msg": {"nets": {"9": 1}}, "reqId": "1", "masterReqId": "2"}))
        curl(name, "", raw=json.dumps({
            "envType": "Ask", "msgType": "UpdateNet", "msg": {}, "returnId": "77", "reqId": "1", "masterReqId": "3"}))
        for _ in range(3):
            curl(name, "SyncGrid", method="POST")
    agree(names, 7)
    processes["C"].kill()
    processes["C"].wait()
    agree(["A", "B", "D"], 8, since=energy("A", 1, 10))
    fact(alive("A") and alive("D") and alive("B"), "nobody followed the dead neighbour")
    start("C", "old")
    began = time.monotonic()
    while "gridnet=8" not in (lines["C"] or [("", "")])[-1][1] and time.monotonic() - began < 30:
        time.sleep(0.1)
    agree(names, 8)
    fact(True, f"the restarted node was taken back {time.monotonic() - began:.1f} s after its start")
    agree(names, 12, since=energy("C", 4, 0))
    processes["A"].kill()
    processes["A"].wait()
    start("A", "ours")
    while not lines["A"]:
        time.sleep(0.05)
    # Every neighbour that still counts on it: the older ones say nothing of where they are.
    for other in ("B", "C", "D"):
        link("A", other)
    began = time.monotonic()
    energy("A", 0, 1)
    while not gridnet("A") == gridnet("D") == 20 and time.monotonic() - began < 30:
        time.sleep(0.05)
    fact(gridnet("A") == gridnet("D") == 20, f"our own restarted node is in step with its neighbours: {gridnet('A')}")
    fact(alive("A") and alive("D"), "nothing of ours stopped")


def trace():
    recorded = json.loads(pathlib.Path(sys.argv[3]).read_text())
    ring(dict.fromkeys(names, "ours"))
    old_ports = {recorded["nodes"][name]["address"]: name for name in names}
    sent = 0
    for step in recorded["steps"]:
        for event in step["trace"]:
            if event.get("event") != "send":
                continue
            envelope = event["env"]
            target = old_ports.get(envelope["to"])
            text = json.dumps(envelope)
            for address, name in old_ports.items():
                text = text.replace(address, f"127.0.0.1:{ports[name]}")
            result = subprocess.run(
                ["curl", "-s", "-o", "/dev/null", "-w", "%{http_code}", "-X", "GET", "-d", text,
                 f"http://127.0.0.1:{ports[target]}/messaging"], capture_output=True, text=True)
            if result.stdout != "200":
                fact(False, f"{result.stdout} to {text}")
            sent += 1
    fact(sent > 0, f"{sent} recorded envelopes were all answered 200")
    agree(names, 5, since=energy("D", 0, 0), seconds=30)
    fact(all(alive(name) for name in names), "and nobody stopped")


try:
    {"ours": ours, "mixed": mixed, "trace": trace}[scenario]()
finally:
    for process in processes.values():
        process.kill()
