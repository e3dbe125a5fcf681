"""Writes to a real ZooKeeper until its input ends, then looks for all that was acknowledged.

usage: writer.py HOST:PORT,…
Prints JSON: how many writes were acknowledged, which of them are missing at the end, how many had no
certain result, and the longest time without an acknowledged write, in milliseconds.
Needs Debian's python3-kazoo; run it with /usr/bin/python3.
"""

import json
import sys
import threading
import time

from kazoo.client import KazooClient
from kazoo.exceptions import NodeExistsError
from kazoo.retry import KazooRetry

FOLDER = "/e2e-writer"
DEADLINE_SECONDS = 30


def connect(hosts):
    client = KazooClient(hosts=hosts, timeout=10, connection_retry=KazooRetry(max_tries=-1))
    client.start(timeout=DEADLINE_SECONDS)
    return client


def write(client, number):
    """True if this very write is acknowledged; one that is found afterwards counts as unknown."""
    try:
        client.create_async(f"{FOLDER}/{number}", str(number).encode()).get(timeout=5)
        return True
    except NodeExistsError:
        return False
    except Exception:  # Lost connections have many names; none of them is an acknowledgement.
        time.sleep(0.1)
        return False


def main(hosts):
    ended = threading.Event()
    threading.Thread(target=lambda: (sys.stdin.read(), ended.set()), daemon=True).start()
    client = connect(hosts)
    client.ensure_path(FOLDER)
    acknowledged, unknown, number = [], 0, 0
    last, longest = time.monotonic(), 0.0
    while not ended.is_set():
        number += 1
        if write(client, number):
            acknowledged.append(number)
            now = time.monotonic()
            last, longest = now, max(longest, now - last)
        else:
            unknown += 1
        time.sleep(0.01)
    client.stop()
    reader = connect(hosts)
    reader.sync(FOLDER)
    there = {int(name) for name in reader.get_children(FOLDER)}
    reader.delete(FOLDER, recursive=True)
    reader.stop()
    missing = [one for one in acknowledged if one not in there]
    told = {"acknowledged": len(acknowledged), "missing": missing, "unknown": unknown}
    json.dump({**told, "longestGapMs": round(longest * 1000)}, sys.stdout)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(sys.argv[1])
