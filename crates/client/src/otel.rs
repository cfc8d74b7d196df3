//! The feature `opentelemetry`: the trace context that each request carries, and the metric of its duration. Both use what the
//! program has set globally. Without a propagator or a meter provider, the cost is that of a look at a global variable.

use std::time::Duration;

use group_dispatch_types::Operation;
use opentelemetry::{Context, InstrumentationScope, KeyValue, global, metrics::Histogram, propagation::Injector};
use reqwest::{
    Url,
    header::{HeaderMap, HeaderName, HeaderValue},
};

/// The bounds that the semantic conventions recommend, in seconds.
const BOUNDS: [f64; 14] = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0];

/// The headers of W3C's trace context. A propagator may make others, such as `baggage` with what the program knows of its users,
/// which is not for the service.
const SENT: [&str; 2] = ["traceparent", "tracestate"];

/// Adds the trace context that the global propagator makes of the current context.
pub fn inject_context(headers: &mut HeaderMap) {
    global::get_text_map_propagator(|propagator| {
        propagator.inject_context(&Context::current(), &mut Headers(headers));
    });
}

struct Headers<'a>(&'a mut HeaderMap);

impl Injector for Headers<'_> {
    fn set(&mut self, key: &str, value: String) {
        if !SENT.contains(&key) {
            return;
        }
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(key), HeaderValue::try_from(value)) {
            self.0.insert(name, value);
        }
    }
}

/// The metric `http.client.request.duration`. Its attributes never name tenants, accounts or keys.
pub struct RequestMetrics {
    durations: Histogram<f64>,
    /// The attributes that all requests of a client share.
    shared: [KeyValue; 4],
    /// The path of the service's address, before the path of each operation; mostly empty.
    base_path: String,
}

/// How a request ended, as far as the metric shows.
pub struct RequestEnd {
    pub operation: Operation,
    pub took: Duration,
    pub status: Option<u16>,
    pub protocol_version: Option<&'static str>,
    pub error_type: Option<String>,
}

impl RequestMetrics {
    /// Creates the metric for requests to the service at `url`, by the meter provider that is set now.
    pub fn new(url: &Url, server_address: &str, server_port: u16) -> Self {
        let scope = InstrumentationScope::builder(env!("CARGO_PKG_NAME")).with_version(env!("CARGO_PKG_VERSION"));
        let durations = global::meter_with_scope(scope.build())
            .f64_histogram("http.client.request.duration")
            .with_description("Duration of HTTP client requests.")
            .with_unit("s")
            .with_boundaries(BOUNDS.to_vec())
            .build();
        let shared = [
            KeyValue::new("http.request.method", "POST"),
            KeyValue::new("server.address", server_address.to_owned()),
            KeyValue::new("server.port", i64::from(server_port)),
            KeyValue::new("url.scheme", if url.scheme() == "https" { "https" } else { "http" }),
        ];
        Self { durations, shared, base_path: url.path().trim_end_matches('/').to_owned() }
    }

    /// Records a request.
    pub fn record(&self, end: RequestEnd) {
        let RequestEnd { operation, took, status, protocol_version, error_type } = end;
        let mut attributes = Vec::with_capacity(self.shared.len() + 4);
        attributes.extend_from_slice(&self.shared);
        attributes.push(match self.base_path.as_str() {
            "" => KeyValue::new("url.template", operation.path()),
            base => KeyValue::new("url.template", format!("{base}{}", operation.path())),
        });
        attributes.extend(status.map(|status| KeyValue::new("http.response.status_code", i64::from(status))));
        attributes.extend(protocol_version.map(|version| KeyValue::new("network.protocol.version", version)));
        attributes.extend(error_type.map(|kind| KeyValue::new("error.type", kind)));
        self.durations.record(took.as_secs_f64(), &attributes);
    }
}
