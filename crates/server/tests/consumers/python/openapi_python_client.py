"""With the client that openapi-python-client makes."""

from typing import TypeVar

import client
import httpx
from client.api.history import get_latest_online_whats_account, query_user_status_log
from client.api.presence import query_all_ol_whats_app_info, query_user_status, query_whats_app_info
from client.models import (
    ErrorResponse,
    GetLatestOnlineWhatsAccountRequest,
    QueryUserStatusLogRequest,
    QueryUserStatusRequest,
    QueryWhatsAppInfoRequest,
)
from conversation import (
    LATEST_ONLINE,
    LOG_WITH_UNKNOWN_CODE,
    USER_STATUS,
    USER_STATUS_LOG,
    WHATS_APP_INFO,
    WHATS_APP_NOT_ONLINE,
    Sign,
    Values,
    converse,
    first,
    not_online,
)

A = TypeVar("A")


def success(answer: A | ErrorResponse | None) -> A:
    assert answer is not None and not isinstance(answer, ErrorResponse), answer
    return answer


class Client:
    def __init__(self, url: str, sign: Sign) -> None:
        def on_request(request: httpx.Request) -> None:
            request.headers.update(sign())

        self.client = client.Client(base_url=url, httpx_args={"event_hooks": {"request": [on_request]}})

    def query_user_status(self) -> Values:
        question = QueryUserStatusRequest.from_dict(USER_STATUS)
        agent = first(success(query_user_status.sync(client=self.client, body=question)).data or None)
        account = first(agent.whats_app_list)
        return [agent.user_id, agent.agent_account, account.whats_app, account.name]

    def query_all_ol_whats_app_info(self) -> Values:
        group = first(success(query_all_ol_whats_app_info.sync(client=self.client)).data or None)
        agent = first(group.list_)
        account = first(agent.whats_app_list)
        return [group.source, agent.user_id, agent.agent_account, agent.user_name, account.whats_app]

    def query_whats_app_info(self) -> Values:
        question = QueryWhatsAppInfoRequest.from_dict(WHATS_APP_INFO)
        place = success(query_whats_app_info.sync(client=self.client, body=question)).data
        assert place
        return [place.user_id, place.agent_account, place.whats_app, place.source]

    def query_user_status_log(self) -> Values:
        question = QueryUserStatusLogRequest.from_dict(USER_STATUS_LOG)
        agent = first(success(query_user_status_log.sync(client=self.client, body=question)).data or None)
        event = first(agent.whats_app_list)
        return [agent.user_id, event.whats_app, event.status, event.detail_status, event.create_time]

    def get_latest_online_whats_account(self) -> Values:
        question = GetLatestOnlineWhatsAccountRequest.from_dict(LATEST_ONLINE)
        agent = first(success(get_latest_online_whats_account.sync(client=self.client, body=question)).data or None)
        account = first(agent.whats_app_list)
        return [agent.user_id, account.whats_app, account.status]

    def not_online(self) -> Values:
        question = QueryWhatsAppInfoRequest.from_dict(WHATS_APP_NOT_ONLINE)
        answer = success(query_whats_app_info.sync(client=self.client, body=question))
        return not_online(answer.code, answer.data)

    def unknown_code(self) -> Values:
        question = QueryUserStatusLogRequest.from_dict(LOG_WITH_UNKNOWN_CODE)
        agent = first(success(query_user_status_log.sync(client=self.client, body=question)).data or None)
        event = first(agent.whats_app_list)
        return [event.status, event.detail_status]

    def error(self) -> Values:
        question = QueryUserStatusRequest.from_dict(USER_STATUS)
        answer = query_user_status.sync(client=self.client, body=question)
        assert answer is not None
        return [answer.code, answer.message]


converse(Client)
