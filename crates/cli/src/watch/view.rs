//! What the screen shows.

use std::collections::VecDeque;

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

use super::words;
use crate::{
    answers,
    table::{self, Table},
    terminal::plain,
};

/// More changes than any screen has lines.
const MOST_CHANGES: usize = 300;

pub struct View {
    address: String,
    answered_at: Option<String>,
    failing: Option<Failing>,
    present: Vec<SourceGroup>,
    doubted: Vec<Source>,
    /// The latest first.
    changes: VecDeque<Line<'static>>,
    first_row: usize,
    page: usize,
}

struct Failing {
    since: String,
    reason: String,
}

impl View {
    pub fn new(address: &str) -> Self {
        Self {
            address: plain(address),
            answered_at: None,
            failing: None,
            present: Vec::new(),
            doubted: Vec::new(),
            changes: VecDeque::new(),
            first_row: 0,
            page: 0,
        }
    }

    /// Takes in what came of asking once, and who is online by all answers so far.
    pub fn take(
        &mut self,
        now: &Zoned,
        news: Result<Vec<Change>, String>,
        present: Vec<SourceGroup>,
        doubted: Vec<Source>,
    ) {
        let now = words::time(now);
        match news {
            Ok(changes) => {
                for line in changes.iter().filter(|change| !matches!(change, Change::Began(_))).flat_map(words::lines) {
                    self.changes.push_front(shown(&now, &line));
                }
                self.changes.truncate(MOST_CHANGES);
                (self.answered_at, self.failing) = (Some(now), None);
                (self.present, self.doubted) = (present, doubted);
            }
            Err(reason) => {
                let since = self.failing.take().map_or(now, |failing| failing.since);
                self.failing = Some(Failing { since, reason: plain(&reason) });
            }
        }
    }

    pub fn scroll(&mut self, rows: isize) {
        self.first_row = self.first_row.saturating_add_signed(rows);
    }

    pub fn scroll_pages(&mut self, pages: isize) {
        self.scroll(pages.saturating_mul(self.page.try_into().unwrap_or(isize::MAX)));
    }

    pub fn render(&mut self, frame: &mut Frame<'_>) {
        let heights = [Constraint::Length(4), Constraint::Fill(2), Constraint::Fill(1), Constraint::Length(1)];
        let [head, online, changes, keys] = Layout::vertical(heights).areas(frame.area());
        let lines = Text::from_iter([self.address.as_str().bold().into(), self.counts(), self.state()]);
        frame.render_widget(Paragraph::new(lines).wrap(Wrap { trim: true }), head);
        self.render_online(frame, online);
        let latest = Paragraph::new(Text::from_iter(self.changes.iter().cloned()));
        frame.render_widget(latest.block(titled("Latest changes")), changes);
        frame.render_widget("q leaves, ↑ and ↓ scroll".dim(), keys);
    }

    fn state(&self) -> Line<'_> {
        let answered_at = self.answered_at.as_deref().map(|time| format!("last answer {time}"));
        match (&self.failing, answered_at) {
            (Some(Failing { since, reason }), answered_at) => {
                let answered_at = answered_at.unwrap_or_else(|| "no answer yet".to_owned());
                format!("failing since {since}, {answered_at}: {reason}").red().into()
            }
            (None, Some(answered_at)) => Line::from_iter(["ok".green(), format!(", {answered_at}").into()]),
            (None, None) => "asking".into(),
        }
    }

    fn counts(&self) -> Line<'_> {
        let counts = self.present.iter().map(|group| {
            let accounts: usize = group.list.iter().map(|agent| agent.whats_app_list.len()).sum();
            let doubt = if self.doubted.contains(&group.source) {
                " (as before: the latest answer has nobody there)"
            } else {
                ""
            };
            let (agents, accounts) = (counted(group.list.len(), "agent"), counted(accounts, "account"));
            format!("{}: {agents}, {accounts}{doubt}", group.source)
        });
        counts.collect::<Vec<_>>().join("   ").into()
    }

    /// The table that `group-dispatch all` prints, as much of it as there is room for.
    fn render_online(&mut self, frame: &mut Frame<'_>, area: Rect) {
        let table = table::fit(&answers::all(&self.present), Some(area.width.into()));
        let constants = table.constants().map(|constants| format!("(in all rows: {constants})")).unwrap_or_default();
        let Table { heading, rows, .. } = table;
        let block = titled("Online now");
        let [head, body] = Layout::vertical([Constraint::Length(1), Constraint::Fill(1)]).areas(block.inner(area));
        self.page = body.height.into();
        self.first_row = self.first_row.min(rows.len().saturating_sub(self.page));
        let visible: Vec<_> =
            rows.iter().skip(self.first_row).take(self.page).map(|row| strip_ansi_codes(row)).collect();
        let (first, last) = (self.first_row + 1, self.first_row + visible.len());
        let part =
            if visible.len() < rows.len() { format!("({first} to {last} of {})", rows.len()) } else { String::new() };
        frame.render_widget(block.title(part).title(constants), area);
        frame.render_widget(strip_ansi_codes(&heading).bold(), head);
        frame.render_widget(Text::from_iter(visible), body);
    }
}

fn counted(count: usize, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}

fn titled(title: &str) -> Block<'_> {
    Block::new().borders(Borders::TOP).title(title)
}

fn shown(now: &str, line: &words::Line) -> Line<'static> {
    let color = line.color.map_or(Color::Reset, |color| Color::Indexed(Ansi256Color::from(color).0));
    let what = Span::styled(format!("{:12}", line.what), Style::new().fg(color));
    Line::from_iter([Span::from(format!("{now}  ")), what, Span::from(format!("  {}", plain(&line.rest())))])
}
