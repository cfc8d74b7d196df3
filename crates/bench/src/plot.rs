//! The plots of the report, as SVG.

use std::fmt::Write;

use crate::{
    goals::{Bound, GOALS},
    report::{Finding, Findings, number, verdict},
    statistics::median,
};

/// The latency of a query by the size of the log.
#[derive(Clone, Debug)]
pub struct Growth {
    pub query: &'static str,
    /// In ascending order of events.
    pub points: Vec<Point>,
}

/// One size of the log: the median and the 99th percentile of each round, in seconds.
#[derive(Clone, Debug)]
pub struct Point {
    pub events: u64,
    pub rounds: Vec<[f64; 2]>,
}

const COLORS: [&str; 4] = ["#1f6fb4", "#d1701c", "#2d8a4e", "#8a4fb0"];

/// Draws how much of each goal is reached. A bar that crosses the line meets its goal.
#[must_use]
pub fn goals(findings: &Findings) -> String {
    const LINE: usize = 26;
    const LEFT: f64 = 560.0;
    const UNIT: f64 = 200.0;
    const MOST: f64 = 1.9;
    let mut drawn = String::new();
    let mut y = 40;
    for goal in GOALS {
        let finding = findings.get(goal.name);
        let Some(Finding::Measured(measured)) = finding else { continue };
        let value = measured.value.filter(|value| value.is_finite());
        let (reached, bound) = match (value, goal.bound) {
            (Some(value), Bound::AtLeast(least)) => (value / least, format!("{} of {least}", number(value))),
            // A cost of zero or less is as good as possible.
            (Some(value), Bound::AtMost(most, _)) if value <= 0.0 => (MOST, format!("{} of {most}", number(value))),
            (Some(value), Bound::AtMost(most, _)) => (most / value, format!("{} of {most}", number(value))),
            _ => continue,
        };
        let color = if verdict(goal, finding) == "met" { COLORS[2] } else { "#c0392b" };
        let width = reached.min(MOST) * UNIT;
        let _ = writeln!(
            drawn,
            r#"<text x="{:.0}" y="{}" text-anchor="end">{}</text><rect x="{LEFT}" y="{y}" width="{width:.1}" height="16" fill="{color}"/><text x="{:.1}" y="{}">{bound}</text>"#,
            LEFT - 8.0,
            y + 13,
            goal.what,
            LEFT + width + 6.0,
            y + 13,
        );
        y += LINE;
    }
    let _ = writeln!(
        drawn,
        r#"<line x1="{0}" x2="{0}" y1="32" y2="{y}" stroke="black" stroke-dasharray="4 3"/><text x="{0}" y="24" text-anchor="middle">the goal</text>"#,
        LEFT + UNIT
    );
    framed(1080, y + 14, &drawn)
}

