# Prints the changes, a line of JSON for each, until it is stopped.
#
# Export GROUP_DISPATCH_URL, GROUP_DISPATCH_TENANT_ID and GROUP_DISPATCH_API_KEY, then, with Python 3.9 or later:
# pip install httpx-sse==0.4.3
# python3 changes.py
import hashlib
import json
import os
import sys
import time

import httpx
from httpx_sse import SSEError, connect_sse


def variable(name):
    return os.environ.get(name) or sys.exit(f"{name} is not set")


url = variable("GROUP_DISPATCH_URL").rstrip("/")
tenant_id = variable("GROUP_DISPATCH_TENANT_ID")
api_key = variable("GROUP_DISPATCH_API_KEY")


def signed():
    timestamp = str(time.time_ns() // 1_000_000)
    token = hashlib.md5((tenant_id + timestamp + api_key).encode()).hexdigest()
    return {"tenant_id": tenant_id, "timestamp": timestamp, "token": token}


position = ""  # Keep it with what you make of the lines, to go on after a restart.
pause = 2.0
# The server sends a line at least each 15 seconds: what is silent for a minute is dead.
with httpx.Client(timeout=httpx.Timeout(10, read=60)) as client:
    while True:
        headers = {**signed(), "last-event-id": position}
        try:
            with connect_sse(client, "POST", url + "/history/v1/changes", headers=headers, json={}) as source:
                status = source.response.status_code
                if 400 <= status < 500 and status != 429:
                    sys.exit(source.response.read().decode())
                for event in source.iter_sse():
                    line = json.loads(event.data)
                    print(event.data, flush=True)
                    position = "" if line["type"] == "reset" else line.get("position", position)
                    if event.retry is not None:
                        pause = event.retry / 1000
        except (httpx.TransportError, SSEError) as error:
            print(f"interrupted: {error}", file=sys.stderr)
        time.sleep(pause)
