"""With the client that openapi-generator makes of type `python`."""

from typing import TypeVar

from client import ApiClient, Configuration, HistoryApi, PresenceApi
from client.exceptions import ApiException
from client.models.error_response import ErrorResponse
from client.models.get_latest_online_whats_account_request import GetLatestOnlineWhatsAccountRequest
from client.models.query_user_status_log_request import QueryUserStatusLogRequest
from client.models.query_user_status_request import QueryUserStatusRequest
from client.models.query_whats_app_info_request import QueryWhatsAppInfoRequest
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


Q = TypeVar("Q")


def made(question: Q | None) -> Q:
    """Of what is not None `from_dict` makes something, but its type does not say so."""
    assert question is not None
    return question


class Client:
    def __init__(self, url: str, sign: Sign) -> None:
        self.sign = sign
        api = ApiClient(Configuration(host=url))
        self.presence = PresenceApi(api)
        self.history = HistoryApi(api)

    def query_user_status(self) -> Values:
        question = made(QueryUserStatusRequest.from_dict(USER_STATUS))
        agent = first(self.presence.query_user_status(question, _headers=self.sign()).data)
        account = first(agent.whats_app_list)
        return [agent.user_id, agent.agent_account, account.whats_app, account.name]

    def query_all_ol_whats_app_info(self) -> Values:
        group = first(self.presence.query_all_ol_whats_app_info(_headers=self.sign()).data)
        agent = first(group.list)
        account = first(agent.whats_app_list)
        return [group.source, agent.user_id, agent.agent_account, agent.user_name, account.whats_app]

    def query_whats_app_info(self) -> Values:
        question = made(QueryWhatsAppInfoRequest.from_dict(WHATS_APP_INFO))
        place = self.presence.query_whats_app_info(question, _headers=self.sign()).data
        assert place
        return [place.user_id, place.agent_account, place.whats_app, place.source]

    def query_user_status_log(self) -> Values:
        question = made(QueryUserStatusLogRequest.from_dict(USER_STATUS_LOG))
        agent = first(self.history.query_user_status_log(question, _headers=self.sign()).data)
        event = first(agent.whats_app_list)
        return [agent.user_id, event.whats_app, event.status, event.detail_status, event.create_time]

    def get_latest_online_whats_account(self) -> Values:
        question = made(GetLatestOnlineWhatsAccountRequest.from_dict(LATEST_ONLINE))
        agent = first(self.history.get_latest_online_whats_account(question, _headers=self.sign()).data)
        account = first(agent.whats_app_list)
        return [agent.user_id, account.whats_app, account.status]

    def not_online(self) -> Values:
        question = made(QueryWhatsAppInfoRequest.from_dict(WHATS_APP_NOT_ONLINE))
        answer = self.presence.query_whats_app_info(question, _headers=self.sign())
        return not_online(answer.code, answer.data)

    def unknown_code(self) -> Values:
        question = made(QueryUserStatusLogRequest.from_dict(LOG_WITH_UNKNOWN_CODE))
        agent = first(self.history.query_user_status_log(question, _headers=self.sign()).data)
        event = first(agent.whats_app_list)
        return [event.status, event.detail_status]

    def error(self) -> Values:
        question = made(QueryUserStatusRequest.from_dict(USER_STATUS))
        try:
            answer = self.presence.query_user_status(question, _headers=self.sign())
            return [answer.code, answer.message]
        except ApiException as refused:
            assert isinstance(refused.data, ErrorResponse), refused.data
            return [refused.data.code, refused.data.message]


converse(Client)
