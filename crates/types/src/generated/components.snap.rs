// Made by `cargo xtask codegen` from openapi/group-dispatch.yaml and openapi/ingest.yaml: change that file instead.

macro_rules! for_every_component {
    ($callback:ident, $argument:ident) => {
        $callback ! ($argument : QUERIES : crate ::UserId, crate ::UserIdText, crate
        ::WhatsAppNumber, crate ::WhatsAppNumberInteger, crate ::Source, crate
        ::AccountStatus, crate ::StatusDetail, crate ::StatusTime, crate ::BusinessCode,
        crate ::NoParameters, crate ::QueryUserStatusRequest, crate
        ::QueryWhatsAppInfoRequest, crate ::QueryUserStatusLogRequest, crate
        ::GetLatestOnlineWhatsAccountRequest, crate ::QueryUserStatusResponse, crate
        ::OnlineAgent, crate ::OnlineAccount, crate ::QueryAllOlWhatsAppInfoResponse,
        crate ::SourceGroup, crate ::NamedOnlineAgent, crate ::QueryWhatsAppInfoResponse,
        crate ::AccountLocation, crate ::QueryUserStatusLogResponse, crate
        ::AgentStatusLog, crate ::StatusRecord, crate
        ::GetLatestOnlineWhatsAccountResponse, crate ::AgentRecentAccounts, crate
        ::RecentAccount, crate ::ErrorResponse; INGEST : crate ::ingest::UserId, crate
        ::ingest::WhatsAppNumber, crate ::ingest::Source, crate ::ingest::AccountStatus,
        crate ::ingest::StatusDetail, crate ::ingest::EventTime, crate
        ::ingest::EventCount, crate ::ingest::FeedOrder, crate ::ingest::BusinessCode,
        crate ::ingest::StatusEventsRequest, crate ::ingest::StatusEvent, crate
        ::ingest::StatusEventsResponse, crate ::ingest::Receipt, crate ::ingest::Refusal,
        crate ::ingest::ErrorResponse;)
    };
}
