//! The layer rule: no file imports, directly or through others, a file that imports it, and in a crate with layers every
//! import points downward.
//!
//! [`RULES`] says for each crate which layers it has. [`findings`] reads the code below a folder and returns every import
//! that breaks its crate's rule; `cargo xtask check` runs it on the workspace.

mod graph;
mod imports;

use std::{fmt, path::Path};

use anyhow::Result;

use self::graph::Graph;

/// The rule of a crate.
#[derive(Clone, Copy, Debug)]
pub struct Rule {
    /// The crate's folder, from the workspace's root.
    pub krate: &'static str,
    /// Its layers, the topmost first: modules of one layer don't import each other, and each imports lower layers only.
    /// A module is named by its path in the crate, and stands for all modules within it. Empty: any order without circles.
    pub layers: &'static [&'static [&'static str]],
}

/// The rules of the crates that keep one.
pub const RULES: &[Rule] = &[
    Rule { krate: "crates/types", layers: &[] },
    Rule {
        krate: "crates/client",
        layers: &[
            &["crate"],
            &["blocking"],
            &["builder", "changes", "history", "sender", "watch"],
            &["client"],
            &["query"],
            &["call", "response"],
            &["telemetry"],
            &["generated"],
            &["decode", "request"],
            &["attempt"],
            &["config", "repair", "proxy::environment"],
            &["error", "rate_limit", "retry"],
            &["clock_skew", "envelope", "proxy", "redact", "response_head", "schedule", "signature"],
            &["clock", "hosts", "otel"],
        ],
    },
    Rule { krate: "crates/httpmock", layers: &[] },
    Rule { krate: "crates/docs", layers: &[] },
    Rule {
        krate: "crates/cli",
        layers: &[
            &["main"],
            &["cli"],
            &["commands"],
            &["mirroring"],
            &["service"],
            &["arguments", "settings"],
            &["database", "profiles", "output", "api_key"],
            &["hidden_input", "redact", "signals", "terminal", "usage_error"],
        ],
    },
    Rule {
        krate: "crates/bench",
        layers: &[
            &["main"],
            &["arguments"],
            &["sections"],
            &["comparison", "cluster"],
            &["databases"],
            &["environment"],
            &["broadcast"],
            &["bare", "event_table", "feeder", "plot", "poller", "process", "readers"],
            &["limit", "open_loop", "closed_loop", "report"],
            &["baseline", "connection", "core_time", "goals", "machine", "memory", "query", "statistics"],
            &["dataset", "table_file"],
        ],
    },
    Rule {
        krate: "crates/chaos",
        layers: &[
            &["main"],
            &["arguments", "campaign", "readers"],
            &["faults", "report"],
            &["outcome", "world"],
            &["check", "feeding", "patroni", "plan"],
            &["answers", "pair"],
            &["journal", "server", "sqlite", "standby"],
            &["cluster", "http", "model", "monitor", "proxy"],
            &["event", "process"],
        ],
    },
    Rule {
        krate: "crates/server",
        layers: &[
            &["crate"],
            &["http"],
            &["store"],
            &["presence", "event_log", "report"],
            &["webhooks"],
            &["event", "tenant", "error"],
            &["address_range", "json", "log_interval"],
        ],
    },
    Rule {
        krate: "crates/mirror",
        layers: &[
            &["crate"],
            &["driver", "http_store"],
            &["store", "wire"],
            &["mirror::log", "mirror::look"],
            &["mirror"],
            &["round"],
            &["narrowing", "online", "pace"],
            &["page"],
            &["facts", "question", "clock", "rules"],
        ],
    },
    Rule {
        krate: "crates/simulated-vendor",
        layers: &[
            &["crate"],
            &["http"],
            &["vendor"],
            &["query"],
            &["history"],
            &["scenario"],
            &["faults"],
            &["record", "reply", "request_count", "sources"],
            &["random"],
        ],
    },
    Rule { krate: "xtask", layers: &[] },
];

/// A broken rule.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Finding {
    /// Files that import each other, directly or through others.
    Circle {
        /// All of them.
        files: Vec<String>,
        /// The shortest way round: each imports the next one, and the last one the first.
        shortest: Vec<String>,
    },
    /// An import from a layer that is not lower.
    Upward {
        /// The file that imports.
        from: String,
        /// The file that is imported.
        to: String,
    },
    /// A file of a crate with layers that is in none.
    NoLayer(String),
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Circle { files, shortest } => {
                write!(f, "{} files import each other; shortest circle: {}", files.len(), shortest.join(" -> "))
            }
            Self::Upward { from, to } => write!(f, "{from} imports {to}, which is not in a lower layer"),
            Self::NoLayer(file) => {
                write!(f, "{file} is in no layer of its crate; name its module in xtask/src/layers.rs")
            }
        }
    }
}

/// Returns what breaks the rules in the workspace at `root`.
///
/// # Errors
/// If a file can't be read, or is not Rust.
pub fn findings(root: &Path, rules: &[Rule]) -> Result<Vec<Finding>> {
    let mut findings = Vec::new();
    for rule in rules {
        let graph = Graph::read(root, rule.krate)?;
        findings.extend(graph.circles().into_iter().map(|(files, shortest)| Finding::Circle { files, shortest }));
        findings.extend(outside_of_layers(rule, &graph));
    }
    Ok(findings)
}

fn outside_of_layers(rule: &Rule, graph: &Graph) -> Vec<Finding> {
    if rule.layers.is_empty() {
        return Vec::new();
    }
    let layer_of = |module: &str| {
        let holds =
            |name: &str| module.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with("::"));
        let places =
            rule.layers.iter().enumerate().flat_map(|(depth, names)| names.iter().map(move |name| (depth, name)));
        places.filter(|(_, name)| holds(name)).max_by_key(|(_, name)| name.len())
    };
    let mut findings = Vec::new();
    for (from, file) in graph.files() {
        let Some((depth, layer)) = layer_of(from) else {
            findings.push(Finding::NoLayer(file.to_owned()));
            continue;
        };
        for (to, imported) in graph.imports_of(from) {
            let is_allowed = layer_of(to).is_none_or(|(lower, other)| lower > depth || other == layer);
            if !is_allowed {
                findings.push(Finding::Upward { from: file.to_owned(), to: imported.to_owned() });
            }
        }
    }
    findings
}
