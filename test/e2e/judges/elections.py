"""What kazoo sees of the elections in a real ZooKeeper, as JSON on stdout.

usage: elections.py HOST:PORT,… MESOS_PATH MARATHON_PATH
Needs Debian's python3-kazoo; run it with /usr/bin/python3.
"""

import json
import sys

from kazoo.client import KazooClient

DEADLINE_SECONDS = 15


def sequence(name):
    return int(name[-10:])


def members(client, path, keep):
    """Candidates in the order in which they would lead; the content as text."""
    if client.exists(path) is None:
        return []
    found = []
    for name in sorted(filter(keep, client.get_children(path)), key=sequence):
        data, stat = client.get(f"{path}/{name}")
        found.append(
            {
                "name": name,
                "content": data.decode("utf-8"),
                "ephemeral": stat.ephemeralOwner != 0,
                "session": hex(stat.ephemeralOwner),
            }
        )
    return found


def main(hosts, mesos_path, marathon_path):
    client = KazooClient(hosts=hosts, read_only=True, timeout=DEADLINE_SECONDS)
    client.start(timeout=DEADLINE_SECONDS)
    try:
        masters = members(client, mesos_path, lambda name: name.startswith("json.info_"))
        for master in masters:
            master["info"] = json.loads(master["content"])
        everything = {
            "masters": masters,
            "replicas": members(client, f"{mesos_path}/log_replicas", str.isdigit),
            "marathons": members(
                client, f"{marathon_path}/leader-curator", lambda name: "-latch-" in name
            ),
        }
        json.dump(everything, sys.stdout)
    finally:
        client.stop()
        client.close()


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    main(*sys.argv[1:])
