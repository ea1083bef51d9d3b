#!/usr/bin/env python3
"""A running site whose peers' port is attacked: strangers, wrong certificates, old TLS, slow writers, a huge body and ten
thousand connections. The control loop misses no tick, and an honest peer is served afterwards.

    hostile.py RIGSHIFT SITE_FILE [CONNECTIONS]
"""
import json
import os
import pathlib
import resource
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import time

rigshift, site_file = sys.argv[1:3]
connections = int(sys.argv[3]) if len(sys.argv) > 3 else 10_000
folder = pathlib.Path(tempfile.mkdtemp(prefix="rigshift-hostile-", dir="/tmp"))
processes = []


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def fact(holds, text):
    print(("ok   " if holds else "FAIL ") + text, flush=True)
    if not holds:
        for name in ("A", "B"):
            print((folder / name / "log").read_text()[-3000:], file=sys.stderr)
        raise SystemExit(1)


def ask(name, *words, check=True):
    result = subprocess.run(
        [rigshift, *words, "--site", str(folder / name / "site.toml"), "--data", str(folder / name)],
        capture_output=True, text=True)
    if check and result.returncode != 0:
        raise RuntimeError(result.stdout + result.stderr)
    return result


def start(name, port):
    os.mkdir(folder / name)
    text = pathlib.Path(site_file).read_text().replace('name = "Minimal"', f'name = "{name}"')
    (folder / name / "site.toml").write_text(text + f'\n[peers]\nlisten = "127.0.0.1:{port}"\nstaleness = "10 s"\n')
    with open(folder / name / "log", "wb") as log:
        processes.append(subprocess.Popen(
            [rigshift, "run", "--simulated", "--site", str(folder / name / "site.toml"), "--data", str(folder / name)],
            stdout=log, stderr=log))


def wait(what, seconds, condition):
    began = time.monotonic()
    while time.monotonic() - began < seconds:
        try:
            if condition():
                return fact(True, f"{what}, after {time.monotonic() - began:.1f} s")
        except RuntimeError:
            pass
        time.sleep(0.2)
    fact(False, what)


def status():
    return json.loads(ask("A", "status", "--json").stdout)


def memory():
    text = pathlib.Path(f"/proc/{processes[0].pid}/status").read_text()
    return int(next(line for line in text.splitlines() if line.startswith("VmRSS")).split()[1]) // 1024


def s_client(port, *words):
    return subprocess.run(
        ["timeout", "15", "openssl", "s_client", "-ign_eof", "-connect", f"127.0.0.1:{port}", *words],
        input="GET / HTTP/1.1\r\n\r\n", capture_output=True, text=True)


def tls(port, certificate, key):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.load_cert_chain(certificate, key)
    return context.wrap_socket(socket.create_connection(("127.0.0.1", port), timeout=20))


def main():
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    port, other = free_port(), free_port()
    start("A", port)
    start("B", other)
    wait("two sites run", 60, lambda: ask("A", "status") and ask("B", "status"))
    line = ask("A", "peer", "invite").stdout.strip()
    ask("B", "peer", "accept", line)
    wait("they count each other", 30, lambda: json.loads(ask("A", "grid", "--json").stdout)["counted"] == 2)
    before, memory_before, began_all = status(), memory(), time.monotonic()

    subprocess.run(["openssl", "req", "-x509", "-newkey", "ed25519", "-nodes", "-keyout", str(folder / "x.key"), "-out",
                    str(folder / "x.crt"), "-subj", "/CN=x", "-days", "1"], check=True, capture_output=True)
    nobody = s_client(port, "-tls1_3")
    fact("HTTP/1.1" not in nobody.stdout and "alert" in nobody.stderr, "without a certificate: an alert and nothing else")
    stranger = s_client(port, "-tls1_3", "-cert", str(folder / "x.crt"), "-key", str(folder / "x.key"))
    fact("HTTP/1.1" not in stranger.stdout and "alert" in stranger.stderr, "with a stranger's: the same")
    older = s_client(port, "-tls1_2", "-cert", str(folder / "x.crt"), "-key", str(folder / "x.key"))
    fact("HTTP/1.1" not in older.stdout and older.returncode != 0, "with TLS 1.2: no handshake")
    plain = socket.create_connection(("127.0.0.1", port))
    plain.sendall(b"GET / HTTP/1.1\r\n\r\n")
    plain.settimeout(15)
    try:
        answer = plain.recv(1000)
    except ConnectionResetError:
        answer = b""
    fact(b"HTTP" not in answer, "without TLS: no answer")

    # An enrolled key that misbehaves: B's own, used by somebody else's program.
    key = str(folder / "B" / "b.key")
    subprocess.run(["openssl", "req", "-x509", "-key", key, "-out", str(folder / "b.crt"), "-subj", "/CN=b", "-days", "1"],
                   check=True, capture_output=True)
    os.kill(processes[1].pid, signal.SIGSTOP)
    big = tls(port, str(folder / "b.crt"), key)
    big.sendall(b"POST /rigshift/v1/exchange HTTP/1.1\r\nContent-Length: 104857600\r\n\r\n")
    refusal = big.recv(1000)
    fact(refusal.startswith(b"HTTP/1.1 413"), "a body of 100 MB is refused by its length")
    sent = 0
    try:
        lying = tls(port, str(folder / "b.crt"), key)
        lying.sendall(b"POST /rigshift/v1/exchange HTTP/1.1\r\n\r\n")
        while sent < 100 << 20:
            sent += lying.send(b"x" * 65536)
    except OSError:
        pass
    fact(sent < 100 << 20, f"what follows without a length is cut off, after {sent >> 10} KiB")
    slow = tls(port, str(folder / "b.crt"), key)
    began = time.monotonic()
    try:
        while time.monotonic() - began < 60:
            slow.sendall(b"G" if time.monotonic() - began < 1 else b"E")
            time.sleep(0.5)
    except OSError:
        pass
    fact(time.monotonic() - began < 30, f"a slow writer is cut off after {time.monotonic() - began:.0f} s")
    os.kill(processes[1].pid, signal.SIGCONT)

    open_sockets = []
    for number in range(connections):
        try:
            candidate = socket.socket()
            candidate.setblocking(False)
            candidate.connect_ex(("127.0.0.1", port))
            open_sockets.append(candidate)
        except OSError:
            open_sockets.pop(0).close()
        if number % 500 == 0:
            time.sleep(0.05)
    fact(len(open_sockets) > connections * 0.4, f"{connections} connections were opened, {len(open_sockets)} held at once")
    time.sleep(3)
    during = status()
    memory_during = memory()
    for candidate in open_sockets:
        candidate.close()
    fact(memory_during - memory_before < 64, f"memory: {memory_before} MB before, {memory_during} MB with them all")
    wait("the honest peer is served", 40, lambda: json.loads(ask("A", "grid", "--json").stdout)["counted"] == 2)
    after = status()
    ticks, seconds = after["ticks"] - before["ticks"], time.monotonic() - began_all
    fact(ticks >= seconds - 2, f"the control loop ticked {ticks} times in {seconds:.0f} s")
    fact(after["ticks_missed"] == before["ticks_missed"], f"and missed {after['ticks_missed'] - before['ticks_missed']} ticks")
    refusals = (folder / "A" / "log").read_text().count("connection refused")
    fact(0 < refusals < 120, f"{refusals} lines in the journal about refused connections")


try:
    main()
finally:
    for process in processes:
        process.send_signal(signal.SIGCONT)
        process.kill()
        process.wait()
    shutil.rmtree(folder, ignore_errors=True)
