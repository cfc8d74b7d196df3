"""Prints which agents and WhatsApp accounts are online: a line for each account."""

import os
import sys
import time
from hashlib import md5

import httpx
from group_dispatch_api import Client
from group_dispatch_api.api.presence import query_all_ol_whats_app_info
from group_dispatch_api.models import QueryAllOlWhatsAppInfoResponse

SOURCES = {1: "pc", 2: "mobile", 3: "cloud"}


def signing(tenant_id: str, api_key: str) -> httpx.Auth:
    """Signs each request: the MD5 of tenant, time and key. The key itself is not sent."""

    class Signature(httpx.Auth):
        def auth_flow(self, request: httpx.Request):  # type: ignore[no-untyped-def]
            timestamp = str(time.time_ns() // 1_000_000)
            token = md5(f"{tenant_id}{timestamp}{api_key}".encode()).hexdigest()
            request.headers.update({"tenant_id": tenant_id, "timestamp": timestamp, "token": token})
            yield request

    return Signature()


def main() -> int:
    auth = signing(os.environ["GROUP_DISPATCH_TENANT_ID"], os.environ["GROUP_DISPATCH_API_KEY"])
    client = Client(base_url=os.environ["GROUP_DISPATCH_URL"], httpx_args={"auth": auth}, timeout=httpx.Timeout(30))
    answer = query_all_ol_whats_app_info.sync(client=client)
    # The vendor sends errors with HTTP status 200 and a code of their own, a group-dispatch-server with another status.
    if not isinstance(answer, QueryAllOlWhatsAppInfoResponse) or answer.code not in (0, 200):
        reason = f"{answer.code}: {answer.message}" if answer else "no answer that the contract has"
        print(f"the service refuses: {reason}", file=sys.stderr)
        return 1
    for group in answer.data or []:
        for agent in group.list_:
            for account in agent.whats_app_list:
                name = agent.user_name or agent.agent_account
                print(f"{SOURCES.get(group.source, group.source)}\t{name}\t{account.whats_app}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
