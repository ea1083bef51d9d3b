#!/usr/bin/env python3
"""Random JSON values, two lines each: written in some order and spelling, and canonically.

    random_json.py SEED COUNT
"""
import json
import random
import struct
import sys

SPECIAL = [0.0, -0.0, 1e16, 1e15, 1e-4, 1e-5, 9007199254740993.0, 5e-324, 2.2250738585072014e-308, 1e22, 1e23,
           0.1, 1 / 3, 100.0, 1.7976931348623157e308, 123456789012345680.0, 4.35, 0.30000000000000004]
CHARACTERS = ["a", "Z", "0", " ", "/", '"', "\\", "\n", "\t", "\r", "\b", "\f", "\0", "\x1f", "\x7f", "~", "é",
              "e\u0301", "横", "☀", "😀", "\u2028", "\ufffd", "\uffff", "\U00010000", "\U0010ffff", "ﬀ", "Å"]


def number(r):
    kind = r.randrange(8)
    if kind == 0:
        return r.choice(SPECIAL) * r.choice([1, -1])
    if kind == 1:
        return r.randrange(-(1 << 70), 1 << 70)
    if kind == 2:
        return r.randrange(-1000, 1000)
    if kind == 3:
        return r.choice([2.0 ** r.randrange(-1074, 1024), float(10 ** r.randrange(0, 25)), r.choice(SPECIAL)])
    if kind == 4:
        return round(r.uniform(-1e6, 1e6), r.randrange(0, 6))
    if kind == 5:
        return r.gauss(0, 1) * 10.0 ** r.randrange(-20, 20)
    while True:  # any bits at all
        value = struct.unpack("<d", r.randbytes(8))[0]
        if value == value and abs(value) != float("inf"):
            return value


def text(r):
    if r.random() < 0.5:
        return "".join(r.choice(CHARACTERS) for _ in range(r.randrange(6)))
    return "".join(chr(r.choice([r.randrange(0xd800), r.randrange(0xe000, 0x110000)])) for _ in range(r.randrange(4)))


def value(r, depth):
    kind = r.randrange(9 if depth else 6)
    if kind < 3:
        return number(r)
    if kind < 5:
        return text(r)
    if kind == 5:
        return r.choice([None, True, False])
    if kind == 6:
        return [value(r, depth - 1) for _ in range(r.randrange(4))]
    return {text(r): value(r, depth - 1) for _ in range(r.randrange(6))}


def main():
    r = random.Random(int(sys.argv[1]))
    for _ in range(int(sys.argv[2])):
        made = value(r, 3)
        any_order = json.dumps(made, ensure_ascii=r.random() < 0.5, separators=r.choice([(",", ":"), (" , ", ":  ")]))
        print(any_order.encode("utf-8", "strict").decode("utf-8"))
        print(json.dumps(made, sort_keys=True, separators=(",", ":"), ensure_ascii=True))


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8", newline="\n")
    main()
