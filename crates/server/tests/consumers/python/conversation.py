"""What every client here is asked for: the queries, an account that is not online, a code that the contract does not
list, and an error.

Run as `python PROGRAM URL TENANT_ID API_KEY`. mypy holds every member that a program names to the client's types. The values
are printed, a line for each step, for the test to compare.
"""

import sys
import time
from collections.abc import Callable, Sequence
from enum import Enum
from hashlib import md5
from typing import Protocol, TypeVar

T = TypeVar("T")

USER_STATUS = {"userId": 12, "source": 1}
WHATS_APP_INFO = {"whatsapp": 8618217331411, "source": 1}
WHATS_APP_NOT_ONLINE = {"whatsapp": 573125704139, "source": 2}
USER_STATUS_LOG = {"agentAccount": "br02", "source": 2}
LOG_WITH_UNKNOWN_CODE = {"agentAccount": "br03", "source": 3}
LATEST_ONLINE = {"userId": 12, "source": 2}

Sign = Callable[[], dict[str, str]]
Values = Sequence[object]


class Client(Protocol):
    """The steps, each with the values that it gives."""

    def query_user_status(self) -> Values: ...
    def query_all_ol_whats_app_info(self) -> Values: ...
    def query_whats_app_info(self) -> Values: ...
    def query_user_status_log(self) -> Values: ...
    def get_latest_online_whats_account(self) -> Values: ...
    def not_online(self) -> Values: ...
    def unknown_code(self) -> Values: ...
    def error(self) -> Values: ...


def signing(tenant_id: str, api_key: str) -> Sign:
    """Makes the three headers of a request."""

    def sign() -> dict[str, str]:
        timestamp = str(time.time_ns() // 1_000_000)
        token = md5(f"{tenant_id}{timestamp}{api_key}".encode()).hexdigest()
        return {"tenant_id": tenant_id, "timestamp": timestamp, "token": token}

    return sign


def first(values: Sequence[T] | None) -> T:
    assert values, "nothing, or an empty list"
    return values[0]


def plain(value: object) -> object:
    """The number or text in an enum, in a model of one value, or in a choice of types."""
    if isinstance(value, Enum):
        return value.value
    for wrapped in ("root", "actual_instance"):
        if hasattr(value, wrapped):
            return plain(getattr(value, wrapped))
    return value


def not_online(code: object, data: object) -> Values:
    return [code, "nothing" if data is None else repr(data)]


def converse(client_of: Callable[[str, Sign], Client]) -> None:
    url, tenant_id, api_key = sys.argv[1:]
    client = client_of(url, signing(tenant_id, api_key))
    stranger = client_of(url, signing(tenant_id, "another key"))
    for name, step in (
        ("queryUserStatus", client.query_user_status),
        ("queryAllOlWhatsAppInfo", client.query_all_ol_whats_app_info),
        ("queryWhatsAppInfo", client.query_whats_app_info),
        ("queryUserStatusLog", client.query_user_status_log),
        ("getLatestOnlineWhatsAccount", client.get_latest_online_whats_account),
        ("not online", client.not_online),
        ("unknown code", client.unknown_code),
        ("error", stranger.error),
    ):
        try:
            line = " ".join(str(plain(value)) for value in step())
        except Exception as error:
            line = f"failed: {type(error).__name__} {error}"
        print(f"{name}: {line}".replace("\n", " "))
