// Made by `cargo xtask codegen` from openapi/ingest.yaml: change that file instead.

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
        ("BusinessCode", of::<::group_dispatch_types::ingest::BusinessCode>()),
        (
            "StatusEventsRequest",
            of::<::group_dispatch_types::ingest::StatusEventsRequest>(),
        ),
        ("StatusEvent", of::<::group_dispatch_types::ingest::StatusEvent>()),
        (
            "StatusEventsResponse",
            of::<::group_dispatch_types::ingest::StatusEventsResponse>(),
        ),
        ("Receipt", of::<::group_dispatch_types::ingest::Receipt>()),
        ("Refusal", of::<::group_dispatch_types::ingest::Refusal>()),
        ("ErrorResponse", of::<::group_dispatch_types::ingest::ErrorResponse>()),
    ])
}
