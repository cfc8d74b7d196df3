//! What an operator can set: [`Config`] with its [`Limits`].

use std::{net::SocketAddr, time::Duration};

use super::{
    callback::CallbackReceiver, draining::Draining, http_status::HttpStatus, metrics::mirror::MirrorReporter,
    public_url::PublicUrl, request_observer::RequestObserver,
};
use crate::address_range::AddressRange;

/// The configuration of a server.
#[derive(Clone, Debug)]
pub struct Config {
    /// How far a request's timestamp may be from the server's clock, in either direction (D17).
    pub timestamp_window: Duration,
    /// The largest body of a query, in bytes.
    pub body_limit: usize,
    /// The largest body of status events, in bytes.
    pub ingest_body_limit: usize,
    /// How far in the future status events may be. Later ones are refused.
    pub max_ahead: Duration,
    /// The time from a request's head to its response; at most [`LONGEST_TIMEOUT`](Self::LONGEST_TIMEOUT).
    pub request_timeout: Duration,
    /// How old the data of a source may be that a mirror looks at. If it is older, queries for it are rejected with 503 and
    /// code 517 (D57). `None` is no limit. Sources that are only fed have no age.
    pub max_age: Option<Duration>,
    /// How calls that feed events may be signed (D46).
    pub feed_signing: FeedSigning,
    /// The HTTP status of errors that the queries return (D19).
    pub http_status: HttpStatus,
    /// The address that clients use, if it is not the one that the server listens on. The contracts that the server shows
    /// name it first.
    pub public_url: Option<PublicUrl>,
    /// The admission limits.
    pub limits: Limits,
    /// Proxies whose connections are those of many clients: `connections_per_address` does not apply to them. Headers such as
    /// `X-Forwarded-For` are never used.
    pub trusted_proxies: Vec<AddressRange>,
    /// The address of `/metrics`, at which there are at most 64 connections. Without one, `/metrics` is served beside the
    /// queries.
    pub metrics_listen: Option<SocketAddr>,
    /// Receives the vendor's callbacks at [`CallbackReceiver::PATH`]. `None`: the server does not have that path.
    pub callbacks: Option<CallbackReceiver>,
    /// Where webhooks may send messages.
    pub webhooks: WebhookOptions,
    /// What a mirror in this process does, for `/metrics`.
    pub mirror: Option<MirrorReporter>,
    /// The sign that the server will stop soon.
    pub draining: Draining,
    /// Is called after each request. It lives as long as the process.
    pub observer: Option<&'static dyn RequestObserver>,
}

/// Where webhooks may send messages: by default to `https` addresses of the Internet.
#[derive(Clone, Debug, Default)]
pub struct WebhookOptions {
    /// Networks that they may reach beside the Internet. Without them, a webhook could be used to look into the network of the
    /// server.
    pub networks: Vec<AddressRange>,
    /// Whether they may have an `http` address, which everybody on the way can read.
    pub allow_http: bool,
}

/// How calls that feed events or read the history may be signed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum FeedSigning {
    /// By an HMAC of the call, or by the token of the queries.
    #[default]
    Both,
    /// By an HMAC of the call.
    Hmac,
}

impl Config {
    /// The longest timeout, one day: clocks can't represent every later moment.
    pub const LONGEST_TIMEOUT: Duration = Duration::from_secs(24 * 60 * 60);

    /// Returns the configuration with no timeout above [`LONGEST_TIMEOUT`](Self::LONGEST_TIMEOUT), and no address with more
    /// than half of the connections.
    pub(super) fn clamped(mut self) -> Self {
        let Limits { idle_timeout, write_timeout, connections, connections_per_address, .. } = &mut self.limits;
        *connections_per_address = (*connections_per_address).min((*connections / 2).max(1));
        for timeout in [&mut self.request_timeout, idle_timeout, write_timeout] {
            *timeout = Self::LONGEST_TIMEOUT.min(*timeout);
        }
        self
    }
}

