//! What the screen of `watch` shows, without its input and output.

use std::{collections::VecDeque, time::Duration};

use anstyle::Ansi256Color;
use console::strip_ansi_codes;
use group_dispatch_client::Change;
use group_dispatch_types::{Source, SourceGroup};
use jiff::Zoned;
use ratatui::{
    Frame,
    layout::{Constraint, Layout, Rect},
    style::{Color, Style, Stylize},
    text::{Line, Span, Text},
    widgets::{Block, Borders, Paragraph, Wrap},
};

use super::change_text::{self, ChangeLine, format_time};
use crate::{
    commands::all,
    output::{
        count,
        table::{self, Table},
    },
    service::age,
    terminal::sanitize,
};

/// More changes than a screen has lines.
const MAX_CHANGES: usize = 300;

pub struct View {
    address: String,
    last_success: Option<String>,
    failure: Option<Failure>,
    known: Known,
    /// From when the data is, if it is not fresh.
    stale: Option<String>,
    /// The latest change first.
    changes: VecDeque<Line<'static>>,
    first_row: usize,
    page_rows: usize,
}

/// What all responses so far say.
#[derive(Default)]
pub struct Known {
    pub online: Vec<SourceGroup>,
    pub doubted: Vec<Source>,
    /// How old the data of the latest response is, if it is not fresh.
    pub stale_age: Option<Duration>,
}

struct Failure {
    since: String,
    reason: String,
}

impl View {
    pub fn new(address: &str) -> Self {
        Self {
            address: sanitize(address),
            last_success: None,
            failure: None,
            known: Known::default(),
            stale: None,
            changes: VecDeque::new(),
            first_row: 0,
            page_rows: 0,
        }
    }

    /// Updates the view after a query: with its changes or its failure, and with what all responses so far say.
    pub fn update(&mut self, now: &Zoned, response: Result<Vec<Change>, String>, known: Known) {
        let stale = known.stale_age.map(|stale_age| age::describe(stale_age, now));
        let now = format_time(now);
        match response {
            Ok(changes) => {
                for line in
                    changes.iter().filter(|change| !matches!(change, Change::Began(_))).flat_map(change_text::lines)
                {
                    self.changes.push_front(render_change(&now, &line));
                }
                self.changes.truncate(MAX_CHANGES);
                (self.last_success, self.failure) = (Some(now), None);
                (self.known, self.stale) = (known, stale);
            }
            Err(reason) => {
                let since = self.failure.take().map_or(now, |failure| failure.since);
                self.failure = Some(Failure { since, reason: sanitize(&reason) });
            }
        }
    }

    pub fn scroll(&mut self, rows: isize) {
        self.first_row = self.first_row.saturating_add_signed(rows);
    }

    pub fn scroll_pages(&mut self, pages: isize) {
        self.scroll(pages.saturating_mul(self.page_rows.try_into().unwrap_or(isize::MAX)));
    }

    pub fn render(&mut self, frame: &mut Frame<'_>) {
        let heights = [Constraint::Length(4), Constraint::Fill(2), Constraint::Fill(1), Constraint::Length(1)];
        let [head, online, changes, keys] = Layout::vertical(heights).areas(frame.area());
        let lines = Text::from_iter([self.address.as_str().bold().into(), self.counts(), self.state()]);
        frame.render_widget(Paragraph::new(lines).wrap(Wrap { trim: true }), head);
        self.render_online(frame, online);
        let latest = Paragraph::new(Text::from_iter(self.changes.iter().cloned()));
        frame.render_widget(latest.block(titled_block("Latest changes")), changes);
        frame.render_widget("q quits, ↑ and ↓ scroll".dim(), keys);
    }

    fn state(&self) -> Line<'_> {
        let last_success = self.last_success.as_deref().map(|time| format!("last response {time}"));
        match (&self.failure, last_success, &self.stale) {
            (Some(Failure { since, reason }), last_success, _) => {
                let last_success = last_success.unwrap_or_else(|| "no response yet".to_owned());
                format!("failing since {since}, {last_success}: {reason}").red().into()
            }
            (None, Some(last_success), Some(stale)) => {
                Line::from_iter([format!("out of date, {stale}").yellow(), format!("; {last_success}").into()])
            }
            (None, Some(last_success), None) => Line::from_iter(["ok".green(), format!(", {last_success}").into()]),
            (None, None, _) => "waiting for the first response".into(),
        }
    }

    fn counts(&self) -> Line<'_> {
        let counts = self.known.online.iter().map(|group| {
            let accounts: u64 = group.list.iter().map(|agent| agent.whats_app_list.len() as u64).sum();
            let doubt = if self.known.doubted.contains(&group.source) {
                " (unchanged: the latest response lists nobody there)"
            } else {
                ""
            };
            let (agents, accounts) = (count(group.list.len() as u64, "agent"), count(accounts, "account"));
            format!("{}: {agents}, {accounts}{doubt}", group.source)
        });
        counts.collect::<Vec<_>>().join("   ").into()
    }

    /// Renders the rows of `group-dispatch all` that fit.
    fn render_online(&mut self, frame: &mut Frame<'_>, area: Rect) {
        let table = table::fit(&all::to_rows(&self.known.online), Some(area.width.into()));
        let constants =
            table.describe_constants().map(|constants| format!("(in all rows: {constants})")).unwrap_or_default();
        let Table { heading, rows, .. } = table;
        let block = titled_block("Online now");
        let [head, body] = Layout::vertical([Constraint::Length(1), Constraint::Fill(1)]).areas(block.inner(area));
        self.page_rows = body.height.into();
        self.first_row = self.first_row.min(rows.len().saturating_sub(self.page_rows));
        let visible: Vec<_> =
            rows.iter().skip(self.first_row).take(self.page_rows).map(|row| strip_ansi_codes(row)).collect();
        let (first, last) = (self.first_row + 1, self.first_row + visible.len());
        let range =
            if visible.len() < rows.len() { format!("({first} to {last} of {})", rows.len()) } else { String::new() };
        frame.render_widget(block.title(range).title(constants), area);
        frame.render_widget(strip_ansi_codes(&heading).bold(), head);
        frame.render_widget(Text::from_iter(visible), body);
    }
}

fn titled_block(title: &str) -> Block<'_> {
    Block::new().borders(Borders::TOP).title(title)
}

fn render_change(now: &str, line: &ChangeLine) -> Line<'static> {
    let color = line.color.map_or(Color::Reset, |color| Color::Indexed(Ansi256Color::from(color).0));
    let what = Span::styled(format!("{:12}", line.what), Style::new().fg(color));
    Line::from_iter([Span::from(format!("{now}  ")), what, Span::from(format!("  {}", sanitize(&line.details())))])
}
