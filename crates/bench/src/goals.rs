//! The goals of the server: each line of the report, measured or not.

/// A figure that is measured, and its bound.
#[derive(Debug)]
pub struct Goal {
    pub name: &'static str,
    pub what: &'static str,
    pub bound: Bound,
}

/// The bound of a figure, and its unit; a ratio has none.
#[derive(Clone, Copy, Debug)]
pub enum Bound {
    AtLeast(f64),
    AtMost(f64, &'static str),
    /// No bound; measured for information.
    Free,
}

impl Bound {
    #[must_use]
    pub fn is_met_by(self, value: f64) -> bool {
        match self {
            Self::AtLeast(least) => value >= least,
            Self::AtMost(most, _) => value <= most,
            Self::Free => true,
        }
    }
}

const fn least(name: &'static str, bound: f64, what: &'static str) -> Goal {
    Goal { name, what, bound: Bound::AtLeast(bound) }
}

const fn most(name: &'static str, bound: f64, unit: &'static str, what: &'static str) -> Goal {
    Goal { name, what, bound: Bound::AtMost(bound, unit) }
}

const fn free(name: &'static str, what: &'static str) -> Goal {
    Goal { name, what, bound: Bound::Free }
}

/// All goals, in the order of the report.
pub const GOALS: &[Goal] = &[
    least("whatsapp-info", 0.80, "queryWhatsAppInfo, requests/s"),
    least("user-status", 0.80, "queryUserStatus of one agent, requests/s"),
    least("latest-online", 0.80, "getLatestOnlineWhatsAccount of one agent, requests/s"),
    least("status-log", 0.55, "queryUserStatusLog of one agent, 50 records, requests/s"),
    free("logged", "queryUserStatus of one agent with a log line for each request, requests/s"),
    least("fed-whatsapp-info", 0.70, "queryWhatsAppInfo while 1,000 events arrive every 100 ms"),
    least("fed-user-status", 0.70, "queryUserStatus while 1,000 events arrive every 100 ms"),
    least("fed-latest-online", 0.70, "getLatestOnlineWhatsAccount while 1,000 events arrive every 100 ms"),
    most("miss", 1.5, "", "a filter that matches nothing: latency against a match, the worst of four queries"),
    most("growth-median", 1.5, "", "the median latency with all events against 10,000, the worst of four queries"),
    most("growth-p99", 2.0, "", "the 99th percentile with all events against 10,000, the worst of four queries"),
    free("all-online-still", "queryAllOlWhatsAppInfo while nothing changes, requests/s"),
    least("all-online", 0.90, "queryAllOlWhatsAppInfo at 10 changes a second, requests/s"),
    most("all-online-memory", 6.0, " bodies", "queryAllOlWhatsAppInfo at 10 changes a second, peak memory"),
    least("ingest", 6.0, "durable ingest in batches of 1,000, events/s"),
    most("memory", 130.0, " bytes", "memory per account for its presence"),
    free("memory-last-events", "memory per account for nine more events"),
    most("start", 4.0, "", "a start until /readyz succeeds, against loading a snapshot alone"),
    least("history-page", 3.0, "a page of 1,000 events of one account, against a SQLite table, requests/s"),
    most("report", 0.1, "", "a report of one day over all agents: its time against that of the same in SQL"),
    most("fanout-p99", 3.0, "", "one change to 1,000 readers: 99th percentile of its delay, against a bare broadcast"),
    most("fanout-cpu", 1.3, "", "one change to 1,000 readers: CPU time per reader, against a bare broadcast"),
    most("fanout-memory", 16.0, " KiB", "memory per reader of changes"),
    free("overload-refused", "twice the capacity: successful and rejected requests"),
    free("overload-wait", "twice the capacity: the 99th percentile from sending, against half the capacity"),
    least("pg-whatsapp-info", 0.80, "PostgreSQL: queryWhatsAppInfo, requests/s"),
    least("pg-user-status", 0.80, "PostgreSQL: queryUserStatus of one agent, requests/s"),
    least("pg-latest-online", 0.80, "PostgreSQL: getLatestOnlineWhatsAccount of one agent, requests/s"),
    least("pg-status-log", 0.35, "PostgreSQL: queryUserStatusLog of one agent, 50 records, requests/s"),
    least("pg-ingest", 0.80, "PostgreSQL: durable ingest in batches of 1,000, events/s"),
    most("mirror-lag-median", 1.0, "", "mirror: median lag of a change, against one interval plus 0.2 s"),
    most("mirror-lag-p99", 2.0, " intervals", "mirror: 99th percentile of the lag of a change"),
    most("mirror-bytes", 0.05, "", "mirror: stored bytes, against a poller that stores every answer whole"),
    most("mirror-cpu", 2.0, "", "mirror: CPU time, against the same poller"),
    most("mirror-memory", 1.5, "", "mirror: memory, against the presence index of the same accounts"),
    least("prism", 20.0, "queryWhatsAppInfo against the mock server Prism, requests/s"),
];
