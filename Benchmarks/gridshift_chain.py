"""GridShift's verification of its chain, over one of our databases: SHA-256 of every payload, of every link, and the links.

    gridshift_chain.py DATABASE
"""
import hashlib
import sqlite3
import sys


def verify(path):
    previous = "0" * 64
    rows = sqlite3.connect(f"file:{path}?mode=ro", uri=True).execute(
        "SELECT seq, prev_hash, payload_hash, cert_hash, data_json FROM energy_certificates ORDER BY seq")
    count = 0
    for seq, prev_hash, payload_hash, cert_hash, data_json in rows:
        if hashlib.sha256(data_json.encode()).hexdigest() != payload_hash:
            return seq
        if hashlib.sha256(f"{seq}:{previous}:{payload_hash}".encode()).hexdigest() != cert_hash:
            return seq
        if prev_hash != previous:
            return seq
        previous = cert_hash
        count += 1
    print(count)
    return None


if __name__ == "__main__":
    sys.exit(0 if verify(sys.argv[1]) is None else 1)
