//! Answers as rows, from which tables, CSV and NDJSON are made.

use std::borrow::Cow;

use anstyle::{AnsiColor, Style};
use group_dispatch_types::{AccountStatus, UserId, WhatsAppNumber};
use serde::{Serialize, Serializer};
use serde_json::Value;

/// Rows of cells, one cell for each column.
pub struct Rows {
    columns: Vec<Column>,
    rows: Vec<Vec<Cell>>,
    nothing: String,
}

impl Rows {
    pub fn new<const COLUMNS: usize>(
        columns: [Column; COLUMNS],
        rows: impl IntoIterator<Item = [Cell; COLUMNS]>,
    ) -> Self {
        let rows = rows.into_iter().map(Vec::from).collect();
        Self { columns: columns.into(), rows, nothing: "there is nothing to show".to_owned() }
    }

    /// What people are told when there are no rows.
    pub fn or_say(self, nothing: impl Into<String>) -> Self {
        Self { nothing: nothing.into(), ..self }
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

    pub fn nothing(&self) -> &str {
        &self.nothing
    }

    /// Keeps the first `most` rows, and says how many there were beyond them.
    pub fn shorten(&mut self, most: usize) -> usize {
        let beyond = self.rows.len().saturating_sub(most);
        self.rows.truncate(most);
        beyond
    }
}

/// A row, which is serialized as one flat object.
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

/// What programs call a column, and how people see it.
pub struct Column {
    pub member: &'static str,
    /// None where it is for programs alone.
    pub heading: Option<Heading>,
}

pub struct Heading {
    pub title: Cow<'static, str>,
    /// How far it may be cut, if it may be, and still say something.
    pub least: Option<usize>,
    /// Where there is no room for all, the column with the highest number goes first, and one with 0 never.
    pub goes: u8,
    /// What its cells begin with, if that can be left out by itself.
    pub beginning: Option<Beginning>,
}

/// The beginning of each of a column's cells, which goes before other columns do, or after.
pub struct Beginning {
    pub name: &'static str,
    pub length: usize,
    pub goes: u8,
}

impl Column {
    /// A column that only programs get.
    pub const fn unseen(member: &'static str) -> Self {
        Self { member, heading: None }
    }

    /// A column whose cells are shown whole or not at all, such as numbers.
    pub fn whole(member: &'static str, title: impl Into<Cow<'static, str>>, goes: u8) -> Self {
        Self { member, heading: Some(Heading { title: title.into(), least: None, goes, beginning: None }) }
    }

    /// A column of times, whose year is left out where there is no room for it.
    pub fn times(member: &'static str, title: String, year_goes: u8) -> Self {
        let year = Beginning { name: "the year", length: "2024-".len(), goes: year_goes };
        Self { member, heading: Some(Heading { title: title.into(), least: None, goes: 0, beginning: Some(year) }) }
    }

    /// A column of words, of which there may be as few as `least` characters.
    pub fn words(member: &'static str, title: &'static str, goes: u8, least: usize) -> Self {
        Self { member, heading: Some(Heading { title: title.into(), least: Some(least), goes, beginning: None }) }
    }
}

/// A value for programs, and for people how it is shown.
pub struct Cell {
    pub value: Value,
    pub shown: String,
    pub style: Style,
}

impl Cell {
    pub fn new(value: impl Into<Value>, shown: impl ToString) -> Self {
        Self { value: value.into(), shown: shown.to_string(), style: Style::new() }
    }

    pub fn number(number: u64) -> Self {
        Self::new(number, number)
    }

    pub fn text(text: impl ToString) -> Self {
        let text = text.to_string();
        Self { shown: text.clone(), value: text.into(), style: Style::new() }
    }

    /// A text that may be missing.
    pub fn optional(text: Option<&str>) -> Self {
        text.map_or_else(|| Self::new(Value::Null, ""), Self::text)
    }

    pub fn agent(id: UserId) -> Self {
        Self::number(id.get())
    }

    pub fn account(number: WhatsAppNumber) -> Self {
        Self::text(number)
    }

    /// The code of a status and its name, in a cell each; empty ones where there is none.
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
