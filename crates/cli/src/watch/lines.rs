//! A line for each change, as it comes.

use std::mem;

use anstyle::Style;
use group_dispatch_client::Change;
use jiff::Zoned;
use serde::Serialize;

use super::{Observer, words};
use crate::{
    arguments::Form,
    json,
    terminal::{self, plain},
};

pub async fn run(mut observer: Observer, form: Form) -> anyhow::Result<()> {
    let mut fails = false;
    loop {
        let news = observer.next().await?;
        let now = observer.now();
        match news {
            Ok(changes) => {
                if mem::take(&mut fails) {
                    terminal::remark(&format!("{}  it answers again", words::time(&now)));
                }
                for change in &changes {
                    print(form, &now, change)?;
                }
            }
            Err(reason) => {
                if !mem::replace(&mut fails, true) {
                    terminal::remark(&format!("{}  it fails, and is asked again: {reason}", words::time(&now)));
                }
            }
        }
    }
}

fn print(form: Form, now: &Zoned, change: &Change) -> anyhow::Result<()> {
    match form {
        Form::Ndjson => {
            let timed = Timed { time: now.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string(), change };
            terminal::print(json::line(&timed)?)
        }
        Form::Text => words::lines(change).iter().try_for_each(|line| {
            let style = Style::new().fg_color(line.color.map(Into::into));
            let (time, what, rest) = (words::time(now), line.what, plain(&line.rest()));
            terminal::show(format_args!("{time}  {style}{what:12}{style:#}  {rest}"))
        }),
    }
}

#[derive(Serialize)]
struct Timed<'a> {
    time: String,
    #[serde(flatten)]
    change: &'a Change,
}
