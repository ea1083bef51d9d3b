#!/usr/bin/env python3
"""A node of the older Grid protocol, written from its description alone, with its ways of failing: it ends with status 3 when
a neighbour cannot be reached or a message makes no sense.

    old_grid_node.py HOST PORT NAME ID [PACE]

PACE is the pause in seconds between two messages of the inbox and of the outbox. Prints its state ten times a second.
"""
import http.server
import json
import os
import queue
import sys
import threading
import time
import urllib.request
import uuid

host, port, name, number = sys.argv[1], int(sys.argv[2]), sys.argv[3], int(sys.argv[4])
pace = float(sys.argv[5]) if len(sys.argv) > 5 else 0.0
address = f"{host}:{port}"
inbox, outbox = queue.Queue(), queue.Queue()
energy = {"production": 0, "consumption": 0}
siblings, packages, state = {}, {}, {"gridnet": 0}


def die(why):
    print("died:", why, flush=True)
    os._exit(3)


def send(to, kind, message, body, request=None, master=None):
    request = request or str(uuid.uuid1())
    envelope = {"to": to, "msgType": message, "envType": kind, "msg": body, "id": str(uuid.uuid1()),
                "timestamp": str(time.time()), "reqId": request, "masterReqId": master or request}
    if kind != "Response":
        envelope["returnId"] = str(number)
    outbox.put((to, envelope))
    return request


def me():
    return {"siblingId": str(number), "siblingName": name, "siblingAddress": address}


def net():
    return energy["production"] - energy["consumption"]


def collect(master=None, asked=None):
    """Asks every neighbour but the one that asked for its nets."""
    master = master or str(uuid.uuid1())
    package = packages[master] = {"asked": asked, "open": set(), "nets": {str(number): net()}}
    for other, sibling in siblings.items():
        if asked is None or other != asked[0]:
            package["open"].add(send(sibling["address"], "Ask", "UpdateNet", {"nets": {}}, master=master))
    finish(master)


def finish(master):
    package = packages[master]
    if package["open"] or package.get("done"):
        return
    package["done"] = True
    if package["asked"] is None:
        state["gridnet"] = sum(package["nets"].values())
    else:
        other, request = package["asked"]
        send(siblings[other]["address"], "Response", "UpdateNet", {"nets": package["nets"]}, request, master)


def sync(master=None, but=None):
    master = master or str(uuid.uuid1())
    packages.setdefault(("sync", master), {})
    for other, sibling in siblings.items():
        if other != but:
            send(sibling["address"], "Tell", "SyncGrid", {}, master=master)


def handle(envelope):
    kind, message, body = envelope["envType"], envelope["msgType"], envelope["msg"]
    if kind not in ("Tell", "Ask", "Response"):
        die(f"envType {kind}")
    request, sender = envelope.get("reqId"), envelope.get("returnId")
    master = envelope.get("masterReqId", request)
    if message == "UpdateEnergy" and kind == "Tell":
        energy["production"], energy["consumption"] = int(body["production"]), int(body["consumption"])
        if siblings:
            collect()
            sync()
        else:
            state["gridnet"] = net()
    elif message == "AddSibling":
        other = str(body["siblingId"])
        if other in siblings:
            return
        if kind == "Tell":
            send(body["siblingAddress"], "Ask", "AddSibling", me())
            return
        siblings[other] = {"name": body["siblingName"], "address": body["siblingAddress"]}
        if kind == "Ask":
            send(body["siblingAddress"], "Response", "AddSibling", me(), request, master)
        else:
            collect()
            sync()
    elif message == "UpdateNet":
        if kind == "Tell":
            collect()
        elif kind == "Ask":
            if sender not in siblings:
                die(f"asked by a stranger {sender}")
            if master in packages:
                send(siblings[sender]["address"], "Response", "UpdateNet", {"nets": {}}, request, master)
            else:
                collect(master, (sender, request))
        else:
            if master not in packages:
                die("a response to nothing")
            packages[master]["open"].discard(request)
            packages[master]["nets"].update(body["nets"])
            finish(master)
    elif message == "SyncGrid" and kind == "Tell":
        if ("sync", master) not in packages:
            packages[("sync", master)] = {}
            collect()
            sync(master, sender)


class Messaging(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def do_GET(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        try:
            envelope = json.loads(body)
            status = 200 if envelope.get("msgType") in ("UpdateEnergy", "AddSibling", "UpdateNet", "SyncGrid") else 500
        except ValueError:
            status = 400
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()
        if status == 200:
            inbox.put(envelope)


def work_inbox():
    while True:
        envelope = inbox.get()
        try:
            handle(envelope)
        except (KeyError, ValueError, TypeError) as error:
            die(repr(error))
        time.sleep(pace)


def work_outbox():
    while True:
        to, envelope = outbox.get()
        request = urllib.request.Request(
            f"http://{to}/messaging", data=json.dumps(envelope).encode(), method="GET",
            headers={"Content-Type": "application/json"})
        try:
            urllib.request.urlopen(request, timeout=10).read()
        except OSError as error:
            die(f"{to}: {error}")
        time.sleep(2 * pace)


server = http.server.ThreadingHTTPServer((host, port), Messaging)
for work in (server.serve_forever, work_inbox, work_outbox):
    threading.Thread(target=work, daemon=True).start()
while True:
    names = [sibling["name"] for _, sibling in sorted(siblings.items())]
    print(f"[Node] id={number} address={address} name={name} energy=({energy['production']},{-energy['consumption']}) "
          f"siblings={names} gridnet={state['gridnet']}", flush=True)
    time.sleep(0.1)
