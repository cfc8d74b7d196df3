//! The report: a table of findings and goals.

use std::{collections::BTreeMap, fmt::Write};

use crate::{
    goals::{Bound, GOALS, Goal},
    statistics::{Pair, Ratio, median, ratio},
};

/// What a run found out about a goal.
#[derive(Clone, Debug)]
pub enum Finding {
    Measured(Measured),
    /// The reason why it was not measured.
    Absent(String),
}

/// A figure and its limit.
#[derive(Clone, Debug)]
pub struct Measured {
    pub figure: String,
    /// The figure that it is compared with.
    pub limit: String,
    /// The figure divided by the limit; `None` for an absolute figure.
    pub ratio: Option<Ratio>,
    /// The value that is compared with the goal; `None` if a part of it can't be measured.
    pub value: Option<f64>,
    /// How the figure was measured.
    pub note: String,
}

impl Finding {
    /// Returns the finding about the rounds of both sides: the median of each, times `scale`, with a unit, and the ratio.
    #[must_use]
    pub fn of_pairs(pairs: &[Pair], unit: &str, scale: f64, note: String) -> Self {
        let shown = |side: fn(&Pair) -> f64| format!("{}{unit}", number(median(pairs.iter().map(side)) * scale));
        let ratio = ratio(pairs);
        Self::Measured(Measured {
            figure: shown(|pair| pair.ours),
            limit: shown(|pair| pair.limit),
            ratio: Some(ratio),
            value: Some(ratio.median),
            note,
        })
    }
}

/// The findings by the names of goals.
pub type Findings = BTreeMap<&'static str, Finding>;

/// The verdict for [`Finding::Absent`].
const NOT_MEASURED: &str = "not measured";

/// Returns whether a goal is met, in words.
#[must_use]
pub fn verdict(goal: &Goal, finding: Option<&Finding>) -> &'static str {
    match (finding, goal.bound) {
        (Some(Finding::Measured(Measured { value: Some(_), .. })), Bound::Free) => "no goal",
        (Some(Finding::Measured(Measured { value: Some(value), .. })), bound) if bound.is_met_by(*value) => "met",
        (Some(Finding::Measured(Measured { value: Some(_), .. })), _) => "missed",
        _ => NOT_MEASURED,
    }
}

/// Renders the table as Markdown, with notes below it.
#[must_use]
pub fn table(findings: &Findings) -> String {
    let mut rows = vec![["measure", "figure", "limit", "ratio", "goal", "verdict"].map(String::from).to_vec()];
    let mut notes = String::new();
    for goal in GOALS {
        let finding = findings.get(goal.name);
        let [figure, limit, ratio, note] = match finding {
            Some(Finding::Measured(Measured { figure, limit, ratio, note, .. })) => {
                [figure.clone(), limit.clone(), ratio.map(shown).unwrap_or_default(), note.clone()]
            }
            Some(Finding::Absent(why)) => [String::new(), String::new(), String::new(), why.clone()],
            None => [String::new(), String::new(), String::new(), "not selected in this run".to_owned()],
        };
        rows.push(vec![
            goal.what.to_owned(),
            figure,
            limit,
            ratio,
            bound(goal.bound),
            verdict(goal, finding).to_owned(),
        ]);
        if !note.is_empty() {
            let _ = writeln!(notes, "- {}: {note}", goal.what);
        }
    }
    let rows = render_aligned(&rows);
    if notes.is_empty() { rows } else { format!("{rows}\n{notes}") }
}

/// Returns the goals that were missed.
pub fn missed(findings: &Findings) -> impl Iterator<Item = &'static Goal> {
    GOALS.iter().filter(|goal| verdict(goal, findings.get(goal.name)) == "missed")
}

fn bound(bound: Bound) -> String {
    match bound {
        Bound::AtLeast(least) => format!(">= {least:.2}"),
        Bound::AtMost(most, unit) => format!("<= {most}{unit}"),
        Bound::Free => String::new(),
    }
}

/// Formats a ratio: the median, and the range of the rounds.
fn shown(Ratio { median, lowest, highest }: Ratio) -> String {
    format!("{median:.2} ({lowest:.2} to {highest:.2})")
}

/// Formats a number for people: three significant digits, with separators of thousands.
#[must_use]
pub fn number(value: f64) -> String {
    if value < 100.0 {
        return format!("{value:.*}", if value < 10.0 { 2 } else { 1 });
    }
    let digits = format!("{value:.0}");
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

fn render_aligned(rows: &[Vec<String>]) -> String {
    let columns = rows.first().map_or(0, Vec::len);
    let widths: Vec<usize> =
        (0..columns).map(|column| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0)).collect();
    let mut text = String::new();
    for (place, row) in rows.iter().enumerate() {
        let cells: Vec<String> = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:<width$}")).collect();
        let _ = writeln!(text, "| {} |", cells.join(" | "));
        if place == 0 {
            let rules: Vec<String> = widths.iter().map(|width| "-".repeat(*width)).collect();
            let _ = writeln!(text, "| {} |", rules.join(" | "));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn measured(value: f64) -> Finding {
        let ratio = Some(Ratio { median: value, lowest: value - 0.1, highest: value + 0.1 });
        let [figure, limit, note] = ["12,345/s", "15,000/s", "on a Tuesday"].map(String::from);
        Finding::Measured(Measured { figure, limit, ratio, value: Some(value), note })
    }

    #[test]
    fn a_line_shows_whether_its_goal_is_met() {
        let findings = Findings::from([
            ("whatsapp-info", measured(0.823)),
            ("user-status", measured(0.799)),
            ("miss", measured(1.6)),
            ("logged", measured(0.1)),
            ("ingest", Finding::Absent("there is no ingest".to_owned())),
        ]);
        let table = table(&findings);
        let line = |what: &str| {
            let line = table.lines().find(|line| line.contains(what)).unwrap();
            line.split('|').map(str::trim).skip(2).filter(|cell| !cell.is_empty()).collect::<Vec<_>>().join(" | ")
        };
        assert_eq!(line("| queryWhatsAppInfo, "), "12,345/s | 15,000/s | 0.82 (0.72 to 0.92) | >= 0.80 | met");
        assert_eq!(
            line("| queryUserStatus of one agent, r"),
            "12,345/s | 15,000/s | 0.80 (0.70 to 0.90) | >= 0.80 | missed"
        );
        assert_eq!(line("| a filter"), "12,345/s | 15,000/s | 1.60 (1.50 to 1.70) | <= 1.5 | missed");
        assert!(line("| queryUserStatus of one agent with").ends_with("| no goal"));
        assert_eq!(line("| durable ingest"), ">= 6.00 | not measured");
        assert_eq!(line("| memory per account for its"), "<= 130 bytes | not measured");
        assert!(table.contains("- durable ingest in batches of 1,000, events/s: there is no ingest\n"));
        assert_eq!(missed(&findings).map(|goal| goal.name).collect::<Vec<_>>(), ["user-status", "miss"]);
    }

    #[test]
    fn each_goal_has_an_aligned_line() {
        let table = table(&Findings::new());
        let lines: Vec<&str> = table.lines().filter(|line| line.starts_with('|')).collect();
        assert_eq!(lines.len(), GOALS.len() + 2);
        assert!(lines.iter().all(|line| line.chars().count() == lines[0].chars().count()), "render_aligned");
    }

    #[test]
    fn numbers_have_three_digits_and_separators() {
        let numbers = [0.5, 12.345, 99.96, 123.4, 1234.5, 1_234_567.0].map(number);
        assert_eq!(numbers, ["0.50", "12.3", "100.0", "123", "1,234", "1,234,567"]);
    }
}
