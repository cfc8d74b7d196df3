//! The report: a table with a row for each kind of fault and store, and what went wrong.

use std::{collections::BTreeMap, fmt::Write, time::Duration};

use crate::outcome::{FEEDS_BACK, Outcome, WRONG_READINESS};

/// How many notes are listed.
const NOTES: usize = 200;

/// Renders the report as Markdown.
#[must_use]
pub fn render(seed: u64, outcomes: &[Outcome], skipped: &[String], duration: Duration) -> String {
    let mut text = format!("# Chaos campaign, seed {seed}\n\n");
    text += &table(outcomes);
    let failed: Vec<_> = outcomes.iter().filter(|outcome| !outcome.is_right()).collect();
    let _ = writeln!(
        text,
        "\n{} faults in {} episodes, {} events; {} episodes failed, {} parts skipped; {} s.",
        outcomes.iter().map(|outcome| outcome.times).sum::<u32>(),
        outcomes.len(),
        outcomes.iter().map(|outcome| outcome.events).sum::<u64>(),
        failed.len(),
        skipped.len(),
        duration.as_secs(),
    );
    for skipped in skipped {
        let _ = writeln!(text, "\nskipped: {skipped}");
    }
    for (title, all) in
        [("What failed", failed), ("Notes", outcomes.iter().filter(|outcome| outcome.is_right()).collect())]
    {
        let lines: Vec<_> = all.into_iter().filter_map(line).take(NOTES).collect();
        if !lines.is_empty() {
            let _ = writeln!(text, "\n## {title}\n\n{}", lines.join("\n"));
        }
    }
    text
}

/// Describes an outcome that has something to be said about.
fn line(outcome: &Outcome) -> Option<String> {
    let Outcome { leg, episode, fault, store, servers, error, notes, back, wrong_readiness, .. } = outcome;
    let mut said = Vec::new();
    said.extend(error.clone());
    if *back > FEEDS_BACK {
        said.push(format!("feeds were not back within {} s", FEEDS_BACK.as_secs()));
    }
    for (path, wrong) in [("/readyz?feeds", wrong_readiness.feeds), ("/readyz", wrong_readiness.queries)] {
        for (answer, time) in [("ready", wrong.ready), ("not ready", wrong.not_ready)] {
            if time > WRONG_READINESS {
                said.push(format!("{path} wrongly said {answer} for {:.1} s", time.as_secs_f64()));
            }
        }
    }
    said.extend(notes.iter().cloned());
    let place = episode.map_or("after a kill".to_owned(), |episode| format!("{leg}.{episode}"));
    (!said.is_empty()).then(|| format!("- {place}, {fault}, {store}, {servers} servers: {}", said.join("; ")))
}

