// Made by `cargo xtask codegen` from openapi/group-dispatch.yaml and openapi/ingest.yaml and openapi/history.yaml: change that file instead.

use group_dispatch_types::BusinessCode;
use crate::{envelope::Envelope, request::ClientRequest};
impl Envelope for ::group_dispatch_types::QueryUserStatusResponse {
    type Data = Vec<::group_dispatch_types::OnlineAgent>;
    const IS_LIST: bool = true;
    fn into_parts(self) -> (BusinessCode, String, Self::Data) {
        (self.code, self.message, self.data)
    }
}
impl ClientRequest for ::group_dispatch_types::QueryUserStatusRequest {
    type Response = ::group_dispatch_types::QueryUserStatusResponse;
    type ErrorResponse = ::group_dispatch_types::ErrorResponse;
}
impl Envelope for ::group_dispatch_types::QueryAllOlWhatsAppInfoResponse {
    type Data = Vec<::group_dispatch_types::SourceGroup>;
    const IS_LIST: bool = true;
    fn into_parts(self) -> (BusinessCode, String, Self::Data) {
        (self.code, self.message, self.data)
    }
}
impl ClientRequest for ::group_dispatch_types::NoParameters {
    type Response = ::group_dispatch_types::QueryAllOlWhatsAppInfoResponse;
    type ErrorResponse = ::group_dispatch_types::ErrorResponse;
}
impl Envelope for ::group_dispatch_types::QueryWhatsAppInfoResponse {
    type Data = Option<::group_dispatch_types::AccountLocation>;
    const IS_LIST: bool = false;
    fn into_parts(self) -> (BusinessCode, String, Self::Data) {
        (self.code, self.message, self.data)
    }
}
impl ClientRequest for ::group_dispatch_types::QueryWhatsAppInfoRequest {
    type Response = ::group_dispatch_types::QueryWhatsAppInfoResponse;
    type ErrorResponse = ::group_dispatch_types::ErrorResponse;
}
impl Envelope for ::group_dispatch_types::QueryUserStatusLogResponse {
    type Data = Vec<::group_dispatch_types::AgentStatusLog>;
    const IS_LIST: bool = true;
    fn into_parts(self) -> (BusinessCode, String, Self::Data) {
        (self.code, self.message, self.data)
    }
}
impl ClientRequest for ::group_dispatch_types::QueryUserStatusLogRequest {
    type Response = ::group_dispatch_types::QueryUserStatusLogResponse;
    type ErrorResponse = ::group_dispatch_types::ErrorResponse;
}
impl Envelope for ::group_dispatch_types::GetLatestOnlineWhatsAccountResponse {
    type Data = Vec<::group_dispatch_types::AgentRecentAccounts>;
    const IS_LIST: bool = true;
    fn into_parts(self) -> (BusinessCode, String, Self::Data) {
        (self.code, self.message, self.data)
    }
}
impl ClientRequest for ::group_dispatch_types::GetLatestOnlineWhatsAccountRequest {
    type Response = ::group_dispatch_types::GetLatestOnlineWhatsAccountResponse;
    type ErrorResponse = ::group_dispatch_types::ErrorResponse;
}
impl Envelope for ::group_dispatch_types::ingest::StatusEventsResponse {
    type Data = ::group_dispatch_types::ingest::Receipt;
    const IS_LIST: bool = false;
    fn into_parts(self) -> (BusinessCode, String, Self::Data) {
        (self.code, self.message, self.data)
    }
}
impl ClientRequest for ::group_dispatch_types::ingest::StatusEventsRequest {
    type Response = ::group_dispatch_types::ingest::StatusEventsResponse;
    type ErrorResponse = ::group_dispatch_types::ingest::ErrorResponse;
}
impl Envelope for ::group_dispatch_types::ingest::MirroredFactsResponse {
    type Data = ::group_dispatch_types::ingest::MirroredFactsReceipt;
    const IS_LIST: bool = false;
    fn into_parts(self) -> (BusinessCode, String, Self::Data) {
        (self.code, self.message, self.data)
    }
}
impl ClientRequest for ::group_dispatch_types::ingest::MirroredFactsRequest {
    type Response = ::group_dispatch_types::ingest::MirroredFactsResponse;
    type ErrorResponse = ::group_dispatch_types::ingest::ErrorResponse;
}
impl Envelope for ::group_dispatch_types::ingest::VendorCallbackResponse {
    type Data = ::group_dispatch_types::ingest::VendorCallbackReceipt;
    const IS_LIST: bool = false;
    fn into_parts(self) -> (BusinessCode, String, Self::Data) {
        (self.code, self.message, self.data)
    }
}
impl ClientRequest for ::group_dispatch_types::ingest::VendorCallbackRequest {
    type Response = ::group_dispatch_types::ingest::VendorCallbackResponse;
    type ErrorResponse = ::group_dispatch_types::ingest::ErrorResponse;
}
impl Envelope for ::group_dispatch_types::history::HistoryEventsResponse {
    type Data = ::group_dispatch_types::history::HistoryPage;
    const IS_LIST: bool = false;
    fn into_parts(self) -> (BusinessCode, String, Self::Data) {
        (self.code, self.message, self.data)
    }
}
impl ClientRequest for ::group_dispatch_types::history::HistoryEventsRequest {
    type Response = ::group_dispatch_types::history::HistoryEventsResponse;
    type ErrorResponse = ::group_dispatch_types::history::ErrorResponse;
}
impl Envelope for ::group_dispatch_types::history::HistoryGapsResponse {
    type Data = ::group_dispatch_types::history::GapPage;
    const IS_LIST: bool = false;
    fn into_parts(self) -> (BusinessCode, String, Self::Data) {
        (self.code, self.message, self.data)
    }
}
impl ClientRequest for ::group_dispatch_types::history::HistoryGapsRequest {
    type Response = ::group_dispatch_types::history::HistoryGapsResponse;
    type ErrorResponse = ::group_dispatch_types::history::ErrorResponse;
}
impl Envelope for ::group_dispatch_types::history::HistoryFreshnessResponse {
    type Data = ::group_dispatch_types::history::FreshnessReport;
    const IS_LIST: bool = false;
    fn into_parts(self) -> (BusinessCode, String, Self::Data) {
        (self.code, self.message, self.data)
    }
}
impl ClientRequest for ::group_dispatch_types::history::HistoryFreshnessRequest {
    type Response = ::group_dispatch_types::history::HistoryFreshnessResponse;
    type ErrorResponse = ::group_dispatch_types::history::ErrorResponse;
}
impl Envelope for ::group_dispatch_types::history::HistoryChangesResponse {
    type Data = ::group_dispatch_types::history::ChangePage;
    const IS_LIST: bool = false;
    fn into_parts(self) -> (BusinessCode, String, Self::Data) {
        (self.code, self.message, self.data)
    }
}
impl ClientRequest for ::group_dispatch_types::history::HistoryChangesRequest {
    type Response = ::group_dispatch_types::history::HistoryChangesResponse;
    type ErrorResponse = ::group_dispatch_types::history::ErrorResponse;
}
impl Envelope for ::group_dispatch_types::history::HistorySessionsResponse {
    type Data = ::group_dispatch_types::history::SessionPage;
    const IS_LIST: bool = false;
    fn into_parts(self) -> (BusinessCode, String, Self::Data) {
        (self.code, self.message, self.data)
    }
}
impl ClientRequest for ::group_dispatch_types::history::HistorySessionsRequest {
    type Response = ::group_dispatch_types::history::HistorySessionsResponse;
    type ErrorResponse = ::group_dispatch_types::history::ErrorResponse;
}
impl Envelope for ::group_dispatch_types::history::HistoryReportResponse {
    type Data = ::group_dispatch_types::history::HistoryReport;
    const IS_LIST: bool = false;
    fn into_parts(self) -> (BusinessCode, String, Self::Data) {
        (self.code, self.message, self.data)
    }
}
impl ClientRequest for ::group_dispatch_types::history::HistoryReportRequest {
    type Response = ::group_dispatch_types::history::HistoryReportResponse;
    type ErrorResponse = ::group_dispatch_types::history::ErrorResponse;
}
