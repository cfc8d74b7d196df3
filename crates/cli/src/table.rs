//! Rows as a table that fits the terminal.

use anstyle::Style;
use console::{Alignment, measure_text_width, pad_str, truncate_str};

use crate::{
    rows::{Beginning, Column, Heading, Rows},
    terminal::plain,
};

const GAP: &str = "  ";
const ELLIPSIS: &str = "…";

/// A table, line by line.
pub struct Table {
    pub heading: String,
    pub rows: Vec<String>,
    /// The titles of columns that there was no room for and that have the same value in all rows, and that value.
    pub constant: Vec<(String, String)>,
    /// The titles of columns, and names of parts of them, that there was no room for.
    left_out: Vec<String>,
}

impl Table {
    /// What is said once of the columns that have the same value in all rows.
    pub fn constants(&self) -> Option<String> {
        let said = |(title, value): &(String, String)| match value.trim() {
            "" => format!("{title} (empty)"),
            value => format!("{title} {value}"),
        };
        let all: Vec<_> = self.constant.iter().map(said).collect();
        (!all.is_empty()).then(|| all.join(", "))
    }
}

/// The table in a width, or as wide as it wants to be; where there are no rows, what is said of that.
pub fn render(rows: &Rows, width: Option<usize>) -> String {
    if rows.is_empty() {
        return plain(rows.nothing());
    }
    let table = fit(rows, width);
    let constants = table.constants();
    let Table { heading, rows, left_out, .. } = table;
    let mut lines = vec![heading];
    lines.extend(rows);
    let dimmed = Style::new().dimmed();
    if let Some(constants) = constants {
        lines.push(format!("{dimmed}in all rows: {constants}{dimmed:#}"));
    }
    if !left_out.is_empty() {
        let titles = left_out.join(", ");
        lines.push(format!("{dimmed}no room for: {titles}{dimmed:#}"));
    }
    lines.join("\n")
}

/// Numbers and times are never broken. Columns with the same value in all rows go first, for their value can be said below
/// the table; then columns of words are cut, and at last the columns that matter least are left out.
pub fn fit(rows: &Rows, width: Option<usize>) -> Table {
    let mut all: Vec<Shown<'_>> =
        rows.columns().iter().enumerate().filter_map(|(at, column)| Shown::new(rows, at, column)).collect();
    let room = width.unwrap_or(usize::MAX);
    let constant = take_constants(&mut all, rows, room);
    let (columns, left_out) = fitted(all, room);
    let heading = line(&columns, |column| (column.heading.title.clone().into_owned(), Style::new().bold()));
    let rows = rows.iter().map(|row| {
        line(&columns, |column| {
            let cell = &row.cells[column.at];
            (plain(&cell.shown).chars().skip(column.without).collect(), cell.style)
        })
    });
    Table { heading, rows: rows.collect(), constant, left_out }
}

/// A column that people get to see.
#[derive(Clone)]
struct Shown<'a> {
    at: usize,
    heading: &'a Heading,
    /// How wide its cells are.
    cells: usize,
    /// How much each of them is without at its beginning.
    without: usize,
    width: usize,
}

impl<'a> Shown<'a> {
    fn new(rows: &Rows, at: usize, column: &'a Column) -> Option<Self> {
        let heading = column.heading.as_ref()?;
        let cells = rows.iter().map(|row| measure_text_width(&plain(&row.cells[at].shown))).max().unwrap_or(0);
        Some(Self { at, heading, cells, without: 0, width: cells.max(measure_text_width(&heading.title)) })
    }

    fn beginning(&self) -> Option<&'a Beginning> {
        self.heading.beginning.as_ref().filter(|_| self.without == 0)
    }

    /// How early it goes, or its beginning, which is the first of it to go.
    fn goes(&self) -> u8 {
        self.beginning().map_or(self.heading.goes, |beginning| beginning.goes)
    }

    fn leave_out(&mut self, beginning: &Beginning) {
        self.without = beginning.length;
        self.width = self.cells.saturating_sub(beginning.length).max(measure_text_width(&self.heading.title));
    }
}

/// Takes out columns that have the same value in all rows, the least important first, until the others fit uncut. Of a
/// single row that would be said of all its columns.
fn take_constants(all: &mut Vec<Shown<'_>>, rows: &Rows, room: usize) -> Vec<(String, String)> {
    let mut taken = Vec::new();
    let value_of = |at: usize| {
        let mut values = rows.iter().map(|row| row.cells[at].shown.as_str());
        let first = values.next()?;
        let mut count = 1;
        let is_same = values.inspect(|_| count += 1).all(|value| value == first);
        (is_same && count > 1).then(|| plain(first))
    };
    while total(all) > room {
        let constant = all.iter().enumerate().filter(|(_, column)| column.heading.goes > 0);
        let constant = constant.filter_map(|(index, column)| Some((index, column.heading.goes, value_of(column.at)?)));
        let Some((index, _, value)) = constant.max_by_key(|(_, goes, _)| *goes) else { break };
        taken.push((all.remove(index).heading.title.clone().into_owned(), value));
    }
    taken
}

/// The columns that there is room for, cut where needed, and what the others are called.
fn fitted(mut all: Vec<Shown<'_>>, room: usize) -> (Vec<Shown<'_>>, Vec<String>) {
    let mut left_out = Vec::new();
    loop {
        let mut columns = all.clone();
        let cuttable = |column: &&mut Shown<'_>| column.heading.least.is_some_and(|least| column.width > least);
        while total(&columns) > room
            && let Some(widest) = columns.iter_mut().filter(cuttable).max_by_key(|column| column.width)
        {
            widest.width -= 1;
        }
        let goes = all.iter_mut().enumerate().max_by_key(|(_, column)| column.goes());
        let Some((index, column)) = goes.filter(|(_, column)| column.goes() > 0 && total(&columns) > room) else {
            return (columns, left_out);
        };
        if let Some(beginning) = column.beginning() {
            column.leave_out(beginning);
            left_out.push(beginning.name.to_owned());
        } else {
            left_out.push(all.remove(index).heading.title.clone().into_owned());
        }
    }
}

fn total(columns: &[Shown<'_>]) -> usize {
    columns.iter().map(|column| column.width).sum::<usize>() + GAP.len() * columns.len().saturating_sub(1)
}

fn line(columns: &[Shown<'_>], cell: impl Fn(&Shown<'_>) -> (String, Style)) -> String {
    let mut line = String::new();
    for (index, column) in columns.iter().enumerate() {
        let (text, style) = cell(column);
        let cut = truncate_str(&text, column.width, ELLIPSIS);
        if index + 1 == columns.len() {
            line += &format!("{style}{cut}{style:#}");
        } else {
            let padded = pad_str(&cut, column.width, Alignment::Left, None);
            line += &format!("{style}{cut}{style:#}{}{GAP}", &padded[cut.len()..]);
        }
    }
    line
}
