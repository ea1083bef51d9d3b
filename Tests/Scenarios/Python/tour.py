"""Looks at every page as a person with a desktop or a phone does, by day and by night.

    tour.py CHROMIUM PROFILE AXE FOLDER ORIGIN PATH...

Writes FOLDER/PAGE-DEVICE-SCHEME.png for each, and prints JSON: what axe-core finds against WCAG 2.2 A and AA and its best
practices, where a page is wider than its screen, which controls the keyboard does not reach or does not show, what was asked of
another host, and what the console calls an error. All lists are empty for a page as it should be. Signs in with the name and
the password in the variables RIGSHIFT_NAME and RIGSHIFT_PASSWORD.
"""
import base64, json, os, sys
from devtools import Browser

chromium, profile, axe, folder, origin, *paths = sys.argv[1:]
os.makedirs(folder, exist_ok=True)
axe = open(axe).read()
devices = {"desktop": (1280, 900, 1, False), "phone": (390, 844, 2, True)}
found = {"axe": [], "wide": [], "keyboard": [], "abroad": [], "console": []}

# What a finger or a key can act on, in the order of the page, as far as it can be seen.
controls = """[...document.querySelectorAll('a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex="0"]')]
    .filter(one => one.checkVisibility() && !one.disabled)"""
tagged = f"window.controls = {controls}; window.controls.length"
focused = """(() => {
    const one = document.activeElement;
    const ring = getComputedStyle(one).outlineStyle;
    return { index: window.controls.indexOf(one), hasParts: one.type === 'date', isShown: ring !== 'none' && ring !== 'hidden',
             name: one.outerHTML.slice(0, 90) };
})()"""


def press_tab():
    for kind in ["rawKeyDown", "keyUp"]:
        browser.call("Input.dispatchKeyEvent", type=kind, key="Tab", code="Tab", windowsVirtualKeyCode=9)


def walk_by_keyboard(place):
    count = browser.evaluate(tagged)
    last = -1
    while last < count - 1:
        press_tab()
        at = browser.evaluate(focused)
        # A date has a stop for its year, its month and its day.
        if at["index"] == last and at["hasParts"]:
            continue
        if at["index"] <= last:
            found["keyboard"].append(f"{place}: after control {last} of {count} the key leads to {at['index']}, {at['name']}")
            return
        if not at["isShown"]:
            found["keyboard"].append(f"{place}: nothing shows the focus on {at['name']}")
        last = at["index"]


def look(path, device, scheme):
    width, height, scale, is_phone = devices[device]
    browser.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=scale, mobile=is_phone)
    browser.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
    browser.load(origin + path)
    name = "now" if path == "/" else path.strip("/").replace("/", "-")
    place = f"{path} on a {device}, {scheme}"
    if browser.evaluate("document.documentElement.scrollWidth > innerWidth"):
        found["wide"].append(f"{place}: {browser.evaluate('document.documentElement.scrollWidth')} of {width}")
    picture = browser.call("Page.captureScreenshot", captureBeyondViewport=True)
    with open(f"{folder}/{name}-{device}-{scheme}.png", "wb") as file:
        file.write(base64.b64decode(picture["data"]))
    # Both schemes and both devices, each once.
    if (device, scheme) in [("desktop", "light"), ("phone", "dark")]:
        browser.evaluate(axe + "; 0")
        violations = browser.evaluate("axe.run(document, {resultTypes: ['violations']}).then(r => r.violations)")
        for one in violations if violations is not None else [{"id": "axe did not run", "help": "", "nodes": []}]:
            nodes = "; ".join(node["html"][:120] for node in one["nodes"][:3])
            found["axe"].append(f"{place}: {one['id']}, {one['help']}: {nodes}")
    if (device, scheme) == ("desktop", "dark"):
        walk_by_keyboard(place)


with Browser(chromium, profile) as browser:
    if name := os.environ.get("RIGSHIFT_NAME"):
        browser.load(f"{origin}/login")
        fields = json.dumps({"name": name, "password": os.environ["RIGSHIFT_PASSWORD"]})
        browser.evaluate(f"fetch('/login', {{ method: 'POST', body: new URLSearchParams({fields}) }}).then(() => 0)")
    for path in paths:
        for device in devices:
            for scheme in ["light", "dark"]:
                look(path, device, scheme)
    found["console"] = browser.errors
    found["abroad"] = [one for one in browser.requests if not one.startswith((origin, "data:"))]
    browser.call("Browser.close")
print(json.dumps(found, indent=1))
