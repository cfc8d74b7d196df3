//! What a request is for: an operation of the contracts, or one of the server's own endpoints. Metrics and logs name
//! requests by it.

use group_dispatch_docs::contract;
use group_dispatch_types::{Contract, Operation};

/// What a request is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Endpoint {
    /// An operation of the contracts.
    Operation(Operation),
    /// A callback of the vendor.
    Callback,
    /// A page of the docs.
    Docs,
    /// A contract.
    Contract,
    /// Health or readiness.
    Health,
    /// The metrics.
    Metrics,
    /// A path that the server doesn't have.
    Unknown,
}

/// The path of the vendor's callbacks.
pub const CALLBACK_PATH: &str = "/callback/v1/vendor";

/// The endpoints that are neither operations nor contracts, by path.
const PATHS: [(&str, Endpoint); 6] = [
    (CALLBACK_PATH, Endpoint::Callback),
    ("/healthz", Endpoint::Health),
    ("/readyz", Endpoint::Health),
    ("/metrics", Endpoint::Metrics),
    ("/", Endpoint::Docs),
    ("/docs", Endpoint::Docs),
];

impl Endpoint {
    /// Returns the endpoint of a path, and the path as the log shows it: never what a client made up.
    pub fn from_path(path: &str) -> (Self, &'static str) {
        if let Some(operation) = Operation::from_path(path) {
            return (Self::Operation(operation), operation.path());
        }
        let contracts = contract::ALL.iter().flat_map(|contract| contract.paths).map(|path| (path, Self::Contract));
        let listed = PATHS.into_iter().chain(contracts).find(|(listed, _)| *listed == path);
        listed.map(|(path, endpoint)| (endpoint, path)).unwrap_or(if path.starts_with("/docs/") {
            (Self::Docs, "/docs/")
        } else {
            (Self::Unknown, "unknown")
        })
    }

    /// Returns the name that metrics have for it: an operation's id, for example.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Operation(operation) => operation.id(),
            Self::Callback => "callback",
            Self::Docs => "docs",
            Self::Contract => "contract",
            Self::Health => "health",
            Self::Metrics => "metrics",
            Self::Unknown => "unknown",
        }
    }

    /// Whether it is a query of the vendor's contract.
    pub const fn is_query(self) -> bool {
        matches!(self, Self::Operation(operation) if operation.is_query())
    }

    /// Whether it changes what is stored, which not every key may do.
    pub const fn feeds(self) -> bool {
        matches!(self, Self::Operation(operation) if matches!(operation.contract(), Contract::Ingest))
    }

    /// Whether it is exempt from load shedding: probes and metrics must work under overload.
    pub const fn is_operator_endpoint(self) -> bool {
        matches!(self, Self::Health | Self::Metrics)
    }

    /// Returns the method that it expects.
    pub const fn method(self) -> &'static str {
        if matches!(self, Self::Operation(_) | Self::Callback) { "POST" } else { "GET" }
    }
}

impl From<Operation> for Endpoint {
    fn from(operation: Operation) -> Self {
        Self::Operation(operation)
    }
}
