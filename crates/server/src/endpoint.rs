//! The endpoints by their names, as limits and metrics tell them apart.

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

    /// By the path of a route.
    pub fn of(route: &str) -> Self {
        match route {
            "/group-dispatch-api/user/queryUserStatus" => Self::QueryUserStatus,
            "/group-dispatch-api/user/queryAllOlWhatsAppInfo" => Self::QueryAllOlWhatsAppInfo,
            "/group-dispatch-api/user/queryWhatsAppInfo" => Self::QueryWhatsAppInfo,
            "/group-dispatch-api/user/queryUserStatusLog" => Self::QueryUserStatusLog,
            "/group-dispatch-api/user/getLatestOnlineWhatsAccount" => Self::GetLatestOnlineWhatsAccount,
            "/ingest/v1/status-events" => Self::StatusEvents,
            "/" | "/docs" | "/docs/" | "/docs/{*path}" => Self::Docs,
            "/openapi.yaml" | "/openapi.json" | "/ingest/v1/openapi.yaml" | "/ingest/v1/openapi.json" => Self::Contract,
            "/healthz" | "/readyz" => Self::Health,
            "/metrics" => Self::Metrics,
            _ => Self::Unknown,
        }
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
        let document = crate::described();
        for path in document.paths.paths.keys() {
            assert_eq!(path.rsplit('/').next(), Some(Endpoint::of(path).name()));
        }
        assert_eq!(document.paths.paths.len(), 5);
    }
}
