//! Writes the report of the previous day, or of a day that is given.

use std::{env, path::Path, process::ExitCode};

use anyhow::{Context, Result, ensure};
use group_dispatch_client::Client;
use jiff::{Timestamp, tz::TimeZone};

#[tokio::main]
async fn main() -> Result<ExitCode> {
    let mut arguments = env::args().skip(1);
    let zone = TimeZone::get(&arguments.next().context("expected a zone, such as America/Bogota")?)?;
    let folder = arguments.next().context("expected a folder")?;
    let today = Timestamp::now().to_zoned(zone.clone()).date();
    let day = match arguments.next() {
        Some(day) => day.parse()?,
        None => today.yesterday()?,
    };
    ensure!(day < today, "{day} is not over");
    let report = nightly_report::collect(&Client::from_env()?, day, &zone).await?;
    let folder = Path::new(&folder);
    let path = report.path(folder);
    if report.write(folder)? {
        println!("{}", path.display());
    } else {
        eprintln!("{} exists and is kept: the new report is incomplete", path.display());
    }
    for agent in &report.incomplete {
        eprintln!("older events may be missing: {agent} has more than the service returns");
    }
    Ok(if report.incomplete.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(3) })
}
