#!/usr/bin/env python3
"""Verifies transparency-log notes and proofs, written from the C2SP texts alone (signed-note, tlog-checkpoint,
tlog-cosignature, tlog-proof, tlog-witness) and RFC 9162. One JSON case a line on standard input, one verdict a line.

    {"kind": "note", "text": NOTE, "keys": [VKEY...]}
    {"kind": "proof", "text": PROOF, "keys": [VKEY...], "leaf": BASE64 of the entry}
    {"kind": "consistency", "text": ADD-CHECKPOINT, "keys": [VKEY...], "old_root": BASE64}
"""
import base64
import hashlib
import json
import struct
import sys

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey


class Refused(Exception):
    pass


def require(condition, why):
    if not condition:
        raise Refused(why)


def decode(text):
    try:
        return base64.b64decode(text, validate=True)
    except ValueError:
        raise Refused("not Base64")


def sha(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def read_key(vkey):
    name, hint, key = vkey.split("+", 2)
    key = decode(key)
    require(sha(name.encode(), b"\n", key)[:4].hex() == hint, "key hash")
    return name, key


def read_note(text, vkeys):
    """The body, once every key has a good signature on it."""
    body, separator, signatures = text.rpartition("\n\n")
    require(separator and signatures.endswith("\n"), "no signatures")
    body += "\n"
    lines = signatures[:-1].split("\n")
    for line in lines:
        require(line.startswith("\u2014 ") and line.count(" ") == 2, "signature line")
    for vkey in vkeys:
        name, key = read_key(vkey)
        hint = sha(name.encode(), b"\n", key)[:4]
        found = [decode(line.split(" ")[2]) for line in lines if line.split(" ")[1] == name]
        found = [blob for blob in found if blob[:4] == hint]
        require(found, f"not signed by {name}")
        for blob in found:
            message, signature = body.encode(), blob[4:]
            if key[0] == 4:
                require(len(signature) == 72, "cosignature length")
                time, signature = struct.unpack(">Q", signature[:8])[0], signature[8:]
                message = f"cosignature/v1\ntime {time}\n".encode() + message
            else:
                require(key[0] == 1, "algorithm")
            try:
                Ed25519PublicKey.from_public_bytes(key[1:]).verify(signature, message)
            except InvalidSignature:
                raise Refused(f"signature of {name}")
    return body


def read_checkpoint(text, vkeys):
    lines = read_note(text, vkeys).split("\n")
    require(len(lines) >= 4 and lines[0] and lines[1].isdecimal() and str(int(lines[1])) == lines[1], "checkpoint")
    root = decode(lines[2])
    require(len(root) == 32, "root")
    return int(lines[1]), root


def check_inclusion(leaf, index, size, path, root):
    require(0 <= index < size, "index")
    fn, sn, r = index, size - 1, sha(b"\0", leaf)
    for p in path:
        require(sn, "path too long")
        if fn & 1 or fn == sn:
            r = sha(b"\1", p, r)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            r = sha(b"\1", r, p)
        fn, sn = fn >> 1, sn >> 1
    require(sn == 0 and r == root, "inclusion")


def check_consistency(first, second, path, old, new):
    require(0 < first <= second, "sizes")
    if first == second:
        return require(not path and old == new, "same size")
    if first & (first - 1) == 0:
        path = [old] + path
    require(path, "no path")
    fn, sn = first - 1, second - 1
    while fn & 1:
        fn, sn = fn >> 1, sn >> 1
    fr = sr = path[0]
    for c in path[1:]:
        require(sn, "path too long")
        if fn & 1 or fn == sn:
            fr, sr = sha(b"\1", c, fr), sha(b"\1", c, sr)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            sr = sha(b"\1", sr, c)
        fn, sn = fn >> 1, sn >> 1
    require(sn == 0 and fr == old and sr == new, "consistency")


def check(case):
    text, keys = case["text"], case["keys"]
    if case["kind"] == "note":
        return read_checkpoint(text, keys)
    head, _, note = text.partition("\n\n")
    lines = head.split("\n")
    if case["kind"] == "proof":
        require(lines.pop(0) == "c2sp.org/tlog-proof@v1", "header")
        if lines[0].startswith("extra "):
            decode(lines.pop(0)[6:])
    size, root = read_checkpoint(note, keys)
    word, _, number = lines.pop(0).partition(" ")
    require(number.isdecimal() and str(int(number)) == number, "number")
    path = [decode(line) for line in lines]
    require(all(len(digest) == 32 for digest in path), "path")
    if case["kind"] == "proof":
        require(word == "index", "index line")
        check_inclusion(decode(case["leaf"]), int(number), size, path, root)
    else:
        require(word == "old", "old line")
        check_consistency(int(number), size, path, decode(case["old_root"]), root)


for line in sys.stdin:
    try:
        check(json.loads(line))
        print("accepted")
    except Refused as why:
        print(f"refused: {why}")
