// Made by `cargo xtask codegen` from openapi/history.yaml: change that file instead.

///One line for a reader of changes; its type says which of the other members there are.
#[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "utoipa", derive(::utoipa::ToSchema))]
#[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))]
#[cfg_attr(test, derive(::proptest_derive::Arbitrary))]
pub struct ChangeLine {
    ///Of `online`, the account.
    #[serde(skip_serializing_if = "::std::option::Option::is_none")]
    #[cfg_attr(feature = "schemars", schemars(with = "OnlineAccount"))]
    #[serde(default, deserialize_with = "crate::lenient::optional")]
    #[cfg_attr(feature = "utoipa", schema(nullable = false))]
    pub account: ::std::option::Option<OnlineAccount>,
    ///Of `event`, what happened.
    #[serde(skip_serializing_if = "::std::option::Option::is_none")]
    #[cfg_attr(feature = "schemars", schemars(with = "HistoryEvent"))]
    #[serde(default, deserialize_with = "crate::lenient::optional")]
    #[cfg_attr(feature = "utoipa", schema(nullable = false))]
    pub event: ::std::option::Option<HistoryEvent>,
    ///Of `position`, how up to date what is known is.
    #[serde(skip_serializing_if = "::std::option::Option::is_none")]
    #[cfg_attr(feature = "schemars", schemars(with = "FreshnessReport"))]
    #[serde(default, deserialize_with = "crate::lenient::optional")]
    #[cfg_attr(feature = "utoipa", schema(nullable = false))]
    pub freshness: ::std::option::Option<FreshnessReport>,
    ///Of `event`, how many events of the account were left out before it, because they did not last (D66).
    #[serde(skip_serializing_if = "::std::option::Option::is_none")]
    #[cfg_attr(
        feature = "schemars",
        schemars(with = "::group_dispatch_types::history::HeldBack")
    )]
    #[serde(default, deserialize_with = "crate::lenient::optional")]
    #[cfg_attr(feature = "utoipa", schema(nullable = false))]
    pub held: ::std::option::Option<::group_dispatch_types::history::HeldBack>,
    ///Of `reset` and `end`, the same in words; don't compare it.
    #[serde(skip_serializing_if = "::std::option::Option::is_none")]
    #[cfg_attr(
        feature = "schemars",
        schemars(
            with = "::std::string::String",
            example = &"the reader did not keep up; come again with the last position"
        )
    )]
    #[cfg_attr(
        feature = "utoipa",
        schema(
            nullable = false,
            example = "the reader did not keep up; come again with the last position"
        )
    )]
    pub message: ::std::option::Option<::std::string::String>,
    ///Of `event`, the agent with which the account is online at the source now, when the line is sent, after all events and not this one alone; absent if it is not online there.
    #[serde(
        rename = "onlineWith",
        skip_serializing_if = "::std::option::Option::is_none"
    )]
    #[cfg_attr(
        feature = "schemars",
        schemars(with = "::group_dispatch_types::history::UserId")
    )]
    #[serde(default, deserialize_with = "crate::lenient::optional")]
    #[cfg_attr(feature = "utoipa", schema(nullable = false))]
    pub online_with: ::std::option::Option<::group_dispatch_types::history::UserId>,
    ///The position behind it, with which the reader may come again; absent of `online` and `reset`, because who is online has to be read to its end.
    #[serde(skip_serializing_if = "::std::option::Option::is_none")]
    #[cfg_attr(
        feature = "schemars",
        schemars(with = "::group_dispatch_types::history::ChangePosition")
    )]
    #[serde(default, deserialize_with = "crate::lenient::optional")]
    #[cfg_attr(feature = "utoipa", schema(nullable = false))]
    pub position: ::std::option::Option<::group_dispatch_types::history::ChangePosition>,
    ///Of `reset` and `end`, why.
    #[serde(skip_serializing_if = "::std::option::Option::is_none")]
    #[cfg_attr(
        feature = "schemars",
        schemars(with = "::group_dispatch_types::history::ChangeReason")
    )]
    #[serde(default, deserialize_with = "crate::lenient::optional")]
    #[cfg_attr(feature = "utoipa", schema(nullable = false))]
    pub reason: ::std::option::Option<::group_dispatch_types::history::ChangeReason>,
    ///What the line says.
    #[serde(rename = "type")]
    pub type_: ::group_dispatch_types::history::ChangeLineType,
}
///A page of changes.
#[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "utoipa", derive(::utoipa::ToSchema))]
#[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))]
#[cfg_attr(test, derive(::proptest_derive::Arbitrary))]
pub struct ChangePage {
    ///Without a position in the request, who is online, in no order; otherwise the events, in the order of the log.
    #[serde(default, deserialize_with = "crate::lenient::list")]
    #[cfg_attr(feature = "utoipa", schema(required = true))]
    pub lines: ::std::vec::Vec<ChangeLine>,
    ///Where the next page begins; also if this one has no lines.
    pub position: ::group_dispatch_types::history::ChangePosition,
}
///The answer to a request that failed.
#[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "utoipa", derive(::utoipa::ToSchema))]
#[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))]
#[cfg_attr(test, derive(::proptest_derive::Arbitrary))]
pub struct ErrorResponse {
    ///Why the request failed.
    pub code: ::group_dispatch_types::history::BusinessCode,
    ///Nothing, written as null. Readers accept anything else and an absent member as well (D7).
    #[serde(default)]
    #[cfg_attr(feature = "utoipa", schema(required = true, inline))]
    pub data: ::group_dispatch_types::history::NoData,
    ///The same in words, naming the member that was wrong and what was expected.
    #[cfg_attr(feature = "schemars", schemars(example = &"accessToken is error"))]
    #[cfg_attr(feature = "utoipa", schema(example = "accessToken is error"))]
    pub message: ::std::string::String,
}
///How up to date what is known is.
#[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "utoipa", derive(::utoipa::ToSchema))]
#[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))]
#[cfg_attr(test, derive(::proptest_derive::Arbitrary))]
pub struct FreshnessReport {
    ///Each source that somebody looked at, in the order of its code.
    #[serde(default, deserialize_with = "crate::lenient::list")]
    #[cfg_attr(feature = "utoipa", schema(required = true))]
    pub sources: ::std::vec::Vec<SourceFreshness>,
}
///A time in which the vendor may have recorded events that nobody could read (D49).
#[derive(::serde::Deserialize, ::serde::Serialize, Clone, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "utoipa", derive(::utoipa::ToSchema))]
#[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))]
#[cfg_attr(test, derive(::proptest_derive::Arbitrary))]
pub struct Gap {
    ///The agent's login account.
    #[serde(rename = "agentAccount")]
    #[cfg_attr(
        feature = "schemars",
        schemars(example = &"lsl001", extend("x-personal-data" = true))
    )]
    #[cfg_attr(
        feature = "utoipa",
        schema(example = "lsl001", extensions(("x-personal-data" = json!(true))))
    )]
    pub agent_account: ::std::string::String,
    ///The time of the last event before it that is known; absent if none is.
    #[serde(skip_serializing_if = "::std::option::Option::is_none")]
    #[cfg_attr(
        feature = "schemars",
        schemars(with = "::group_dispatch_types::history::EventTime")
    )]
    #[serde(default, deserialize_with = "crate::lenient::optional")]
    #[cfg_attr(feature = "utoipa", schema(nullable = false))]
    pub from: ::std::option::Option<::group_dispatch_types::history::EventTime>,
    ///Where they may have happened.
    pub source: ::group_dispatch_types::history::Source,
    ///The time of the first event behind it that is known.
    pub to: ::group_dispatch_types::history::EventTime,
    ///The agent's id.
    #[serde(rename = "userId")]
    pub user_id: ::group_dispatch_types::history::UserId,
    ///The account; absent if it may be any account of the agent that has no events in this time.
    #[serde(rename = "whatsApp", skip_serializing_if = "::std::option::Option::is_none")]
    #[cfg_attr(
        feature = "schemars",
        schemars(with = "::group_dispatch_types::history::WhatsAppNumber")
    )]
    #[serde(default, deserialize_with = "crate::lenient::optional", alias = "whatsapp")]
    #[cfg_attr(feature = "utoipa", schema(nullable = false))]
    pub whats_app: ::std::option::Option<
        ::group_dispatch_types::history::WhatsAppNumber,
    >,
}
impl ::std::fmt::Debug for Gap {
    fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
        f.debug_struct("Gap")
            .field("agent_account", &crate::masked::Masked(&self.agent_account))
            .field("from", &self.from)
            .field("source", &self.source)
            .field("to", &self.to)
            .field("user_id", &self.user_id)
            .field("whats_app", &self.whats_app)
            .finish()
    }
}
///A page of gaps.
#[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "utoipa", derive(::utoipa::ToSchema))]
#[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))]
#[cfg_attr(test, derive(::proptest_derive::Arbitrary))]
pub struct GapPage {
    ///The gaps; those that end earlier are first.
    #[cfg_attr(feature = "schemars", schemars(length(max = 1000)))]
    #[serde(default, deserialize_with = "crate::lenient::list")]
    #[cfg_attr(feature = "utoipa", schema(required = true, max_items = 1000))]
    pub gaps: ::std::vec::Vec<Gap>,
    ///The cursor of the next page; absent if nothing follows now.
    #[serde(skip_serializing_if = "::std::option::Option::is_none")]
    #[cfg_attr(
        feature = "schemars",
        schemars(with = "::group_dispatch_types::history::HistoryCursor")
    )]
    #[serde(default, deserialize_with = "crate::lenient::optional")]
    #[cfg_attr(feature = "utoipa", schema(nullable = false))]
    pub next: ::std::option::Option<::group_dispatch_types::history::HistoryCursor>,
}
///Which changes are looked for. An absent member does not restrict them.
#[derive(
    ::serde::Deserialize,
    ::serde::Serialize,
    Clone,
    Debug,
    Default,
    Eq,
    Hash,
    PartialEq
)]
#[cfg_attr(feature = "utoipa", derive(::utoipa::ToSchema))]
#[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))]
#[cfg_attr(test, derive(::proptest_derive::Arbitrary))]
pub struct HistoryChangesRequest {
    ///Of a page, how many events there are at most; absent, 100.
    #[serde(skip_serializing_if = "::std::option::Option::is_none")]
    #[cfg_attr(
        feature = "schemars",
        schemars(with = "::group_dispatch_types::history::PageLimit")
    )]
    #[serde(default, deserialize_with = "crate::lenient::optional")]
    #[cfg_attr(feature = "utoipa", schema(nullable = false))]
    pub limit: ::std::option::Option<::group_dispatch_types::history::PageLimit>,
    ///Of a stream: an event is held back for this time, and left out if another one of the same account at the same source follows within it; `held` of that one counts them (D66).
    #[serde(skip_serializing_if = "::std::option::Option::is_none")]
    #[cfg_attr(
        feature = "schemars",
        schemars(with = "::group_dispatch_types::history::SettleSeconds")
    )]
    #[serde(default, deserialize_with = "crate::lenient::optional")]
    #[cfg_attr(feature = "utoipa", schema(nullable = false))]
    pub settle: ::std::option::Option<::group_dispatch_types::history::SettleSeconds>,
    ///The position behind which the changes are; absent, who is online now and what changes from then on. In a stream, the last header `Last-Event-ID` that is not empty outweighs it.
    #[serde(skip_serializing_if = "::std::option::Option::is_none")]
    #[cfg_attr(
        feature = "schemars",
        schemars(with = "::group_dispatch_types::history::ChangePosition")
    )]
    #[serde(default, deserialize_with = "crate::lenient::optional")]
    #[cfg_attr(feature = "utoipa", schema(nullable = false))]
    pub since: ::std::option::Option<::group_dispatch_types::history::ChangePosition>,
    ///Where it happens.
    #[serde(skip_serializing_if = "::std::option::Option::is_none")]
    #[cfg_attr(
        feature = "schemars",
        schemars(with = "::group_dispatch_types::history::Source")
    )]
    #[serde(default, deserialize_with = "crate::lenient::optional")]
    #[cfg_attr(feature = "utoipa", schema(nullable = false))]
    pub source: ::std::option::Option<::group_dispatch_types::history::Source>,
    ///The agent's id.
    #[serde(rename = "userId", skip_serializing_if = "::std::option::Option::is_none")]
    #[cfg_attr(
        feature = "schemars",
        schemars(with = "::group_dispatch_types::history::UserId")
    )]
    #[serde(default, deserialize_with = "crate::lenient::optional")]
    #[cfg_attr(feature = "utoipa", schema(nullable = false))]
    pub user_id: ::std::option::Option<::group_dispatch_types::history::UserId>,
    ///Of a page, how long it waits for the first event if there is none; absent, not at all.
    #[serde(skip_serializing_if = "::std::option::Option::is_none")]
    #[cfg_attr(
        feature = "schemars",
        schemars(with = "::group_dispatch_types::history::WaitSeconds")
    )]
    #[serde(default, deserialize_with = "crate::lenient::optional")]
    #[cfg_attr(feature = "utoipa", schema(nullable = false))]
    pub wait: ::std::option::Option<::group_dispatch_types::history::WaitSeconds>,
    ///The account. The name `whatsapp` is accepted as well (D4).
    #[serde(rename = "whatsApp", skip_serializing_if = "::std::option::Option::is_none")]
    #[cfg_attr(
        feature = "schemars",
        schemars(with = "::group_dispatch_types::history::WhatsAppNumber")
    )]
    #[serde(default, deserialize_with = "crate::lenient::optional", alias = "whatsapp")]
    #[cfg_attr(feature = "utoipa", schema(nullable = false))]
    pub whats_app: ::std::option::Option<
        ::group_dispatch_types::history::WhatsAppNumber,
    >,
}
///The answer with a page of changes.
#[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "utoipa", derive(::utoipa::ToSchema))]
#[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))]
#[cfg_attr(test, derive(::proptest_derive::Arbitrary))]
pub struct HistoryChangesResponse {
    ///How the request ended.
    pub code: ::group_dispatch_types::history::BusinessCode,
    ///The page.
    pub data: ChangePage,
    ///The same in words, for people; don't compare it (D12).
    #[cfg_attr(feature = "schemars", schemars(example = &"success"))]
    #[cfg_attr(feature = "utoipa", schema(example = "success"))]
    pub message: ::std::string::String,
}
///What happened to a WhatsApp account, and how that is known.
#[derive(::serde::Deserialize, ::serde::Serialize, Clone, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "utoipa", derive(::utoipa::ToSchema))]
#[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))]
#[cfg_attr(test, derive(::proptest_derive::Arbitrary))]
pub struct HistoryEvent {
    ///The agent's login account; empty when it is not known.
    #[serde(rename = "agentAccount")]
    #[cfg_attr(
        feature = "schemars",
        schemars(example = &"lsl001", extend("x-personal-data" = true))
    )]
    #[cfg_attr(
        feature = "utoipa",
        schema(example = "lsl001", extensions(("x-personal-data" = json!(true))))
    )]
    pub agent_account: ::std::string::String,
    ///Of an observed event, what it shows.
    #[serde(skip_serializing_if = "::std::option::Option::is_none")]
    #[cfg_attr(
        feature = "schemars",
        schemars(with = "::group_dispatch_types::history::PresenceChange")
    )]
    #[serde(default, deserialize_with = "crate::lenient::optional")]
    #[cfg_attr(feature = "utoipa", schema(nullable = false))]
    pub change: ::std::option::Option<::group_dispatch_types::history::PresenceChange>,
    ///The account's country, as a name in any language and not as a code (D9); absent when it is not known.
    #[serde(
        rename = "countryCode",
        skip_serializing_if = "::std::option::Option::is_none"
    )]
    #[cfg_attr(
        feature = "schemars",
        schemars(with = "::std::string::String", example = &"哥伦比亚")
    )]
    #[cfg_attr(feature = "utoipa", schema(nullable = false, example = "哥伦比亚"))]
    pub country_code: ::std::option::Option<::std::string::String>,
    ///When it happened; absent where it was observed.
    #[serde(
        rename = "createTime",
        skip_serializing_if = "::std::option::Option::is_none"
    )]
    #[cfg_attr(
        feature = "schemars",
        schemars(with = "::group_dispatch_types::history::EventTime")
    )]
    #[serde(default, deserialize_with = "crate::lenient::optional")]
    #[cfg_attr(feature = "utoipa", schema(nullable = false))]
    pub create_time: ::std::option::Option<::group_dispatch_types::history::EventTime>,
    ///What happened; absent where it was observed.
    #[serde(
        rename = "detailStatus",
        skip_serializing_if = "::std::option::Option::is_none"
    )]
    #[cfg_attr(
        feature = "schemars",
        schemars(with = "::group_dispatch_types::history::StatusDetail")
    )]
    #[serde(default, deserialize_with = "crate::lenient::optional")]
    #[cfg_attr(feature = "utoipa", schema(nullable = false))]
    pub detail_status: ::std::option::Option<
        ::group_dispatch_types::history::StatusDetail,
    >,
    ///The name that the feeder gave the event, if it gave one.
    #[serde(rename = "eventId", skip_serializing_if = "::std::option::Option::is_none")]
    #[cfg_attr(
        feature = "schemars",
        schemars(with = "::std::string::String", example = &"feeder-7-000042")
    )]
    #[cfg_attr(
        feature = "utoipa",
        schema(nullable = false, example = "feeder-7-000042")
    )]
    pub event_id: ::std::option::Option<::std::string::String>,
    ///The account's nickname; absent when it is not known.
    #[serde(skip_serializing_if = "::std::option::Option::is_none")]
    #[cfg_attr(
        feature = "schemars",
        schemars(
            with = "::std::string::String",
            example = &"jack",
            extend("x-personal-data" = true)
        )
    )]
    #[cfg_attr(
        feature = "utoipa",
        schema(
            nullable = false,
            example = "jack",
            extensions(("x-personal-data" = json!(true)))
        )
    )]
    pub name: ::std::option::Option<::std::string::String>,
    ///Of an observed event, the look that showed it, by the vendor's clock.
    #[serde(rename = "notAfter", skip_serializing_if = "::std::option::Option::is_none")]
    #[cfg_attr(
        feature = "schemars",
        schemars(with = "::group_dispatch_types::history::EventTime")
    )]
    #[serde(default, deserialize_with = "crate::lenient::optional")]
    #[cfg_attr(feature = "utoipa", schema(nullable = false))]
    pub not_after: ::std::option::Option<::group_dispatch_types::history::EventTime>,
    ///Of an observed event, the last look that did not show it, by the vendor's clock; absent if nobody had looked before.
    #[serde(
        rename = "notBefore",
        skip_serializing_if = "::std::option::Option::is_none"
    )]
    #[cfg_attr(
        feature = "schemars",
        schemars(with = "::group_dispatch_types::history::EventTime")
    )]
    #[serde(default, deserialize_with = "crate::lenient::optional")]
    #[cfg_attr(feature = "utoipa", schema(nullable = false))]
    pub not_before: ::std::option::Option<::group_dispatch_types::history::EventTime>,
    ///How it is known. It says which of the other members there are.
    pub provenance: ::group_dispatch_types::history::Provenance,
    ///Where it happened.
    pub source: ::group_dispatch_types::history::Source,
    ///The account's status after the event; absent where it was observed that the account is gone, because nobody knows whether it is offline, disconnected or banned.
    #[serde(skip_serializing_if = "::std::option::Option::is_none")]
    #[cfg_attr(
        feature = "schemars",
        schemars(with = "::group_dispatch_types::history::AccountStatus")
    )]
    #[serde(default, deserialize_with = "crate::lenient::optional")]
    #[cfg_attr(feature = "utoipa", schema(nullable = false))]
    pub status: ::std::option::Option<::group_dispatch_types::history::AccountStatus>,
    ///The agent's id.
    #[serde(rename = "userId")]
    pub user_id: ::group_dispatch_types::history::UserId,
    ///The agent's name; absent when it is not known.
    #[serde(rename = "userName", skip_serializing_if = "::std::option::Option::is_none")]
    #[cfg_attr(
        feature = "schemars",
        schemars(
            with = "::std::string::String",
            example = &"li",
            extend("x-personal-data" = true)
        )
    )]
    #[cfg_attr(
        feature = "utoipa",
        schema(
            nullable = false,
            example = "li",
            extensions(("x-personal-data" = json!(true)))
        )
    )]
    pub user_name: ::std::option::Option<::std::string::String>,
    ///The account.
    #[serde(rename = "whatsApp")]
    #[serde(alias = "whatsapp")]
    pub whats_app: ::group_dispatch_types::history::WhatsAppNumber,
}
impl ::std::fmt::Debug for HistoryEvent {
    fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
        f.debug_struct("HistoryEvent")
            .field("agent_account", &crate::masked::Masked(&self.agent_account))
            .field("change", &self.change)
            .field("country_code", &self.country_code)
            .field("create_time", &self.create_time)
            .field("detail_status", &self.detail_status)
            .field("event_id", &self.event_id)
            .field("name", &crate::masked::Masked(&self.name))
            .field("not_after", &self.not_after)
            .field("not_before", &self.not_before)
            .field("provenance", &self.provenance)
            .field("source", &self.source)
            .field("status", &self.status)
            .field("user_id", &self.user_id)
            .field("user_name", &crate::masked::Masked(&self.user_name))
            .field("whats_app", &self.whats_app)
            .finish()
    }
}
///Which events are looked for. An absent member does not restrict them.
#[derive(::serde::Deserialize, ::serde::Serialize, Clone, Default, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "utoipa", derive(::utoipa::ToSchema))]
#[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))]
#[cfg_attr(test, derive(::proptest_derive::Arbitrary))]
pub struct HistoryEventsRequest {
    ///The agent's login account as it is now. An empty text does not restrict the events.
    #[serde(
        rename = "agentAccount",
        skip_serializing_if = "::std::option::Option::is_none"
    )]
    #[cfg_attr(
        feature = "schemars",
        schemars(
            with = "::std::string::String",
            example = &"lsl001",
            extend("x-personal-data" = true)
        )
    )]
    #[cfg_attr(
        feature = "utoipa",
        schema(
            nullable = false,
            example = "lsl001",
            extensions(("x-personal-data" = json!(true)))
        )
    )]
    pub agent_account: ::std::option::Option<::std::string::String>,
    ///The `next` of an earlier response, for the page that follows it. The other members have to be the same as in the request of that response, but for `limit` (D51).
    #[serde(skip_serializing_if = "::std::option::Option::is_none")]
    #[cfg_attr(
        feature = "schemars",
        schemars(with = "::group_dispatch_types::history::HistoryCursor")
    )]
    #[serde(default, deserialize_with = "crate::lenient::optional")]
    #[cfg_attr(feature = "utoipa", schema(nullable = false))]
    pub cursor: ::std::option::Option<::group_dispatch_types::history::HistoryCursor>,
    ///What happened. Observed events have none.
    #[serde(
        rename = "detailStatus",
        skip_serializing_if = "::std::option::Option::is_none"
    )]
    #[cfg_attr(
        feature = "schemars",
        schemars(with = "::group_dispatch_types::history::StatusDetail")
    )]
    #[serde(default, deserialize_with = "crate::lenient::optional")]
    #[cfg_attr(feature = "utoipa", schema(nullable = false))]
    pub detail_status: ::std::option::Option<
        ::group_dispatch_types::history::StatusDetail,
    >,
    ///The first time, inclusive; of an observed event, `notAfter` counts.
    #[serde(skip_serializing_if = "::std::option::Option::is_none")]
    #[cfg_attr(
        feature = "schemars",
        schemars(with = "::group_dispatch_types::history::EventTime")
    )]
    #[serde(default, deserialize_with = "crate::lenient::optional")]
    #[cfg_attr(feature = "utoipa", schema(nullable = false))]
    pub from: ::std::option::Option<::group_dispatch_types::history::EventTime>,
    ///How many events there are at most; absent, 100.
    #[serde(skip_serializing_if = "::std::option::Option::is_none")]
    #[cfg_attr(
        feature = "schemars",
        schemars(with = "::group_dispatch_types::history::PageLimit")
    )]
    #[serde(default, deserialize_with = "crate::lenient::optional")]
    #[cfg_attr(feature = "utoipa", schema(nullable = false))]
    pub limit: ::std::option::Option<::group_dispatch_types::history::PageLimit>,
    ///Whether the oldest events or the newest are first; absent, the oldest.
    #[serde(skip_serializing_if = "::std::option::Option::is_none")]
    #[cfg_attr(
        feature = "schemars",
        schemars(with = "::group_dispatch_types::history::HistoryOrder")
    )]
    #[serde(default, deserialize_with = "crate::lenient::optional")]
    #[cfg_attr(feature = "utoipa", schema(nullable = false))]
    pub order: ::std::option::Option<::group_dispatch_types::history::HistoryOrder>,
    ///How the events are known.
    #[serde(skip_serializing_if = "::std::option::Option::is_none")]
    #[cfg_attr(
        feature = "schemars",
        schemars(with = "::group_dispatch_types::history::Provenance")
    )]
    #[serde(default, deserialize_with = "crate::lenient::optional")]
    #[cfg_attr(feature = "utoipa", schema(nullable = false))]
    pub provenance: ::std::option::Option<::group_dispatch_types::history::Provenance>,
    ///Where it happened.
    #[serde(skip_serializing_if = "::std::option::Option::is_none")]
    #[cfg_attr(
        feature = "schemars",
        schemars(with = "::group_dispatch_types::history::Source")
    )]
    #[serde(default, deserialize_with = "crate::lenient::optional")]
    #[cfg_attr(feature = "utoipa", schema(nullable = false))]
    pub source: ::std::option::Option<::group_dispatch_types::history::Source>,
    ///The account's status after the event. An observed event of an account that is gone has none.
    #[serde(skip_serializing_if = "::std::option::Option::is_none")]
    #[cfg_attr(
        feature = "schemars",
        schemars(with = "::group_dispatch_types::history::AccountStatus")
    )]
    #[serde(default, deserialize_with = "crate::lenient::optional")]
    #[cfg_attr(feature = "utoipa", schema(nullable = false))]
    pub status: ::std::option::Option<::group_dispatch_types::history::AccountStatus>,
    ///The first time that is too late.
    #[serde(skip_serializing_if = "::std::option::Option::is_none")]
    #[cfg_attr(
        feature = "schemars",
        schemars(with = "::group_dispatch_types::history::EventTime")
    )]
    #[serde(default, deserialize_with = "crate::lenient::optional")]
    #[cfg_attr(feature = "utoipa", schema(nullable = false))]
    pub to: ::std::option::Option<::group_dispatch_types::history::EventTime>,
    ///The agent's id.
    #[serde(rename = "userId", skip_serializing_if = "::std::option::Option::is_none")]
    #[cfg_attr(
        feature = "schemars",
        schemars(with = "::group_dispatch_types::history::UserId")
    )]
    #[serde(default, deserialize_with = "crate::lenient::optional")]
    #[cfg_attr(feature = "utoipa", schema(nullable = false))]
    pub user_id: ::std::option::Option<::group_dispatch_types::history::UserId>,
    ///The account. The name `whatsapp` is accepted as well (D4).
    #[serde(rename = "whatsApp", skip_serializing_if = "::std::option::Option::is_none")]
    #[cfg_attr(
        feature = "schemars",
        schemars(with = "::group_dispatch_types::history::WhatsAppNumber")
    )]
    #[serde(default, deserialize_with = "crate::lenient::optional", alias = "whatsapp")]
    #[cfg_attr(feature = "utoipa", schema(nullable = false))]
    pub whats_app: ::std::option::Option<
        ::group_dispatch_types::history::WhatsAppNumber,
    >,
}
impl ::std::fmt::Debug for HistoryEventsRequest {
    fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
        f.debug_struct("HistoryEventsRequest")
            .field("agent_account", &crate::masked::Masked(&self.agent_account))
            .field("cursor", &self.cursor)
            .field("detail_status", &self.detail_status)
            .field("from", &self.from)
            .field("limit", &self.limit)
            .field("order", &self.order)
            .field("provenance", &self.provenance)
            .field("source", &self.source)
            .field("status", &self.status)
            .field("to", &self.to)
            .field("user_id", &self.user_id)
            .field("whats_app", &self.whats_app)
            .finish()
    }
}
///The answer with a page of events.
#[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "utoipa", derive(::utoipa::ToSchema))]
#[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))]
#[cfg_attr(test, derive(::proptest_derive::Arbitrary))]
pub struct HistoryEventsResponse {
    ///How the request ended.
    pub code: ::group_dispatch_types::history::BusinessCode,
    ///The page.
    pub data: HistoryPage,
    ///The same in words, for people; don't compare it (D12).
    #[cfg_attr(feature = "schemars", schemars(example = &"success"))]
    #[cfg_attr(feature = "utoipa", schema(example = "success"))]
    pub message: ::std::string::String,
}
///Which sources are looked for. An absent member does not restrict them.
#[derive(
    ::serde::Deserialize,
    ::serde::Serialize,
    Clone,
    Debug,
    Default,
    Eq,
    Hash,
    PartialEq
)]
#[cfg_attr(feature = "utoipa", derive(::utoipa::ToSchema))]
#[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))]
#[cfg_attr(test, derive(::proptest_derive::Arbitrary))]
pub struct HistoryFreshnessRequest {
    ///The source.
    #[serde(skip_serializing_if = "::std::option::Option::is_none")]
    #[cfg_attr(
        feature = "schemars",
        schemars(with = "::group_dispatch_types::history::Source")
    )]
    #[serde(default, deserialize_with = "crate::lenient::optional")]
    #[cfg_attr(feature = "utoipa", schema(nullable = false))]
    pub source: ::std::option::Option<::group_dispatch_types::history::Source>,
}
///The answer with the freshness of each source.
#[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "utoipa", derive(::utoipa::ToSchema))]
#[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))]
#[cfg_attr(test, derive(::proptest_derive::Arbitrary))]
pub struct HistoryFreshnessResponse {
    ///How the request ended.
    pub code: ::group_dispatch_types::history::BusinessCode,
    ///The sources.
    pub data: FreshnessReport,
    ///The same in words, for people; don't compare it (D12).
    #[cfg_attr(feature = "schemars", schemars(example = &"success"))]
    #[cfg_attr(feature = "utoipa", schema(example = "success"))]
    pub message: ::std::string::String,
}
///Which gaps are looked for. An absent member does not restrict them.
#[derive(::serde::Deserialize, ::serde::Serialize, Clone, Default, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "utoipa", derive(::utoipa::ToSchema))]
#[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))]
#[cfg_attr(test, derive(::proptest_derive::Arbitrary))]
pub struct HistoryGapsRequest {
    ///The agent's login account as it is now. An empty text does not restrict the gaps.
    #[serde(
        rename = "agentAccount",
        skip_serializing_if = "::std::option::Option::is_none"
    )]
    #[cfg_attr(
        feature = "schemars",
        schemars(
            with = "::std::string::String",
            example = &"lsl001",
            extend("x-personal-data" = true)
        )
    )]
    #[cfg_attr(
        feature = "utoipa",
        schema(
            nullable = false,
            example = "lsl001",
            extensions(("x-personal-data" = json!(true)))
        )
    )]
    pub agent_account: ::std::option::Option<::std::string::String>,
    ///The `next` of an earlier response, for the page that follows it. The other members have to be the same as in the request of that response, but for `limit` (D51).
    #[serde(skip_serializing_if = "::std::option::Option::is_none")]
    #[cfg_attr(
        feature = "schemars",
        schemars(with = "::group_dispatch_types::history::HistoryCursor")
    )]
    #[serde(default, deserialize_with = "crate::lenient::optional")]
    #[cfg_attr(feature = "utoipa", schema(nullable = false))]
    pub cursor: ::std::option::Option<::group_dispatch_types::history::HistoryCursor>,
    ///Only gaps that end at this time or later.
    #[serde(skip_serializing_if = "::std::option::Option::is_none")]
    #[cfg_attr(
        feature = "schemars",
        schemars(with = "::group_dispatch_types::history::EventTime")
    )]
    #[serde(default, deserialize_with = "crate::lenient::optional")]
    #[cfg_attr(feature = "utoipa", schema(nullable = false))]
    pub from: ::std::option::Option<::group_dispatch_types::history::EventTime>,
    ///How many gaps there are at most; absent, 100.
    #[serde(skip_serializing_if = "::std::option::Option::is_none")]
    #[cfg_attr(
        feature = "schemars",
        schemars(with = "::group_dispatch_types::history::PageLimit")
    )]
    #[serde(default, deserialize_with = "crate::lenient::optional")]
    #[cfg_attr(feature = "utoipa", schema(nullable = false))]
    pub limit: ::std::option::Option<::group_dispatch_types::history::PageLimit>,
    ///The source.
    #[serde(skip_serializing_if = "::std::option::Option::is_none")]
    #[cfg_attr(
        feature = "schemars",
        schemars(with = "::group_dispatch_types::history::Source")
    )]
    #[serde(default, deserialize_with = "crate::lenient::optional")]
    #[cfg_attr(feature = "utoipa", schema(nullable = false))]
    pub source: ::std::option::Option<::group_dispatch_types::history::Source>,
    ///Only gaps that begin before this time.
    #[serde(skip_serializing_if = "::std::option::Option::is_none")]
    #[cfg_attr(
        feature = "schemars",
        schemars(with = "::group_dispatch_types::history::EventTime")
    )]
    #[serde(default, deserialize_with = "crate::lenient::optional")]
    #[cfg_attr(feature = "utoipa", schema(nullable = false))]
    pub to: ::std::option::Option<::group_dispatch_types::history::EventTime>,
    ///The agent's id.
    #[serde(rename = "userId", skip_serializing_if = "::std::option::Option::is_none")]
    #[cfg_attr(
        feature = "schemars",
        schemars(with = "::group_dispatch_types::history::UserId")
    )]
    #[serde(default, deserialize_with = "crate::lenient::optional")]
    #[cfg_attr(feature = "utoipa", schema(nullable = false))]
    pub user_id: ::std::option::Option<::group_dispatch_types::history::UserId>,
    ///The account: its own gaps, and those of all accounts of an agent. The name `whatsapp` is accepted as well (D4).
    #[serde(rename = "whatsApp", skip_serializing_if = "::std::option::Option::is_none")]
    #[cfg_attr(
        feature = "schemars",
        schemars(with = "::group_dispatch_types::history::WhatsAppNumber")
    )]
    #[serde(default, deserialize_with = "crate::lenient::optional", alias = "whatsapp")]
    #[cfg_attr(feature = "utoipa", schema(nullable = false))]
    pub whats_app: ::std::option::Option<
        ::group_dispatch_types::history::WhatsAppNumber,
    >,
}
impl ::std::fmt::Debug for HistoryGapsRequest {
    fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
        f.debug_struct("HistoryGapsRequest")
            .field("agent_account", &crate::masked::Masked(&self.agent_account))
            .field("cursor", &self.cursor)
            .field("from", &self.from)
            .field("limit", &self.limit)
            .field("source", &self.source)
            .field("to", &self.to)
            .field("user_id", &self.user_id)
            .field("whats_app", &self.whats_app)
            .finish()
    }
}
///The answer with a page of gaps.
#[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "utoipa", derive(::utoipa::ToSchema))]
#[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))]
#[cfg_attr(test, derive(::proptest_derive::Arbitrary))]
pub struct HistoryGapsResponse {
    ///How the request ended.
    pub code: ::group_dispatch_types::history::BusinessCode,
    ///The page.
    pub data: GapPage,
    ///The same in words, for people; don't compare it (D12).
    #[cfg_attr(feature = "schemars", schemars(example = &"success"))]
    #[cfg_attr(feature = "utoipa", schema(example = "success"))]
    pub message: ::std::string::String,
}
///A page of events.
#[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "utoipa", derive(::utoipa::ToSchema))]
#[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))]
#[cfg_attr(test, derive(::proptest_derive::Arbitrary))]
pub struct HistoryPage {
    ///The events, in the order of the request.
    #[cfg_attr(feature = "schemars", schemars(length(max = 1000)))]
    #[serde(default, deserialize_with = "crate::lenient::list")]
    #[cfg_attr(feature = "utoipa", schema(required = true, max_items = 1000))]
    pub events: ::std::vec::Vec<HistoryEvent>,
    ///The cursor of the next page; absent if nothing follows now.
    #[serde(skip_serializing_if = "::std::option::Option::is_none")]
    #[cfg_attr(
        feature = "schemars",
        schemars(with = "::group_dispatch_types::history::HistoryCursor")
    )]
    #[serde(default, deserialize_with = "crate::lenient::optional")]
    #[cfg_attr(feature = "utoipa", schema(nullable = false))]
    pub next: ::std::option::Option<::group_dispatch_types::history::HistoryCursor>,
}
///How long agents or accounts were online (D61).
#[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "utoipa", derive(::utoipa::ToSchema))]
#[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))]
#[cfg_attr(test, derive(::proptest_derive::Arbitrary))]
pub struct HistoryReport {
    ///The time of the answer, by the server's clock.
    #[serde(rename = "asOf")]
    pub as_of: ::group_dispatch_types::history::EventTime,
    ///When the first day begins.
    pub from: ::group_dispatch_types::history::EventTime,
    ///The rows, in the order of days, then of agents or accounts. A day that has begun always has a row; an agent or account has one if it was online, something was counted, or a gap touches it.
    #[cfg_attr(feature = "schemars", schemars(length(max = 100000)))]
    #[serde(default, deserialize_with = "crate::lenient::list")]
    #[cfg_attr(feature = "utoipa", schema(required = true, max_items = 100000))]
    pub rows: ::std::vec::Vec<ReportRow>,
    ///Where days begin and end.
    #[serde(rename = "timeZone")]
    pub time_zone: ::group_dispatch_types::history::TimeZoneName,
    ///The version of the time zone database that the server has in it (D62).
    #[serde(rename = "timeZoneData")]
    #[cfg_attr(feature = "schemars", schemars(example = &"2026f"))]
    #[cfg_attr(feature = "utoipa", schema(example = "2026f"))]
    pub time_zone_data: ::std::string::String,
    ///When the last day ends, or `asOf` if that is earlier; nothing later counts.
    pub to: ::group_dispatch_types::history::EventTime,
}
///Which days a report is about, and of what. An absent filter does not restrict it.
#[derive(::serde::Deserialize, ::serde::Serialize, Clone, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "utoipa", derive(::utoipa::ToSchema))]
#[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))]
#[cfg_attr(test, derive(::proptest_derive::Arbitrary))]
pub struct HistoryReportRequest {
    ///The agent's login account as it is now. An empty text does not restrict the report.
    #[serde(
        rename = "agentAccount",
        skip_serializing_if = "::std::option::Option::is_none"
    )]
    #[cfg_attr(
        feature = "schemars",
        schemars(
            with = "::std::string::String",
            example = &"lsl001",
            extend("x-personal-data" = true)
        )
    )]
    #[cfg_attr(
        feature = "utoipa",
        schema(
            nullable = false,
            example = "lsl001",
            extensions(("x-personal-data" = json!(true)))
        )
    )]
    pub agent_account: ::std::option::Option<::std::string::String>,
    ///What a row is about.
    pub by: ::group_dispatch_types::history::ReportGrouping,
    ///The first day.
    #[serde(rename = "firstDay")]
    pub first_day: ::group_dispatch_types::history::CalendarDay,
    ///The last day, at most 366 days in all; absent, the first day alone.
    #[serde(rename = "lastDay", skip_serializing_if = "::std::option::Option::is_none")]
    #[cfg_attr(
        feature = "schemars",
        schemars(with = "::group_dispatch_types::history::CalendarDay")
    )]
    #[serde(default, deserialize_with = "crate::lenient::optional")]
    #[cfg_attr(feature = "utoipa", schema(nullable = false))]
    pub last_day: ::std::option::Option<::group_dispatch_types::history::CalendarDay>,
    ///The source.
    #[serde(skip_serializing_if = "::std::option::Option::is_none")]
    #[cfg_attr(
        feature = "schemars",
        schemars(with = "::group_dispatch_types::history::Source")
    )]
    #[serde(default, deserialize_with = "crate::lenient::optional")]
    #[cfg_attr(feature = "utoipa", schema(nullable = false))]
    pub source: ::std::option::Option<::group_dispatch_types::history::Source>,
    ///Where days begin and end; absent, UTC.
    #[serde(rename = "timeZone", skip_serializing_if = "::std::option::Option::is_none")]
    #[cfg_attr(
        feature = "schemars",
        schemars(with = "::group_dispatch_types::history::TimeZoneName")
    )]
    #[serde(default, deserialize_with = "crate::lenient::optional")]
    #[cfg_attr(feature = "utoipa", schema(nullable = false))]
    pub time_zone: ::std::option::Option<::group_dispatch_types::history::TimeZoneName>,
    ///The agent's id.
    #[serde(rename = "userId", skip_serializing_if = "::std::option::Option::is_none")]
    #[cfg_attr(
        feature = "schemars",
        schemars(with = "::group_dispatch_types::history::UserId")
    )]
    #[serde(default, deserialize_with = "crate::lenient::optional")]
    #[cfg_attr(feature = "utoipa", schema(nullable = false))]
    pub user_id: ::std::option::Option<::group_dispatch_types::history::UserId>,
    ///The account. The name `whatsapp` is accepted as well (D4).
    #[serde(rename = "whatsApp", skip_serializing_if = "::std::option::Option::is_none")]
    #[cfg_attr(
        feature = "schemars",
        schemars(with = "::group_dispatch_types::history::WhatsAppNumber")
    )]
    #[serde(default, deserialize_with = "crate::lenient::optional", alias = "whatsapp")]
    #[cfg_attr(feature = "utoipa", schema(nullable = false))]
    pub whats_app: ::std::option::Option<
        ::group_dispatch_types::history::WhatsAppNumber,
    >,
}
impl ::std::fmt::Debug for HistoryReportRequest {
    fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
        f.debug_struct("HistoryReportRequest")
            .field("agent_account", &crate::masked::Masked(&self.agent_account))
            .field("by", &self.by)
            .field("first_day", &self.first_day)
            .field("last_day", &self.last_day)
            .field("source", &self.source)
            .field("time_zone", &self.time_zone)
            .field("user_id", &self.user_id)
            .field("whats_app", &self.whats_app)
            .finish()
    }
}
///The answer with a report.
#[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "utoipa", derive(::utoipa::ToSchema))]
#[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))]
#[cfg_attr(test, derive(::proptest_derive::Arbitrary))]
pub struct HistoryReportResponse {
    ///How the request ended.
    pub code: ::group_dispatch_types::history::BusinessCode,
    ///The report.
    pub data: HistoryReport,
    ///The same in words, for people; don't compare it (D12).
    #[cfg_attr(feature = "schemars", schemars(example = &"success"))]
    #[cfg_attr(feature = "utoipa", schema(example = "success"))]
    pub message: ::std::string::String,
}
///Which sessions are looked for. An absent member does not restrict them.
#[derive(::serde::Deserialize, ::serde::Serialize, Clone, Default, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "utoipa", derive(::utoipa::ToSchema))]
#[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))]
#[cfg_attr(test, derive(::proptest_derive::Arbitrary))]
pub struct HistorySessionsRequest {
    ///The agent's login account as it is now. An empty text does not restrict the sessions.
    #[serde(
        rename = "agentAccount",
        skip_serializing_if = "::std::option::Option::is_none"
    )]
    #[cfg_attr(
        feature = "schemars",
        schemars(
            with = "::std::string::String",
            example = &"lsl001",
            extend("x-personal-data" = true)
        )
    )]
    #[cfg_attr(
        feature = "utoipa",
        schema(
            nullable = false,
            example = "lsl001",
            extensions(("x-personal-data" = json!(true)))
        )
    )]
    pub agent_account: ::std::option::Option<::std::string::String>,
    ///The `next` of an earlier response, for the page that follows it. The other members have to be the same as in the request of that response, but for `limit` (D51).
    #[serde(skip_serializing_if = "::std::option::Option::is_none")]
    #[cfg_attr(
        feature = "schemars",
        schemars(with = "::group_dispatch_types::history::HistoryCursor")
    )]
    #[serde(default, deserialize_with = "crate::lenient::optional")]
    #[cfg_attr(feature = "utoipa", schema(nullable = false))]
    pub cursor: ::std::option::Option<::group_dispatch_types::history::HistoryCursor>,
    ///Only sessions that end at this time or later, or last.
    #[serde(skip_serializing_if = "::std::option::Option::is_none")]
    #[cfg_attr(
        feature = "schemars",
        schemars(with = "::group_dispatch_types::history::EventTime")
    )]
    #[serde(default, deserialize_with = "crate::lenient::optional")]
    #[cfg_attr(feature = "utoipa", schema(nullable = false))]
    pub from: ::std::option::Option<::group_dispatch_types::history::EventTime>,
    ///How many sessions there are at most; absent, 100.
    #[serde(skip_serializing_if = "::std::option::Option::is_none")]
    #[cfg_attr(
        feature = "schemars",
        schemars(with = "::group_dispatch_types::history::PageLimit")
    )]
    #[serde(default, deserialize_with = "crate::lenient::optional")]
    #[cfg_attr(feature = "utoipa", schema(nullable = false))]
    pub limit: ::std::option::Option<::group_dispatch_types::history::PageLimit>,
    ///The source.
    #[serde(skip_serializing_if = "::std::option::Option::is_none")]
    #[cfg_attr(
        feature = "schemars",
        schemars(with = "::group_dispatch_types::history::Source")
    )]
    #[serde(default, deserialize_with = "crate::lenient::optional")]
    #[cfg_attr(feature = "utoipa", schema(nullable = false))]
    pub source: ::std::option::Option<::group_dispatch_types::history::Source>,
    ///Only sessions that begin before this time.
    #[serde(skip_serializing_if = "::std::option::Option::is_none")]
    #[cfg_attr(
        feature = "schemars",
        schemars(with = "::group_dispatch_types::history::EventTime")
    )]
    #[serde(default, deserialize_with = "crate::lenient::optional")]
    #[cfg_attr(feature = "utoipa", schema(nullable = false))]
    pub to: ::std::option::Option<::group_dispatch_types::history::EventTime>,
    ///The agent's id.
    #[serde(rename = "userId", skip_serializing_if = "::std::option::Option::is_none")]
    #[cfg_attr(
        feature = "schemars",
        schemars(with = "::group_dispatch_types::history::UserId")
    )]
    #[serde(default, deserialize_with = "crate::lenient::optional")]
    #[cfg_attr(feature = "utoipa", schema(nullable = false))]
    pub user_id: ::std::option::Option<::group_dispatch_types::history::UserId>,
    ///The account. The name `whatsapp` is accepted as well (D4).
    #[serde(rename = "whatsApp", skip_serializing_if = "::std::option::Option::is_none")]
    #[cfg_attr(
        feature = "schemars",
        schemars(with = "::group_dispatch_types::history::WhatsAppNumber")
    )]
    #[serde(default, deserialize_with = "crate::lenient::optional", alias = "whatsapp")]
    #[cfg_attr(feature = "utoipa", schema(nullable = false))]
    pub whats_app: ::std::option::Option<
        ::group_dispatch_types::history::WhatsAppNumber,
    >,
}
impl ::std::fmt::Debug for HistorySessionsRequest {
    fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
        f.debug_struct("HistorySessionsRequest")
            .field("agent_account", &crate::masked::Masked(&self.agent_account))
            .field("cursor", &self.cursor)
            .field("from", &self.from)
            .field("limit", &self.limit)
            .field("source", &self.source)
            .field("to", &self.to)
            .field("user_id", &self.user_id)
            .field("whats_app", &self.whats_app)
            .finish()
    }
}
///The answer with a page of sessions.
#[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "utoipa", derive(::utoipa::ToSchema))]
#[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))]
#[cfg_attr(test, derive(::proptest_derive::Arbitrary))]
pub struct HistorySessionsResponse {
    ///How the request ended.
    pub code: ::group_dispatch_types::history::BusinessCode,
    ///The page.
    pub data: SessionPage,
    ///The same in words, for people; don't compare it (D12).
    #[cfg_attr(feature = "schemars", schemars(example = &"success"))]
    #[cfg_attr(feature = "utoipa", schema(example = "success"))]
    pub message: ::std::string::String,
}
///An account that is online at a source.
#[derive(::serde::Deserialize, ::serde::Serialize, Clone, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "utoipa", derive(::utoipa::ToSchema))]
#[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))]
#[cfg_attr(test, derive(::proptest_derive::Arbitrary))]
pub struct OnlineAccount {
    ///The agent's login account; empty when it is not known.
    #[serde(rename = "agentAccount")]
    #[cfg_attr(
        feature = "schemars",
        schemars(example = &"lsl001", extend("x-personal-data" = true))
    )]
    #[cfg_attr(
        feature = "utoipa",
        schema(example = "lsl001", extensions(("x-personal-data" = json!(true))))
    )]
    pub agent_account: ::std::string::String,
    ///The account's nickname; absent when it is not known.
    #[serde(skip_serializing_if = "::std::option::Option::is_none")]
    #[cfg_attr(
        feature = "schemars",
        schemars(
            with = "::std::string::String",
            example = &"jack",
            extend("x-personal-data" = true)
        )
    )]
    #[cfg_attr(
        feature = "utoipa",
        schema(
            nullable = false,
            example = "jack",
            extensions(("x-personal-data" = json!(true)))
        )
    )]
    pub name: ::std::option::Option<::std::string::String>,
    ///Where it is online.
    pub source: ::group_dispatch_types::history::Source,
    ///The id of the agent with which it is online.
    #[serde(rename = "userId")]
    pub user_id: ::group_dispatch_types::history::UserId,
    ///The agent's name; absent when it is not known.
    #[serde(rename = "userName", skip_serializing_if = "::std::option::Option::is_none")]
    #[cfg_attr(
        feature = "schemars",
        schemars(
            with = "::std::string::String",
            example = &"li",
            extend("x-personal-data" = true)
        )
    )]
    #[cfg_attr(
        feature = "utoipa",
        schema(
            nullable = false,
            example = "li",
            extensions(("x-personal-data" = json!(true)))
        )
    )]
    pub user_name: ::std::option::Option<::std::string::String>,
    ///The account.
    #[serde(rename = "whatsApp")]
    #[serde(alias = "whatsapp")]
    pub whats_app: ::group_dispatch_types::history::WhatsAppNumber,
}
impl ::std::fmt::Debug for OnlineAccount {
    fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
        f.debug_struct("OnlineAccount")
            .field("agent_account", &crate::masked::Masked(&self.agent_account))
            .field("name", &crate::masked::Masked(&self.name))
            .field("source", &self.source)
            .field("user_id", &self.user_id)
            .field("user_name", &crate::masked::Masked(&self.user_name))
            .field("whats_app", &self.whats_app)
            .finish()
    }
}
///The sums of an agent, of an account, or of all accounts, over a day or over all days of the report. It is online while at least one of its accounts is, at any source.
#[derive(::serde::Deserialize, ::serde::Serialize, Clone, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "utoipa", derive(::utoipa::ToSchema))]
#[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))]
#[cfg_attr(test, derive(::proptest_derive::Arbitrary))]
pub struct ReportRow {
    ///The agent's login account as it is now; absent if the row is not about one agent.
    #[serde(
        rename = "agentAccount",
        skip_serializing_if = "::std::option::Option::is_none"
    )]
    #[cfg_attr(
        feature = "schemars",
        schemars(
            with = "::std::string::String",
            example = &"lsl001",
            extend("x-personal-data" = true)
        )
    )]
    #[cfg_attr(
        feature = "utoipa",
        schema(
            nullable = false,
            example = "lsl001",
            extensions(("x-personal-data" = json!(true)))
        )
    )]
    pub agent_account: ::std::option::Option<::std::string::String>,
    ///Whether a gap touches it, so that there may have been events that nobody could see (D49).
    #[serde(rename = "atLeast")]
    #[cfg_attr(feature = "schemars", schemars(example = &true))]
    #[cfg_attr(feature = "utoipa", schema(example = true))]
    pub at_least: bool,
    ///The events with status 40.
    pub bans: ::group_dispatch_types::history::ReportCount,
    ///The day; absent if the row is about all days of the report.
    #[serde(skip_serializing_if = "::std::option::Option::is_none")]
    #[cfg_attr(
        feature = "schemars",
        schemars(with = "::group_dispatch_types::history::CalendarDay")
    )]
    #[serde(default, deserialize_with = "crate::lenient::optional")]
    #[cfg_attr(feature = "utoipa", schema(nullable = false))]
    pub day: ::std::option::Option<::group_dispatch_types::history::CalendarDay>,
    ///The events with status 20.
    pub disconnects: ::group_dispatch_types::history::ReportCount,
    ///The sessions that began at most 60 seconds after the account's last session at the same source, with the same agent, had ended.
    pub flaps: ::group_dispatch_types::history::ReportCount,
    ///The longest time without an interruption in which it was not online.
    #[serde(rename = "longestAbsenceMilliseconds")]
    pub longest_absence_milliseconds: ::group_dispatch_types::history::Milliseconds,
    ///How long it was online.
    #[serde(rename = "onlineMilliseconds")]
    pub online_milliseconds: ::group_dispatch_types::history::Milliseconds,
    ///The sessions of its accounts that were there at any time of the row.
    pub sessions: ::group_dispatch_types::history::ReportCount,
    ///The agent's id; absent if the row is not about one agent.
    #[serde(rename = "userId", skip_serializing_if = "::std::option::Option::is_none")]
    #[cfg_attr(
        feature = "schemars",
        schemars(with = "::group_dispatch_types::history::UserId")
    )]
    #[serde(default, deserialize_with = "crate::lenient::optional")]
    #[cfg_attr(feature = "utoipa", schema(nullable = false))]
    pub user_id: ::std::option::Option<::group_dispatch_types::history::UserId>,
    ///The agent's name as it is now; absent when it is not known.
    #[serde(rename = "userName", skip_serializing_if = "::std::option::Option::is_none")]
    #[cfg_attr(
        feature = "schemars",
        schemars(
            with = "::std::string::String",
            example = &"li",
            extend("x-personal-data" = true)
        )
    )]
    #[cfg_attr(
        feature = "utoipa",
        schema(
            nullable = false,
            example = "li",
            extensions(("x-personal-data" = json!(true)))
        )
    )]
    pub user_name: ::std::option::Option<::std::string::String>,
    ///The account; absent if the row is not about one account.
    #[serde(rename = "whatsApp", skip_serializing_if = "::std::option::Option::is_none")]
    #[cfg_attr(
        feature = "schemars",
        schemars(with = "::group_dispatch_types::history::WhatsAppNumber")
    )]
    #[serde(default, deserialize_with = "crate::lenient::optional", alias = "whatsapp")]
    #[cfg_attr(feature = "utoipa", schema(nullable = false))]
    pub whats_app: ::std::option::Option<
        ::group_dispatch_types::history::WhatsAppNumber,
    >,
}
impl ::std::fmt::Debug for ReportRow {
    fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
        f.debug_struct("ReportRow")
            .field("agent_account", &crate::masked::Masked(&self.agent_account))
            .field("at_least", &self.at_least)
            .field("bans", &self.bans)
            .field("day", &self.day)
            .field("disconnects", &self.disconnects)
            .field("flaps", &self.flaps)
            .field("longest_absence_milliseconds", &self.longest_absence_milliseconds)
            .field("online_milliseconds", &self.online_milliseconds)
            .field("sessions", &self.sessions)
            .field("user_id", &self.user_id)
            .field("user_name", &crate::masked::Masked(&self.user_name))
            .field("whats_app", &self.whats_app)
            .finish()
    }
}
///A time in which an account was online at a source with one agent (D61).
#[derive(::serde::Deserialize, ::serde::Serialize, Clone, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "utoipa", derive(::utoipa::ToSchema))]
#[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))]
#[cfg_attr(test, derive(::proptest_derive::Arbitrary))]
pub struct Session {
    ///The agent's login account as it is now; empty when it is not known.
    #[serde(rename = "agentAccount")]
    #[cfg_attr(
        feature = "schemars",
        schemars(example = &"lsl001", extend("x-personal-data" = true))
    )]
    #[cfg_attr(
        feature = "utoipa",
        schema(example = "lsl001", extensions(("x-personal-data" = json!(true))))
    )]
    pub agent_account: ::std::string::String,
    ///Whether a gap touches it: it may have been interrupted, or have been longer, and nobody could see it (D49).
    #[serde(rename = "atLeast")]
    #[cfg_attr(feature = "schemars", schemars(example = &false))]
    #[cfg_attr(feature = "utoipa", schema(example = false))]
    pub at_least: bool,
    ///How it began.
    pub began: SessionEdge,
    ///How it ended; absent if it lasts. If another agent took the account over, that agent's event, with status 10.
    #[serde(skip_serializing_if = "::std::option::Option::is_none")]
    #[cfg_attr(feature = "schemars", schemars(with = "SessionEdge"))]
    #[serde(default, deserialize_with = "crate::lenient::optional")]
    #[cfg_attr(feature = "utoipa", schema(nullable = false))]
    pub ended: ::std::option::Option<SessionEdge>,
    ///When it began; where that was observed, `notAfter` of `began`.
    pub from: ::group_dispatch_types::history::EventTime,
    ///Where the account was online.
    pub source: ::group_dispatch_types::history::Source,
    ///When it ended; where that was observed, `notAfter` of `ended`. Absent if it lasts.
    #[serde(skip_serializing_if = "::std::option::Option::is_none")]
    #[cfg_attr(
        feature = "schemars",
        schemars(with = "::group_dispatch_types::history::EventTime")
    )]
    #[serde(default, deserialize_with = "crate::lenient::optional")]
    #[cfg_attr(feature = "utoipa", schema(nullable = false))]
    pub to: ::std::option::Option<::group_dispatch_types::history::EventTime>,
    ///The agent's id.
    #[serde(rename = "userId")]
    pub user_id: ::group_dispatch_types::history::UserId,
    ///The agent's name as it is now; absent when it is not known.
    #[serde(rename = "userName", skip_serializing_if = "::std::option::Option::is_none")]
    #[cfg_attr(
        feature = "schemars",
        schemars(
            with = "::std::string::String",
            example = &"li",
            extend("x-personal-data" = true)
        )
    )]
    #[cfg_attr(
        feature = "utoipa",
        schema(
            nullable = false,
            example = "li",
            extensions(("x-personal-data" = json!(true)))
        )
    )]
    pub user_name: ::std::option::Option<::std::string::String>,
    ///The account.
    #[serde(rename = "whatsApp")]
    #[serde(alias = "whatsapp")]
    pub whats_app: ::group_dispatch_types::history::WhatsAppNumber,
}
impl ::std::fmt::Debug for Session {
    fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
        f.debug_struct("Session")
            .field("agent_account", &crate::masked::Masked(&self.agent_account))
            .field("at_least", &self.at_least)
            .field("began", &self.began)
            .field("ended", &self.ended)
            .field("from", &self.from)
            .field("source", &self.source)
            .field("to", &self.to)
            .field("user_id", &self.user_id)
            .field("user_name", &crate::masked::Masked(&self.user_name))
            .field("whats_app", &self.whats_app)
            .finish()
    }
}
///The event with which a session began or ended, and how that is known.
#[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "utoipa", derive(::utoipa::ToSchema))]
#[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))]
#[cfg_attr(test, derive(::proptest_derive::Arbitrary))]
pub struct SessionEdge {
    ///What happened; absent where it was observed.
    #[serde(
        rename = "detailStatus",
        skip_serializing_if = "::std::option::Option::is_none"
    )]
    #[cfg_attr(
        feature = "schemars",
        schemars(with = "::group_dispatch_types::history::StatusDetail")
    )]
    #[serde(default, deserialize_with = "crate::lenient::optional")]
    #[cfg_attr(feature = "utoipa", schema(nullable = false))]
    pub detail_status: ::std::option::Option<
        ::group_dispatch_types::history::StatusDetail,
    >,
    ///Where it was observed, the look that showed it, by the vendor's clock.
    #[serde(rename = "notAfter", skip_serializing_if = "::std::option::Option::is_none")]
    #[cfg_attr(
        feature = "schemars",
        schemars(with = "::group_dispatch_types::history::EventTime")
    )]
    #[serde(default, deserialize_with = "crate::lenient::optional")]
    #[cfg_attr(feature = "utoipa", schema(nullable = false))]
    pub not_after: ::std::option::Option<::group_dispatch_types::history::EventTime>,
    ///Where it was observed, the last look that did not show it, by the vendor's clock; absent if nobody had looked before.
    #[serde(
        rename = "notBefore",
        skip_serializing_if = "::std::option::Option::is_none"
    )]
    #[cfg_attr(
        feature = "schemars",
        schemars(with = "::group_dispatch_types::history::EventTime")
    )]
    #[serde(default, deserialize_with = "crate::lenient::optional")]
    #[cfg_attr(feature = "utoipa", schema(nullable = false))]
    pub not_before: ::std::option::Option<::group_dispatch_types::history::EventTime>,
    ///How it is known.
    pub provenance: ::group_dispatch_types::history::Provenance,
    ///The account's status after it; absent where it was observed that the account is gone, because nobody knows whether it is offline, disconnected or banned.
    #[serde(skip_serializing_if = "::std::option::Option::is_none")]
    #[cfg_attr(
        feature = "schemars",
        schemars(with = "::group_dispatch_types::history::AccountStatus")
    )]
    #[serde(default, deserialize_with = "crate::lenient::optional")]
    #[cfg_attr(feature = "utoipa", schema(nullable = false))]
    pub status: ::std::option::Option<::group_dispatch_types::history::AccountStatus>,
}
///A page of sessions.
#[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "utoipa", derive(::utoipa::ToSchema))]
#[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))]
#[cfg_attr(test, derive(::proptest_derive::Arbitrary))]
pub struct SessionPage {
    ///The time of the answer, by the server's clock; later events are not in it.
    #[serde(rename = "asOf")]
    pub as_of: ::group_dispatch_types::history::EventTime,
    ///The cursor of the next page; absent if nothing follows now.
    #[serde(skip_serializing_if = "::std::option::Option::is_none")]
    #[cfg_attr(
        feature = "schemars",
        schemars(with = "::group_dispatch_types::history::HistoryCursor")
    )]
    #[serde(default, deserialize_with = "crate::lenient::optional")]
    #[cfg_attr(feature = "utoipa", schema(nullable = false))]
    pub next: ::std::option::Option<::group_dispatch_types::history::HistoryCursor>,
    ///The sessions; those that end earlier are first, and those that last are the last ones.
    #[cfg_attr(feature = "schemars", schemars(length(max = 1000)))]
    #[serde(default, deserialize_with = "crate::lenient::list")]
    #[cfg_attr(feature = "utoipa", schema(required = true, max_items = 1000))]
    pub sessions: ::std::vec::Vec<Session>,
}
///When a source was looked at (D50). Times are by the clock of the program that looked.
#[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "utoipa", derive(::utoipa::ToSchema))]
#[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))]
#[cfg_attr(test, derive(::proptest_derive::Arbitrary))]
pub struct SourceFreshness {
    ///How long ago the last look was.
    pub age: ::group_dispatch_types::history::AgeInSeconds,
    ///The vendor's clock, as the last look measured it.
    #[serde(rename = "clockOffset")]
    pub clock_offset: ::group_dispatch_types::history::ClockOffset,
    ///When the server's operator ended the mirror of the source; absent while one looks, or ought to. The source then counts as fed, until a mirror looks again.
    #[serde(skip_serializing_if = "::std::option::Option::is_none")]
    #[cfg_attr(
        feature = "schemars",
        schemars(with = "::group_dispatch_types::history::EventTime")
    )]
    #[serde(default, deserialize_with = "crate::lenient::optional")]
    #[cfg_attr(feature = "utoipa", schema(nullable = false))]
    pub ended: ::std::option::Option<::group_dispatch_types::history::EventTime>,
    ///The first look that is kept.
    #[serde(rename = "firstLook")]
    pub first_look: ::group_dispatch_types::history::EventTime,
    ///The time between two rounds of the mirror, as the last look says: a change is seen after at most this time. Absent if it did not say so.
    #[serde(skip_serializing_if = "::std::option::Option::is_none")]
    #[cfg_attr(
        feature = "schemars",
        schemars(with = "::group_dispatch_types::history::RoundInterval")
    )]
    #[serde(default, deserialize_with = "crate::lenient::optional")]
    #[cfg_attr(feature = "utoipa", schema(nullable = false))]
    pub interval: ::std::option::Option<::group_dispatch_types::history::RoundInterval>,
    ///The last look.
    #[serde(rename = "lastLook")]
    pub last_look: ::group_dispatch_types::history::EventTime,
    ///When the vendor's log of the source was read last, as the last look says; absent if never.
    #[serde(rename = "logRead", skip_serializing_if = "::std::option::Option::is_none")]
    #[cfg_attr(
        feature = "schemars",
        schemars(with = "::group_dispatch_types::history::EventTime")
    )]
    #[serde(default, deserialize_with = "crate::lenient::optional")]
    #[cfg_attr(feature = "utoipa", schema(nullable = false))]
    pub log_read: ::std::option::Option<::group_dispatch_types::history::EventTime>,
    ///The look since which there was no interruption.
    #[serde(rename = "lookedSince")]
    pub looked_since: ::group_dispatch_types::history::EventTime,
    ///How many requests the mirror sent to the vendor in the minute before the last look, about all sources together; absent if it did not say so.
    #[serde(
        rename = "requestsPerMinute",
        skip_serializing_if = "::std::option::Option::is_none"
    )]
    #[cfg_attr(
        feature = "schemars",
        schemars(with = "::group_dispatch_types::history::RequestCount")
    )]
    #[serde(default, deserialize_with = "crate::lenient::optional")]
    #[cfg_attr(feature = "utoipa", schema(nullable = false))]
    pub requests_per_minute: ::std::option::Option<
        ::group_dispatch_types::history::RequestCount,
    >,
    ///The source.
    pub source: ::group_dispatch_types::history::Source,
    ///By how much `clockOffset` may be wrong.
    pub uncertainty: ::group_dispatch_types::history::ClockUncertainty,
}
bounded_integer! {
    #[doc = " The largest number of items in a response."] PageLimit(u32 as u32), 1 to
    1000, "PageLimit: an integer from 1 to 1000", "int32",
    "The largest number of items in a response.", example 100
}
bounded_integer! {
    #[doc = " How long ago something was, in seconds."] AgeInSeconds(u64 as u64), 0 to
    9007199254740991, "AgeInSeconds: an integer from 0 to 9007199254740991", "int64",
    "How long ago something was, in seconds.", example 3
}
bounded_integer! {
    #[doc =
    " How far the vendor's clock was ahead of that of the program that looked, in milliseconds; negative if it was behind."]
    ClockOffset(i64 as i64), - 9007199254740991 to 9007199254740991,
    "ClockOffset: an integer from -9007199254740991 to 9007199254740991", "int64",
    "How far the vendor's clock was ahead of that of the program that looked, in milliseconds; negative if it was behind.",
    example - 250
}
bounded_integer! {
    #[doc = " By how much a clock offset may be wrong at most, in milliseconds."]
    ClockUncertainty(u64 as u64), 0 to 9007199254740991,
    "ClockUncertainty: an integer from 0 to 9007199254740991", "int64",
    "By how much a clock offset may be wrong at most, in milliseconds.", example 500
}
bounded_integer! {
    #[doc = " A time in seconds for which an account has to stay as it is."]
    SettleSeconds(u32 as u32), 1 to 3600, "SettleSeconds: an integer from 1 to 3600",
    "int32", "A time in seconds for which an account has to stay as it is.", example 15
}
bounded_integer! {
    #[doc = " The longest time in seconds that a response waits for."] WaitSeconds(u32 as
    u32), 0 to 20, "WaitSeconds: an integer from 0 to 20", "int32",
    "The longest time in seconds that a response waits for.", example 10
}
bounded_integer! {
    #[doc = " A number of events."] HeldBack(u32 as u32), 0 to 2147483647,
    "HeldBack: an integer from 0 to 2147483647", "int32", "A number of events.", example
    2
}
bounded_integer! {
    #[doc = " How many requests a program has sent."] RequestCount(u32 as u32), 0 to
    2147483647, "RequestCount: an integer from 0 to 2147483647", "int32",
    "How many requests a program has sent.", example 60
}
bounded_integer! {
    #[doc = " A time between two rounds of requests, in milliseconds."] RoundInterval(u32
    as u32), 0 to 2147483647, "RoundInterval: an integer from 0 to 2147483647", "int32",
    "A time between two rounds of requests, in milliseconds.", example 5000
}
bounded_integer! {
    #[doc = " A length of time, in milliseconds."] Milliseconds(u64 as u64), 0 to
    9007199254740991, "Milliseconds: an integer from 0 to 9007199254740991", "int64",
    "A length of time, in milliseconds.", example 7474000
}
bounded_integer! {
    #[doc = " How often something happened."] ReportCount(u32 as u32), 0 to 2147483647,
    "ReportCount: an integer from 0 to 2147483647", "int32",
    "How often something happened.", example 2
}
/// The JSON Schema (draft 2020-12) of every model of the contract, by name, in the contract's order. It says what
/// is sent; readers accept more.
#[cfg(feature = "schemars")]
pub fn json_schemas() -> ::std::vec::Vec<(&'static str, ::schemars::Schema)> {
    fn of<T: ::schemars::JsonSchema>() -> ::schemars::Schema {
        let settings = ::schemars::generate::SchemaSettings::draft2020_12()
            .for_serialize();
        settings.into_generator().into_root_schema_for::<T>()
    }
    ::std::vec::Vec::from([
        ("UserId", of::<::group_dispatch_types::history::UserId>()),
        ("WhatsAppNumber", of::<::group_dispatch_types::history::WhatsAppNumber>()),
        ("Source", of::<::group_dispatch_types::history::Source>()),
        ("AccountStatus", of::<::group_dispatch_types::history::AccountStatus>()),
        ("StatusDetail", of::<::group_dispatch_types::history::StatusDetail>()),
        ("EventTime", of::<::group_dispatch_types::history::EventTime>()),
        ("Provenance", of::<::group_dispatch_types::history::Provenance>()),
        ("PresenceChange", of::<::group_dispatch_types::history::PresenceChange>()),
        ("HistoryOrder", of::<::group_dispatch_types::history::HistoryOrder>()),
        ("ChangePosition", of::<::group_dispatch_types::history::ChangePosition>()),
        ("ChangeLineType", of::<::group_dispatch_types::history::ChangeLineType>()),
        ("ChangeReason", of::<::group_dispatch_types::history::ChangeReason>()),
        ("HistoryCursor", of::<::group_dispatch_types::history::HistoryCursor>()),
        ("CalendarDay", of::<::group_dispatch_types::history::CalendarDay>()),
        ("TimeZoneName", of::<::group_dispatch_types::history::TimeZoneName>()),
        ("ReportGrouping", of::<::group_dispatch_types::history::ReportGrouping>()),
        ("PageLimit", of::<::group_dispatch_types::history::PageLimit>()),
        ("AgeInSeconds", of::<::group_dispatch_types::history::AgeInSeconds>()),
        ("ClockOffset", of::<::group_dispatch_types::history::ClockOffset>()),
        ("ClockUncertainty", of::<::group_dispatch_types::history::ClockUncertainty>()),
        ("SettleSeconds", of::<::group_dispatch_types::history::SettleSeconds>()),
        ("WaitSeconds", of::<::group_dispatch_types::history::WaitSeconds>()),
        ("HeldBack", of::<::group_dispatch_types::history::HeldBack>()),
        ("RequestCount", of::<::group_dispatch_types::history::RequestCount>()),
        ("RoundInterval", of::<::group_dispatch_types::history::RoundInterval>()),
        ("Milliseconds", of::<::group_dispatch_types::history::Milliseconds>()),
        ("ReportCount", of::<::group_dispatch_types::history::ReportCount>()),
        ("BusinessCode", of::<::group_dispatch_types::history::BusinessCode>()),
        (
            "HistoryEventsRequest",
            of::<::group_dispatch_types::history::HistoryEventsRequest>(),
        ),
        (
            "HistoryGapsRequest",
            of::<::group_dispatch_types::history::HistoryGapsRequest>(),
        ),
        (
            "HistoryFreshnessRequest",
            of::<::group_dispatch_types::history::HistoryFreshnessRequest>(),
        ),
        (
            "HistoryChangesRequest",
            of::<::group_dispatch_types::history::HistoryChangesRequest>(),
        ),
        (
            "HistorySessionsRequest",
            of::<::group_dispatch_types::history::HistorySessionsRequest>(),
        ),
        (
            "HistoryReportRequest",
            of::<::group_dispatch_types::history::HistoryReportRequest>(),
        ),
        (
            "HistoryEventsResponse",
            of::<::group_dispatch_types::history::HistoryEventsResponse>(),
        ),
        ("HistoryPage", of::<::group_dispatch_types::history::HistoryPage>()),
        ("HistoryEvent", of::<::group_dispatch_types::history::HistoryEvent>()),
        (
            "HistoryGapsResponse",
            of::<::group_dispatch_types::history::HistoryGapsResponse>(),
        ),
        ("GapPage", of::<::group_dispatch_types::history::GapPage>()),
        ("Gap", of::<::group_dispatch_types::history::Gap>()),
        (
            "HistoryFreshnessResponse",
            of::<::group_dispatch_types::history::HistoryFreshnessResponse>(),
        ),
        ("FreshnessReport", of::<::group_dispatch_types::history::FreshnessReport>()),
        ("SourceFreshness", of::<::group_dispatch_types::history::SourceFreshness>()),
        (
            "HistoryChangesResponse",
            of::<::group_dispatch_types::history::HistoryChangesResponse>(),
        ),
        ("ChangePage", of::<::group_dispatch_types::history::ChangePage>()),
        ("ChangeLine", of::<::group_dispatch_types::history::ChangeLine>()),
        ("OnlineAccount", of::<::group_dispatch_types::history::OnlineAccount>()),
        (
            "HistorySessionsResponse",
            of::<::group_dispatch_types::history::HistorySessionsResponse>(),
        ),
        ("SessionPage", of::<::group_dispatch_types::history::SessionPage>()),
        ("Session", of::<::group_dispatch_types::history::Session>()),
        ("SessionEdge", of::<::group_dispatch_types::history::SessionEdge>()),
        (
            "HistoryReportResponse",
            of::<::group_dispatch_types::history::HistoryReportResponse>(),
        ),
        ("HistoryReport", of::<::group_dispatch_types::history::HistoryReport>()),
        ("ReportRow", of::<::group_dispatch_types::history::ReportRow>()),
        ("ErrorResponse", of::<::group_dispatch_types::history::ErrorResponse>()),
    ])
}
