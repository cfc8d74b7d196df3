"""Signs the requests that Schemathesis makes, whatever it has made of the headers of the signature."""

import hashlib
import os
import time

import schemathesis

SIGNATURE = ["tenant_id", "timestamp", "token", "nonce", "body_sha256", "hmac"]


@schemathesis.hook
def before_call(context, case, kwargs):
    tenant_id, api_key = os.environ["GROUP_DISPATCH_TENANT_ID"], os.environ["GROUP_DISPATCH_API_KEY"]
    timestamp = str(time.time_ns() // 1_000_000)
    token = hashlib.md5((tenant_id + timestamp + api_key).encode()).hexdigest()
    kept = {name: value for name, value in (case.headers or {}).items() if name.lower() not in SIGNATURE}
    case.headers = {**kept, "tenant_id": tenant_id, "timestamp": timestamp, "token": token}


@schemathesis.serializer("application/x-ndjson")
def lines(context, value):
    """A body of this type is a text."""
    return value if isinstance(value, bytes) else str(value).encode(errors="surrogatepass")
