//! The parts of a run, each of which finds out about some of the goals.

use std::{future::Future, pin::Pin};

use anyhow::Result;

use crate::{
    plot::Growth,
    report::{Finding, Findings},
    stand::Stand,
};

mod all_online;
mod fed;
mod growth;
mod ingest;
mod memory;
mod overload;
mod postgres;
mod presence;
mod prism;
mod start;

/// What a run has found so far.
#[derive(Default)]
pub struct Found {
    pub findings: Findings,
    pub growth: Vec<Growth>,
}

type Running<'a> = Pin<Box<dyn Future<Output = Result<()>> + 'a>>;

/// A part of a run.
pub struct Section {
    pub name: &'static str,
    /// The goals that it finds out about.
    pub goals: &'static [&'static str],
    pub run: for<'a> fn(&'a Stand, &'a mut Found) -> Running<'a>,
}

macro_rules! section {
    ($name:ident: $($goal:literal)*) => {
        Section {
            name: stringify!($name),
            goals: &[$($goal),*],
            run: |stand, found| Box::pin($name::run(stand, found)),
        }
    };
}

/// In the order of running: what only reads comes first.
pub const SECTIONS: &[Section] = &[
    section!(presence: "whatsapp-info" "user-status" "latest-online" "status-log" "logged" "miss"),
    section!(growth: "growth-median" "growth-p99"),
    section!(memory: "memory" "memory-last-events"),
    section!(start: "start"),
    section!(all_online: "all-online-still" "all-online" "all-online-memory"),
    section!(fed: "fed-whatsapp-info" "fed-user-status" "fed-latest-online"),
    section!(ingest: "ingest"),
    section!(overload: "overload-refused" "overload-wait"),
    section!(postgres: "pg-whatsapp-info" "pg-user-status" "pg-latest-online" "pg-status-log" "pg-ingest"),
    section!(prism: "prism"),
];

impl Found {
    /// Runs a section. What it can't find out, and why, is a finding as well.
    pub async fn add(&mut self, section: &Section, stand: &Stand) {
        let why = match (section.run)(stand, self).await {
            Ok(()) => "it was passed over".to_owned(),
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
    fn each_goal_has_a_section_that_finds_out_about_it() {
        let found: Vec<&str> = SECTIONS.iter().flat_map(|section| section.goals).copied().collect();
        let goals: BTreeSet<&str> = GOALS.iter().map(|goal| goal.name).collect();
        assert_eq!(found.len(), goals.len(), "once each");
        assert_eq!(found.into_iter().collect::<BTreeSet<_>>(), goals);
    }
}
