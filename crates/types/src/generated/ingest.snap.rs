// Made by `cargo xtask codegen` from openapi/ingest.yaml: change that file instead.

///With which agent an account is online at a source (D16).
#[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "utoipa", derive(::utoipa::ToSchema))]
#[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))]
#[cfg_attr(test, derive(::proptest_derive::Arbitrary))]
pub struct AccountPresence {
    ///The source.
    pub source: ::group_dispatch_types::ingest::Source,
    ///The agent's id; absent if the account is not online there.
    #[serde(rename = "userId", skip_serializing_if = "::std::option::Option::is_none")]
    #[cfg_attr(
        feature = "schemars",
        schemars(with = "::group_dispatch_types::ingest::UserId")
    )]
    #[serde(default, deserialize_with = "crate::lenient::optional")]
    #[cfg_attr(feature = "utoipa", schema(nullable = false))]
    pub user_id: ::std::option::Option<::group_dispatch_types::ingest::UserId>,
    ///The account.
    #[serde(rename = "whatsApp")]
    #[serde(alias = "whatsapp")]
    pub whats_app: ::group_dispatch_types::ingest::WhatsAppNumber,
}
///The answer to a request that failed.
#[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "utoipa", derive(::utoipa::ToSchema))]
#[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))]
#[cfg_attr(test, derive(::proptest_derive::Arbitrary))]
pub struct ErrorResponse {
    ///Why the request failed.
    pub code: ::group_dispatch_types::ingest::BusinessCode,
    ///Where events are refused, which and why; null otherwise.
    #[serde(default, deserialize_with = "crate::lenient::one")]
    #[cfg_attr(feature = "utoipa", schema(required = true))]
    pub data: ::std::option::Option<Receipt>,
    ///The same in words.
    #[cfg_attr(feature = "schemars", schemars(example = &"accessToken is error"))]
    #[cfg_attr(feature = "utoipa", schema(example = "accessToken is error"))]
    pub message: ::std::string::String,
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
        schemars(
            length(max = 128),
            example = &"lsl001",
            extend("x-personal-data" = true)
        )
    )]
    #[cfg_attr(
        feature = "utoipa",
        schema(
            max_length = 128,
            example = "lsl001",
            extensions(("x-personal-data" = json!(true)))
        )
    )]
    pub agent_account: ::std::string::String,
    ///The time of the last event before it that is known; absent if none is.
    #[serde(skip_serializing_if = "::std::option::Option::is_none")]
    #[cfg_attr(
        feature = "schemars",
        schemars(with = "::group_dispatch_types::ingest::EventTime")
    )]
    #[serde(default, deserialize_with = "crate::lenient::optional")]
    #[cfg_attr(feature = "utoipa", schema(nullable = false))]
    pub from: ::std::option::Option<::group_dispatch_types::ingest::EventTime>,
    ///Where they may have happened.
    pub source: ::group_dispatch_types::ingest::Source,
    ///The time of the first event behind it that is known.
    pub to: ::group_dispatch_types::ingest::EventTime,
    ///The agent's id.
    #[serde(rename = "userId")]
    pub user_id: ::group_dispatch_types::ingest::UserId,
    ///The account; absent if it may be any account of the agent that has no events in this time.
    #[serde(rename = "whatsApp", skip_serializing_if = "::std::option::Option::is_none")]
    #[cfg_attr(
        feature = "schemars",
        schemars(with = "::group_dispatch_types::ingest::WhatsAppNumber")
    )]
    #[serde(default, deserialize_with = "crate::lenient::optional", alias = "whatsapp")]
    #[cfg_attr(feature = "utoipa", schema(nullable = false))]
    pub whats_app: ::std::option::Option<::group_dispatch_types::ingest::WhatsAppNumber>,
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
impl Gap {
    /// Returns the first member whose text is longer than the contract allows, and how many characters (Unicode
    /// scalar values) it allows.
    #[must_use]
    pub fn too_long(&self) -> Option<(&'static str, usize)> {
        let texts: [(&'static str, usize, Option<&::std::string::String>); _] = [
            ("agentAccount", 128, Some(&self.agent_account)),
        ];
        let is_too_long = |text: &str, most| {
            text.len() > most && text.chars().count() > most
        };
        let found = texts
            .into_iter()
            .find(|(_, most, text)| text.is_some_and(|text| is_too_long(text, *most)));
        found.map(|(member, most, _)| (member, most))
    }
}
///A record of the vendor's queryUserStatusLog. It is the same record as another one if source, agent id, account, status, detail, time and ordinal are equal, whatever the names are now (D53).
#[derive(::serde::Deserialize, ::serde::Serialize, Clone, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "utoipa", derive(::utoipa::ToSchema))]
#[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))]
#[cfg_attr(test, derive(::proptest_derive::Arbitrary))]
pub struct LoggedEvent {
    ///The agent's login account; empty when it is not known.
    #[serde(rename = "agentAccount")]
    #[cfg_attr(
        feature = "schemars",
        schemars(
            length(max = 128),
            example = &"lsl001",
            extend("x-personal-data" = true)
        )
    )]
    #[cfg_attr(
        feature = "utoipa",
        schema(
            max_length = 128,
            example = "lsl001",
            extensions(("x-personal-data" = json!(true)))
        )
    )]
    pub agent_account: ::std::string::String,
    ///The account's country, as a name in any language and not as a code (D9); absent when it is not known.
    #[serde(
        rename = "countryCode",
        skip_serializing_if = "::std::option::Option::is_none"
    )]
    #[cfg_attr(
        feature = "schemars",
        schemars(
            with = "::std::string::String",
            length(max = 256),
            example = &"哥伦比亚"
        )
    )]
    #[cfg_attr(
        feature = "utoipa",
        schema(nullable = false, max_length = 256, example = "哥伦比亚")
    )]
    pub country_code: ::std::option::Option<::std::string::String>,
    ///When it happened. Fractions of a second are cut.
    #[serde(rename = "createTime")]
    pub create_time: ::group_dispatch_types::ingest::EventTime,
    ///What happened.
    #[serde(rename = "detailStatus")]
    pub detail_status: ::group_dispatch_types::ingest::StatusDetail,
    ///The account's nickname; absent or empty when it has none.
    #[serde(skip_serializing_if = "::std::option::Option::is_none")]
    #[cfg_attr(
        feature = "schemars",
        schemars(
            with = "::std::string::String",
            length(max = 256),
            example = &"jack",
            extend("x-personal-data" = true)
        )
    )]
    #[cfg_attr(
        feature = "utoipa",
        schema(
            nullable = false,
            max_length = 256,
            example = "jack",
            extensions(("x-personal-data" = json!(true)))
        )
    )]
    pub name: ::std::option::Option<::std::string::String>,
    ///Which of several equal records it is.
    pub ordinal: ::group_dispatch_types::ingest::RecordOrdinal,
    ///The source whose log has it.
    pub source: ::group_dispatch_types::ingest::Source,
    ///The account's status after the event.
    pub status: ::group_dispatch_types::ingest::AccountStatus,
    ///The agent's id.
    #[serde(rename = "userId")]
    pub user_id: ::group_dispatch_types::ingest::UserId,
    ///The agent's name, which the mirror knows from another answer; absent or empty when it is not known.
    #[serde(rename = "userName", skip_serializing_if = "::std::option::Option::is_none")]
    #[cfg_attr(
        feature = "schemars",
        schemars(
            with = "::std::string::String",
            length(max = 256),
            example = &"li",
            extend("x-personal-data" = true)
        )
    )]
    #[cfg_attr(
        feature = "utoipa",
        schema(
            nullable = false,
            max_length = 256,
            example = "li",
            extensions(("x-personal-data" = json!(true)))
        )
    )]
    pub user_name: ::std::option::Option<::std::string::String>,
    ///The account. The name `whatsapp` is accepted as well (D4).
    #[serde(rename = "whatsApp")]
    #[serde(alias = "whatsapp")]
    pub whats_app: ::group_dispatch_types::ingest::WhatsAppNumber,
}
impl ::std::fmt::Debug for LoggedEvent {
    fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
        f.debug_struct("LoggedEvent")
            .field("agent_account", &crate::masked::Masked(&self.agent_account))
            .field("country_code", &self.country_code)
            .field("create_time", &self.create_time)
            .field("detail_status", &self.detail_status)
            .field("name", &crate::masked::Masked(&self.name))
            .field("ordinal", &self.ordinal)
            .field("source", &self.source)
            .field("status", &self.status)
            .field("user_id", &self.user_id)
            .field("user_name", &crate::masked::Masked(&self.user_name))
            .field("whats_app", &self.whats_app)
            .finish()
    }
}
impl LoggedEvent {
    /// Returns the first member whose text is longer than the contract allows, and how many characters (Unicode
    /// scalar values) it allows.
    #[must_use]
    pub fn too_long(&self) -> Option<(&'static str, usize)> {
        let texts: [(&'static str, usize, Option<&::std::string::String>); _] = [
            ("agentAccount", 128, Some(&self.agent_account)),
            ("countryCode", 256, self.country_code.as_ref()),
            ("name", 256, self.name.as_ref()),
            ("userName", 256, self.user_name.as_ref()),
        ];
        let is_too_long = |text: &str, most| {
            text.len() > most && text.chars().count() > most
        };
        let found = texts
            .into_iter()
            .find(|(_, most, text)| text.is_some_and(|text| is_too_long(text, *most)));
        found.map(|(member, most, _)| (member, most))
    }
}
///A good answer about who is online at a source, whether anything had changed or not (D50).
#[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "utoipa", derive(::utoipa::ToSchema))]
#[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))]
#[cfg_attr(test, derive(::proptest_derive::Arbitrary))]
pub struct Look {
    ///The look before, which has to be the latest that is stored; absent if there is none.
    #[serde(skip_serializing_if = "::std::option::Option::is_none")]
    #[cfg_attr(
        feature = "schemars",
        schemars(with = "::group_dispatch_types::ingest::EventTime")
    )]
    #[serde(default, deserialize_with = "crate::lenient::optional")]
    #[cfg_attr(feature = "utoipa", schema(nullable = false))]
    pub after: ::std::option::Option<::group_dispatch_types::ingest::EventTime>,
    ///When it was.
    pub at: ::group_dispatch_types::ingest::EventTime,
    ///The vendor's clock, as it was measured then.
    #[serde(rename = "clockOffset")]
    pub clock_offset: ::group_dispatch_types::ingest::ClockOffset,
    ///Whether nothing was missed since the look before, so that both are of one stretch of looks.
    #[cfg_attr(feature = "schemars", schemars(example = &true))]
    #[cfg_attr(feature = "utoipa", schema(example = true))]
    pub continues: bool,
    ///The time between two rounds of the mirror then. A change is seen after at most this time.
    #[serde(skip_serializing_if = "::std::option::Option::is_none")]
    #[cfg_attr(
        feature = "schemars",
        schemars(with = "::group_dispatch_types::ingest::RoundInterval")
    )]
    #[serde(default, deserialize_with = "crate::lenient::optional")]
    #[cfg_attr(feature = "utoipa", schema(nullable = false))]
    pub interval: ::std::option::Option<::group_dispatch_types::ingest::RoundInterval>,
    ///Whether other calls follow with more of the events that this look shows. Then it is compared with the latest look, and not stored yet.
    #[serde(rename = "isPartial")]
    #[cfg_attr(feature = "schemars", schemars(example = &false))]
    #[cfg_attr(feature = "utoipa", schema(example = false))]
    pub is_partial: bool,
    ///When the log of the source was read last; absent if never. A mirror that starts goes on from there.
    #[serde(rename = "logRead", skip_serializing_if = "::std::option::Option::is_none")]
    #[cfg_attr(
        feature = "schemars",
        schemars(with = "::group_dispatch_types::ingest::EventTime")
    )]
    #[serde(default, deserialize_with = "crate::lenient::optional")]
    #[cfg_attr(feature = "utoipa", schema(nullable = false))]
    pub log_read: ::std::option::Option<::group_dispatch_types::ingest::EventTime>,
    ///How many requests the mirror sent to the vendor in the minute before, about all sources together.
    #[serde(
        rename = "requestsPerMinute",
        skip_serializing_if = "::std::option::Option::is_none"
    )]
    #[cfg_attr(
        feature = "schemars",
        schemars(with = "::group_dispatch_types::ingest::RequestCount")
    )]
    #[serde(default, deserialize_with = "crate::lenient::optional")]
    #[cfg_attr(feature = "utoipa", schema(nullable = false))]
    pub requests_per_minute: ::std::option::Option<
        ::group_dispatch_types::ingest::RequestCount,
    >,
    ///The source.
    pub source: ::group_dispatch_types::ingest::Source,
    ///By how much `clockOffset` may be wrong.
    pub uncertainty: ::group_dispatch_types::ingest::ClockUncertainty,
}
///The outcome of a call with facts of a mirror.
#[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "utoipa", derive(::utoipa::ToSchema))]
#[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))]
#[cfg_attr(test, derive(::proptest_derive::Arbitrary))]
pub struct MirroredFactsReceipt {
    ///Each account of the call's events, as it is now; empty in a conflict.
    #[cfg_attr(feature = "schemars", schemars(length(max = 10000)))]
    #[serde(default, deserialize_with = "crate::lenient::list")]
    #[cfg_attr(feature = "utoipa", schema(required = true, max_items = 10000))]
    pub accounts: ::std::vec::Vec<AccountPresence>,
    ///Whether they are stored.
    pub outcome: ::group_dispatch_types::ingest::MirrorOutcome,
    ///How many events were there already, or are older than what the server keeps; 0 in a conflict.
    pub repeated: ::group_dispatch_types::ingest::EventCount,
    ///How many events are new, and durable now; 0 in a conflict.
    pub stored: ::group_dispatch_types::ingest::EventCount,
}
///What a mirror found out. Times of events and gaps are by the vendor's clock, those of looks by the clock of the program that looked. Logged and observed events are 10,000 at most together.
#[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "utoipa", derive(::utoipa::ToSchema))]
#[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))]
#[cfg_attr(test, derive(::proptest_derive::Arbitrary))]
pub struct MirroredFactsRequest {
    ///What the vendor's log may have had and nobody could see (D54).
    #[cfg_attr(feature = "schemars", schemars(length(max = 10000)))]
    #[serde(default, deserialize_with = "crate::lenient::list")]
    #[cfg_attr(feature = "utoipa", schema(required = true, max_items = 10000))]
    pub gaps: ::std::vec::Vec<Gap>,
    ///Records of the vendor's log, oldest first; those of one second in the order in which they happened (D53).
    #[cfg_attr(feature = "schemars", schemars(length(max = 10000)))]
    #[serde(default, deserialize_with = "crate::lenient::list")]
    #[cfg_attr(feature = "utoipa", schema(required = true, max_items = 10000))]
    pub logged: ::std::vec::Vec<LoggedEvent>,
    ///Good answers about who is online, in the order in which they happened.
    #[cfg_attr(feature = "schemars", schemars(length(max = 100)))]
    #[serde(default, deserialize_with = "crate::lenient::list")]
    #[cfg_attr(feature = "utoipa", schema(required = true, max_items = 100))]
    pub looks: ::std::vec::Vec<Look>,
    ///The program that looked. With the time of a look it identifies a call that is repeated.
    pub mirror: ::group_dispatch_types::ingest::MirrorId,
    ///What the looks differ by from what is stored, where no record explains it (D55).
    #[cfg_attr(feature = "schemars", schemars(length(max = 10000)))]
    #[serde(default, deserialize_with = "crate::lenient::list")]
    #[cfg_attr(feature = "utoipa", schema(required = true, max_items = 10000))]
    pub observed: ::std::vec::Vec<ObservedEvent>,
}
///The answer to facts of a mirror.
#[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "utoipa", derive(::utoipa::ToSchema))]
#[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))]
#[cfg_attr(test, derive(::proptest_derive::Arbitrary))]
pub struct MirroredFactsResponse {
    ///How the request ended.
    pub code: ::group_dispatch_types::ingest::BusinessCode,
    ///The outcome.
    pub data: MirroredFactsReceipt,
    ///The same in words, for people; don't compare it (D12).
    #[cfg_attr(feature = "schemars", schemars(example = &"success"))]
    #[cfg_attr(feature = "utoipa", schema(example = "success"))]
    pub message: ::std::string::String,
}
///What two good answers about who is online differ by. It has no reason and no time of its own (D48).
#[derive(::serde::Deserialize, ::serde::Serialize, Clone, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "utoipa", derive(::utoipa::ToSchema))]
#[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))]
#[cfg_attr(test, derive(::proptest_derive::Arbitrary))]
pub struct ObservedEvent {
    ///The agent's login account; empty when it is not known.
    #[serde(rename = "agentAccount")]
    #[cfg_attr(
        feature = "schemars",
        schemars(
            length(max = 128),
            example = &"lsl001",
            extend("x-personal-data" = true)
        )
    )]
    #[cfg_attr(
        feature = "utoipa",
        schema(
            max_length = 128,
            example = "lsl001",
            extensions(("x-personal-data" = json!(true)))
        )
    )]
    pub agent_account: ::std::string::String,
    ///Whether the account came or went.
    pub change: ::group_dispatch_types::ingest::PresenceChange,
    ///The account's nickname; absent or empty when it is not known.
    #[serde(skip_serializing_if = "::std::option::Option::is_none")]
    #[cfg_attr(
        feature = "schemars",
        schemars(
            with = "::std::string::String",
            length(max = 256),
            example = &"jack",
            extend("x-personal-data" = true)
        )
    )]
    #[cfg_attr(
        feature = "utoipa",
        schema(
            nullable = false,
            max_length = 256,
            example = "jack",
            extensions(("x-personal-data" = json!(true)))
        )
    )]
    pub name: ::std::option::Option<::std::string::String>,
    ///The look that showed it.
    #[serde(rename = "notAfter")]
    pub not_after: ::group_dispatch_types::ingest::EventTime,
    ///The look that did not show it yet; absent if nobody had looked.
    #[serde(
        rename = "notBefore",
        skip_serializing_if = "::std::option::Option::is_none"
    )]
    #[cfg_attr(
        feature = "schemars",
        schemars(with = "::group_dispatch_types::ingest::EventTime")
    )]
    #[serde(default, deserialize_with = "crate::lenient::optional")]
    #[cfg_attr(feature = "utoipa", schema(nullable = false))]
    pub not_before: ::std::option::Option<::group_dispatch_types::ingest::EventTime>,
    ///The source.
    pub source: ::group_dispatch_types::ingest::Source,
    ///The id of the agent with which the account is, or was.
    #[serde(rename = "userId")]
    pub user_id: ::group_dispatch_types::ingest::UserId,
    ///The agent's name; absent or empty when it is not known.
    #[serde(rename = "userName", skip_serializing_if = "::std::option::Option::is_none")]
    #[cfg_attr(
        feature = "schemars",
        schemars(
            with = "::std::string::String",
            length(max = 256),
            example = &"li",
            extend("x-personal-data" = true)
        )
    )]
    #[cfg_attr(
        feature = "utoipa",
        schema(
            nullable = false,
            max_length = 256,
            example = "li",
            extensions(("x-personal-data" = json!(true)))
        )
    )]
    pub user_name: ::std::option::Option<::std::string::String>,
    ///The account. The name `whatsapp` is accepted as well (D4).
    #[serde(rename = "whatsApp")]
    #[serde(alias = "whatsapp")]
    pub whats_app: ::group_dispatch_types::ingest::WhatsAppNumber,
}
impl ::std::fmt::Debug for ObservedEvent {
    fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
        f.debug_struct("ObservedEvent")
            .field("agent_account", &crate::masked::Masked(&self.agent_account))
            .field("change", &self.change)
            .field("name", &crate::masked::Masked(&self.name))
            .field("not_after", &self.not_after)
            .field("not_before", &self.not_before)
            .field("source", &self.source)
            .field("user_id", &self.user_id)
            .field("user_name", &crate::masked::Masked(&self.user_name))
            .field("whats_app", &self.whats_app)
            .finish()
    }
}
impl ObservedEvent {
    /// Returns the first member whose text is longer than the contract allows, and how many characters (Unicode
    /// scalar values) it allows.
    #[must_use]
    pub fn too_long(&self) -> Option<(&'static str, usize)> {
        let texts: [(&'static str, usize, Option<&::std::string::String>); _] = [
            ("agentAccount", 128, Some(&self.agent_account)),
            ("name", 256, self.name.as_ref()),
            ("userName", 256, self.user_name.as_ref()),
        ];
        let is_too_long = |text: &str, most| {
            text.len() > most && text.chars().count() > most
        };
        let found = texts
            .into_iter()
            .find(|(_, most, text)| text.is_some_and(|text| is_too_long(text, *most)));
        found.map(|(member, most, _)| (member, most))
    }
}
///What became of the events of a call.
#[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "utoipa", derive(::utoipa::ToSchema))]
#[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))]
#[cfg_attr(test, derive(::proptest_derive::Arbitrary))]
pub struct Receipt {
    ///Each that is refused, in the order of the call.
    #[cfg_attr(feature = "schemars", schemars(length(max = 10000)))]
    #[serde(default, deserialize_with = "crate::lenient::list")]
    #[cfg_attr(feature = "utoipa", schema(required = true, max_items = 10000))]
    pub refusals: ::std::vec::Vec<Refusal>,
    ///How many are refused.
    pub refused: ::group_dispatch_types::ingest::EventCount,
    ///How many were there already; 0 where one is refused.
    pub repeated: ::group_dispatch_types::ingest::EventCount,
    ///How many are new, and durable now; 0 where one is refused.
    pub stored: ::group_dispatch_types::ingest::EventCount,
}
///Why an event is refused.
#[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "utoipa", derive(::utoipa::ToSchema))]
#[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))]
#[cfg_attr(test, derive(::proptest_derive::Arbitrary))]
pub struct Refusal {
    ///Which event of the call it is, counted from 0; blank lines are not counted.
    pub index: ::group_dispatch_types::ingest::EventCount,
    ///The member that is wrong and what was expected there, never what was given.
    #[cfg_attr(feature = "schemars", schemars(example = &"source: missing"))]
    #[cfg_attr(feature = "utoipa", schema(example = "source: missing"))]
    pub reason: ::std::string::String,
}
///What happened to a WhatsApp account, when, at which source, and with which agent.
#[derive(::serde::Deserialize, ::serde::Serialize, Clone, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "utoipa", derive(::utoipa::ToSchema))]
#[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))]
#[cfg_attr(test, derive(::proptest_derive::Arbitrary))]
pub struct StatusEvent {
    ///The agent's login account; empty when there is no news of it.
    #[serde(rename = "agentAccount")]
    #[cfg_attr(
        feature = "schemars",
        schemars(
            length(max = 128),
            example = &"lsl001",
            extend("x-personal-data" = true)
        )
    )]
    #[cfg_attr(
        feature = "utoipa",
        schema(
            max_length = 128,
            example = "lsl001",
            extensions(("x-personal-data" = json!(true)))
        )
    )]
    pub agent_account: ::std::string::String,
    ///The account's country, as a name in any language and not as a code (D9); absent when it is not known.
    #[serde(
        rename = "countryCode",
        skip_serializing_if = "::std::option::Option::is_none"
    )]
    #[cfg_attr(
        feature = "schemars",
        schemars(
            with = "::std::string::String",
            length(max = 256),
            example = &"哥伦比亚"
        )
    )]
    #[cfg_attr(
        feature = "utoipa",
        schema(nullable = false, max_length = 256, example = "哥伦比亚")
    )]
    pub country_code: ::std::option::Option<::std::string::String>,
    ///When it happened.
    #[serde(rename = "createTime")]
    pub create_time: ::group_dispatch_types::ingest::EventTime,
    ///What happened.
    #[serde(rename = "detailStatus")]
    pub detail_status: ::group_dispatch_types::ingest::StatusDetail,
    ///The feeder's own name for the event: of the events of a tenant with one name the first counts. Absent or empty, an event that is equal in every member counts as the same (D41).
    #[serde(rename = "eventId", skip_serializing_if = "::std::option::Option::is_none")]
    #[cfg_attr(
        feature = "schemars",
        schemars(
            with = "::std::string::String",
            length(max = 128),
            example = &"feeder-7-000042"
        )
    )]
    #[cfg_attr(
        feature = "utoipa",
        schema(nullable = false, max_length = 128, example = "feeder-7-000042")
    )]
    pub event_id: ::std::option::Option<::std::string::String>,
    ///The account's nickname; absent or empty when it has none.
    #[serde(skip_serializing_if = "::std::option::Option::is_none")]
    #[cfg_attr(
        feature = "schemars",
        schemars(
            with = "::std::string::String",
            length(max = 256),
            example = &"jack",
            extend("x-personal-data" = true)
        )
    )]
    #[cfg_attr(
        feature = "utoipa",
        schema(
            nullable = false,
            max_length = 256,
            example = "jack",
            extensions(("x-personal-data" = json!(true)))
        )
    )]
    pub name: ::std::option::Option<::std::string::String>,
    ///Where it happened.
    pub source: ::group_dispatch_types::ingest::Source,
    ///The account's status after the event; absent when it is the one that `detailStatus` implies (D10).
    #[serde(skip_serializing_if = "::std::option::Option::is_none")]
    #[cfg_attr(
        feature = "schemars",
        schemars(with = "::group_dispatch_types::ingest::AccountStatus")
    )]
    #[serde(default, deserialize_with = "crate::lenient::optional")]
    #[cfg_attr(feature = "utoipa", schema(nullable = false))]
    pub status: ::std::option::Option<::group_dispatch_types::ingest::AccountStatus>,
    ///The agent's id.
    #[serde(rename = "userId")]
    pub user_id: ::group_dispatch_types::ingest::UserId,
    ///The agent's name; absent or empty when there is no news of it.
    #[serde(rename = "userName", skip_serializing_if = "::std::option::Option::is_none")]
    #[cfg_attr(
        feature = "schemars",
        schemars(
            with = "::std::string::String",
            length(max = 256),
            example = &"li",
            extend("x-personal-data" = true)
        )
    )]
    #[cfg_attr(
        feature = "utoipa",
        schema(
            nullable = false,
            max_length = 256,
            example = "li",
            extensions(("x-personal-data" = json!(true)))
        )
    )]
    pub user_name: ::std::option::Option<::std::string::String>,
    ///The account. The name `whatsapp` is accepted as well (D4).
    #[serde(rename = "whatsApp")]
    #[serde(alias = "whatsapp")]
    pub whats_app: ::group_dispatch_types::ingest::WhatsAppNumber,
}
impl ::std::fmt::Debug for StatusEvent {
    fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
        f.debug_struct("StatusEvent")
            .field("agent_account", &crate::masked::Masked(&self.agent_account))
            .field("country_code", &self.country_code)
            .field("create_time", &self.create_time)
            .field("detail_status", &self.detail_status)
            .field("event_id", &self.event_id)
            .field("name", &crate::masked::Masked(&self.name))
            .field("source", &self.source)
            .field("status", &self.status)
            .field("user_id", &self.user_id)
            .field("user_name", &crate::masked::Masked(&self.user_name))
            .field("whats_app", &self.whats_app)
            .finish()
    }
}
impl StatusEvent {
    /// Returns the first member whose text is longer than the contract allows, and how many characters (Unicode
    /// scalar values) it allows.
    #[must_use]
    pub fn too_long(&self) -> Option<(&'static str, usize)> {
        let texts: [(&'static str, usize, Option<&::std::string::String>); _] = [
            ("agentAccount", 128, Some(&self.agent_account)),
            ("countryCode", 256, self.country_code.as_ref()),
            ("eventId", 128, self.event_id.as_ref()),
            ("name", 256, self.name.as_ref()),
            ("userName", 256, self.user_name.as_ref()),
        ];
        let is_too_long = |text: &str, most| {
            text.len() > most && text.chars().count() > most
        };
        let found = texts
            .into_iter()
            .find(|(_, most, text)| text.is_some_and(|text| is_too_long(text, *most)));
        found.map(|(member, most, _)| (member, most))
    }
}
///The answer to events that were taken.
#[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "utoipa", derive(::utoipa::ToSchema))]
#[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))]
#[cfg_attr(test, derive(::proptest_derive::Arbitrary))]
pub struct StatusEventsResponse {
    ///How the request ended.
    pub code: ::group_dispatch_types::ingest::BusinessCode,
    ///What became of the events.
    pub data: Receipt,
    ///The same in words, for people; don't compare it (D12).
    #[cfg_attr(feature = "schemars", schemars(example = &"success"))]
    #[cfg_attr(feature = "utoipa", schema(example = "success"))]
    pub message: ::std::string::String,
}
///What is kept of the vendor's callbacks.
#[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "utoipa", derive(::utoipa::ToSchema))]
#[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))]
#[cfg_attr(test, derive(::proptest_derive::Arbitrary))]
pub struct VendorCallbackReceipt {
    ///How many callbacks of the tenant are kept.
    pub callbacks: ::group_dispatch_types::ingest::EventCount,
}
///A callback of the vendor, as it arrived (D59).
#[derive(::serde::Deserialize, ::serde::Serialize, Clone, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "utoipa", derive(::utoipa::ToSchema))]
#[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))]
#[cfg_attr(test, derive(::proptest_derive::Arbitrary))]
pub struct VendorCallbackRequest {
    ///The body, in Base64 with padding (RFC 4648, 4). It has at most 64 KiB before it is encoded.
    #[cfg_attr(
        feature = "schemars",
        schemars(
            length(max = 87384),
            example = &"e30=",
            extend("x-personal-data" = true)
        )
    )]
    #[cfg_attr(
        feature = "utoipa",
        schema(
            max_length = 87384,
            example = "e30=",
            extensions(("x-personal-data" = json!(true)))
        )
    )]
    pub body: ::std::string::String,
    ///The time that the vendor signed.
    pub timestamp: ::group_dispatch_types::ingest::EventTime,
}
impl ::std::fmt::Debug for VendorCallbackRequest {
    fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
        f.debug_struct("VendorCallbackRequest")
            .field("body", &crate::masked::Masked(&self.body))
            .field("timestamp", &self.timestamp)
            .finish()
    }
}
impl VendorCallbackRequest {
    /// Returns the first member whose text is longer than the contract allows, and how many characters (Unicode
    /// scalar values) it allows.
    #[must_use]
    pub fn too_long(&self) -> Option<(&'static str, usize)> {
        let texts: [(&'static str, usize, Option<&::std::string::String>); _] = [
            ("body", 87384, Some(&self.body)),
        ];
        let is_too_long = |text: &str, most| {
            text.len() > most && text.chars().count() > most
        };
        let found = texts
            .into_iter()
            .find(|(_, most, text)| text.is_some_and(|text| is_too_long(text, *most)));
        found.map(|(member, most, _)| (member, most))
    }
}
///The answer to a callback of the vendor.
#[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "utoipa", derive(::utoipa::ToSchema))]
#[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))]
#[cfg_attr(test, derive(::proptest_derive::Arbitrary))]
pub struct VendorCallbackResponse {
    ///How the request ended.
    pub code: ::group_dispatch_types::ingest::BusinessCode,
    ///What is kept now.
    pub data: VendorCallbackReceipt,
    ///The same in words, for people; don't compare it (D12).
    #[cfg_attr(feature = "schemars", schemars(example = &"success"))]
    #[cfg_attr(feature = "utoipa", schema(example = "success"))]
    pub message: ::std::string::String,
}
bounded_integer! {
    #[doc =
    " A random number of a program that mirrors the vendor, which it chooses at each start."]
    MirrorId(u64 as u64), 0 to 9007199254740991,
    "MirrorId: an integer from 0 to 9007199254740991", "int64",
    "A random number of a program that mirrors the vendor, which it chooses at each start.",
    example 4711
}
bounded_integer! {
    #[doc =
    " Which of several records that are equal in all other members, counted from 0."]
    RecordOrdinal(u32 as u32), 0 to 10000, "RecordOrdinal: an integer from 0 to 10000",
    "int32",
    "Which of several records that are equal in all other members, counted from 0.",
    example 0
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
    #[doc = " How many requests a program has sent."] RequestCount(u32 as u32), 0 to
    2147483647, "RequestCount: an integer from 0 to 2147483647", "int32",
    "How many requests a program has sent.", example 60
}
bounded_integer! {
    #[doc = " A time between two rounds of requests, in milliseconds."] RoundInterval(u32
    as u32), 0 to 2147483647, "RoundInterval: an integer from 0 to 2147483647", "int32",
    "A time between two rounds of requests, in milliseconds.", example 5000
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
        ("UserId", of::<::group_dispatch_types::ingest::UserId>()),
        ("WhatsAppNumber", of::<::group_dispatch_types::ingest::WhatsAppNumber>()),
        ("Source", of::<::group_dispatch_types::ingest::Source>()),
        ("AccountStatus", of::<::group_dispatch_types::ingest::AccountStatus>()),
        ("StatusDetail", of::<::group_dispatch_types::ingest::StatusDetail>()),
        ("EventTime", of::<::group_dispatch_types::ingest::EventTime>()),
        ("EventCount", of::<::group_dispatch_types::ingest::EventCount>()),
        ("FeedOrder", of::<::group_dispatch_types::ingest::FeedOrder>()),
        ("PresenceChange", of::<::group_dispatch_types::ingest::PresenceChange>()),
        ("MirrorOutcome", of::<::group_dispatch_types::ingest::MirrorOutcome>()),
        ("MirrorId", of::<::group_dispatch_types::ingest::MirrorId>()),
        ("RecordOrdinal", of::<::group_dispatch_types::ingest::RecordOrdinal>()),
        ("ClockOffset", of::<::group_dispatch_types::ingest::ClockOffset>()),
        ("ClockUncertainty", of::<::group_dispatch_types::ingest::ClockUncertainty>()),
        ("RequestCount", of::<::group_dispatch_types::ingest::RequestCount>()),
        ("RoundInterval", of::<::group_dispatch_types::ingest::RoundInterval>()),
        ("BusinessCode", of::<::group_dispatch_types::ingest::BusinessCode>()),
        (
            "StatusEventsRequest",
            of::<::group_dispatch_types::ingest::StatusEventsRequest>(),
        ),
        ("StatusEvent", of::<::group_dispatch_types::ingest::StatusEvent>()),
        (
            "MirroredFactsRequest",
            of::<::group_dispatch_types::ingest::MirroredFactsRequest>(),
        ),
        ("Look", of::<::group_dispatch_types::ingest::Look>()),
        ("LoggedEvent", of::<::group_dispatch_types::ingest::LoggedEvent>()),
        ("ObservedEvent", of::<::group_dispatch_types::ingest::ObservedEvent>()),
        ("Gap", of::<::group_dispatch_types::ingest::Gap>()),
        (
            "VendorCallbackRequest",
            of::<::group_dispatch_types::ingest::VendorCallbackRequest>(),
        ),
        (
            "VendorCallbackResponse",
            of::<::group_dispatch_types::ingest::VendorCallbackResponse>(),
        ),
        (
            "VendorCallbackReceipt",
            of::<::group_dispatch_types::ingest::VendorCallbackReceipt>(),
        ),
        (
            "MirroredFactsResponse",
            of::<::group_dispatch_types::ingest::MirroredFactsResponse>(),
        ),
        (
            "MirroredFactsReceipt",
            of::<::group_dispatch_types::ingest::MirroredFactsReceipt>(),
        ),
        ("AccountPresence", of::<::group_dispatch_types::ingest::AccountPresence>()),
        (
            "StatusEventsResponse",
            of::<::group_dispatch_types::ingest::StatusEventsResponse>(),
        ),
        ("Receipt", of::<::group_dispatch_types::ingest::Receipt>()),
        ("Refusal", of::<::group_dispatch_types::ingest::Refusal>()),
        ("ErrorResponse", of::<::group_dispatch_types::ingest::ErrorResponse>()),
    ])
}
