//! `watch` without a screen: prints a line for each change.

use std::mem;

use anstyle::Style;
use clap::ValueEnum;
use group_dispatch_client::Change;
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
    /// A JSON object per line for each change: its time, `change`, and the members of the contract. The first object of
    /// each source is `began`, with all accounts that are online there.
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
                for change in &changes {
                    print(format, &now, change)?;
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

fn print(format: LineFormat, now: &Zoned, change: &Change) -> anyhow::Result<()> {
    match format {
        LineFormat::Ndjson => {
            let object = TimedChange { time: now.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string(), change };
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
struct TimedChange<'a> {
    time: String,
    #[serde(flatten)]
    change: &'a Change,
}
