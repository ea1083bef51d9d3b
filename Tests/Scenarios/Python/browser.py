"""Opens a page in a headless Chromium and waits until a condition holds in it.

    browser.py CHROMIUM PROFILE URL SECONDS CONDITION [SCRIPT]

CONDITION is an expression of JavaScript; SCRIPT is run once before it is waited for. Prints the page as its scripts have left
it; what the console calls an error goes to standard error. Exits with 1 when the condition did not come true.
"""
import sys
from devtools import Browser

chromium, profile, url, seconds, condition = sys.argv[1:6]
with Browser(chromium, profile) as browser:
    browser.load(url)
    browser.evaluate(sys.argv[6] if len(sys.argv) > 6 else "0")
    holds = browser.wait(condition, seconds)
    print(browser.evaluate("document.documentElement.outerHTML"))
    print("\n".join(browser.errors), file=sys.stderr)
    browser.call("Browser.close")
sys.exit(0 if holds else 1)
