// Made by `cargo xtask codegen` from openapi/group-dispatch.yaml: change that file instead.

///The agent and the source with which a WhatsApp account is online.
#[derive(::serde::Deserialize, ::serde::Serialize, Clone, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "utoipa", derive(::utoipa::ToSchema))]
#[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))]
#[cfg_attr(test, derive(::proptest_derive::Arbitrary))]
pub struct AccountLocation {
    ///The agent's login account.
    #[serde(rename = "agentAccount")]
    #[cfg_attr(
        feature = "schemars",
        schemars(example = &"202503101", extend("x-personal-data" = true))
    )]
    #[cfg_attr(
        feature = "utoipa",
        schema(example = "202503101", extensions(("x-personal-data" = json!(true))))
    )]
    pub agent_account: ::std::string::String,
    ///Where it is online.
    pub source: ::group_dispatch_types::Source,
    ///The agent's id, as text.
    #[serde(rename = "userId")]
    pub user_id: ::group_dispatch_types::UserIdText,
    ///The account.
    #[serde(rename = "whatsApp")]
    #[serde(alias = "whatsapp")]
    pub whats_app: ::group_dispatch_types::WhatsAppNumber,
}
impl ::std::fmt::Debug for AccountLocation {
    fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
        f.debug_struct("AccountLocation")
            .field("agent_account", &crate::masked::Masked(&self.agent_account))
            .field("source", &self.source)
            .field("user_id", &self.user_id)
            .field("whats_app", &self.whats_app)
            .finish()
    }
}
///The WhatsApp accounts of an agent that came online last.
#[derive(::serde::Deserialize, ::serde::Serialize, Clone, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "utoipa", derive(::utoipa::ToSchema))]
#[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))]
#[cfg_attr(test, derive(::proptest_derive::Arbitrary))]
pub struct AgentRecentAccounts {
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
    ///The agent's id.
    #[serde(rename = "userId")]
    pub user_id: ::group_dispatch_types::UserId,
    ///The accounts; group-dispatch-server orders them by when they came online, the last one first (D15).
    #[serde(rename = "whatsAppList")]
    #[cfg_attr(feature = "schemars", schemars(length(max = 10)))]
    #[serde(default, deserialize_with = "crate::lenient::list")]
    #[cfg_attr(feature = "utoipa", schema(required = true, max_items = 10))]
    pub whats_app_list: ::std::vec::Vec<RecentAccount>,
}
impl ::std::fmt::Debug for AgentRecentAccounts {
    fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
        f.debug_struct("AgentRecentAccounts")
            .field("agent_account", &crate::masked::Masked(&self.agent_account))
            .field("user_id", &self.user_id)
            .field("whats_app_list", &self.whats_app_list)
            .finish()
    }
}
///An agent's latest status events.
#[derive(::serde::Deserialize, ::serde::Serialize, Clone, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "utoipa", derive(::utoipa::ToSchema))]
#[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))]
#[cfg_attr(test, derive(::proptest_derive::Arbitrary))]
pub struct AgentStatusLog {
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
    ///The agent's id.
    #[serde(rename = "userId")]
    pub user_id: ::group_dispatch_types::UserId,
    ///The latest events; group-dispatch-server orders them newest first (D15).
    #[serde(rename = "whatsAppList")]
    #[cfg_attr(feature = "schemars", schemars(length(max = 50)))]
    #[serde(default, deserialize_with = "crate::lenient::list")]
    #[cfg_attr(feature = "utoipa", schema(required = true, max_items = 50))]
    pub whats_app_list: ::std::vec::Vec<StatusRecord>,
}
impl ::std::fmt::Debug for AgentStatusLog {
    fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
        f.debug_struct("AgentStatusLog")
            .field("agent_account", &crate::masked::Masked(&self.agent_account))
            .field("user_id", &self.user_id)
            .field("whats_app_list", &self.whats_app_list)
            .finish()
    }
}
///The answer to a request that failed.
#[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "utoipa", derive(::utoipa::ToSchema))]
#[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))]
#[cfg_attr(test, derive(::proptest_derive::Arbitrary))]
pub struct ErrorResponse {
    ///Why the request failed.
    pub code: ::group_dispatch_types::BusinessCode,
    ///Nothing, written as null. Readers accept anything else and an absent member as well (D7).
    #[serde(default)]
    #[cfg_attr(feature = "utoipa", schema(required = true, inline))]
    pub data: ::group_dispatch_types::NoData,
    ///The same in words, naming the member that was wrong and what was expected.
    #[cfg_attr(
        feature = "schemars",
        schemars(example = &"source: expected a source: 1 (pc), 2 (mobile) or 3 (cloud)")
    )]
    #[cfg_attr(
        feature = "utoipa",
        schema(example = "source: expected a source: 1 (pc), 2 (mobile) or 3 (cloud)")
    )]
    pub message: ::std::string::String,
}
///Which recently online accounts to list.
#[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "utoipa", derive(::utoipa::ToSchema))]
#[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))]
#[cfg_attr(test, derive(::proptest_derive::Arbitrary))]
pub struct GetLatestOnlineWhatsAccountRequest {
    ///The source to look at.
    pub source: ::group_dispatch_types::Source,
    ///Only this agent; absent for all agents.
    #[serde(rename = "userId", skip_serializing_if = "::std::option::Option::is_none")]
    #[cfg_attr(feature = "schemars", schemars(with = "::group_dispatch_types::UserId"))]
    #[serde(default, deserialize_with = "crate::lenient::optional")]
    #[cfg_attr(feature = "utoipa", schema(nullable = false))]
    pub user_id: ::std::option::Option<::group_dispatch_types::UserId>,
}
///The answer of getLatestOnlineWhatsAccount.
#[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "utoipa", derive(::utoipa::ToSchema))]
#[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))]
#[cfg_attr(test, derive(::proptest_derive::Arbitrary))]
pub struct GetLatestOnlineWhatsAccountResponse {
    ///How the request ended.
    pub code: ::group_dispatch_types::BusinessCode,
    ///The agents; group-dispatch-server orders them by id (D15).
    #[serde(default, deserialize_with = "crate::lenient::list")]
    #[cfg_attr(feature = "utoipa", schema(required = true))]
    pub data: ::std::vec::Vec<AgentRecentAccounts>,
    ///The same in words, for people; don't compare it (D12).
    #[cfg_attr(feature = "schemars", schemars(example = &"Success "))]
    #[cfg_attr(feature = "utoipa", schema(example = "Success "))]
    pub message: ::std::string::String,
}
///An agent that has WhatsApp accounts online, with its name.
#[derive(::serde::Deserialize, ::serde::Serialize, Clone, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "utoipa", derive(::utoipa::ToSchema))]
#[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))]
#[cfg_attr(test, derive(::proptest_derive::Arbitrary))]
pub struct NamedOnlineAgent {
    ///The agent's login account.
    #[serde(rename = "agentAccount")]
    #[cfg_attr(
        feature = "schemars",
        schemars(example = &"202503101", extend("x-personal-data" = true))
    )]
    #[cfg_attr(
        feature = "utoipa",
        schema(example = "202503101", extensions(("x-personal-data" = json!(true))))
    )]
    pub agent_account: ::std::string::String,
    ///The agent's id; the page's table leaves it out (D1).
    #[serde(rename = "userId")]
    pub user_id: ::group_dispatch_types::UserId,
    ///The agent's name; here it is not the login account (D2).
    #[serde(rename = "userName")]
    #[cfg_attr(
        feature = "schemars",
        schemars(example = &"202503101", extend("x-personal-data" = true))
    )]
    #[cfg_attr(
        feature = "utoipa",
        schema(example = "202503101", extensions(("x-personal-data" = json!(true))))
    )]
    pub user_name: ::std::string::String,
    ///The accounts that are online; group-dispatch-server orders them by number (D15).
    #[serde(rename = "whatsAppList")]
    #[serde(default, deserialize_with = "crate::lenient::list")]
    #[cfg_attr(feature = "utoipa", schema(required = true))]
    pub whats_app_list: ::std::vec::Vec<OnlineAccount>,
}
impl ::std::fmt::Debug for NamedOnlineAgent {
    fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
        f.debug_struct("NamedOnlineAgent")
            .field("agent_account", &crate::masked::Masked(&self.agent_account))
            .field("user_id", &self.user_id)
            .field("user_name", &crate::masked::Masked(&self.user_name))
            .field("whats_app_list", &self.whats_app_list)
            .finish()
    }
}
///A WhatsApp account that is online.
#[derive(::serde::Deserialize, ::serde::Serialize, Clone, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "utoipa", derive(::utoipa::ToSchema))]
#[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))]
#[cfg_attr(test, derive(::proptest_derive::Arbitrary))]
pub struct OnlineAccount {
    ///The account's nickname; absent or empty when it has none.
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
    ///The account.
    #[serde(rename = "whatsApp")]
    #[serde(alias = "whatsapp")]
    pub whats_app: ::group_dispatch_types::WhatsAppNumber,
}
impl ::std::fmt::Debug for OnlineAccount {
    fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
        f.debug_struct("OnlineAccount")
            .field("name", &crate::masked::Masked(&self.name))
            .field("whats_app", &self.whats_app)
            .finish()
    }
}
///An agent that has WhatsApp accounts online.
#[derive(::serde::Deserialize, ::serde::Serialize, Clone, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "utoipa", derive(::utoipa::ToSchema))]
#[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))]
#[cfg_attr(test, derive(::proptest_derive::Arbitrary))]
pub struct OnlineAgent {
    ///The agent's login account.
    #[serde(rename = "agentAccount")]
    #[cfg_attr(
        feature = "schemars",
        schemars(example = &"u1", extend("x-personal-data" = true))
    )]
    #[cfg_attr(
        feature = "utoipa",
        schema(example = "u1", extensions(("x-personal-data" = json!(true))))
    )]
    pub agent_account: ::std::string::String,
    ///The agent's id.
    #[serde(rename = "userId")]
    pub user_id: ::group_dispatch_types::UserId,
    ///The accounts that are online; group-dispatch-server orders them by number (D15).
    #[serde(rename = "whatsAppList")]
    #[serde(default, deserialize_with = "crate::lenient::list")]
    #[cfg_attr(feature = "utoipa", schema(required = true))]
    pub whats_app_list: ::std::vec::Vec<OnlineAccount>,
}
impl ::std::fmt::Debug for OnlineAgent {
    fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
        f.debug_struct("OnlineAgent")
            .field("agent_account", &crate::masked::Masked(&self.agent_account))
            .field("user_id", &self.user_id)
            .field("whats_app_list", &self.whats_app_list)
            .finish()
    }
}
///The answer of queryAllOlWhatsAppInfo.
#[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "utoipa", derive(::utoipa::ToSchema))]
#[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))]
#[cfg_attr(test, derive(::proptest_derive::Arbitrary))]
pub struct QueryAllOlWhatsAppInfoResponse {
    ///How the request ended.
    pub code: ::group_dispatch_types::BusinessCode,
    ///The groups; group-dispatch-server always answers PC and then mobile (D15).
    #[serde(default, deserialize_with = "crate::lenient::list")]
    #[cfg_attr(feature = "utoipa", schema(required = true))]
    pub data: ::std::vec::Vec<SourceGroup>,
    ///The same in words, for people; don't compare it (D12).
    #[cfg_attr(feature = "schemars", schemars(example = &"Success "))]
    #[cfg_attr(feature = "utoipa", schema(example = "Success "))]
    pub message: ::std::string::String,
}
///Which status logs to list.
#[derive(::serde::Deserialize, ::serde::Serialize, Clone, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "utoipa", derive(::utoipa::ToSchema))]
#[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))]
#[cfg_attr(test, derive(::proptest_derive::Arbitrary))]
pub struct QueryUserStatusLogRequest {
    ///Only the agent with this login account; absent or empty for all agents.
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
    ///The source to look at.
    pub source: ::group_dispatch_types::Source,
    ///Only events of this WhatsApp account. The name `whatsapp` is accepted as well (D4).
    #[serde(rename = "whatsApp", skip_serializing_if = "::std::option::Option::is_none")]
    #[cfg_attr(
        feature = "schemars",
        schemars(with = "::group_dispatch_types::WhatsAppNumber")
    )]
    #[serde(default, deserialize_with = "crate::lenient::optional", alias = "whatsapp")]
    #[cfg_attr(feature = "utoipa", schema(nullable = false))]
    pub whats_app: ::std::option::Option<::group_dispatch_types::WhatsAppNumber>,
}
impl ::std::fmt::Debug for QueryUserStatusLogRequest {
    fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
        f.debug_struct("QueryUserStatusLogRequest")
            .field("agent_account", &crate::masked::Masked(&self.agent_account))
            .field("source", &self.source)
            .field("whats_app", &self.whats_app)
            .finish()
    }
}
///The answer of queryUserStatusLog.
#[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "utoipa", derive(::utoipa::ToSchema))]
#[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))]
#[cfg_attr(test, derive(::proptest_derive::Arbitrary))]
pub struct QueryUserStatusLogResponse {
    ///How the request ended.
    pub code: ::group_dispatch_types::BusinessCode,
    ///The agents; group-dispatch-server orders them by id (D15).
    #[serde(default, deserialize_with = "crate::lenient::list")]
    #[cfg_attr(feature = "utoipa", schema(required = true))]
    pub data: ::std::vec::Vec<AgentStatusLog>,
    ///The same in words, for people; don't compare it (D12).
    #[cfg_attr(feature = "schemars", schemars(example = &"Success"))]
    #[cfg_attr(feature = "utoipa", schema(example = "Success"))]
    pub message: ::std::string::String,
}
///Which online agents to list.
#[derive(::serde::Deserialize, ::serde::Serialize, Clone, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "utoipa", derive(::utoipa::ToSchema))]
#[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))]
#[cfg_attr(test, derive(::proptest_derive::Arbitrary))]
pub struct QueryUserStatusRequest {
    ///The source to look at.
    pub source: ::group_dispatch_types::Source,
    ///Only this agent; absent for all agents.
    #[serde(rename = "userId", skip_serializing_if = "::std::option::Option::is_none")]
    #[cfg_attr(feature = "schemars", schemars(with = "::group_dispatch_types::UserId"))]
    #[serde(default, deserialize_with = "crate::lenient::optional")]
    #[cfg_attr(feature = "utoipa", schema(nullable = false))]
    pub user_id: ::std::option::Option<::group_dispatch_types::UserId>,
    ///Only the agent with this login account; absent or empty for all agents (D2).
    #[serde(rename = "userName", skip_serializing_if = "::std::option::Option::is_none")]
    #[cfg_attr(
        feature = "schemars",
        schemars(
            with = "::std::string::String",
            example = &"u1",
            extend("x-personal-data" = true)
        )
    )]
    #[cfg_attr(
        feature = "utoipa",
        schema(
            nullable = false,
            example = "u1",
            extensions(("x-personal-data" = json!(true)))
        )
    )]
    pub user_name: ::std::option::Option<::std::string::String>,
}
impl ::std::fmt::Debug for QueryUserStatusRequest {
    fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
        f.debug_struct("QueryUserStatusRequest")
            .field("source", &self.source)
            .field("user_id", &self.user_id)
            .field("user_name", &crate::masked::Masked(&self.user_name))
            .finish()
    }
}
///The answer of queryUserStatus.
#[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "utoipa", derive(::utoipa::ToSchema))]
#[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))]
#[cfg_attr(test, derive(::proptest_derive::Arbitrary))]
pub struct QueryUserStatusResponse {
    ///How the request ended.
    pub code: ::group_dispatch_types::BusinessCode,
    ///The online agents; group-dispatch-server orders them by id (D15).
    #[serde(default, deserialize_with = "crate::lenient::list")]
    #[cfg_attr(feature = "utoipa", schema(required = true))]
    pub data: ::std::vec::Vec<OnlineAgent>,
    ///The same in words, for people; don't compare it (D12).
    #[cfg_attr(feature = "schemars", schemars(example = &"success"))]
    #[cfg_attr(feature = "utoipa", schema(example = "success"))]
    pub message: ::std::string::String,
}
///Which WhatsApp account to look for, and where.
#[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "utoipa", derive(::utoipa::ToSchema))]
#[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))]
#[cfg_attr(test, derive(::proptest_derive::Arbitrary))]
pub struct QueryWhatsAppInfoRequest {
    ///The source to look at; absent for PC and mobile.
    #[serde(skip_serializing_if = "::std::option::Option::is_none")]
    #[cfg_attr(feature = "schemars", schemars(with = "::group_dispatch_types::Source"))]
    #[serde(default, deserialize_with = "crate::lenient::optional")]
    #[cfg_attr(feature = "utoipa", schema(nullable = false))]
    pub source: ::std::option::Option<::group_dispatch_types::Source>,
    ///The WhatsApp account. The name `whatsApp` is accepted as well (D4).
    #[serde(alias = "whatsApp")]
    pub whatsapp: ::group_dispatch_types::WhatsAppNumberInteger,
}
///The answer of queryWhatsAppInfo.
#[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "utoipa", derive(::utoipa::ToSchema))]
#[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))]
#[cfg_attr(test, derive(::proptest_derive::Arbitrary))]
pub struct QueryWhatsAppInfoResponse {
    ///How the request ended.
    pub code: ::group_dispatch_types::BusinessCode,
    ///Where the account is online; null when it is not. A list is accepted as well, and its first taken (D6).
    #[serde(default, deserialize_with = "crate::lenient::one")]
    #[cfg_attr(feature = "utoipa", schema(required = true))]
    pub data: ::std::option::Option<AccountLocation>,
    ///The same in words, for people; don't compare it (D12).
    #[cfg_attr(feature = "schemars", schemars(example = &"Success "))]
    #[cfg_attr(feature = "utoipa", schema(example = "Success "))]
    pub message: ::std::string::String,
}
///A WhatsApp account that was online recently.
#[derive(::serde::Deserialize, ::serde::Serialize, Clone, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "utoipa", derive(::utoipa::ToSchema))]
#[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))]
#[cfg_attr(test, derive(::proptest_derive::Arbitrary))]
pub struct RecentAccount {
    ///The account's nickname; absent or empty when it has none.
    #[serde(skip_serializing_if = "::std::option::Option::is_none")]
    #[cfg_attr(
        feature = "schemars",
        schemars(
            with = "::std::string::String",
            example = &"zhang",
            extend("x-personal-data" = true)
        )
    )]
    #[cfg_attr(
        feature = "utoipa",
        schema(
            nullable = false,
            example = "zhang",
            extensions(("x-personal-data" = json!(true)))
        )
    )]
    pub name: ::std::option::Option<::std::string::String>,
    ///The status the account has now.
    #[serde(skip_serializing_if = "::std::option::Option::is_none")]
    #[cfg_attr(
        feature = "schemars",
        schemars(with = "::group_dispatch_types::AccountStatus")
    )]
    #[serde(default, deserialize_with = "crate::lenient::optional")]
    #[cfg_attr(feature = "utoipa", schema(nullable = false))]
    pub status: ::std::option::Option<::group_dispatch_types::AccountStatus>,
    ///The account.
    #[serde(rename = "whatsApp")]
    #[serde(alias = "whatsapp")]
    pub whats_app: ::group_dispatch_types::WhatsAppNumber,
}
impl ::std::fmt::Debug for RecentAccount {
    fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
        f.debug_struct("RecentAccount")
            .field("name", &crate::masked::Masked(&self.name))
            .field("status", &self.status)
            .field("whats_app", &self.whats_app)
            .finish()
    }
}
///The agents that are online at one source.
#[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "utoipa", derive(::utoipa::ToSchema))]
#[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))]
#[cfg_attr(test, derive(::proptest_derive::Arbitrary))]
pub struct SourceGroup {
    ///The online agents; group-dispatch-server orders them by id (D15).
    #[serde(default, deserialize_with = "crate::lenient::list")]
    #[cfg_attr(feature = "utoipa", schema(required = true))]
    pub list: ::std::vec::Vec<NamedOnlineAgent>,
    ///The source.
    pub source: ::group_dispatch_types::Source,
}
///One status event of a WhatsApp account.
#[derive(::serde::Deserialize, ::serde::Serialize, Clone, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "utoipa", derive(::utoipa::ToSchema))]
#[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))]
#[cfg_attr(test, derive(::proptest_derive::Arbitrary))]
pub struct StatusRecord {
    ///The account's country, as a name in any language and not as a code (D9).
    #[serde(rename = "countryCode")]
    #[cfg_attr(feature = "schemars", schemars(example = &"哥伦比亚"))]
    #[cfg_attr(feature = "utoipa", schema(example = "哥伦比亚"))]
    pub country_code: ::std::string::String,
    ///When it happened.
    #[serde(rename = "createTime")]
    pub create_time: ::group_dispatch_types::StatusTime,
    ///What happened; it need not go with the status (D10).
    #[serde(rename = "detailStatus")]
    pub detail_status: ::group_dispatch_types::StatusDetail,
    ///The account's nickname; absent or empty when it has none.
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
    ///Where it happened.
    pub source: ::group_dispatch_types::Source,
    ///The account's status after the event.
    pub status: ::group_dispatch_types::AccountStatus,
    ///The account.
    #[serde(rename = "whatsApp")]
    #[serde(alias = "whatsapp")]
    pub whats_app: ::group_dispatch_types::WhatsAppNumber,
}
impl ::std::fmt::Debug for StatusRecord {
    fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
        f.debug_struct("StatusRecord")
            .field("country_code", &self.country_code)
            .field("create_time", &self.create_time)
            .field("detail_status", &self.detail_status)
            .field("name", &crate::masked::Masked(&self.name))
            .field("source", &self.source)
            .field("status", &self.status)
            .field("whats_app", &self.whats_app)
            .finish()
    }
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
        ("UserId", of::<::group_dispatch_types::UserId>()),
        ("UserIdText", of::<::group_dispatch_types::UserIdText>()),
        ("WhatsAppNumber", of::<::group_dispatch_types::WhatsAppNumber>()),
        ("WhatsAppNumberInteger", of::<::group_dispatch_types::WhatsAppNumberInteger>()),
        ("Source", of::<::group_dispatch_types::Source>()),
        ("AccountStatus", of::<::group_dispatch_types::AccountStatus>()),
        ("StatusDetail", of::<::group_dispatch_types::StatusDetail>()),
        ("StatusTime", of::<::group_dispatch_types::StatusTime>()),
        ("BusinessCode", of::<::group_dispatch_types::BusinessCode>()),
        ("NoParameters", of::<::group_dispatch_types::NoParameters>()),
        (
            "QueryUserStatusRequest",
            of::<::group_dispatch_types::QueryUserStatusRequest>(),
        ),
        (
            "QueryWhatsAppInfoRequest",
            of::<::group_dispatch_types::QueryWhatsAppInfoRequest>(),
        ),
        (
            "QueryUserStatusLogRequest",
            of::<::group_dispatch_types::QueryUserStatusLogRequest>(),
        ),
        (
            "GetLatestOnlineWhatsAccountRequest",
            of::<::group_dispatch_types::GetLatestOnlineWhatsAccountRequest>(),
        ),
        (
            "QueryUserStatusResponse",
            of::<::group_dispatch_types::QueryUserStatusResponse>(),
        ),
        ("OnlineAgent", of::<::group_dispatch_types::OnlineAgent>()),
        ("OnlineAccount", of::<::group_dispatch_types::OnlineAccount>()),
        (
            "QueryAllOlWhatsAppInfoResponse",
            of::<::group_dispatch_types::QueryAllOlWhatsAppInfoResponse>(),
        ),
        ("SourceGroup", of::<::group_dispatch_types::SourceGroup>()),
        ("NamedOnlineAgent", of::<::group_dispatch_types::NamedOnlineAgent>()),
        (
            "QueryWhatsAppInfoResponse",
            of::<::group_dispatch_types::QueryWhatsAppInfoResponse>(),
        ),
        ("AccountLocation", of::<::group_dispatch_types::AccountLocation>()),
        (
            "QueryUserStatusLogResponse",
            of::<::group_dispatch_types::QueryUserStatusLogResponse>(),
        ),
        ("AgentStatusLog", of::<::group_dispatch_types::AgentStatusLog>()),
        ("StatusRecord", of::<::group_dispatch_types::StatusRecord>()),
        (
            "GetLatestOnlineWhatsAccountResponse",
            of::<::group_dispatch_types::GetLatestOnlineWhatsAccountResponse>(),
        ),
        ("AgentRecentAccounts", of::<::group_dispatch_types::AgentRecentAccounts>()),
        ("RecentAccount", of::<::group_dispatch_types::RecentAccount>()),
        ("ErrorResponse", of::<::group_dispatch_types::ErrorResponse>()),
    ])
}
