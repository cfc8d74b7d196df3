//! What an operator may choose.

use std::{net::SocketAddr, time::Duration};

use super::{http_status::HttpStatus, observer::Observer, public_url::PublicUrl};

/// What an operator may choose.
#[derive(Clone, Debug)]
pub struct Settings {
    /// How far a request's timestamp may be from the server's clock, either way (D17).
    pub timestamp_window: Duration,
    /// The largest body, in bytes.
    pub body_limit: usize,
    /// The largest body of status events, in bytes.
    pub ingest_body_limit: usize,
    /// How long a request may take from its head to its answer; [`LONGEST_WAIT`](Self::LONGEST_WAIT) at most.
    pub request_timeout: Duration,
    /// The HTTP status of errors that the queries return (D19).
    pub http_status: HttpStatus,
    /// The address that callers reach the server by, where it is another one than it listens on. The contracts that it
    /// shows name it first.
    pub public_url: Option<PublicUrl>,
    /// How much is taken on.
    pub limits: Limits,
    /// Where `/metrics` is served: nowhere else than at this address or, without one, beside the queries.
    pub metrics_listen: Option<SocketAddr>,
    /// Who hears of each request; it stays as long as the process.
    pub observer: Option<&'static dyn Observer>,
}

impl Settings {
    /// A day. Nothing is waited for any longer, for clocks can't tell every later moment.
    pub const LONGEST_WAIT: Duration = Duration::from_secs(24 * 60 * 60);
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            timestamp_window: Duration::from_secs(5 * 60),
            body_limit: 64 * 1024,
            ingest_body_limit: 8 * 1024 * 1024,
            request_timeout: Duration::from_secs(30),
            http_status: HttpStatus::default(),
            public_url: None,
            limits: Limits::default(),
            metrics_listen: None,
            observer: None,
        }
    }
}

/// How much the server takes on before it says no, so that whom it serves is served well: what is beyond is answered at
/// once with 429 or 503 and `Retry-After`. No tenant has more than half of the big answers and feeds.
///
/// Four are [`serve`](crate::http::server)'s alone: `connections`, `wait`, `idle_timeout` and `write_timeout`. Who serves a
/// [`router`](crate::http::router) otherwise has to see to it that clients who read nothing are cut off, for they keep their
/// places among the big answers.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Requests a second of each tenant to each endpoint, as many of them at once; 0 is no limit. Beyond it: 429.
    pub requests_per_second: u32,
    /// Connections open at a time. One beyond it is answered 503 and closed.
    pub connections: usize,
    /// Requests that are worked on at a time, from the head to the answer; health and metrics are answered all the same.
    /// Beyond it: 503.
    pub requests: usize,
    /// How long requests may wait until the server comes to them. While they wait for three times as long, two of three
    /// that come are answered 503 at once, and so on. It is noticed in tokio's multi-threaded runtime alone; a few hundred
    /// may always wait.
    pub wait: Duration,
    /// Big answers, those about many agents or accounts, held in memory at a time: being made, or on their way to a
    /// client. One beyond it waits for half a second, and is then answered 503.
    pub big_answers: usize,
    /// Calls that feed events, held in memory at a time until they are answered. One beyond it waits for half a second, and
    /// is then answered 503.
    pub feeds: usize,
    /// How long a connection may go without the whole head of a request, idle or sending it slowly; a day at most. Then it
    /// is closed.
    pub idle_timeout: Duration,
    /// How long a client may leave its answer unread, a day at most: in any such time it has to take the rest of it or 64
    /// KiB. Otherwise the connection is closed.
    pub write_timeout: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            requests_per_second: 50,
            connections: 8192,
            requests: 1024,
            wait: Duration::from_millis(100),
            big_answers: 16,
            feeds: 64,
            idle_timeout: Duration::from_secs(75),
            write_timeout: Duration::from_secs(20),
        }
    }
}
