"""Verifies webhooks with the library of Standard Webhooks: one JSON object a line on standard input, and for each a line that
says whether it is accepted."""

import json
import sys

from standardwebhooks.webhooks import Webhook, WebhookVerificationError

for line in sys.stdin.buffer:
    message = json.loads(line)
    try:
        Webhook(message["secret"]).verify(message["body"], message["headers"])
        print("accepted")
    except WebhookVerificationError as error:
        print(f"rejected: {error}")
