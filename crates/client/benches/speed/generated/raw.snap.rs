// Made by `cargo xtask codegen` from openapi/group-dispatch.yaml: change that file instead.

#[allow(unused_imports)]
pub use progenitor_client::{ByteStream, ClientInfo, Error, ResponseValue};
#[allow(unused_imports)]
use progenitor_client::{encode_path, ClientHooks, OperationInfo, RequestBuilderExt};
/// Types used as operation parameters and responses.
#[allow(clippy::all)]
pub mod types {
    ///The agent and the source with which a WhatsApp account is online.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug)]
    pub struct AccountLocation {
        ///The agent's login account.
        #[serde(rename = "agentAccount")]
        pub agent_account: ::std::string::String,
        ///Where it is online.
        pub source: Source,
        ///The agent's id, as text.
        #[serde(rename = "userId")]
        pub user_id: UserIdText,
        ///The account.
        #[serde(rename = "whatsApp")]
        pub whats_app: WhatsAppNumber,
    }
    ///The status of a WhatsApp account. Readers accept codes that are not listed (D10).
    #[derive(::serde::Serialize, Clone, Debug)]
    #[serde(transparent)]
    pub struct AccountStatus(i32);
    impl ::std::ops::Deref for AccountStatus {
        type Target = i32;
        fn deref(&self) -> &i32 {
            &self.0
        }
    }
    impl ::std::convert::From<AccountStatus> for i32 {
        fn from(value: AccountStatus) -> Self {
            value.0
        }
    }
    impl ::std::convert::TryFrom<i32> for AccountStatus {
        type Error = self::error::ConversionError;
        fn try_from(
            value: i32,
        ) -> ::std::result::Result<Self, self::error::ConversionError> {
            if ![10_i32, 20_i32, 30_i32, 40_i32].contains(&value) {
                Err("invalid value".into())
            } else {
                Ok(Self(value))
            }
        }
    }
    impl<'de> ::serde::Deserialize<'de> for AccountStatus {
        fn deserialize<D>(deserializer: D) -> ::std::result::Result<Self, D::Error>
        where
            D: ::serde::Deserializer<'de>,
        {
            Self::try_from(<i32>::deserialize(deserializer)?)
                .map_err(|e| { <D::Error as ::serde::de::Error>::custom(e.to_string()) })
        }
    }
    ///The WhatsApp accounts of an agent that came online last.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug)]
    pub struct AgentRecentAccounts {
        ///The agent's login account.
        #[serde(rename = "agentAccount")]
        pub agent_account: ::std::string::String,
        ///The agent's id.
        #[serde(rename = "userId")]
        pub user_id: UserId,
        ///The accounts; group-dispatch-server orders them by when they came online, the last one first (D15).
        #[serde(rename = "whatsAppList")]
        pub whats_app_list: ::std::vec::Vec<RecentAccount>,
    }
    ///An agent's latest status events.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug)]
    pub struct AgentStatusLog {
        ///The agent's login account.
        #[serde(rename = "agentAccount")]
        pub agent_account: ::std::string::String,
        ///The agent's id.
        #[serde(rename = "userId")]
        pub user_id: UserId,
        ///The latest events; group-dispatch-server orders them newest first (D15).
        #[serde(rename = "whatsAppList")]
        pub whats_app_list: ::std::vec::Vec<StatusRecord>,
    }
    ///How a request ended. 200 and 0 are success; the codes from 500 on are the vendor's, those from 400 to 429 are added by group-dispatch-server (D18). A number in a string is accepted as well, and so are codes that are not listed (D11). `x-enum-transient` says of each whether the same request may succeed a little later, `x-enum-remedies` what to do about it, and `x-enum-http-statuses` with which HTTP status group-dispatch-server sends it (D19).
    #[derive(::serde::Serialize, Clone, Debug)]
    #[serde(transparent)]
    pub struct BusinessCode(i32);
    impl ::std::ops::Deref for BusinessCode {
        type Target = i32;
        fn deref(&self) -> &i32 {
            &self.0
        }
    }
    impl ::std::convert::From<BusinessCode> for i32 {
        fn from(value: BusinessCode) -> Self {
            value.0
        }
    }
    impl ::std::convert::TryFrom<i32> for BusinessCode {
        type Error = self::error::ConversionError;
        fn try_from(
            value: i32,
        ) -> ::std::result::Result<Self, self::error::ConversionError> {
            if ![
                0_i32, 200_i32, 400_i32, 401_i32, 403_i32, 404_i32, 405_i32, 408_i32,
                410_i32, 413_i32, 415_i32, 429_i32, 500_i32, 501_i32, 502_i32, 517_i32,
                518_i32, 519_i32, 522_i32, 523_i32, 525_i32, 530_i32,
            ]
                .contains(&value)
            {
                Err("invalid value".into())
            } else {
                Ok(Self(value))
            }
        }
    }
    impl<'de> ::serde::Deserialize<'de> for BusinessCode {
        fn deserialize<D>(deserializer: D) -> ::std::result::Result<Self, D::Error>
        where
            D: ::serde::Deserializer<'de>,
        {
            Self::try_from(<i32>::deserialize(deserializer)?)
                .map_err(|e| { <D::Error as ::serde::de::Error>::custom(e.to_string()) })
        }
    }
    ///The answer to a request that failed.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug)]
    pub struct ErrorResponse {
        ///Why the request failed.
        pub code: BusinessCode,
        ///Nothing, written as null. Readers accept anything else and an absent member as well (D7).
        pub data: NoData,
        ///The same in words, naming the member that was wrong and what was expected.
        pub message: ::std::string::String,
    }
    ///Which recently online accounts to list.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug)]
    pub struct GetLatestOnlineWhatsAccountRequest {
        ///The source to look at.
        pub source: Source,
        ///Only this agent; absent for all agents.
        #[serde(
            rename = "userId",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        pub user_id: ::std::option::Option<UserId>,
    }
    ///The answer of getLatestOnlineWhatsAccount.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug)]
    pub struct GetLatestOnlineWhatsAccountResponse {
        ///How the request ended.
        pub code: BusinessCode,
        ///The agents; group-dispatch-server orders them by id (D15).
        pub data: ::std::vec::Vec<AgentRecentAccounts>,
        ///The same in words, for people; don't compare it (D12).
        pub message: ::std::string::String,
    }
    ///An agent that has WhatsApp accounts online, with its name.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug)]
    pub struct NamedOnlineAgent {
        ///The agent's login account.
        #[serde(rename = "agentAccount")]
        pub agent_account: ::std::string::String,
        ///The agent's id; the page's table leaves it out (D1).
        #[serde(rename = "userId")]
        pub user_id: UserId,
        ///The agent's name; here it is not the login account (D2).
        #[serde(rename = "userName")]
        pub user_name: ::std::string::String,
        ///The accounts that are online; group-dispatch-server orders them by number (D15).
        #[serde(rename = "whatsAppList")]
        pub whats_app_list: ::std::vec::Vec<OnlineAccount>,
    }
    ///`NoData`
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug)]
    #[serde(transparent)]
    pub struct NoData(pub ::serde_json::Map<::std::string::String, ::serde_json::Value>);
    impl ::std::ops::Deref for NoData {
        type Target = ::serde_json::Map<::std::string::String, ::serde_json::Value>;
        fn deref(
            &self,
        ) -> &::serde_json::Map<::std::string::String, ::serde_json::Value> {
            &self.0
        }
    }
    impl ::std::convert::From<NoData>
    for ::serde_json::Map<::std::string::String, ::serde_json::Value> {
        fn from(value: NoData) -> Self {
            value.0
        }
    }
    impl ::std::convert::From<
        ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    > for NoData {
        fn from(
            value: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
        ) -> Self {
            Self(value)
        }
    }
    ///No parameters. An empty body and any object are accepted as well (D13).
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug)]
    #[serde(transparent)]
    pub struct NoParameters(
        pub ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    );
    impl ::std::ops::Deref for NoParameters {
        type Target = ::serde_json::Map<::std::string::String, ::serde_json::Value>;
        fn deref(
            &self,
        ) -> &::serde_json::Map<::std::string::String, ::serde_json::Value> {
            &self.0
        }
    }
    impl ::std::convert::From<NoParameters>
    for ::serde_json::Map<::std::string::String, ::serde_json::Value> {
        fn from(value: NoParameters) -> Self {
            value.0
        }
    }
    impl ::std::convert::From<
        ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    > for NoParameters {
        fn from(
            value: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
        ) -> Self {
            Self(value)
        }
    }
    ///A WhatsApp account that is online.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug)]
    pub struct OnlineAccount {
        ///The account's nickname; absent or empty when it has none.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub name: ::std::option::Option<::std::string::String>,
        ///The account.
        #[serde(rename = "whatsApp")]
        pub whats_app: WhatsAppNumber,
    }
    ///An agent that has WhatsApp accounts online.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug)]
    pub struct OnlineAgent {
        ///The agent's login account.
        #[serde(rename = "agentAccount")]
        pub agent_account: ::std::string::String,
        ///The agent's id.
        #[serde(rename = "userId")]
        pub user_id: UserId,
        ///The accounts that are online; group-dispatch-server orders them by number (D15).
        #[serde(rename = "whatsAppList")]
        pub whats_app_list: ::std::vec::Vec<OnlineAccount>,
    }
    ///The answer of queryAllOlWhatsAppInfo.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug)]
    pub struct QueryAllOlWhatsAppInfoResponse {
        ///How the request ended.
        pub code: BusinessCode,
        ///The groups; group-dispatch-server always answers PC and then mobile (D15).
        pub data: ::std::vec::Vec<SourceGroup>,
        ///The same in words, for people; don't compare it (D12).
        pub message: ::std::string::String,
    }
    ///Which status logs to list.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug)]
    pub struct QueryUserStatusLogRequest {
        ///Only the agent with this login account; absent or empty for all agents.
        #[serde(
            rename = "agentAccount",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        pub agent_account: ::std::option::Option<::std::string::String>,
        ///The source to look at.
        pub source: Source,
        ///Only events of this WhatsApp account. The name `whatsapp` is accepted as well (D4).
        #[serde(
            rename = "whatsApp",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        pub whats_app: ::std::option::Option<WhatsAppNumber>,
    }
    ///The answer of queryUserStatusLog.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug)]
    pub struct QueryUserStatusLogResponse {
        ///How the request ended.
        pub code: BusinessCode,
        ///The agents; group-dispatch-server orders them by id (D15).
        pub data: ::std::vec::Vec<AgentStatusLog>,
        ///The same in words, for people; don't compare it (D12).
        pub message: ::std::string::String,
    }
    ///Which online agents to list.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug)]
    pub struct QueryUserStatusRequest {
        ///The source to look at.
        pub source: Source,
        ///Only this agent; absent for all agents.
        #[serde(
            rename = "userId",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        pub user_id: ::std::option::Option<UserId>,
        ///Only the agent with this login account; absent or empty for all agents (D2).
        #[serde(
            rename = "userName",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        pub user_name: ::std::option::Option<::std::string::String>,
    }
    ///The answer of queryUserStatus.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug)]
    pub struct QueryUserStatusResponse {
        ///How the request ended.
        pub code: BusinessCode,
        ///The online agents; group-dispatch-server orders them by id (D15).
        pub data: ::std::vec::Vec<OnlineAgent>,
        ///The same in words, for people; don't compare it (D12).
        pub message: ::std::string::String,
    }
    ///Which WhatsApp account to look for, and where.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug)]
    pub struct QueryWhatsAppInfoRequest {
        ///The source to look at; absent for PC and mobile.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub source: ::std::option::Option<Source>,
        ///The WhatsApp account. The name `whatsApp` is accepted as well (D4).
        pub whatsapp: WhatsAppNumberInteger,
    }
    ///The answer of queryWhatsAppInfo.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug)]
    pub struct QueryWhatsAppInfoResponse {
        ///How the request ended.
        pub code: BusinessCode,
        ///Where the account is online; null when it is not. A list is accepted as well, and its first taken (D6).
        #[serde(deserialize_with = "::std::option::Option::deserialize")]
        pub data: ::std::option::Option<AccountLocation>,
        ///The same in words, for people; don't compare it (D12).
        pub message: ::std::string::String,
    }
    ///A WhatsApp account that was online recently.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug)]
    pub struct RecentAccount {
        ///The account's nickname; absent or empty when it has none.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub name: ::std::option::Option<::std::string::String>,
        ///The status the account has now.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub status: ::std::option::Option<AccountStatus>,
        ///The account.
        #[serde(rename = "whatsApp")]
        pub whats_app: WhatsAppNumber,
    }
    ///Where a WhatsApp account is online. The number in a string is accepted as well. Readers accept codes that are not listed; a query for one is refused (D5).
    #[derive(::serde::Serialize, Clone, Debug)]
    #[serde(transparent)]
    pub struct Source(i32);
    impl ::std::ops::Deref for Source {
        type Target = i32;
        fn deref(&self) -> &i32 {
            &self.0
        }
    }
    impl ::std::convert::From<Source> for i32 {
        fn from(value: Source) -> Self {
            value.0
        }
    }
    impl ::std::convert::TryFrom<i32> for Source {
        type Error = self::error::ConversionError;
        fn try_from(
            value: i32,
        ) -> ::std::result::Result<Self, self::error::ConversionError> {
            if ![1_i32, 2_i32, 3_i32].contains(&value) {
                Err("invalid value".into())
            } else {
                Ok(Self(value))
            }
        }
    }
    impl<'de> ::serde::Deserialize<'de> for Source {
        fn deserialize<D>(deserializer: D) -> ::std::result::Result<Self, D::Error>
        where
            D: ::serde::Deserializer<'de>,
        {
            Self::try_from(<i32>::deserialize(deserializer)?)
                .map_err(|e| { <D::Error as ::serde::de::Error>::custom(e.to_string()) })
        }
    }
    ///The agents that are online at one source.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug)]
    pub struct SourceGroup {
        ///The online agents; group-dispatch-server orders them by id (D15).
        pub list: ::std::vec::Vec<NamedOnlineAgent>,
        ///The source.
        pub source: Source,
    }
    ///What happened to a WhatsApp account (the vendor's "behavior type"). Readers accept codes that are not listed (D10).
    #[derive(::serde::Serialize, Clone, Debug)]
    #[serde(transparent)]
    pub struct StatusDetail(i32);
    impl ::std::ops::Deref for StatusDetail {
        type Target = i32;
        fn deref(&self) -> &i32 {
            &self.0
        }
    }
    impl ::std::convert::From<StatusDetail> for i32 {
        fn from(value: StatusDetail) -> Self {
            value.0
        }
    }
    impl ::std::convert::TryFrom<i32> for StatusDetail {
        type Error = self::error::ConversionError;
        fn try_from(
            value: i32,
        ) -> ::std::result::Result<Self, self::error::ConversionError> {
            if ![
                11_i32, 12_i32, 13_i32, 21_i32, 22_i32, 31_i32, 32_i32, 33_i32, 34_i32,
                35_i32, 36_i32, 37_i32, 41_i32, 42_i32, 43_i32,
            ]
                .contains(&value)
            {
                Err("invalid value".into())
            } else {
                Ok(Self(value))
            }
        }
    }
    impl<'de> ::serde::Deserialize<'de> for StatusDetail {
        fn deserialize<D>(deserializer: D) -> ::std::result::Result<Self, D::Error>
        where
            D: ::serde::Deserializer<'de>,
        {
            Self::try_from(<i32>::deserialize(deserializer)?)
                .map_err(|e| { <D::Error as ::serde::de::Error>::custom(e.to_string()) })
        }
    }
    ///One status event of a WhatsApp account.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug)]
    pub struct StatusRecord {
        ///The account's country, as a name in any language and not as a code (D9).
        #[serde(rename = "countryCode")]
        pub country_code: ::std::string::String,
        ///When it happened.
        #[serde(rename = "createTime")]
        pub create_time: StatusTime,
        ///What happened; it need not go with the status (D10).
        #[serde(rename = "detailStatus")]
        pub detail_status: StatusDetail,
        ///The account's nickname; absent or empty when it has none.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub name: ::std::option::Option<::std::string::String>,
        ///Where it happened.
        pub source: Source,
        ///The account's status after the event.
        pub status: AccountStatus,
        ///The account.
        #[serde(rename = "whatsApp")]
        pub whats_app: WhatsAppNumber,
    }
    ///When a status event happened: clock time in the service's zone, to the second. The vendor doesn't name the zone; UTC+8 is assumed, unless the operator chose another. RFC 3339 and Unix epoch seconds and milliseconds are accepted as well, and fractions are cut (D8).
    #[derive(::serde::Serialize, Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
    #[serde(transparent)]
    pub struct StatusTime(::std::string::String);
    impl ::std::ops::Deref for StatusTime {
        type Target = ::std::string::String;
        fn deref(&self) -> &::std::string::String {
            &self.0
        }
    }
    impl ::std::convert::From<StatusTime> for ::std::string::String {
        fn from(value: StatusTime) -> Self {
            value.0
        }
    }
    impl ::std::str::FromStr for StatusTime {
        type Err = self::error::ConversionError;
        fn from_str(
            value: &str,
        ) -> ::std::result::Result<Self, self::error::ConversionError> {
            static PATTERN: ::std::sync::LazyLock<::regress::Regex> = ::std::sync::LazyLock::new(||
            {
                ::regress::Regex::new(
                        "^[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}$",
                    )
                    .unwrap()
            });
            if PATTERN.find(value).is_none() {
                return Err(
                    "doesn't match pattern \"^[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}$\""
                        .into(),
                );
            }
            Ok(Self(value.to_string()))
        }
    }
    impl ::std::convert::TryFrom<&str> for StatusTime {
        type Error = self::error::ConversionError;
        fn try_from(
            value: &str,
        ) -> ::std::result::Result<Self, self::error::ConversionError> {
            value.parse()
        }
    }
    impl ::std::convert::TryFrom<::std::string::String> for StatusTime {
        type Error = self::error::ConversionError;
        fn try_from(
            value: ::std::string::String,
        ) -> ::std::result::Result<Self, self::error::ConversionError> {
            value.parse()
        }
    }
    impl<'de> ::serde::Deserialize<'de> for StatusTime {
        fn deserialize<D>(deserializer: D) -> ::std::result::Result<Self, D::Error>
        where
            D: ::serde::Deserializer<'de>,
        {
            ::std::string::String::deserialize(deserializer)?
                .parse()
                .map_err(|e: self::error::ConversionError| {
                    <D::Error as ::serde::de::Error>::custom(e.to_string())
                })
        }
    }
    ///An agent's id. Digits in a string are accepted as well (D3).
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug)]
    #[serde(transparent)]
    pub struct UserId(pub i64);
    impl ::std::ops::Deref for UserId {
        type Target = i64;
        fn deref(&self) -> &i64 {
            &self.0
        }
    }
    impl ::std::convert::From<UserId> for i64 {
        fn from(value: UserId) -> Self {
            value.0
        }
    }
    impl ::std::convert::From<i64> for UserId {
        fn from(value: i64) -> Self {
            Self(value)
        }
    }
    impl ::std::fmt::Display for UserId {
        fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
            self.0.fmt(f)
        }
    }
    impl ::std::str::FromStr for UserId {
        type Err = <i64 as ::std::str::FromStr>::Err;
        fn from_str(value: &str) -> ::std::result::Result<Self, Self::Err> {
            Ok(Self(value.parse()?))
        }
    }
    impl ::std::convert::TryFrom<&str> for UserId {
        type Error = <i64 as ::std::str::FromStr>::Err;
        fn try_from(value: &str) -> ::std::result::Result<Self, Self::Error> {
            value.parse()
        }
    }
    impl ::std::convert::TryFrom<String> for UserId {
        type Error = <i64 as ::std::str::FromStr>::Err;
        fn try_from(value: String) -> ::std::result::Result<Self, Self::Error> {
            value.parse()
        }
    }
    ///An agent's id, written as text by queryWhatsAppInfo alone, as in the vendor's example. An integer is accepted as well (D3).
    #[derive(::serde::Serialize, Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
    #[serde(transparent)]
    pub struct UserIdText(::std::string::String);
    impl ::std::ops::Deref for UserIdText {
        type Target = ::std::string::String;
        fn deref(&self) -> &::std::string::String {
            &self.0
        }
    }
    impl ::std::convert::From<UserIdText> for ::std::string::String {
        fn from(value: UserIdText) -> Self {
            value.0
        }
    }
    impl ::std::str::FromStr for UserIdText {
        type Err = self::error::ConversionError;
        fn from_str(
            value: &str,
        ) -> ::std::result::Result<Self, self::error::ConversionError> {
            static PATTERN: ::std::sync::LazyLock<::regress::Regex> = ::std::sync::LazyLock::new(||
            { ::regress::Regex::new("^(0|[1-9][0-9]{0,15})$").unwrap() });
            if PATTERN.find(value).is_none() {
                return Err("doesn't match pattern \"^(0|[1-9][0-9]{0,15})$\"".into());
            }
            Ok(Self(value.to_string()))
        }
    }
    impl ::std::convert::TryFrom<&str> for UserIdText {
        type Error = self::error::ConversionError;
        fn try_from(
            value: &str,
        ) -> ::std::result::Result<Self, self::error::ConversionError> {
            value.parse()
        }
    }
    impl ::std::convert::TryFrom<::std::string::String> for UserIdText {
        type Error = self::error::ConversionError;
        fn try_from(
            value: ::std::string::String,
        ) -> ::std::result::Result<Self, self::error::ConversionError> {
            value.parse()
        }
    }
    impl<'de> ::serde::Deserialize<'de> for UserIdText {
        fn deserialize<D>(deserializer: D) -> ::std::result::Result<Self, D::Error>
        where
            D: ::serde::Deserializer<'de>,
        {
            ::std::string::String::deserialize(deserializer)?
                .parse()
                .map_err(|e: self::error::ConversionError| {
                    <D::Error as ::serde::de::Error>::custom(e.to_string())
                })
        }
    }
    ///A WhatsApp account: its phone number with country calling code, digits only, without `+`. An integer is accepted as well, and so are numbers as people type them and account ids such as `8618217331411@c.us` (D4).
    #[derive(::serde::Serialize, Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
    #[serde(transparent)]
    pub struct WhatsAppNumber(::std::string::String);
    impl ::std::ops::Deref for WhatsAppNumber {
        type Target = ::std::string::String;
        fn deref(&self) -> &::std::string::String {
            &self.0
        }
    }
    impl ::std::convert::From<WhatsAppNumber> for ::std::string::String {
        fn from(value: WhatsAppNumber) -> Self {
            value.0
        }
    }
    impl ::std::str::FromStr for WhatsAppNumber {
        type Err = self::error::ConversionError;
        fn from_str(
            value: &str,
        ) -> ::std::result::Result<Self, self::error::ConversionError> {
            static PATTERN: ::std::sync::LazyLock<::regress::Regex> = ::std::sync::LazyLock::new(||
            { ::regress::Regex::new("^[1-9][0-9]{0,14}$").unwrap() });
            if PATTERN.find(value).is_none() {
                return Err("doesn't match pattern \"^[1-9][0-9]{0,14}$\"".into());
            }
            Ok(Self(value.to_string()))
        }
    }
    impl ::std::convert::TryFrom<&str> for WhatsAppNumber {
        type Error = self::error::ConversionError;
        fn try_from(
            value: &str,
        ) -> ::std::result::Result<Self, self::error::ConversionError> {
            value.parse()
        }
    }
    impl ::std::convert::TryFrom<::std::string::String> for WhatsAppNumber {
        type Error = self::error::ConversionError;
        fn try_from(
            value: ::std::string::String,
        ) -> ::std::result::Result<Self, self::error::ConversionError> {
            value.parse()
        }
    }
    impl<'de> ::serde::Deserialize<'de> for WhatsAppNumber {
        fn deserialize<D>(deserializer: D) -> ::std::result::Result<Self, D::Error>
        where
            D: ::serde::Deserializer<'de>,
        {
            ::std::string::String::deserialize(deserializer)?
                .parse()
                .map_err(|e: self::error::ConversionError| {
                    <D::Error as ::serde::de::Error>::custom(e.to_string())
                })
        }
    }
    ///A WhatsApp account, written as an integer by queryWhatsAppInfo's request alone. A string is accepted as well, in every form of a WhatsAppNumber (D4).
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug)]
    #[serde(transparent)]
    pub struct WhatsAppNumberInteger(pub ::std::num::NonZeroU64);
    impl ::std::ops::Deref for WhatsAppNumberInteger {
        type Target = ::std::num::NonZeroU64;
        fn deref(&self) -> &::std::num::NonZeroU64 {
            &self.0
        }
    }
    impl ::std::convert::From<WhatsAppNumberInteger> for ::std::num::NonZeroU64 {
        fn from(value: WhatsAppNumberInteger) -> Self {
            value.0
        }
    }
    impl ::std::convert::From<::std::num::NonZeroU64> for WhatsAppNumberInteger {
        fn from(value: ::std::num::NonZeroU64) -> Self {
            Self(value)
        }
    }
    impl ::std::fmt::Display for WhatsAppNumberInteger {
        fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
            self.0.fmt(f)
        }
    }
    impl ::std::str::FromStr for WhatsAppNumberInteger {
        type Err = <::std::num::NonZeroU64 as ::std::str::FromStr>::Err;
        fn from_str(value: &str) -> ::std::result::Result<Self, Self::Err> {
            Ok(Self(value.parse()?))
        }
    }
    impl ::std::convert::TryFrom<&str> for WhatsAppNumberInteger {
        type Error = <::std::num::NonZeroU64 as ::std::str::FromStr>::Err;
        fn try_from(value: &str) -> ::std::result::Result<Self, Self::Error> {
            value.parse()
        }
    }
    impl ::std::convert::TryFrom<String> for WhatsAppNumberInteger {
        type Error = <::std::num::NonZeroU64 as ::std::str::FromStr>::Err;
        fn try_from(value: String) -> ::std::result::Result<Self, Self::Error> {
            value.parse()
        }
    }
    /// Error types.
    pub mod error {
        /// Error from a `TryFrom` or `FromStr` implementation.
        pub struct ConversionError(::std::borrow::Cow<'static, str>);
        impl ::std::error::Error for ConversionError {}
        impl ::std::fmt::Display for ConversionError {
            fn fmt(
                &self,
                f: &mut ::std::fmt::Formatter<'_>,
            ) -> Result<(), ::std::fmt::Error> {
                ::std::fmt::Display::fmt(&self.0, f)
            }
        }
        impl ::std::fmt::Debug for ConversionError {
            fn fmt(
                &self,
                f: &mut ::std::fmt::Formatter<'_>,
            ) -> Result<(), ::std::fmt::Error> {
                ::std::fmt::Debug::fmt(&self.0, f)
            }
        }
        impl From<&'static str> for ConversionError {
            fn from(value: &'static str) -> Self {
                Self(value.into())
            }
        }
        impl From<String> for ConversionError {
            fn from(value: String) -> Self {
                Self(value.into())
            }
        }
    }
}
#[derive(Clone, Debug)]
/**Client for SocialEpoch WA-SCRM account queries

Five questions about a tenant's support agents and their WhatsApp accounts: who is online, where (PC, mobile, cloud computer), and what happened to them.

**Signing.** Every request carries three headers: `tenant_id`, `timestamp` (Unix epoch milliseconds) and `token`, the lower-case hexadecimal MD5 of tenant_id, timestamp and ApiKey written one after the other as text. The ApiKey itself is never sent. For tenant_id `1`, timestamp `1710936559123` and ApiKey `demo-api-key` the token is `a35aadc4da20a17e393fbc84321d55fc`.

**Answers.** Every answer is an envelope of `code`, `message` and `data`. A request succeeded when `code` is 200 (or 0). The vendor answers business errors with HTTP status 200 and another `code`; group-dispatch-server mirrors the kind of error in the HTTP status as well (D19).

**Limits.** The vendor allows 50 requests a second for each endpoint (D36; `x-requests-per-second`). Status logs hold the latest 50 records.

**Repeating.** All five only read: `x-idempotent` says of an operation that sending it again does no harm (D38).

Version: 2.1.0*/
pub struct Client {
    pub(crate) baseurl: String,
    pub(crate) client: reqwest::Client,
}
impl Client {
    /// Create a new client.
    ///
    /// `baseurl` is the base URL provided to the internal
    /// `reqwest::Client`, and should include a scheme and hostname,
    /// as well as port and a path stem if applicable.
    pub fn new(baseurl: &str) -> Self {
        #[cfg(not(target_arch = "wasm32"))]
        let client = {
            let dur = ::std::time::Duration::from_secs(15u64);
            reqwest::ClientBuilder::new().connect_timeout(dur).timeout(dur)
        };
        #[cfg(target_arch = "wasm32")]
        let client = reqwest::ClientBuilder::new();
        Self::new_with_client(baseurl, client.build().unwrap())
    }
    /// Construct a new client with an existing `reqwest::Client`,
    /// allowing more control over its configuration.
    ///
    /// `baseurl` is the base URL provided to the internal
    /// `reqwest::Client`, and should include a scheme and hostname,
    /// as well as port and a path stem if applicable.
    pub fn new_with_client(baseurl: &str, client: reqwest::Client) -> Self {
        Self {
            baseurl: baseurl.to_string(),
            client,
        }
    }
}
impl ClientInfo<()> for Client {
    fn api_version() -> &'static str {
        "2.1.0"
    }
    fn baseurl(&self) -> &str {
        self.baseurl.as_str()
    }
    fn client(&self) -> &reqwest::Client {
        &self.client
    }
    fn inner(&self) -> &() {
        &()
    }
}
impl ClientHooks<()> for &Client {}
#[allow(clippy::all)]
impl Client {
    /**Online agents and their WhatsApp accounts

Agents that have at least one WhatsApp account online at the source. A filter that is absent or empty is no filter. group-dispatch-server orders agents by id (D15).

Sends a `POST` request to `/group-dispatch-api/user/queryUserStatus`

Arguments:
- `body`: The source to look at, and which agent.
*/
    pub async fn query_user_status<'a>(
        &'a self,
        body: &'a types::QueryUserStatusRequest,
    ) -> Result<
        ResponseValue<types::QueryUserStatusResponse>,
        Error<types::ErrorResponse>,
    > {
        let url = format!("{}/group-dispatch-api/user/queryUserStatus", self.baseurl,);
        let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
        header_map
            .append(
                ::reqwest::header::HeaderName::from_static("api-version"),
                ::reqwest::header::HeaderValue::from_static(Self::api_version()),
            );
        #[allow(unused_mut)]
        let mut request = self
            .client
            .post(url)
            .header(
                ::reqwest::header::ACCEPT,
                ::reqwest::header::HeaderValue::from_static("application/json"),
            )
            .json(&body)
            .headers(header_map)
            .build()?;
        let info = OperationInfo {
            operation_id: "query_user_status",
        };
        self.pre(&mut request, &info).await?;
        let result = self.exec(request, &info).await;
        self.post(&result, &info).await?;
        let response = result?;
        match response.status().as_u16() {
            200u16 => ResponseValue::from_response(response).await,
            400u16..=499u16 => {
                Err(Error::ErrorResponse(ResponseValue::from_response(response).await?))
            }
            500u16..=599u16 => {
                Err(Error::ErrorResponse(ResponseValue::from_response(response).await?))
            }
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /**All online agents and WhatsApp accounts, by source

The online agents and their accounts, grouped by source. The body may be left out. group-dispatch-server always answers two groups, PC (1) and then mobile (2), and orders agents by id (D15).

Sends a `POST` request to `/group-dispatch-api/user/queryAllOlWhatsAppInfo`

Arguments:
- `body`: Nothing is asked for; the body may be empty or null.
*/
    pub async fn query_all_ol_whats_app_info<'a>(
        &'a self,
        body: &'a types::NoParameters,
    ) -> Result<
        ResponseValue<types::QueryAllOlWhatsAppInfoResponse>,
        Error<types::ErrorResponse>,
    > {
        let url = format!(
            "{}/group-dispatch-api/user/queryAllOlWhatsAppInfo", self.baseurl,
        );
        let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
        header_map
            .append(
                ::reqwest::header::HeaderName::from_static("api-version"),
                ::reqwest::header::HeaderValue::from_static(Self::api_version()),
            );
        #[allow(unused_mut)]
        let mut request = self
            .client
            .post(url)
            .header(
                ::reqwest::header::ACCEPT,
                ::reqwest::header::HeaderValue::from_static("application/json"),
            )
            .json(&body)
            .headers(header_map)
            .build()?;
        let info = OperationInfo {
            operation_id: "query_all_ol_whats_app_info",
        };
        self.pre(&mut request, &info).await?;
        let result = self.exec(request, &info).await;
        self.post(&result, &info).await?;
        let response = result?;
        match response.status().as_u16() {
            200u16 => ResponseValue::from_response(response).await,
            400u16..=499u16 => {
                Err(Error::ErrorResponse(ResponseValue::from_response(response).await?))
            }
            500u16..=599u16 => {
                Err(Error::ErrorResponse(ResponseValue::from_response(response).await?))
            }
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /**Where one WhatsApp account is online

The agent and the source with which the account is online, or null when it is not online. Without a source, PC and mobile are looked at and the one that came last is given; cloud computers only when source is 3.

Sends a `POST` request to `/group-dispatch-api/user/queryWhatsAppInfo`

Arguments:
- `body`: The account, and the source to look at.
*/
    pub async fn query_whats_app_info<'a>(
        &'a self,
        body: &'a types::QueryWhatsAppInfoRequest,
    ) -> Result<
        ResponseValue<types::QueryWhatsAppInfoResponse>,
        Error<types::ErrorResponse>,
    > {
        let url = format!("{}/group-dispatch-api/user/queryWhatsAppInfo", self.baseurl,);
        let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
        header_map
            .append(
                ::reqwest::header::HeaderName::from_static("api-version"),
                ::reqwest::header::HeaderValue::from_static(Self::api_version()),
            );
        #[allow(unused_mut)]
        let mut request = self
            .client
            .post(url)
            .header(
                ::reqwest::header::ACCEPT,
                ::reqwest::header::HeaderValue::from_static("application/json"),
            )
            .json(&body)
            .headers(header_map)
            .build()?;
        let info = OperationInfo {
            operation_id: "query_whats_app_info",
        };
        self.pre(&mut request, &info).await?;
        let result = self.exec(request, &info).await;
        self.post(&result, &info).await?;
        let response = result?;
        match response.status().as_u16() {
            200u16 => ResponseValue::from_response(response).await,
            400u16..=499u16 => {
                Err(Error::ErrorResponse(ResponseValue::from_response(response).await?))
            }
            500u16..=599u16 => {
                Err(Error::ErrorResponse(ResponseValue::from_response(response).await?))
            }
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /**Status logs of agents' WhatsApp accounts

For each agent the latest 50 status events at the source. A filter that is absent or empty is no filter. group-dispatch-server orders agents by id and events newest first, and counts the 50 after filtering (D15).

Sends a `POST` request to `/group-dispatch-api/user/queryUserStatusLog`

Arguments:
- `body`: The source to look at, and which agent or account.
*/
    pub async fn query_user_status_log<'a>(
        &'a self,
        body: &'a types::QueryUserStatusLogRequest,
    ) -> Result<
        ResponseValue<types::QueryUserStatusLogResponse>,
        Error<types::ErrorResponse>,
    > {
        let url = format!(
            "{}/group-dispatch-api/user/queryUserStatusLog", self.baseurl,
        );
        let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
        header_map
            .append(
                ::reqwest::header::HeaderName::from_static("api-version"),
                ::reqwest::header::HeaderValue::from_static(Self::api_version()),
            );
        #[allow(unused_mut)]
        let mut request = self
            .client
            .post(url)
            .header(
                ::reqwest::header::ACCEPT,
                ::reqwest::header::HeaderValue::from_static("application/json"),
            )
            .json(&body)
            .headers(header_map)
            .build()?;
        let info = OperationInfo {
            operation_id: "query_user_status_log",
        };
        self.pre(&mut request, &info).await?;
        let result = self.exec(request, &info).await;
        self.post(&result, &info).await?;
        let response = result?;
        match response.status().as_u16() {
            200u16 => ResponseValue::from_response(response).await,
            400u16..=499u16 => {
                Err(Error::ErrorResponse(ResponseValue::from_response(response).await?))
            }
            500u16..=599u16 => {
                Err(Error::ErrorResponse(ResponseValue::from_response(response).await?))
            }
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /**The WhatsApp accounts that came online last

For each agent the accounts that came online last at the source, at most ten, with the status they have now. group-dispatch-server orders agents by id and accounts by when they came online, the last one first (D15).

Sends a `POST` request to `/group-dispatch-api/user/getLatestOnlineWhatsAccount`

Arguments:
- `body`: The source to look at, and which agent.
*/
    pub async fn get_latest_online_whats_account<'a>(
        &'a self,
        body: &'a types::GetLatestOnlineWhatsAccountRequest,
    ) -> Result<
        ResponseValue<types::GetLatestOnlineWhatsAccountResponse>,
        Error<types::ErrorResponse>,
    > {
        let url = format!(
            "{}/group-dispatch-api/user/getLatestOnlineWhatsAccount", self.baseurl,
        );
        let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
        header_map
            .append(
                ::reqwest::header::HeaderName::from_static("api-version"),
                ::reqwest::header::HeaderValue::from_static(Self::api_version()),
            );
        #[allow(unused_mut)]
        let mut request = self
            .client
            .post(url)
            .header(
                ::reqwest::header::ACCEPT,
                ::reqwest::header::HeaderValue::from_static("application/json"),
            )
            .json(&body)
            .headers(header_map)
            .build()?;
        let info = OperationInfo {
            operation_id: "get_latest_online_whats_account",
        };
        self.pre(&mut request, &info).await?;
        let result = self.exec(request, &info).await;
        self.post(&result, &info).await?;
        let response = result?;
        match response.status().as_u16() {
            200u16 => ResponseValue::from_response(response).await,
            400u16..=499u16 => {
                Err(Error::ErrorResponse(ResponseValue::from_response(response).await?))
            }
            500u16..=599u16 => {
                Err(Error::ErrorResponse(ResponseValue::from_response(response).await?))
            }
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
}
/// Items consumers will typically use such as the Client.
pub mod prelude {
    #[allow(unused_imports)]
    pub use super::Client;
}
