//! The two text formats of metrics, and which of them a scraper asks for.

use std::fmt::Write;

use axum::http::HeaderMap;

use crate::http::accept_header::Accept;

/// A text format of metrics.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// The Prometheus text format 0.0.4, which every scraper reads.
    PrometheusText,
    /// OpenMetrics 1.0.0.
    OpenMetrics,
}

impl Format {
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::PrometheusText => "text/plain; version=0.0.4; charset=utf-8",
            Self::OpenMetrics => "application/openmetrics-text; version=1.0.0; charset=utf-8",
        }
    }

    /// Returns the format that the header `Accept` asks for. OpenMetrics has to be named, with a quality at least as high as
    /// that of the text format. A client that accepts neither gets the text format.
    pub fn requested(headers: &HeaderMap) -> Self {
        let accept = Accept::of(headers);
        let named = accept.quality(&["application/openmetrics-text"], Some("1.0.0"));
        let text = accept.quality(&["text/plain", "text/*", "*/*"], Some("0.0.4"));
        if named > 0.0 && named >= text { Self::OpenMetrics } else { Self::PrometheusText }
    }
}

/// Converts OpenMetrics, as `prometheus_client` writes it, to the text format. The samples are the same. The description of a
/// counter and of an info gets the name that their samples have, types that the text format lacks become the nearest type, and
/// units and the end marker are left out.
pub fn to_prometheus_text(open_metrics: &str) -> String {
    let mut text = String::with_capacity(open_metrics.len());
    // The line of the description comes before that of the type, on which its name depends.
    let mut help = None;
    for line in open_metrics.lines() {
        if line == "# EOF" || line.starts_with("# UNIT ") {
            continue;
        }
        if let Some(described) = line.strip_prefix("# HELP ") {
            help = described.split_once(' ').map(|(_, words)| words);
            continue;
        }
        if let Some((name, of)) = line.strip_prefix("# TYPE ").and_then(|typed| typed.split_once(' ')) {
            let (suffix, of) = match of {
                "counter" => ("_total", "counter"),
                "info" => ("_info", "gauge"),
                "unknown" => ("", "untyped"),
                of => ("", of),
            };
            if let Some(help) = help.take() {
                let _ = writeln!(text, "# HELP {name}{suffix} {help}");
            }
            let _ = writeln!(text, "# TYPE {name}{suffix} {of}");
            continue;
        }
        text.push_str(line);
        text.push('\n');
    }
    text
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use axum::http::header::ACCEPT;

    use super::{Format::*, *};

    fn requested(accept: &str) -> Format {
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT, accept.parse().unwrap());
        Format::requested(&headers)
    }

    #[test]
    fn open_metrics_is_sent_to_those_who_name_it_first() {
        assert_eq!(Format::requested(&HeaderMap::new()), PrometheusText);
        for (accept, format) in [
            // What Prometheus sends: 2.x, 2.5x with protobuf, 3.x, and 3.x set to scrape the text format alone.
            (
                "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,\
                 text/plain;version=0.0.4;q=0.5,*/*;q=0.1",
                OpenMetrics,
            ),
            (
                "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited;q=0.6,\
                 application/openmetrics-text;version=1.0.0;q=0.5,application/openmetrics-text;version=0.0.1;q=0.4,\
                 text/plain;version=0.0.4;q=0.3,*/*;q=0.2",
                OpenMetrics,
            ),
            (
                "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,\
                 application/openmetrics-text;version=0.0.1;q=0.5,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,\
                 text/plain;version=0.0.4;q=0.3,*/*;q=0.2",
                OpenMetrics,
            ),
            ("text/plain;version=0.0.4;q=0.3,*/*;q=0.2", PrometheusText),
            // What it sent before, and what others send.
            (
                "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited;q=0.7,\
                 text/plain;version=0.0.4;q=0.3,*/*;q=0.1",
                PrometheusText,
            ),
            ("*/*", PrometheusText),
            ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", PrometheusText),
            ("application/openmetrics-text", OpenMetrics),
            ("Application/OpenMetrics-Text; version=\"1.0.0\"; charset=utf-8", OpenMetrics),
            ("application/openmetrics-text;version=0.0.1", PrometheusText),
            ("application/openmetrics-text;version=2.0.0,*/*;q=0.1", PrometheusText),
            ("application/openmetrics-text;q=0", PrometheusText),
            ("application/openmetrics-text;q=0.2,text/plain;q=0.8", PrometheusText),
            ("application/openmetrics-text;q=0.2,text/plain;q=0.1,*/*", OpenMetrics),
            ("application/openmetrics-text;q=0.2,*/*", PrometheusText),
            ("application/openmetrics-text;q=2,*/*", PrometheusText),
            ("application/openmetrics-text,*/*", OpenMetrics),
            ("application/json", PrometheusText),
            (";;,=,", PrometheusText),
        ] {
            assert_eq!(requested(accept), format, "{accept}");
        }
    }

    #[test]
    fn the_text_format_describes_each_metric_by_the_name_of_its_samples() {
        let open_metrics = "\
# HELP a_seconds Time a.
# TYPE a_seconds histogram
# UNIT a_seconds seconds
a_seconds_sum 1.0
a_seconds_count 1
a_seconds_bucket{le=\"+Inf\"} 1
# HELP b Things, # EOF and all.
# TYPE b counter
b_total{name=\"# TYPE b counter\"} 2
# HELP build What it is.
# TYPE build info
build_info{version=\"1\"} 1
# HELP c Whatever.
# TYPE c unknown
c 3
# HELP d Open.
# TYPE d gauge
d 4
# EOF
";
        let text = "\
# HELP a_seconds Time a.
# TYPE a_seconds histogram
a_seconds_sum 1.0
a_seconds_count 1
a_seconds_bucket{le=\"+Inf\"} 1
# HELP b_total Things, # EOF and all.
# TYPE b_total counter
b_total{name=\"# TYPE b counter\"} 2
# HELP build_info What it is.
# TYPE build_info gauge
build_info{version=\"1\"} 1
# HELP c Whatever.
# TYPE c untyped
c 3
# HELP d Open.
# TYPE d gauge
d 4
";
        assert_eq!(to_prometheus_text(open_metrics), text);
    }
}
