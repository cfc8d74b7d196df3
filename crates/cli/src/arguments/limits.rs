//! The limits of a server.

use std::time::Duration;

use clap::Args;
use group_dispatch_server::Limits;

use super::wait;

/// Requests beyond a limit are rejected immediately with 429 or 503 and `Retry-After`.
#[derive(Args)]
#[command(next_help_heading = "Limits")]
pub struct LimitArguments {
    /// How many requests a second each tenant may send to each endpoint; 0 is no limit. 50 is the vendor's.
    #[arg(long, env = "GROUP_DISPATCH_REQUESTS_PER_SECOND", default_value_t = 50, value_name = "NUMBER")]
    requests_per_second: u32,
    /// How many connections may be open at a time.
    #[arg(long, env = "GROUP_DISPATCH_MAX_CONNECTIONS", default_value_t = 8192, value_name = "NUMBER",
          value_parser = at_least_one)]
    max_connections: usize,
    /// Maximum concurrent requests; /healthz, /readyz and /metrics are exempt.
    #[arg(long, env = "GROUP_DISPATCH_MAX_REQUESTS", default_value_t = 1024, value_name = "NUMBER",
          value_parser = at_least_one)]
    max_requests: usize,
    /// How long requests may wait until the server comes to them: 100ms, 1s. While they wait longer, others are refused;
    /// a few hundred may always wait.
    #[arg(long, env = "GROUP_DISPATCH_MAX_WAIT", default_value = "100ms", value_name = "TIME", value_parser = wait)]
    max_wait: Duration,
    /// How many answers about many agents or accounts are held in memory at a time, being made or on their way.
    #[arg(long, env = "GROUP_DISPATCH_MAX_BIG_ANSWERS", default_value_t = 16, value_name = "NUMBER",
          value_parser = at_least_one)]
    max_big_answers: usize,
    /// How many calls that feed events are held in memory at a time.
    #[arg(long, env = "GROUP_DISPATCH_MAX_FEEDS", default_value_t = 64, value_name = "NUMBER",
          value_parser = at_least_one)]
    max_feeds: usize,
    /// How long a connection may be idle, or take to send the head of a request: 75s, 500ms, 2m. It is closed then.
    #[arg(long, env = "GROUP_DISPATCH_IDLE_TIMEOUT", default_value = "75s", value_name = "TIME", value_parser = wait)]
    idle_timeout: Duration,
    /// How long a client may take to read 64 KiB of its answer, or the rest of it. Its connection is closed then.
    #[arg(long, env = "GROUP_DISPATCH_WRITE_TIMEOUT", default_value = "20s", value_name = "TIME", value_parser = wait)]
    write_timeout: Duration,
}

impl LimitArguments {
    pub fn limits(&self) -> Limits {
        Limits {
            requests_per_second: self.requests_per_second,
            connections: self.max_connections,
            requests: self.max_requests,
            max_wait: self.max_wait,
            large_responses: self.max_big_answers,
            ingest_calls: self.max_feeds,
            idle_timeout: self.idle_timeout,
            write_timeout: self.write_timeout,
        }
    }
}

/// Reads a number of things of which there has to be one.
pub(super) fn at_least_one(text: &str) -> Result<usize, &'static str> {
    text.parse().ok().filter(|number| *number > 0).ok_or("expected a number from 1 on")
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Alone {
        #[command(flatten)]
        limits: LimitArguments,
    }

    #[test]
    fn limits_are_the_servers_own_unless_something_else_is_said() {
        let own = Alone::parse_from(["serve"]).limits.limits();
        assert_eq!(format!("{own:?}"), format!("{:?}", Limits::default()));
        let said =
            Alone::parse_from(["serve", "--requests-per-second", "0", "--write-timeout", "500ms"]).limits.limits();
        assert_eq!((said.requests_per_second, said.write_timeout), (0, Duration::from_millis(500)));
        for flag in ["connections", "requests", "big-answers", "feeds"].map(|what| format!("--max-{what}")) {
            assert!(Alone::try_parse_from(["serve", &flag, "0"]).is_err(), "{flag}");
        }
        for flag in ["--max-wait", "--idle-timeout", "--write-timeout"] {
            assert!(Alone::try_parse_from(["serve", flag, "0"]).is_err(), "{flag}");
            assert!(Alone::try_parse_from(["serve", flag, "24h"]).is_ok(), "{flag}");
            assert!(Alone::try_parse_from(["serve", flag, "9999999999999999999"]).is_err(), "{flag}");
        }
    }
}
