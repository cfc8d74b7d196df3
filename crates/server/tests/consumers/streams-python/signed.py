"""The address of the changes, and headers that sign a request of them."""

import hashlib
import os
import time

ADDRESS = os.environ["GROUP_DISPATCH_URL"] + "/history/v1/changes"


def headers(position):
    tenant_id, api_key = os.environ["GROUP_DISPATCH_TENANT_ID"], os.environ["GROUP_DISPATCH_API_KEY"]
    timestamp = str(time.time_ns() // 1_000_000)
    token = hashlib.md5((tenant_id + timestamp + api_key).encode()).hexdigest()
    return {
        "tenant_id": tenant_id,
        "timestamp": timestamp,
        "token": token,
        "accept": "text/event-stream",
        "last-event-id": position,
    }
