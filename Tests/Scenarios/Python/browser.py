"""Opens a page in a headless Chromium and waits until a condition holds in it.

    browser.py CHROMIUM PROFILE URL SECONDS CONDITION [SCRIPT]

CONDITION is an expression of JavaScript; SCRIPT is run once before it is waited for. Prints the page as its scripts have left
it; what the console calls an error goes to standard error. Exits with 1 when the condition did not come true. Speaks the
DevTools protocol over a pipe, in real time: Chromium's simulated time stands still while a stream of events is open.
"""
import json, os, subprocess, sys

chromium, profile, url, seconds, condition = sys.argv[1:6]
script = sys.argv[6] if len(sys.argv) > 6 else "0"
replies, to_us = os.pipe()
to_browser, commands = os.pipe()


def hand_over():
    # Chromium reads commands from 3 and answers on 4; by way of high numbers, as the ends may be there already.
    os.dup2(os.dup2(to_browser, 20), 3)
    os.dup2(os.dup2(to_us, 21), 4)


browser = subprocess.Popen(
    [chromium, "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--remote-debugging-pipe",
     f"--user-data-dir={profile}", "about:blank"],
    preexec_fn=hand_over, pass_fds=[3, 4, to_browser, to_us], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
os.close(to_browser)
os.close(to_us)
buffer, number, errors, is_loaded = b"", 0, [], False


def receive():
    global buffer, is_loaded
    while b"\0" not in buffer:
        part = os.read(replies, 1 << 16)
        if not part:
            sys.exit("Chromium ended")
        buffer += part
    text, buffer = buffer.split(b"\0", 1)
    message = json.loads(text)
    said = message.get("params", {})
    if message.get("method") == "Log.entryAdded" and said["entry"]["level"] == "error":
        errors.append(f'{said["entry"]["text"]} {said["entry"].get("url", "")}')
    if message.get("method") == "Runtime.exceptionThrown":
        errors.append(json.dumps(said["exceptionDetails"]))
    if message.get("method") == "Page.loadEventFired":
        is_loaded = True
    return message


def call(method, session=None, **parameters):
    global number
    number += 1
    message = {"id": number, "method": method, "params": parameters}
    if session:
        message["sessionId"] = session
    os.write(commands, json.dumps(message).encode() + b"\0")
    while (answer := receive()).get("id") != number:
        pass
    return answer.get("result", {})


def load(page):
    global is_loaded
    is_loaded = False
    call("Page.navigate", session, url=page)
    while not is_loaded:
        receive()


def evaluate(expression):
    result = call("Runtime.evaluate", session, expression=expression, returnByValue=True, awaitPromise=True)
    return result.get("result", {}).get("value")


try:
    target = call("Target.createTarget", url="about:blank")["targetId"]
    session = call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
    for domain in ["Log", "Runtime", "Page"]:
        call(f"{domain}.enable", session)
    load(url)
    evaluate(script)
    holds = evaluate(f"""new Promise(done => {{
        const end = Date.now() + {float(seconds) * 1000};
        const look = () => {condition} ? done(true) : Date.now() > end ? done(false) : setTimeout(look, 100);
        look();
    }})""")
    print(evaluate("document.documentElement.outerHTML"))
    print("\n".join(errors), file=sys.stderr)
    call("Browser.close")
finally:
    os.close(commands)
    os.close(replies)
    try:
        browser.wait(20)
    except subprocess.TimeoutExpired:
        browser.kill()
sys.exit(0 if holds else 1)
