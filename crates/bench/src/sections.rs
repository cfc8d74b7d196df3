//! The sections of a run. Each measures some of the goals.

use std::{future::Future, pin::Pin};

use anyhow::Result;

use crate::{
    environment::Environment,
    plot::Growth,
    report::{Finding, Findings},
};

mod all_online;
mod fanout;
mod fed;
mod growth;
mod history;
mod ingest;
mod memory;
mod mirror;
mod overload;
mod postgres;
mod presence;
mod prism;
mod start;

/// The results of a run so far.
#[derive(Default)]
pub struct Results {
    pub findings: Findings,
    pub growth: Vec<Growth>,
}

type SectionFuture<'a> = Pin<Box<dyn Future<Output = Result<()>> + 'a>>;

/// A section of a run.
pub struct Section {
    pub name: &'static str,
    /// The goals that it measures.
    pub goals: &'static [&'static str],
    pub run: for<'a> fn(&'a Environment, &'a mut Results) -> SectionFuture<'a>,
}

macro_rules! section {
    ($name:ident: $($goal:literal)*) => {
        Section {
            name: stringify!($name),
            goals: &[$($goal),*],
            run: |environment, results| Box::pin($name::run(environment, results)),
        }
    };
}

/// All sections, in the order of execution: those that only read come first.
pub const SECTIONS: &[Section] = &[
    section!(presence: "whatsapp-info" "user-status" "latest-online" "status-log" "logged" "miss"),
    section!(growth: "growth-median" "growth-p99"),
    section!(memory: "memory" "memory-last-events"),
    section!(start: "start"),
    section!(history: "history-page" "report"),
    section!(fanout: "fanout-p99" "fanout-cpu" "fanout-memory"),
    section!(all_online: "all-online-still" "all-online" "all-online-memory"),
    section!(fed: "fed-whatsapp-info" "fed-user-status" "fed-latest-online"),
    section!(ingest: "ingest"),
    section!(overload: "overload-refused" "overload-wait"),
    section!(postgres: "pg-whatsapp-info" "pg-user-status" "pg-latest-online" "pg-status-log" "pg-ingest"),
    section!(mirror: "mirror-lag-median" "mirror-lag-p99" "mirror-bytes" "mirror-cpu" "mirror-memory"),
    section!(prism: "prism"),
];

impl Results {
    /// Runs a section. A goal that it does not measure gets a finding with the reason.
    pub async fn add(&mut self, section: &Section, environment: &Environment) {
        let why = match (section.run)(environment, self).await {
            Ok(()) => "skipped".to_owned(),
            Err(error) => format!("{error:#}"),
        };
        for goal in section.goals {
            self.findings.entry(goal).or_insert_with(|| Finding::Absent(why.clone()));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::goals::GOALS;

    #[test]
    fn each_goal_is_measured_by_one_section() {
        let results: Vec<&str> = SECTIONS.iter().flat_map(|section| section.goals).copied().collect();
        let goals: BTreeSet<&str> = GOALS.iter().map(|goal| goal.name).collect();
        assert_eq!(results.len(), goals.len(), "once each");
        assert_eq!(results.into_iter().collect::<BTreeSet<_>>(), goals);
    }
}
