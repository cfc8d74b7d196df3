//! `watch` without a screen: prints a line for each change.

use std::mem;

use anstyle::Style;
use clap::ValueEnum;
use group_dispatch_client::Change;
use group_dispatch_types::history::ChangePosition;
use jiff::Zoned;
use serde::Serialize;

use super::{
    change_text::{self, format_time},
    observer::Observer,
};
use crate::{
    output::json,
    service::age,
    terminal::{self, sanitize},
};

#[derive(Clone, Copy, ValueEnum)]
pub enum LineFormat {
    /// A line of text for each change.
    Text,
    /// A JSON object per line for each change: its time, its position where the server has changes, `change`, and the members
    /// of the contract. The first object of each source is `began`, with all accounts that are online there.
    Ndjson,
}

pub async fn run(mut observer: Observer, format: LineFormat) -> anyhow::Result<()> {
    let (mut is_failing, mut is_stale) = (false, false);
    loop {
        let response = observer.next().await?;
        let now = observer.now();
        match response {
            Ok(changes) => {
                if mem::take(&mut is_failing) {
                    terminal::print_error_line(&format!("{}  the service responds again", format_time(&now)));
                }
                let stale_age = observer.stale_age();
                if mem::replace(&mut is_stale, stale_age.is_some()) != is_stale {
                    let state = match stale_age {
                        Some(age) => format!("the data is out of date, {}", age::describe(age, &now)),
                        None => "the data is up to date again".to_owned(),
                    };
                    terminal::print_error_line(&format!("{}  {state}", format_time(&now)));
                }
                if let Some(reason) = observer.take_reset() {
                    let time = format_time(&now);
                    terminal::print_error_line(&format!(
                        "{time}  the position is lost, who is online comes again: {reason}"
                    ));
                }
                for (change, position) in &changes {
                    print(format, &now, change, position.as_ref())?;
                }
            }
            Err(reason) => {
                if !mem::replace(&mut is_failing, true) {
                    let time = format_time(&now);
                    terminal::print_error_line(&format!("{time}  the service fails, retrying: {reason}"));
                }
            }
        }
    }
}

fn print(format: LineFormat, now: &Zoned, change: &Change, position: Option<&ChangePosition>) -> anyhow::Result<()> {
    match format {
        LineFormat::Ndjson => {
            let time = now.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string();
            let object = PlacedChange { time, position, change };
            terminal::print_line(json::to_line(&object)?)
        }
        LineFormat::Text => change_text::lines(change).iter().try_for_each(|line| {
            let style = Style::new().fg_color(line.color.map(Into::into));
            let (time, what, details) = (format_time(now), line.what, sanitize(&line.details()));
            terminal::print_styled_line(format_args!("{time}  {style}{what:12}{style:#}  {details}"))
        }),
    }
}

#[derive(Serialize)]
struct PlacedChange<'a> {
    time: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    position: Option<&'a ChangePosition>,
    #[serde(flatten)]
    change: &'a Change,
}
