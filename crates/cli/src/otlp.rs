//! Spans of the requests, for a collector of OpenTelemetry.

use std::{
    env,
    fmt::{self, Debug, Display},
    str::FromStr,
    thread,
    time::{Duration, SystemTime},
};

use anyhow::{Context as _, anyhow};
use group_dispatch_client::ProxySetting;
use group_dispatch_server::{RequestObserver, RequestRecord};
use group_dispatch_types::BusinessCode;
use http::Uri;
use opentelemetry::{
    InstrumentationScope, KeyValue,
    propagation::{Extractor, TextMapPropagator},
    trace::{Span as _, SpanKind, Status, Tracer, TracerProvider},
};
use opentelemetry_otlp::{Protocol, SpanExporter, WithExportConfig, WithHttpConfig};
use opentelemetry_sdk::{
    Resource,
    propagation::TraceContextPropagator,
    resource::{EnvResourceDetector, TelemetryResourceDetector},
    trace::{SdkTracer, SdkTracerProvider},
};
use tokio::sync::oneshot;

const NAME: &str = env!("CARGO_PKG_NAME");
const VERSION: &str = env!("CARGO_PKG_VERSION");
/// Where a collector takes spans, below its address.
const PATH: &str = "/v1/traces";
/// How long an export may take unless a variable says otherwise, as the specification has it.
const EXPORT_TIMEOUT: Duration = Duration::from_secs(10);
/// How long the last spans may take on their way when the server stops.
const GRACE: Duration = Duration::from_secs(5);

/// A collector by its address.
#[derive(Clone, Debug)]
pub struct Collector(String);

impl FromStr for Collector {
    type Err = &'static str;

    fn from_str(url: &str) -> Result<Self, &'static str> {
        const EXPECTED: &str = "expected http:// or https:// and a collector's address, such as http://127.0.0.1:4318";
        let uri: Uri = url.parse().map_err(|_| EXPECTED)?;
        let authority = uri.authority().map_or("", |authority| authority.as_str());
        if authority.contains('@') {
            return Err("an address is no place for a password; OTEL_EXPORTER_OTLP_HEADERS is one for a header");
        }
        match uri.scheme_str() {
            Some("http" | "https") if !authority.is_empty() && uri.query().is_none() && !url.contains('#') => {
                let url = url.trim_end_matches('/');
                // Many collectors' pages show the whole address.
                Ok(Self(url.strip_suffix(PATH).unwrap_or(url).trim_end_matches('/').to_owned()))
            }
            _ => Err(EXPECTED),
        }
    }
}

impl Display for Collector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Makes the spans. A thread of its own sends them, many at a time; those that it can't keep up with are lost.
#[derive(Debug)]
pub struct Spans {
    provider: SdkTracerProvider,
    tracer: SdkTracer,
}

impl Spans {
    /// Sends spans to this collector from now on, as long as the process runs; none where `OTEL_SDK_DISABLED` is `true`.
    pub fn to(collector: &Collector) -> anyhow::Result<Option<&'static Self>> {
        if env::var("OTEL_SDK_DISABLED").is_ok_and(|value| value.trim().eq_ignore_ascii_case("true")) {
            tracing::info!(%collector, "OTEL_SDK_DISABLED is true: sending no spans");
            return Ok(None);
        }
        let exporter = SpanExporter::builder()
            .with_http()
            .with_protocol(Protocol::HttpBinary)
            .with_endpoint(format!("{collector}{PATH}"))
            .with_http_client(http_client(collector).context("--otlp")?)
            .build()
            .context("--otlp")?;
        let provider = SdkTracerProvider::builder().with_resource(resource()).with_batch_exporter(exporter).build();
        let tracer = provider.tracer_with_scope(InstrumentationScope::builder(NAME).with_version(VERSION).build());
        tracing::info!(%collector, "sending spans");
        Ok(Some(Box::leak(Box::new(Self { provider, tracer }))))
    }

    /// Sends what is left and ends, both within [`GRACE`].
    pub async fn end(&'static self) {
        let (ended, end) = oneshot::channel();
        thread::spawn(move || {
            // What fails is in the log.
            let _ = self.provider.shutdown_with_timeout(GRACE);
            let _ = ended.send(());
        });
        let _ = end.await;
    }
}

