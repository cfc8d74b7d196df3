"""datamodel-code-generator makes models alone of the contract; httpx sends the requests."""

from typing import TypeVar

import httpx
from client import (
    ErrorResponse,
    GetLatestOnlineWhatsAccountRequest,
    GetLatestOnlineWhatsAccountResponse,
    NoParameters,
    QueryAllOlWhatsAppInfoResponse,
    QueryUserStatusLogRequest,
    QueryUserStatusLogResponse,
    QueryUserStatusRequest,
    QueryUserStatusResponse,
    QueryWhatsAppInfoRequest,
    QueryWhatsAppInfoResponse,
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
    plain,
)
from pydantic import BaseModel

A = TypeVar("A", bound=BaseModel)


class Refused(Exception):
    def __init__(self, answer: ErrorResponse) -> None:
        self.answer = answer


class Client:
    def __init__(self, url: str, sign: Sign) -> None:
        self.http = httpx.Client(base_url=f"{url}/group-dispatch-api/user")
        self.sign = sign

    def ask(self, operation: str, question: BaseModel, answer: type[A]) -> A:
        body = question.model_dump_json(exclude_none=True)
        headers = self.sign() | {"content-type": "application/json"}
        response = self.http.post(f"/{operation}", content=body, headers=headers)
        if response.is_error:
            raise Refused(ErrorResponse.model_validate_json(response.content))
        return answer.model_validate_json(response.content)

    def query_user_status(self) -> Values:
        question = QueryUserStatusRequest.model_validate(USER_STATUS)
        agent = first(self.ask("queryUserStatus", question, QueryUserStatusResponse).data)
        account = first(agent.whatsAppList)
        return [agent.userId, agent.agentAccount, account.whatsApp, account.name]

    def query_all_ol_whats_app_info(self) -> Values:
        question = NoParameters.model_validate({})
        group = first(self.ask("queryAllOlWhatsAppInfo", question, QueryAllOlWhatsAppInfoResponse).data)
        agent = first(group.list_)
        account = first(agent.whatsAppList)
        return [group.source, agent.userId, agent.agentAccount, agent.userName, account.whatsApp]

    def query_whats_app_info(self) -> Values:
        question = QueryWhatsAppInfoRequest.model_validate(WHATS_APP_INFO)
        place = self.ask("queryWhatsAppInfo", question, QueryWhatsAppInfoResponse).data
        assert place
        return [place.userId, place.agentAccount, place.whatsApp, place.source]

    def query_user_status_log(self) -> Values:
        question = QueryUserStatusLogRequest.model_validate(USER_STATUS_LOG)
        agent = first(self.ask("queryUserStatusLog", question, QueryUserStatusLogResponse).data)
        event = first(agent.whatsAppList)
        return [agent.userId, event.whatsApp, event.status, event.detailStatus, event.createTime]

    def get_latest_online_whats_account(self) -> Values:
        question = GetLatestOnlineWhatsAccountRequest.model_validate(LATEST_ONLINE)
        agent = first(self.ask("getLatestOnlineWhatsAccount", question, GetLatestOnlineWhatsAccountResponse).data)
        account = first(agent.whatsAppList)
        return [agent.userId, account.whatsApp, account.status]

    def not_online(self) -> Values:
        question = QueryWhatsAppInfoRequest.model_validate(WHATS_APP_NOT_ONLINE)
        answer = self.ask("queryWhatsAppInfo", question, QueryWhatsAppInfoResponse)
        return not_online(plain(answer.code), answer.data)

    def unknown_code(self) -> Values:
        question = QueryUserStatusLogRequest.model_validate(LOG_WITH_UNKNOWN_CODE)
        agent = first(self.ask("queryUserStatusLog", question, QueryUserStatusLogResponse).data)
        event = first(agent.whatsAppList)
        return [event.status, event.detailStatus]

    def error(self) -> Values:
        question = QueryUserStatusRequest.model_validate(USER_STATUS)
        try:
            answer = self.ask("queryUserStatus", question, QueryUserStatusResponse)
            return [answer.code, answer.message]
        except Refused as refused:
            return [refused.answer.code, refused.answer.message]


converse(Client)