impl Default for Config {
    fn default() -> Self {
        Self {
            timestamp_window: Duration::from_secs(5 * 60),
            body_limit: 64 * 1024,
            ingest_body_limit: 8 * 1024 * 1024,
            max_ahead: Duration::from_secs(24 * 60 * 60),
            request_timeout: Duration::from_secs(30),
            max_age: None,
            feed_signing: FeedSigning::default(),
            http_status: HttpStatus::default(),
            public_url: None,
            limits: Limits::default(),
            trusted_proxies: Vec::new(),
            metrics_listen: None,
            callbacks: None,
            webhooks: WebhookOptions::default(),
            mirror: None,
            draining: Draining::default(),
            observer: None,
        }
    }
}

/// Admission limits. Requests beyond them are rejected immediately with 429 or 503 and `Retry-After`. No tenant gets more
/// than half of the large responses and of the ingest calls.
///
/// Five of them are limits of [`serve`](crate::serve): `connections`, `connections_per_address`, `max_wait`, `idle_timeout`
/// and `write_timeout`. A program that serves a [`router`](crate::router) by other means has to disconnect clients that
/// don't read, because each holds a permit for its large response.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Requests a second of each tenant to each endpoint, which is also the largest burst; 0 is no limit. Beyond it: 429.
    pub requests_per_second: u32,
    /// Open connections. Beyond it, the connection that has been idle longest is closed, if one has been idle for a second.
    /// Otherwise the new one is refused: `/healthz`, `/readyz` and `/metrics` are served, any other request gets 503, and the
    /// connection is closed.
    pub connections: usize,
    /// Open connections of one address, or of one IPv6 network of 64 bits; at most half of `connections`; 0 is no limit. It
    /// doesn't apply to [`Config::trusted_proxies`]. A connection beyond it is refused likewise.
    pub connections_per_address: usize,
    /// Concurrent requests, from the head to the response; `/healthz`, `/readyz` and `/metrics` are exempt. Beyond it: 503.
    pub requests: usize,
    /// How long requests may wait for a thread. If they wait three times as long, two of three are rejected with 503, and so
    /// on. This is measured in tokio's multi-threaded runtime only, and only while more than a few hundred requests wait.
    pub max_wait: Duration,
    /// Large responses (about many agents or accounts) in memory: being rendered, or not sent completely. Beyond it, a request
    /// waits for half a second and is then rejected with 503.
    pub large_responses: usize,
    /// Calls that feed events and have no response yet. Beyond it, a call waits for half a second and is then rejected with
    /// 503.
    pub ingest_calls: usize,
    /// How long a connection may go without the complete head of a request, idle or sending it slowly; at most one day. Then
    /// it is closed.
    pub idle_timeout: Duration,
    /// How long a client may leave its response unread, at most one day: within this time it has to read the rest of it, or 64
    /// KiB. Otherwise the connection is closed.
    pub write_timeout: Duration,
}

impl Limits {
    /// How many connections that are being refused are open at a time; beyond it, the oldest is closed without a response.
    pub(super) const MAX_REFUSING: usize = 256;
    /// How many connections are open at a time at [`Config::metrics_listen`].
    pub(super) const METRICS_CONNECTIONS: usize = 64;
    /// How many connections that make room may still be open.
    pub(super) const MAX_CLOSING: usize = 64;
    /// How many connections beyond `connections` are open for a short time at most. Each is an open file.
    pub const EXTRA_CONNECTIONS: usize = Self::MAX_REFUSING + Self::MAX_CLOSING;
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            requests_per_second: 50,
            connections: 8192,
            // As many as requests: one client, or a proxy that is not known as one, can send as many as are served at a time.
            connections_per_address: 1024,
            requests: 1024,
            max_wait: Duration::from_millis(100),
            large_responses: 16,
            ingest_calls: 64,
            idle_timeout: Duration::from_secs(75),
            write_timeout: Duration::from_secs(20),
        }
    }
}