/// Returns the table, whose columns are aligned for a terminal.
#[must_use]
pub fn table(outcomes: &[Outcome]) -> String {
    let mut groups: BTreeMap<(String, String), Vec<&Outcome>> = BTreeMap::new();
    for outcome in outcomes {
        groups.entry((outcome.store.to_string(), outcome.fault.clone())).or_default().push(outcome);
    }
    let heads = [
        "fault",
        "store",
        "faults",
        "events",
        "lost",
        "doubled",
        "partial",
        "wrong",
        "no feeds",
        "back after",
        "wrong ready",
        "wrong not ready",
        "wrong queries",
        "",
    ];
    let mut rows = vec![heads.map(str::to_owned)];
    for ((store, fault), group) in groups {
        let sum = |count: fn(&Outcome) -> u64| group.iter().map(|outcome| count(outcome)).sum::<u64>().to_string();
        let longest = |time: fn(&Outcome) -> Duration| {
            let longest = group.iter().map(|outcome| time(outcome)).max().unwrap_or_default();
            format!("{:.1} s", longest.as_secs_f64())
        };
        rows.push([
            fault,
            store,
            sum(|outcome| outcome.times.into()),
            sum(|outcome| outcome.events),
            sum(|outcome| outcome.lost as u64),
            sum(|outcome| outcome.doubled as u64),
            sum(|outcome| outcome.partial as u64),
            sum(|outcome| outcome.wrong as u64),
            longest(|outcome| outcome.longest_gap),
            longest(|outcome| outcome.back),
            longest(|outcome| outcome.wrong_readiness.feeds.ready),
            longest(|outcome| outcome.wrong_readiness.feeds.not_ready),
            longest(|outcome| outcome.wrong_readiness.queries.longest()),
            if group.iter().all(|outcome| outcome.is_right()) { "ok" } else { "FAILED" }.to_owned(),
        ]);
    }
    let widths: Vec<usize> =
        (0..heads.len()).map(|column| rows.iter().map(|row| row[column].len()).max().unwrap_or(0)).collect();
    let mut text = String::new();
    for (number, row) in rows.iter().enumerate() {
        let cells = row.iter().zip(&widths).enumerate().map(|(column, (cell, width))| {
            if column < 2 { format!("{cell:<width$}") } else { format!("{cell:>width$}") }
        });
        let _ = writeln!(text, "| {} |", cells.collect::<Vec<_>>().join(" | "));
        if number == 0 {
            let dashes = widths.iter().enumerate().map(|(column, width)| {
                if column < 2 {
                    "-".repeat(width.max(&3).to_owned())
                } else {
                    format!("{}:", "-".repeat(width.max(&3) - 1))
                }
            });
            let _ = writeln!(text, "| {} |", dashes.collect::<Vec<_>>().join(" | "));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        monitor::{LongestWrong, Wrong},
        plan::Store,
    };

    fn outcome(fault: &str, lost: usize, back: u64) -> Outcome {
        Outcome {
            leg: 1,
            episode: Some(2),
            fault: fault.to_owned(),
            store: Store::Sqlite,
            servers: 1,
            times: 3,
            events: 100,
            lost,
            doubled: 0,
            partial: 0,
            wrong: 0,
            longest_gap: Duration::from_millis(1_250),
            back: Duration::from_secs(back),
            wrong_readiness: LongestWrong::default(),
            notes: Vec::new(),
            error: None,
        }
    }

    #[test]
    fn a_row_sums_up_a_kind_of_fault() {
        let outcomes = [outcome("server-killed", 0, 1), outcome("server-killed", 0, 2), outcome("file-removed", 7, 0)];
        let text = render(5, &outcomes, &["PostgreSQL, because there is none".to_owned()], Duration::from_secs(9));
        let rows: Vec<_> = text.lines().filter(|line| line.starts_with("| ")).collect();
        assert_eq!(rows.len(), 4, "{text}");
        assert!(rows[2].starts_with("| file-removed ") && rows[2].ends_with("FAILED |"), "{text}");
        assert!(rows[3].contains(" 6 |") && rows[3].contains(" 2.0 s |") && rows[3].ends_with("ok |"), "{text}");
        assert!(text.contains("skipped: PostgreSQL, because there is none"), "{text}");
    }

    #[test]
    fn feeds_that_are_back_too_late_fail() {
        assert!(outcome("server-killed", 0, 30).is_right());
        let late = outcome("server-killed", 0, 31);
        assert!(!late.is_right() && late.is_data_right());
        assert!(render(5, &[late], &[], Duration::ZERO).contains("not back within 30 s"));
    }

    #[test]
    fn a_readiness_that_is_wrong_for_too_long_fails() {
        let wrong = Wrong { not_ready: Duration::from_secs(21), ..Wrong::default() };
        for (wrong_readiness, path) in [
            (LongestWrong { feeds: wrong, ..LongestWrong::default() }, "/readyz?feeds"),
            (LongestWrong { queries: wrong, ..LongestWrong::default() }, "/readyz"),
        ] {
            let wrong = Outcome { wrong_readiness, ..outcome("server-killed", 0, 1) };
            assert!(!wrong.is_right() && wrong.is_data_right());
            let text = render(5, &[wrong], &[], Duration::ZERO);
            assert!(text.contains(&format!("{path} wrongly said not ready for 21.0 s")), "{text}");
        }
    }
}
