#!/usr/bin/env bash
# Patroni 3.0.2, the version of Debian 12: with etcd's v3 API, a primary whose node was suspended for longer than the lease takes
# the lease back from the next primary when it goes on.
#
# Guess before the first run: whoever holds an expired lease compares before it writes, finds the next primary's name, and gives
# up its role, as Patroni's documentation says of every failed update of the lock.
# Seen: with 3.0.2 the lock belongs to the first node again, although the second one has got it meanwhile. In a cluster, the
# second node demotes itself, and is rewound to the first: what it had committed as the primary is lost, synchronous standbys or
# not. 3.0.4 compares (pull request 2689): the second node keeps the lock.
set -euo pipefail
folder=$(mktemp -d)
trap 'tail -n 3 "$folder/errors" >&2 2>/dev/null || true; kill "${etcd:-}" 2>/dev/null || true; rm -rf "$folder"' EXIT
chmod 755 "$folder"
cd "$folder"
apt-get download -qq etcd-server >/dev/null 2>&1
dpkg -x etcd-server_*.deb debian
for version in 3.0.2 3.0.4; do
    python3 -m venv "$version"
    "$version/bin/pip" install --quiet --disable-pip-version-check "patroni[etcd3]==$version" psycopg2-binary==2.9.10 'urllib3<2' 'setuptools<80'
done

cat > free_ports.py <<'PY'
import socket
sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(2)]
print(*(s.getsockname()[1] for s in sockets))
PY
read -r clients peers < <(python3 free_ports.py)
debian/usr/bin/etcd --data-dir data --listen-client-urls "http://127.0.0.1:$clients" \
    --advertise-client-urls "http://127.0.0.1:$clients" --listen-peer-urls "http://127.0.0.1:$peers" \
    --initial-advertise-peer-urls "http://127.0.0.1:$peers" --initial-cluster "default=http://127.0.0.1:$peers" >etcd.log 2>&1 & etcd=$!

cat > two_nodes.py <<'PY'
"""Node a holds the lock, looks, and is suspended. Node b gets the lock when the lease has expired. Then a updates its lock."""
import os, signal, sys, time
from patroni.dcs import get_dcs
from patroni.version import __version__

port, scope = sys.argv[1], f"scope-{__version__}"

def node(name):
    # `patronictl` is for a client without threads in the background.
    return get_dcs({"scope": scope, "name": name, "ttl": 20, "loop_wait": 2, "retry_timeout": 5, "patronictl": True,
                    "etcd3": {"hosts": [f"127.0.0.1:{port}"]}})

child = os.fork()
if child == 0:
    a = node("a")
    while not a.attempt_to_acquire_leader():
        time.sleep(0.2)
    leader = a.get_cluster().leader
    os.kill(os.getpid(), signal.SIGSTOP)
    kept = a.update_leader(1) if __version__ == "3.0.2" else a.update_leader(leader, 1)
    os._exit(0 if kept else 1)
os.waitpid(child, os.WUNTRACED)
b = node("b")
while not b.attempt_to_acquire_leader():
    time.sleep(0.5)
owner = lambda: b.get_cluster().leader.name
before = owner()
os.kill(child, signal.SIGCONT)
_, status = os.waitpid(child, 0)
print(__version__, f"lock of {before} before, of {owner()} after; a thinks it is the primary: {status == 0}")
PY

: > seen
for version in 3.0.2 3.0.4; do
    "$version/bin/python" -W ignore two_nodes.py "$clients" 2>>errors | tee -a seen
done
expected='3.0.2 lock of b before, of a after; a thinks it is the primary: True
3.0.4 lock of b before, of b after; a thinks it is the primary: False'
if [ "$(cat seen)" != "$expected" ]; then
    tail -n 5 errors >&2
    echo "changed: this was seen before:" >&2
    echo "$expected" >&2
    exit 1
fi
echo "as seen before"
