"""The five questions, asked with the client that openapi-python-client makes of the contract.

Run as `python consumer.py URL TENANT_ID API_KEY`, against a server with the events of `other_tools`. mypy holds every
member named here to the type that the contract gives it; running it compares the values.
"""

import sys
import time
from hashlib import md5

import httpx
from group_dispatch_api import Client
from group_dispatch_api.api.history import get_latest_online_whats_account, query_user_status_log
from group_dispatch_api.api.presence import query_all_ol_whats_app_info, query_user_status, query_whats_app_info
from group_dispatch_api.models import (
    AccountLocation,
    AccountStatus,
    AgentRecentAccounts,
    Source,
    AgentStatusLog,
    BusinessCode,
    ErrorResponse,
    GetLatestOnlineWhatsAccountRequest,
    GetLatestOnlineWhatsAccountResponse,
    NamedOnlineAgent,
    NoParameters,
    OnlineAccount,
    OnlineAgent,
    QueryAllOlWhatsAppInfoResponse,
    QueryUserStatusLogRequest,
    QueryUserStatusLogResponse,
    QueryUserStatusRequest,
    QueryUserStatusResponse,
    QueryWhatsAppInfoRequest,
    QueryWhatsAppInfoResponse,
    RecentAccount,
    Source,
    SourceGroup,
    StatusDetail,
    StatusRecord,
)


def client_of(url: str, tenant_id: str, api_key: str) -> Client:
    def sign(request: httpx.Request) -> None:
        timestamp = str(time.time_ns() // 1_000_000)
        token = md5(f"{tenant_id}{timestamp}{api_key}".encode()).hexdigest()
        request.headers.update({"tenant_id": tenant_id, "timestamp": timestamp, "token": token})

    return Client(base_url=url, httpx_args={"event_hooks": {"request": [sign]}})


def presence(client: Client) -> None:
    jack = OnlineAccount(whats_app="8618217331411", name="jack")

    online = query_user_status.sync(
        client=client, body=QueryUserStatusRequest(source=Source.PC, user_id=12, user_name="")
    )
    assert online == QueryUserStatusResponse(
        code=BusinessCode.SUCCESS,
        message="success",
        data=[OnlineAgent(user_id=12, agent_account="br02", whats_app_list=[jack])],
    ), online

    everyone = QueryAllOlWhatsAppInfoResponse(
        code=BusinessCode.SUCCESS,
        message="Success ",
        data=[
            SourceGroup(
                source=Source.PC,
                list_=[NamedOnlineAgent(user_id=12, agent_account="br02", user_name="Ana", whats_app_list=[jack])],
            ),
            SourceGroup(source=Source.MOBILE, list_=[]),
        ],
    )
    for answer in (
        query_all_ol_whats_app_info.sync(client=client),
        query_all_ol_whats_app_info.sync(client=client, body=NoParameters()),
    ):
        assert answer == everyone, answer

    place = query_whats_app_info.sync(client=client, body=QueryWhatsAppInfoRequest(whatsapp=8618217331411))
    assert place == QueryWhatsAppInfoResponse(
        code=BusinessCode.SUCCESS,
        message="Success ",
        data=AccountLocation(user_id="12", agent_account="br02", whats_app="8618217331411", source=Source.PC),
    ), place

    nowhere = query_whats_app_info.sync(
        client=client, body=QueryWhatsAppInfoRequest(whatsapp=573125704139, source=Source.MOBILE)
    )
    assert nowhere == QueryWhatsAppInfoResponse(code=BusinessCode.SUCCESS, message="Success ", data=None), nowhere


def history(client: Client) -> None:
    log = query_user_status_log.sync(
        client=client,
        body=QueryUserStatusLogRequest(source=Source.MOBILE, agent_account="br02", whats_app="573125704139"),
    )
    banned, came = (
        StatusRecord(
            whats_app="573125704139",
            name="",
            status=status,
            source=Source.MOBILE,
            country_code="哥伦比亚",
            detail_status=detail,
            create_time=time_of_event,
        )
        for status, detail, time_of_event in (
            (AccountStatus.BANNED, StatusDetail.MOBILE_BANNED, "2024-07-08 19:30:00"),
            (AccountStatus.ONLINE, StatusDetail.MOBILE_ONLINE, "2024-07-08 19:25:31"),
        )
    )
    assert log == QueryUserStatusLogResponse(
        code=BusinessCode.SUCCESS,
        message="Success",
        data=[AgentStatusLog(user_id=12, agent_account="br02", whats_app_list=[banned, came])],
    ), log

    recent = get_latest_online_whats_account.sync(
        client=client, body=GetLatestOnlineWhatsAccountRequest(source=Source.MOBILE, user_id=12)
    )
    account = RecentAccount(whats_app="573125704139", name="", status=AccountStatus.BANNED)
    assert recent == GetLatestOnlineWhatsAccountResponse(
        code=BusinessCode.SUCCESS,
        message="Success ",
        data=[AgentRecentAccounts(user_id=12, agent_account="br02", whats_app_list=[account])],
    ), recent


def errors(client: Client, stranger: Client) -> None:
    refused = query_user_status.sync_detailed(client=stranger, body=QueryUserStatusRequest(source=Source.PC))
    assert refused.status_code == 401
    assert refused.parsed == ErrorResponse(
        code=BusinessCode.TOKEN_WRONG, message="accessToken is error", data=None
    ), refused.parsed

    # The type of this member has no such source, and mypy says so: an ignored fault that is none would be one.
    wrong = QueryUserStatusRequest(source=AccountStatus.ONLINE)  # type: ignore[arg-type]
    bad = query_user_status.sync_detailed(client=client, body=wrong)
    assert bad.status_code == 400
    assert bad.parsed == ErrorResponse(
        code=BusinessCode.BAD_REQUEST, message="source: expected a source: 1 (pc), 2 (mobile) or 3 (cloud)", data=None
    ), bad.parsed


if __name__ == "__main__":
    url, tenant_id, api_key = sys.argv[1:]
    client = client_of(url, tenant_id, api_key)
    presence(client)
    history(client)
    errors(client, stranger=client_of(url, tenant_id, "another key"))
