"""A headless Chromium, driven by the DevTools protocol over a pipe in real time: its simulated time stands still while a
stream of events is open.
"""
import json, os, subprocess, sys


class Browser:
    """One page in one browser. `errors` collects what its console calls an error, `requests` what it asked for."""

    def __init__(self, chromium, profile):
        self.errors, self.requests = [], []
        self.buffer, self.number, self.is_loaded = b"", 0, False
        self.replies, to_us = os.pipe()
        to_browser, self.commands = os.pipe()

        def hand_over():
            # Chromium reads commands from 3 and answers on 4; by way of high numbers, as the ends may be there already.
            os.dup2(os.dup2(to_browser, 20), 3)
            os.dup2(os.dup2(to_us, 21), 4)

        self.process = subprocess.Popen(
            [chromium, "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--hide-scrollbars",
             "--remote-debugging-pipe", f"--user-data-dir={profile}", "about:blank"],
            preexec_fn=hand_over, pass_fds=[3, 4, to_browser, to_us], stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL)
        os.close(to_browser)
        os.close(to_us)
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ["Log", "Runtime", "Page", "Network"]:
            self.call(f"{domain}.enable")

    session = None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        os.close(self.commands)
        os.close(self.replies)
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()

    def receive(self):
        while b"\0" not in self.buffer:
            part = os.read(self.replies, 1 << 16)
            if not part:
                sys.exit("Chromium ended")
            self.buffer += part
        text, self.buffer = self.buffer.split(b"\0", 1)
        message = json.loads(text)
        said = message.get("params", {})
        match message.get("method"):
            case "Log.entryAdded" if said["entry"]["level"] == "error":
                self.errors.append(f'{said["entry"]["text"]} {said["entry"].get("url", "")}')
            case "Runtime.exceptionThrown":
                self.errors.append(json.dumps(said["exceptionDetails"]))
            case "Network.requestWillBeSent":
                self.requests.append(said["request"]["url"])
            case "Page.loadEventFired":
                self.is_loaded = True
        return message

    def call(self, method, **parameters):
        self.number += 1
        message = {"id": self.number, "method": method, "params": parameters}
        if self.session:
            message["sessionId"] = self.session
        os.write(self.commands, json.dumps(message).encode() + b"\0")
        while (answer := self.receive()).get("id") != self.number:
            pass
        return answer.get("result", {})

    def load(self, page):
        self.is_loaded = False
        self.call("Page.navigate", url=page)
        while not self.is_loaded:
            self.receive()

    def evaluate(self, expression):
        result = self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        return result.get("result", {}).get("value")

    def wait(self, condition, seconds):
        """Whether an expression of JavaScript came true in the page."""
        return self.evaluate(f"""new Promise(done => {{
            const end = Date.now() + {float(seconds) * 1000};
            const look = () => ({condition}) ? done(true) : Date.now() > end ? done(false) : setTimeout(look, 100);
            look();
        }})""")
