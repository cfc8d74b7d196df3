// Made by `cargo xtask codegen` from openapi/group-dispatch.yaml and openapi/ingest.yaml: change that file instead.

use group_dispatch_types::BusinessCode;
use crate::{
    attempt::Attempt, decode::decode, envelope::Envelope, error::Error,
    request::{ClientRequest, query_client},
};
impl Envelope for ::group_dispatch_types::QueryUserStatusResponse {
    type Data = Vec<::group_dispatch_types::OnlineAgent>;
    const IS_LIST: bool = true;
    fn into_parts(self) -> (BusinessCode, String, Self::Data) {
        (self.code, self.message, self.data)
    }
}
impl ClientRequest for ::group_dispatch_types::QueryUserStatusRequest {
    async fn send(&self, attempt: &Attempt) -> Result<Self::Data, Error> {
        decode(query_client(attempt).query_user_status(self).await, attempt)
    }
}
impl Envelope for ::group_dispatch_types::QueryAllOlWhatsAppInfoResponse {
    type Data = Vec<::group_dispatch_types::SourceGroup>;
    const IS_LIST: bool = true;
    fn into_parts(self) -> (BusinessCode, String, Self::Data) {
        (self.code, self.message, self.data)
    }
}
impl ClientRequest for ::group_dispatch_types::NoParameters {
    async fn send(&self, attempt: &Attempt) -> Result<Self::Data, Error> {
        decode(query_client(attempt).query_all_ol_whats_app_info(self).await, attempt)
    }
}
impl Envelope for ::group_dispatch_types::QueryWhatsAppInfoResponse {
    type Data = Option<::group_dispatch_types::AccountLocation>;
    const IS_LIST: bool = false;
    fn into_parts(self) -> (BusinessCode, String, Self::Data) {
        (self.code, self.message, self.data)
    }
}
impl ClientRequest for ::group_dispatch_types::QueryWhatsAppInfoRequest {
    async fn send(&self, attempt: &Attempt) -> Result<Self::Data, Error> {
        decode(query_client(attempt).query_whats_app_info(self).await, attempt)
    }
}
impl Envelope for ::group_dispatch_types::QueryUserStatusLogResponse {
    type Data = Vec<::group_dispatch_types::AgentStatusLog>;
    const IS_LIST: bool = true;
    fn into_parts(self) -> (BusinessCode, String, Self::Data) {
        (self.code, self.message, self.data)
    }
}
impl ClientRequest for ::group_dispatch_types::QueryUserStatusLogRequest {
    async fn send(&self, attempt: &Attempt) -> Result<Self::Data, Error> {
        decode(query_client(attempt).query_user_status_log(self).await, attempt)
    }
}
impl Envelope for ::group_dispatch_types::GetLatestOnlineWhatsAccountResponse {
    type Data = Vec<::group_dispatch_types::AgentRecentAccounts>;
    const IS_LIST: bool = true;
    fn into_parts(self) -> (BusinessCode, String, Self::Data) {
        (self.code, self.message, self.data)
    }
}
impl ClientRequest for ::group_dispatch_types::GetLatestOnlineWhatsAccountRequest {
    async fn send(&self, attempt: &Attempt) -> Result<Self::Data, Error> {
        decode(
            query_client(attempt).get_latest_online_whats_account(self).await,
            attempt,
        )
    }
}
impl Envelope for ::group_dispatch_types::ingest::StatusEventsResponse {
    type Data = ::group_dispatch_types::ingest::Receipt;
    const IS_LIST: bool = false;
    fn into_parts(self) -> (BusinessCode, String, Self::Data) {
        (self.code, self.message, self.data)
    }
}
