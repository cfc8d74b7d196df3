# Sends the events of a file, one a line.
#
# Export GROUP_DISPATCH_URL, GROUP_DISPATCH_TENANT_ID and GROUP_DISPATCH_API_KEY, then, with Python 3.8 or later:
# python3 feed.py events.ndjson
import hashlib
import hmac
import json
import os
import secrets
import sys
import time
import urllib.error
import urllib.request


def variable(name):
    return os.environ.get(name) or sys.exit(f"{name} is not set")


url = variable("GROUP_DISPATCH_URL").rstrip("/")
tenant_id = variable("GROUP_DISPATCH_TENANT_ID")
api_key = variable("GROUP_DISPATCH_API_KEY")
if len(sys.argv) != 2:
    sys.exit("expected a file with events")
try:
    with open(sys.argv[1], "rb") as file:
        events = file.read()
except OSError as error:
    sys.exit(f"cannot read {sys.argv[1]}: {error.strerror}")

path = "/ingest/v1/status-events"
timestamp = str(time.time_ns() // 1_000_000)
nonce = secrets.token_hex(16)
body_sha256 = hashlib.sha256(events).hexdigest()
lines = ["group-dispatch-hmac-sha256-1", "POST", path, tenant_id, timestamp, nonce, body_sha256]

request = urllib.request.Request(
    url + path,
    data=events,
    headers={
        "tenant_id": tenant_id,
        "timestamp": timestamp,
        "nonce": nonce,
        "body_sha256": body_sha256,
        "hmac": hmac.new(api_key.encode(), "\n".join(lines).encode(), hashlib.sha256).hexdigest(),
        "content-type": "application/x-ndjson",
    },
)
try:
    with urllib.request.urlopen(request, timeout=60) as response:
        body = response.read()
except urllib.error.HTTPError as error:
    body = error.read()  # An error is the same JSON; the data may list refused events.

try:
    envelope = json.loads(body)
    code = int(envelope["code"])
except (ValueError, LookupError, TypeError):
    sys.exit("The response has no code. Is GROUP_DISPATCH_URL right?")
if code not in (200, 0):
    sys.exit(f"{code}: {envelope.get('message')}")

# How many events are stored and repeated.
print(json.dumps(envelope["data"], indent=2))
