//! The endpoints by their names, as limits and metrics tell them apart.

use super::handlers::ingest;

/// What a request is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Endpoint {
    QueryUserStatus,
    QueryAllOlWhatsAppInfo,
    QueryWhatsAppInfo,
    QueryUserStatusLog,
    GetLatestOnlineWhatsAccount,
    StatusEvents,
    Docs,
    Contract,
    Health,
    Metrics,
    /// No path that there is.
    Unknown,
}

impl Endpoint {
    pub const ALL: [Self; 11] = [
        Self::QueryUserStatus,
        Self::QueryAllOlWhatsAppInfo,
        Self::QueryWhatsAppInfo,
        Self::QueryUserStatusLog,
        Self::GetLatestOnlineWhatsAccount,
        Self::StatusEvents,
        Self::Docs,
        Self::Contract,
        Self::Health,
        Self::Metrics,
        Self::Unknown,
    ];

    /// What a path leads to, and the path as the log tells it: not what a caller made up.
    pub fn at(path: &str) -> (Self, &'static str) {
        const PATHS: [(&str, Endpoint); 15] = [
            ("/group-dispatch-api/user/queryUserStatus", Endpoint::QueryUserStatus),
            ("/group-dispatch-api/user/queryAllOlWhatsAppInfo", Endpoint::QueryAllOlWhatsAppInfo),
            ("/group-dispatch-api/user/queryWhatsAppInfo", Endpoint::QueryWhatsAppInfo),
            ("/group-dispatch-api/user/queryUserStatusLog", Endpoint::QueryUserStatusLog),
            ("/group-dispatch-api/user/getLatestOnlineWhatsAccount", Endpoint::GetLatestOnlineWhatsAccount),
            (ingest::PATH, Endpoint::StatusEvents),
            ("/healthz", Endpoint::Health),
            ("/readyz", Endpoint::Health),
            ("/metrics", Endpoint::Metrics),
            ("/openapi.yaml", Endpoint::Contract),
            ("/openapi.json", Endpoint::Contract),
            ("/ingest/v1/openapi.yaml", Endpoint::Contract),
            ("/ingest/v1/openapi.json", Endpoint::Contract),
            ("/", Endpoint::Docs),
            ("/docs", Endpoint::Docs),
        ];
        let known = PATHS.iter().find(|(known, _)| *known == path).map(|(path, endpoint)| (*endpoint, *path));
        let unknown = || if path.starts_with("/docs/") { (Self::Docs, "/docs/") } else { (Self::Unknown, "unknown") };
        known.unwrap_or_else(unknown)
    }

    pub const fn name(self) -> &'static str {
        match self {
            Self::QueryUserStatus => "queryUserStatus",
            Self::QueryAllOlWhatsAppInfo => "queryAllOlWhatsAppInfo",
            Self::QueryWhatsAppInfo => "queryWhatsAppInfo",
            Self::QueryUserStatusLog => "queryUserStatusLog",
            Self::GetLatestOnlineWhatsAccount => "getLatestOnlineWhatsAccount",
            Self::StatusEvents => "statusEvents",
            Self::Docs => "docs",
            Self::Contract => "contract",
            Self::Health => "health",
            Self::Metrics => "metrics",
            Self::Unknown => "unknown",
        }
    }

    /// Its place in [`Endpoint::ALL`].
    pub const fn index(self) -> usize {
        self as usize
    }

    /// Whether it is one of the five account queries.
    pub const fn is_query(self) -> bool {
        matches!(
            self,
            Self::QueryUserStatus
                | Self::QueryAllOlWhatsAppInfo
                | Self::QueryWhatsAppInfo
                | Self::QueryUserStatusLog
                | Self::GetLatestOnlineWhatsAccount
        )
    }

    /// Whether it is to be answered however busy the server is: who looks after it asks by these how it is.
    pub const fn is_of_the_operator(self) -> bool {
        matches!(self, Self::Health | Self::Metrics)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_has_its_own_place_and_every_operation_its_own_name() {
        for (place, endpoint) in Endpoint::ALL.into_iter().enumerate() {
            assert_eq!(endpoint.index(), place);
        }
        let document = crate::http::openapi::described();
        for path in document.paths.paths.keys() {
            let (endpoint, told) = Endpoint::at(path);
            assert_eq!((path.rsplit('/').next(), path.as_str()), (Some(endpoint.name()), told));
        }
        assert_eq!(document.paths.paths.len(), 5);
    }
}
