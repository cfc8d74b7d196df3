// Made by `cargo xtask codegen` from openapi/group-dispatch.yaml and openapi/ingest.yaml and openapi/history.yaml: change that file instead.

macro_rules! for_every_component {
    ($callback:ident, $argument:ident) => {
        $callback ! ($argument : "group-dispatch.yaml" : crate ::UserId, crate
        ::UserIdText, crate ::WhatsAppNumber, crate ::WhatsAppNumberInteger, crate
        ::Source, crate ::AccountStatus, crate ::StatusDetail, crate ::StatusTime, crate
        ::BusinessCode, crate ::NoParameters, crate ::QueryUserStatusRequest, crate
        ::QueryWhatsAppInfoRequest, crate ::QueryUserStatusLogRequest, crate
        ::GetLatestOnlineWhatsAccountRequest, crate ::QueryUserStatusResponse, crate
        ::OnlineAgent, crate ::OnlineAccount, crate ::QueryAllOlWhatsAppInfoResponse,
        crate ::SourceGroup, crate ::NamedOnlineAgent, crate ::QueryWhatsAppInfoResponse,
        crate ::AccountLocation, crate ::QueryUserStatusLogResponse, crate
        ::AgentStatusLog, crate ::StatusRecord, crate
        ::GetLatestOnlineWhatsAccountResponse, crate ::AgentRecentAccounts, crate
        ::RecentAccount, crate ::ErrorResponse; "ingest.yaml" : crate ::ingest::UserId,
        crate ::ingest::WhatsAppNumber, crate ::ingest::Source, crate
        ::ingest::AccountStatus, crate ::ingest::StatusDetail, crate ::ingest::EventTime,
        crate ::ingest::EventCount, crate ::ingest::FeedOrder, crate
        ::ingest::PresenceChange, crate ::ingest::MirrorOutcome, crate
        ::ingest::MirrorId, crate ::ingest::RecordOrdinal, crate ::ingest::ClockOffset,
        crate ::ingest::ClockUncertainty, crate ::ingest::RequestCount, crate
        ::ingest::RoundInterval, crate ::ingest::BusinessCode, crate
        ::ingest::StatusEventsRequest, crate ::ingest::StatusEvent, crate
        ::ingest::MirroredFactsRequest, crate ::ingest::Look, crate
        ::ingest::LoggedEvent, crate ::ingest::ObservedEvent, crate ::ingest::Gap, crate
        ::ingest::VendorCallbackRequest, crate ::ingest::VendorCallbackResponse, crate
        ::ingest::VendorCallbackReceipt, crate ::ingest::MirroredFactsResponse, crate
        ::ingest::MirroredFactsReceipt, crate ::ingest::AccountPresence, crate
        ::ingest::StatusEventsResponse, crate ::ingest::Receipt, crate ::ingest::Refusal,
        crate ::ingest::ErrorResponse; "history.yaml" : crate ::history::UserId, crate
        ::history::WhatsAppNumber, crate ::history::Source, crate
        ::history::AccountStatus, crate ::history::StatusDetail, crate
        ::history::EventTime, crate ::history::Provenance, crate
        ::history::PresenceChange, crate ::history::HistoryOrder, crate
        ::history::ChangePosition, crate ::history::ChangeLineType, crate
        ::history::ChangeReason, crate ::history::HistoryCursor, crate
        ::history::CalendarDay, crate ::history::TimeZoneName, crate
        ::history::ReportGrouping, crate ::history::PageLimit, crate
        ::history::AgeInSeconds, crate ::history::ClockOffset, crate
        ::history::ClockUncertainty, crate ::history::SettleSeconds, crate
        ::history::WaitSeconds, crate ::history::HeldBack, crate ::history::RequestCount,
        crate ::history::RoundInterval, crate ::history::Milliseconds, crate
        ::history::ReportCount, crate ::history::BusinessCode, crate
        ::history::HistoryEventsRequest, crate ::history::HistoryGapsRequest, crate
        ::history::HistoryFreshnessRequest, crate ::history::HistoryChangesRequest, crate
        ::history::HistorySessionsRequest, crate ::history::HistoryReportRequest, crate
        ::history::HistoryEventsResponse, crate ::history::HistoryPage, crate
        ::history::HistoryEvent, crate ::history::HistoryGapsResponse, crate
        ::history::GapPage, crate ::history::Gap, crate
        ::history::HistoryFreshnessResponse, crate ::history::FreshnessReport, crate
        ::history::SourceFreshness, crate ::history::HistoryChangesResponse, crate
        ::history::ChangePage, crate ::history::ChangeLine, crate
        ::history::OnlineAccount, crate ::history::HistorySessionsResponse, crate
        ::history::SessionPage, crate ::history::Session, crate ::history::SessionEdge,
        crate ::history::HistoryReportResponse, crate ::history::HistoryReport, crate
        ::history::ReportRow, crate ::history::ErrorResponse;)
    };
}
