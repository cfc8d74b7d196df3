//! A response as rows and columns, from which tables, CSV, NDJSON and workbooks are rendered.

use std::borrow::Cow;

use anstyle::{AnsiColor, Style};
use group_dispatch_types::{AccountStatus, Source, UserId, WhatsAppNumber};
use serde::{Serialize, Serializer};
use serde_json::Value;

/// The shortest width at which names of people and places can still be distinguished, in terminal columns.
pub const NAME_WIDTH: usize = 10;

/// Rows of cells, with one cell for each column.
pub struct Rows {
    columns: Vec<Column>,
    rows: Vec<Vec<Cell>>,
    empty_message: String,
}

impl Rows {
    pub fn new<const COLUMNS: usize>(
        columns: [Column; COLUMNS],
        rows: impl IntoIterator<Item = [Cell; COLUMNS]>,
    ) -> Self {
        let rows = rows.into_iter().map(Vec::from).collect();
        Self { columns: columns.into(), rows, empty_message: "nothing to show".to_owned() }
    }

    /// Sets the message that is printed in place of an empty table.
    pub fn with_empty_message(self, message: impl Into<String>) -> Self {
        Self { empty_message: message.into(), ..self }
    }

    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    pub fn iter(&self) -> impl Iterator<Item = Row<'_>> {
        self.rows.iter().map(|cells| Row { columns: &self.columns, cells })
    }

    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    pub fn empty_message(&self) -> &str {
        &self.empty_message
    }

    /// Appends the rows of another part of the same response.
    pub fn append(&mut self, mut other: Self) {
        self.rows.append(&mut other.rows);
    }

    /// Keeps the first `count` rows, and returns how many were removed.
    pub fn truncate(&mut self, count: usize) -> usize {
        let removed = self.rows.len().saturating_sub(count);
        self.rows.truncate(count);
        removed
    }
}

/// A row, which serializes as one flat object.
#[derive(Clone, Copy)]
pub struct Row<'a> {
    columns: &'a [Column],
    pub cells: &'a [Cell],
}

impl Serialize for Row<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.columns.iter().zip(self.cells).map(|(column, cell)| (column.member, &cell.value)))
    }
}

/// A column: its name in formats for programs, and its heading in tables.
pub struct Column {
    pub member: &'static str,
    /// `None` for a column that tables leave out.
    pub heading: Option<Heading>,
}

/// How a column looks in a table, and what it gives up where the terminal is too narrow.
pub struct Heading {
    pub title: Cow<'static, str>,
    /// The width down to which its cells may be cut; `None` if they must not be cut.
    pub min_width: Option<usize>,
    /// The column with the highest number is left out first; a column with 0 is never left out.
    pub drop_order: u8,
    /// The beginning of its cells, if it can be left out by itself.
    pub prefix: Option<Prefix>,
}

/// The beginning of each cell of a column, which is left out before or after other columns.
pub struct Prefix {
    pub name: &'static str,
    pub length: usize,
    pub drop_order: u8,
}

impl Column {
    /// A column that tables leave out.
    pub const fn hidden(member: &'static str) -> Self {
        Self { member, heading: None }
    }

    /// A column whose cells are never cut, such as numbers.
    pub fn fixed(member: &'static str, title: impl Into<Cow<'static, str>>, drop_order: u8) -> Self {
        Self { member, heading: Some(Heading { title: title.into(), min_width: None, drop_order, prefix: None }) }
    }

    /// A column of times, whose year is left out if the terminal is too narrow.
    pub fn time(member: &'static str, title: String, year_drop_order: u8) -> Self {
        let year = Prefix { name: "the year", length: "2024-".len(), drop_order: year_drop_order };
        let heading = Heading { title: title.into(), min_width: None, drop_order: 0, prefix: Some(year) };
        Self { member, heading: Some(heading) }
    }

    /// A column of text that may be cut to `min_width`.
    pub fn text(member: &'static str, title: &'static str, drop_order: u8, min_width: usize) -> Self {
        let heading = Heading { title: title.into(), min_width: Some(min_width), drop_order, prefix: None };
        Self { member, heading: Some(heading) }
    }
}

/// A value for programs, and its text in tables.
pub struct Cell {
    pub value: Value,
    pub display: String,
    pub style: Style,
}

impl Cell {
    pub fn new(value: impl Into<Value>, display: impl ToString) -> Self {
        Self { value: value.into(), display: display.to_string(), style: Style::new() }
    }

    pub fn number(number: u64) -> Self {
        Self::new(number, number)
    }

    pub fn text(text: impl ToString) -> Self {
        let text = text.to_string();
        Self { display: text.clone(), value: text.into(), style: Style::new() }
    }

    /// A text that may be absent.
    pub fn optional(text: Option<&str>) -> Self {
        text.map_or_else(|| Self::new(Value::Null, ""), Self::text)
    }

    pub fn agent(id: UserId) -> Self {
        Self::number(id.get())
    }

    pub fn account(number: WhatsAppNumber) -> Self {
        Self::text(number)
    }

    /// Two cells: the code of a source, and its name.
    pub fn source(source: Source) -> [Self; 2] {
        [Self::new(source.code(), source), Self::text(source)]
    }

    /// Two cells: the code of a status, and its name. Both are empty without a status.
    pub fn status(status: Option<AccountStatus>) -> [Self; 2] {
        let Some(status) = status else {
            return [Self::optional(None), Self::optional(None)];
        };
        let style = match status {
            AccountStatus::Online => AnsiColor::Green.on_default(),
            AccountStatus::Disconnected => AnsiColor::Yellow.on_default(),
            AccountStatus::Offline => Style::new().dimmed(),
            AccountStatus::Banned => AnsiColor::Red.on_default(),
            _ => Style::new(),
        };
        [Self { style, ..Self::new(status.code(), status) }, Self::text(status)]
    }
}
