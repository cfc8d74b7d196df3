//! Sends a span for each request to an OpenTelemetry collector, by OTLP over HTTP.

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
/// The path of the endpoint for spans, below the address of a collector.
const TRACES_PATH: &str = "/v1/traces";
/// The timeout of an export unless a variable sets another; the default of the OpenTelemetry specification.
const EXPORT_TIMEOUT: Duration = Duration::from_secs(10);
/// How long the last export may take when the server stops.
const SHUTDOWN_TIMEOUT: Duration = Duration::from_secs(5);

/// The address of a collector.
#[derive(Clone, Debug)]
pub struct CollectorUrl(String);

impl FromStr for CollectorUrl {
    type Err = &'static str;

    fn from_str(url: &str) -> Result<Self, &'static str> {
        const EXPECTED: &str =
            "expected the address of a collector with http:// or https://, such as http://127.0.0.1:4318";
        let uri: Uri = url.parse().map_err(|_| EXPECTED)?;
        let authority = uri.authority().map_or("", |authority| authority.as_str());
        if authority.contains('@') {
            return Err(
                "the address must not contain a user or a password; set a header by OTEL_EXPORTER_OTLP_HEADERS",
            );
        }
        match uri.scheme_str() {
            Some("http" | "https") if !authority.is_empty() && uri.query().is_none() && !url.contains('#') => {
                let url = url.trim_end_matches('/');
                // The documentation of many collectors shows the address with this path.
                Ok(Self(url.strip_suffix(TRACES_PATH).unwrap_or(url).trim_end_matches('/').to_owned()))
            }
            _ => Err(EXPECTED),
        }
    }
}

impl Display for CollectorUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Creates spans. A separate thread exports them in batches; spans are lost if it falls behind.
#[derive(Debug)]
pub struct SpanExport {
    provider: SdkTracerProvider,
    tracer: SdkTracer,
}

impl SpanExport {
    /// Starts the export to a collector, for the lifetime of the process. Returns `None` if `OTEL_SDK_DISABLED` is
    /// `true`.
    pub fn start(collector: &CollectorUrl) -> anyhow::Result<Option<&'static Self>> {
        if env::var("OTEL_SDK_DISABLED").is_ok_and(|value| value.trim().eq_ignore_ascii_case("true")) {
            tracing::info!(%collector, "OTEL_SDK_DISABLED is true: no spans are sent");
            return Ok(None);
        }
        let exporter = SpanExporter::builder()
            .with_http()
            .with_protocol(Protocol::HttpBinary)
            .with_endpoint(format!("{collector}{TRACES_PATH}"))
            .with_http_client(build_http_client(collector).context("--otlp")?)
            .build()
            .context("--otlp")?;
        let provider =
            SdkTracerProvider::builder().with_resource(build_resource()).with_batch_exporter(exporter).build();
        let tracer = provider.tracer_with_scope(InstrumentationScope::builder(NAME).with_version(VERSION).build());
        tracing::info!(%collector, "sending spans");
        Ok(Some(Box::leak(Box::new(Self { provider, tracer }))))
    }

    /// Checks what a start needs, without a connection: the variables of a proxy, and certificates.
    pub fn check(collector: &CollectorUrl) -> anyhow::Result<()> {
        build_http_client(collector).map(drop)
    }

    /// Sends the remaining spans within [`SHUTDOWN_TIMEOUT`].
    pub async fn shut_down(&'static self) {
        let (sender, done) = oneshot::channel();
        thread::spawn(move || {
            // The SDK logs failures.
            let _ = self.provider.shutdown_with_timeout(SHUTDOWN_TIMEOUT);
            let _ = sender.send(());
        });
        let _ = done.await;
    }
}

/// Builds the client of the exporter, with the same proxies as all other requests of this command.
fn build_http_client(collector: &CollectorUrl) -> anyhow::Result<reqwest::blocking::Client> {
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
    // A blocking client starts a runtime of its own, which is not possible in a thread of another runtime.
    let built = thread::spawn(build).join().map_err(|_| anyhow!("cannot start the HTTP client"))?;
    built.map_err(|error| anyhow!("cannot create an HTTP client: {}", error.without_url()))
}

/// Returns the resource attributes of this process. Variables override them.
fn build_resource() -> Resource {
    let attributes = [KeyValue::new("service.name", NAME), KeyValue::new("service.version", VERSION)];
    let resource = Resource::builder_empty()
        .with_attributes(attributes)
        .with_detector(Box::new(TelemetryResourceDetector))
        .with_detector(Box::new(EnvResourceDetector::new()));
    // Without this variable, the SDK's own detector would set the service name to unknown.
    match env::var("OTEL_SERVICE_NAME") {
        Ok(name) if !name.is_empty() => resource.with_service_name(name).build(),
        _ => resource.build(),
    }
}

impl RequestObserver for SpanExport {
    fn answered(&self, request: &RequestRecord<'_>) {
        let RequestRecord { id, traceparent, method, tenant, status, code, took, .. } = *request;
        // The semantic conventions of OpenTelemetry for unknown methods.
        let mut name = if method == "other" { "HTTP" } else { method }.to_owned();
        let mut attributes = vec![
            KeyValue::new("http.request.method", request.http_method()),
            KeyValue::new("http.response.status_code", i64::from(status)),
            KeyValue::new("url.scheme", "http"),
            KeyValue::new("group_dispatch.request_id", id.to_owned()),
        ];
        // An unknown path may be personal data.
        if let Some(route) = request.http_route() {
            name = format!("{name} {route}");
            attributes.push(KeyValue::new("http.route", route));
            // A route that ends like this one has many paths, and the record does not have the path.
            if route == "/" || !route.ends_with('/') {
                attributes.push(KeyValue::new("url.path", route));
            }
        }
        attributes.extend(tenant.map(|tenant| KeyValue::new("group_dispatch.tenant_id", tenant.get().to_string())));
        attributes.extend(code.map(|code| KeyValue::new("group_dispatch.code", i64::from(code.code()))));
        let error = request.error_type();
        attributes.extend(error.map(|status| KeyValue::new("error.type", status.to_string())));
        let end = SystemTime::now();
        let start = end.checked_sub(took).unwrap_or(end);
        let builder = self.tracer.span_builder(name);
        let builder = builder.with_kind(SpanKind::Server).with_start_time(start).with_attributes(attributes);
        let caller = TraceContextPropagator::new().extract(&TraceParent(traceparent));
        let mut span = self.tracer.build_with_context(builder, &caller);
        if error.is_some() {
            span.set_status(Status::error(""));
        }
        span.end_with_timestamp(end);
    }
}

/// The caller's span. Its `tracestate` is ignored, because it may contain anything.
struct TraceParent<'a>(Option<&'a str>);

impl Extractor for TraceParent<'_> {
    fn get(&self, key: &str) -> Option<&str> {
        self.0.filter(|_| key == "traceparent")
    }

    fn keys(&self) -> Vec<&str> {
        vec!["traceparent"]
    }
}