/// Returns the client of the exporter, which takes the same proxies as all other requests of this command.
fn http_client(collector: &Collector) -> anyhow::Result<reqwest::blocking::Client> {
    let proxy = ProxySetting::for_url(&collector.0.parse()?)?;
    let variables = ["OTEL_EXPORTER_OTLP_TRACES_TIMEOUT", "OTEL_EXPORTER_OTLP_TIMEOUT"];
    let milliseconds = variables.into_iter().find_map(|name| env::var(name).ok()?.trim().parse().ok());
    let timeout = milliseconds.map_or(EXPORT_TIMEOUT, Duration::from_millis);
    let build = move || {
        let mut client = reqwest::blocking::Client::builder().timeout(timeout).no_proxy();
        if let Some(proxy) = proxy {
            client = client.proxy(proxy.to_reqwest()?);
        }
        client.build()
    };
    // It has a runtime of its own, which can't be started in a thread of another.
    let built = thread::spawn(build).join().map_err(|_| anyhow!("cannot start the HTTP client"))?;
    built.map_err(|error| anyhow!("cannot make an HTTP client: {}", error.without_url()))
}

/// What runs here. The environment has the last word.
fn resource() -> Resource {
    let of_us = [KeyValue::new("service.name", NAME), KeyValue::new("service.version", VERSION)];
    let resource = Resource::builder_empty()
        .with_attributes(of_us)
        .with_detector(Box::new(TelemetryResourceDetector))
        .with_detector(Box::new(EnvResourceDetector::new()));
    // The SDK's own detector of this variable would tell of an unknown service without it.
    match env::var("OTEL_SERVICE_NAME") {
        Ok(name) if !name.is_empty() => resource.with_service_name(name).build(),
        _ => resource.build(),
    }
}

impl RequestObserver for Spans {
    fn answered(&self, request: &RequestRecord<'_>) {
        let RequestRecord { id, traceparent, method, endpoint, path, tenant, status, code, took, .. } = *request;
        // As OpenTelemetry's conventions want a method that is none.
        let (method, named) = if method == "other" { ("_OTHER", "HTTP") } else { (method, method) };
        let mut attributes = vec![
            KeyValue::new("http.request.method", method),
            KeyValue::new("http.response.status_code", i64::from(status)),
            KeyValue::new("group_dispatch.request_id", id.to_owned()),
        ];
        attributes.extend((path != "unknown").then(|| KeyValue::new("http.route", path)));
        attributes.extend(tenant.map(|tenant| KeyValue::new("group_dispatch.tenant_id", tenant.get().to_string())));
        attributes.extend(code.map(|code| KeyValue::new("group_dispatch.code", i64::from(code.code()))));
        let failure = failure(status, code);
        attributes.extend(failure.map(|status| KeyValue::new("error.type", status.to_string())));
        let end = SystemTime::now();
        let begin = end.checked_sub(took).unwrap_or(end);
        let builder = self.tracer.span_builder(format!("{named} {endpoint}"));
        let builder = builder.with_kind(SpanKind::Server).with_start_time(begin).with_attributes(attributes);
        let caller = TraceContextPropagator::new().extract(&TraceParent(traceparent));
        let mut span = self.tracer.build_with_context(builder, &caller);
        if failure.is_some() {
            span.set_status(Status::error(""));
        }
        span.end_with_timestamp(end);
    }
}

/// The HTTP status of a failure of the server's, if it failed. An error may have come under HTTP status 200, as the vendor
/// returns them (`--http-status`): then its code says it.
fn failure(status: u16, code: Option<BusinessCode>) -> Option<u16> {
    let mirrored = code.map_or(status, BusinessCode::http_status);
    Some(status.max(mirrored)).filter(|status| *status >= 500)
}

/// The caller's span. Its `tracestate`, which could hold anything, is left where it is.
struct TraceParent<'a>(Option<&'a str>);

impl Extractor for TraceParent<'_> {
    fn get(&self, key: &str) -> Option<&str> {
        self.0.filter(|_| key == "traceparent")
    }

    fn keys(&self) -> Vec<&str> {
        vec!["traceparent"]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_is_recognized_by_its_code_under_http_status_200() {
        for (status, code, expected) in [
            (200, None, None),
            (200, Some(522), None),
            (401, Some(522), None),
            (200, Some(517), Some(500)),
            (500, Some(517), Some(500)),
            (503, Some(500), Some(503)),
            (503, None, Some(503)),
        ] {
            assert_eq!(failure(status, code.map(BusinessCode::from)), expected, "{status} {code:?}");
        }
    }
}
