//! The flags of `serve` that limit how much work a server accepts.

use std::time::Duration;

use clap::Args;
use group_dispatch_server::{AddressRange, Limits};

use crate::arguments::value::{at_least_one, timeout, trimmed};

/// Requests beyond a limit are rejected immediately with 429 or 503 and `Retry-After`.
#[derive(Args)]
#[command(next_help_heading = "Limits")]
pub struct LimitArguments {
    /// Maximum requests per second of each tenant to each endpoint; 0 disables the limit. The vendor's limit is 50.
    #[arg(long, env = "GROUP_DISPATCH_REQUESTS_PER_SECOND", default_value_t = 50, value_name = "NUMBER")]
    requests_per_second: u32,
    /// Maximum open connections. Beyond it, the connection that has been idle longest is closed, if it has been idle for
    /// a second; otherwise the new one is refused with 503.
    #[arg(long, env = "GROUP_DISPATCH_MAX_CONNECTIONS", default_value_t = 8192, value_name = "NUMBER",
          value_parser = at_least_one)]
    max_connections: usize,
    /// Maximum open connections of one address, or of one IPv6 network of 64 bits: at most half of --max-connections; 0
    /// disables the limit. Beyond it, new connections are refused with 503. /healthz, /readyz and /metrics are served
    /// on refused connections as well.
    #[arg(long, env = "GROUP_DISPATCH_MAX_CONNECTIONS_PER_ADDRESS", default_value_t = 1024, value_name = "NUMBER")]
    max_connections_per_address: usize,
    /// The address of a reverse proxy, or a range of addresses such as 10.0.0.0/8, to which the limit for each address
    /// does not apply. Can be repeated, and separated by commas in the variable. Headers
    /// such as X-Forwarded-For are never used.
    #[arg(long, env = "GROUP_DISPATCH_TRUSTED_PROXY", value_name = "ADDRESS", value_delimiter = ',',
          value_parser = trimmed::<AddressRange>)]
    trusted_proxy: Vec<AddressRange>,
    /// Maximum concurrent requests; /healthz, /readyz and /metrics are exempt.
    #[arg(long, env = "GROUP_DISPATCH_MAX_REQUESTS", default_value_t = 1024, value_name = "NUMBER",
          value_parser = at_least_one)]
    max_requests: usize,
    /// Maximum delay until the server starts to handle a request, such as 100ms or 1s. While the delay is longer,
    /// requests are rejected; a few hundred can always wait.
    #[arg(long, env = "GROUP_DISPATCH_MAX_WAIT", default_value = "100ms", value_name = "TIME", value_parser = timeout)]
    max_wait: Duration,
    /// Maximum large responses, about many agents or accounts, in memory at a time: in preparation or being sent.
    #[arg(long, env = "GROUP_DISPATCH_MAX_BIG_ANSWERS", default_value_t = 16, value_name = "NUMBER",
          value_parser = at_least_one)]
    max_big_answers: usize,
    /// Maximum ingest calls in memory at a time.
    #[arg(long, env = "GROUP_DISPATCH_MAX_FEEDS", default_value_t = 64, value_name = "NUMBER",
          value_parser = at_least_one)]
    max_feeds: usize,
    /// The timeout of an idle connection, and of sending the head of a request, such as 75s, 500ms or 2m. The
    /// connection is closed then.
    #[arg(long, env = "GROUP_DISPATCH_IDLE_TIMEOUT", default_value = "75s", value_name = "TIME", value_parser = timeout)]
    idle_timeout: Duration,
    /// The timeout for a client to read 64 KiB of its response, or the rest of it. The connection is closed then.
    #[arg(long, env = "GROUP_DISPATCH_WRITE_TIMEOUT", default_value = "20s", value_name = "TIME", value_parser = timeout)]
    write_timeout: Duration,
}

impl LimitArguments {
    pub fn trusted_proxies(&self) -> Vec<AddressRange> {
        self.trusted_proxy.clone()
    }

    pub fn limits(&self) -> Limits {
        Limits {
            requests_per_second: self.requests_per_second,
            connections: self.max_connections,
            connections_per_address: self.max_connections_per_address,
            requests: self.max_requests,
            max_wait: self.max_wait,
            large_responses: self.max_big_answers,
            ingest_calls: self.max_feeds,
            idle_timeout: self.idle_timeout,
            write_timeout: self.write_timeout,
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct LimitsOnly {
        #[command(flatten)]
        limits: LimitArguments,
    }

    #[test]
    fn the_default_limits_are_those_of_the_server() {
        let default = LimitsOnly::parse_from(["serve"]).limits.limits();
        assert_eq!(format!("{default:?}"), format!("{:?}", Limits::default()));
        let given =
            LimitsOnly::parse_from(["serve", "--requests-per-second", "0", "--write-timeout", "500ms"]).limits.limits();
        assert_eq!((given.requests_per_second, given.write_timeout), (0, Duration::from_millis(500)));
        for flag in ["connections", "requests", "big-answers", "feeds"].map(|what| format!("--max-{what}")) {
            assert!(LimitsOnly::try_parse_from(["serve", &flag, "0"]).is_err(), "{flag}");
        }
        for flag in ["--max-wait", "--idle-timeout", "--write-timeout"] {
            assert!(LimitsOnly::try_parse_from(["serve", flag, "0"]).is_err(), "{flag}");
            assert!(LimitsOnly::try_parse_from(["serve", flag, "24h"]).is_ok(), "{flag}");
            assert!(LimitsOnly::try_parse_from(["serve", flag, "9999999999999999999"]).is_err(), "{flag}");
        }
    }
}