/// Draws latency against events, both on logarithmic scales: medians as solid lines, 99th percentiles as dashed lines.
#[must_use]
pub fn growth(growth: &[Growth]) -> String {
    const LEFT: f64 = 80.0;
    const TOP: f64 = 40.0;
    const WIDTH: f64 = 560.0;
    const HEIGHT: f64 = 340.0;
    let waits = |point: &Point, which: usize| median(point.rounds.iter().map(|round| round[which])) * 1e6;
    let points = || growth.iter().flat_map(|growth| &growth.points);
    let (fewest, most) = ends(points().map(|point| point.events as f64));
    let (quickest, slowest) = ends(points().flat_map(|point| [waits(point, 0), waits(point, 1)]));
    let across = |events: f64| LEFT + WIDTH * (events / fewest).log10() / (most / fewest).log10().max(1e-9);
    let down = |wait: f64| TOP + HEIGHT * (1.0 - (wait / quickest).log10() / (slowest / quickest).log10().max(1e-9));

    let mut drawn = format!(
        r#"<text x="{LEFT}" y="22">microseconds per response, one at a time</text><text x="{}" y="{}" text-anchor="end">events</text>"#,
        LEFT + WIDTH,
        TOP + HEIGHT + 40.0
    );
    for (tens, place) in decades(fewest, most).map(|tens| (tens, across(tens))) {
        let (top, bottom) = (TOP, TOP + HEIGHT);
        let _ = writeln!(
            drawn,
            r##"<line x1="{place:.1}" x2="{place:.1}" y1="{top}" y2="{bottom}" stroke="#ddd"/><text x="{place:.1}" y="{}" text-anchor="middle">{}</text>"##,
            bottom + 18.0,
            number(tens)
        );
    }
    for (tens, place) in decades(quickest, slowest).map(|tens| (tens, down(tens))) {
        let _ = writeln!(
            drawn,
            r##"<line x1="{LEFT}" x2="{}" y1="{place:.1}" y2="{place:.1}" stroke="#ddd"/><text x="{}" y="{:.1}" text-anchor="end">{}</text>"##,
            LEFT + WIDTH,
            LEFT - 8.0,
            place + 5.0,
            number(tens)
        );
    }
    for (place, (one, color)) in growth.iter().zip(COLORS.iter().cycle()).enumerate() {
        for (which, dashes) in [(0, ""), (1, r#" stroke-dasharray="6 4""#)] {
            let mut path = String::new();
            for point in &one.points {
                let _ = write!(path, "{:.1},{:.1} ", across(point.events as f64), down(waits(point, which)));
            }
            let path = path.trim_end();
            let _ =
                writeln!(drawn, r#"<polyline points="{path}" fill="none" stroke="{color}" stroke-width="2"{dashes}/>"#);
        }
        let y = TOP + 20.0 + 22.0 * place as f64;
        let x = LEFT + WIDTH + 20.0;
        let _ = writeln!(drawn, r#"<text x="{x}" y="{y}" fill="{color}">{}</text>"#, one.query);
    }
    let _ = writeln!(
        drawn,
        r#"<text x="{}" y="{}">solid: median; dashed: 99th percentile</text>"#,
        LEFT + WIDTH + 20.0,
        TOP + HEIGHT
    );
    framed(960, 430, &drawn)
}

/// Returns the powers of ten within a range; for a narrow range also two and five times each.
fn decades(lowest: f64, highest: f64) -> impl Iterator<Item = f64> {
    let steps: &[f64] = if highest / lowest > 50.0 { &[1.0] } else { &[1.0, 2.0, 5.0] };
    (0..12)
        .flat_map(|power| steps.iter().map(move |step| step * 10_f64.powi(power)))
        .filter(move |value| (lowest * 0.999..=highest * 1.001).contains(value))
}

/// Returns the lowest and the highest value, or a default range if they are equal.
fn ends(values: impl Iterator<Item = f64>) -> (f64, f64) {
    let (lowest, highest) =
        values.fold((f64::INFINITY, 0.0_f64), |(lowest, highest), value| (lowest.min(value), highest.max(value)));
    if lowest < highest { (lowest, highest) } else { (1.0, 10.0) }
}

fn framed(width: usize, height: usize, drawn: &str) -> String {
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" height=\"{height}\" \
         font-family=\"sans-serif\" font-size=\"13\">\n<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n{drawn}</svg>\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::Measured;

    fn bar(value: f64) -> Finding {
        let [figure, limit, note] = [const { String::new() }; 3];
        Finding::Measured(Measured { figure, limit, ratio: None, value: Some(value), note })
    }

    #[test]
    fn a_bar_crosses_the_line_if_its_goal_is_met() {
        let drawn = goals(&Findings::from([("ingest", bar(6.0)), ("miss", bar(3.0)), ("pg-ingest", bar(f64::NAN))]));
        let widths: Vec<&str> = drawn.split("width=\"").skip(3).map(|rest| rest.split('"').next().unwrap()).collect();
        assert_eq!(widths[..2], ["100.0", "200.0"], "in the order of the goals, the line at 200");
        assert_eq!(drawn.matches("<rect").count(), 3, "the background, and two bars");
    }

    #[test]
    fn more_events_are_right_and_more_latency_is_up() {
        let point = |events, wait| Point { events, rounds: vec![[wait, 2.0 * wait]] };
        let drawn = growth(&[Growth { query: "queryUserStatus", points: vec![point(10, 1e-4), point(1_000, 2e-4)] }]);
        let line = drawn.split("points=\"").nth(1).unwrap().split('"').next().unwrap();
        let numbers: Vec<f64> = line.split([' ', ',']).map(|number| number.parse().unwrap()).collect();
        assert!(numbers[0] < numbers[2] && numbers[1] > numbers[3], "{line}");
    }
}
