//! Renders rows as a table that fits the terminal. Also used by the screen of `watch`.

use anstyle::Style;
use console::{Alignment, measure_text_width, pad_str, truncate_str};

use super::rows::{Column, Heading, Prefix, Rows};
use crate::terminal::sanitize;

const COLUMN_SEPARATOR: &str = "  ";
const ELLIPSIS: &str = "…";

/// A table, line by line.
pub struct Table {
    pub heading: String,
    pub rows: Vec<String>,
    /// The title and the value of each column that was left out and has the same value in all rows.
    pub constants: Vec<(String, String)>,
    /// The titles of other columns that were left out, and the names of prefixes.
    dropped: Vec<String>,
}

impl Table {
    /// Describes the columns that have the same value in all rows.
    pub fn describe_constants(&self) -> Option<String> {
        let describe = |(title, value): &(String, String)| match value.trim() {
            "" => format!("{title} (empty)"),
            value => format!("{title} {value}"),
        };
        let all: Vec<_> = self.constants.iter().map(describe).collect();
        (!all.is_empty()).then(|| all.join(", "))
    }
}

/// Renders a table in at most `width` columns, or as wide as needed. Without rows, returns their message.
pub fn render(rows: &Rows, width: Option<usize>) -> String {
    if rows.is_empty() {
        return sanitize(rows.empty_message());
    }
    let table = fit(rows, width);
    let constants = table.describe_constants();
    let Table { heading, rows, dropped, .. } = table;
    let mut lines = vec![heading];
    lines.extend(rows);
    let dimmed = Style::new().dimmed();
    if let Some(constants) = constants {
        lines.push(format!("{dimmed}in all rows: {constants}{dimmed:#}"));
    }
    if !dropped.is_empty() {
        let titles = dropped.join(", ");
        lines.push(format!("{dimmed}no room for: {titles}{dimmed:#}"));
    }
    lines.join("\n")
}

/// Fits rows into a width. Numbers and times are never cut. Columns with the same value in all rows are left out first,
/// since their value can be printed below the table; then columns of text are cut, and last the least important columns
/// are left out.
pub fn fit(rows: &Rows, width: Option<usize>) -> Table {
    let mut all: Vec<VisibleColumn<'_>> = rows
        .columns()
        .iter()
        .enumerate()
        .filter_map(|(index, column)| VisibleColumn::new(rows, index, column))
        .collect();
    let width = width.unwrap_or(usize::MAX);
    let constants = take_constants(&mut all, rows, width);
    let (columns, dropped) = cut_and_drop(all, width);
    let heading = render_line(&columns, |column| (column.heading.title.clone().into_owned(), Style::new().bold()));
    let rows = rows.iter().map(|row| {
        render_line(&columns, |column| {
            let cell = &row.cells[column.index];
            (sanitize(&cell.display).chars().skip(column.skipped).collect(), cell.style)
        })
    });
    Table { heading, rows: rows.collect(), constants, dropped }
}

/// A column of a table that is not hidden.
#[derive(Clone)]
struct VisibleColumn<'a> {
    index: usize,
    heading: &'a Heading,
    /// The width of its widest cell.
    cell_width: usize,
    /// How many characters at the beginning of each cell are left out.
    skipped: usize,
    width: usize,
}

impl<'a> VisibleColumn<'a> {
    fn new(rows: &Rows, index: usize, column: &'a Column) -> Option<Self> {
        let heading = column.heading.as_ref()?;
        let widths = rows.iter().map(|row| measure_text_width(&sanitize(&row.cells[index].display)));
        let cell_width = widths.max().unwrap_or(0);
        let width = cell_width.max(measure_text_width(&heading.title));
        Some(Self { index, heading, cell_width, skipped: 0, width })
    }

    fn prefix(&self) -> Option<&'a Prefix> {
        self.heading.prefix.as_ref().filter(|_| self.skipped == 0)
    }

    /// Returns the drop order of its prefix, which goes first, or its own.
    fn drop_order(&self) -> u8 {
        self.prefix().map_or(self.heading.drop_order, |prefix| prefix.drop_order)
    }

    fn drop_prefix(&mut self, prefix: &Prefix) {
        self.skipped = prefix.length;
        self.width = self.cell_width.saturating_sub(prefix.length).max(measure_text_width(&self.heading.title));
    }
}

/// Takes out columns that have the same value in all rows, the least important first, until the others fit uncut. A
/// single row has no constants: all its columns would be.
fn take_constants(all: &mut Vec<VisibleColumn<'_>>, rows: &Rows, width: usize) -> Vec<(String, String)> {
    let mut taken = Vec::new();
    let constant_value = |index: usize| {
        let mut values = rows.iter().map(|row| row.cells[index].display.as_str());
        let first = values.next()?;
        let mut count = 1;
        let is_same = values.inspect(|_| count += 1).all(|value| value == first);
        (is_same && count > 1).then(|| sanitize(first))
    };
    while total_width(all) > width {
        let droppable = all.iter().enumerate().filter(|(_, column)| column.heading.drop_order > 0);
        let constants = droppable.filter_map(|(position, column)| {
            Some((position, column.heading.drop_order, constant_value(column.index)?))
        });
        let Some((position, _, value)) = constants.max_by_key(|(_, drop_order, _)| *drop_order) else { break };
        taken.push((all.remove(position).heading.title.clone().into_owned(), value));
    }
    taken
}

/// Returns the columns that fit into a width, cut where needed, and the names of what was left out.
fn cut_and_drop(mut all: Vec<VisibleColumn<'_>>, width: usize) -> (Vec<VisibleColumn<'_>>, Vec<String>) {
    let mut dropped = Vec::new();
    loop {
        let mut columns = all.clone();
        let can_be_cut = |column: &&mut VisibleColumn<'_>| {
            column.heading.min_width.is_some_and(|min_width| column.width > min_width)
        };
        while total_width(&columns) > width
            && let Some(widest) = columns.iter_mut().filter(can_be_cut).max_by_key(|column| column.width)
        {
            widest.width -= 1;
        }
        let next = all.iter_mut().enumerate().max_by_key(|(_, column)| column.drop_order());
        let is_too_wide = total_width(&columns) > width;
        let Some((position, column)) = next.filter(|(_, column)| column.drop_order() > 0 && is_too_wide) else {
            return (columns, dropped);
        };
        if let Some(prefix) = column.prefix() {
            column.drop_prefix(prefix);
            dropped.push(prefix.name.to_owned());
        } else {
            dropped.push(all.remove(position).heading.title.clone().into_owned());
        }
    }
}

fn total_width(columns: &[VisibleColumn<'_>]) -> usize {
    columns.iter().map(|column| column.width).sum::<usize>() + COLUMN_SEPARATOR.len() * columns.len().saturating_sub(1)
}

fn render_line(columns: &[VisibleColumn<'_>], cell: impl Fn(&VisibleColumn<'_>) -> (String, Style)) -> String {
    let mut line = String::new();
    for (position, column) in columns.iter().enumerate() {
        let (text, style) = cell(column);
        let cut = truncate_str(&text, column.width, ELLIPSIS);
        if position + 1 == columns.len() {
            line += &format!("{style}{cut}{style:#}");
        } else {
            let padded = pad_str(&cut, column.width, Alignment::Left, None);
            line += &format!("{style}{cut}{style:#}{}{COLUMN_SEPARATOR}", &padded[cut.len()..]);
        }
    }
    line
}
