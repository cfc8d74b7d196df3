//! The checks of a database, which change nothing there.

use anyhow::bail;
use group_dispatch_server::store::TenantOrder;
use serde_json::json;

use super::report::{Found, Report};
use crate::{
    arguments::ReportForm,
    database::Database,
    repair_order::{Total, count},
};

const CHECKS: [&str; 2] = ["database", "order of events"];

pub async fn run(database: &Database, form: ReportForm) -> anyhow::Result<()> {
    let mut report = Report::new(&CHECKS, form);
    let inspected = database.inspect_order().await.map(|found| Found::fine(found, database.to_string()));
    if let Some(found) = report.add("database", inspected) {
        let total = Total::of(&found);
        report.add_member(
            "order",
            json!({
                "tenants": total.tenants, "accounts": total.accounts, "ties": total.ties, "events": total.events,
                "undecided": total.undecided,
            }),
        );
        report.add("order of events", order(database, &found, &total));
    }
    report.conclude()
}

fn order(database: &Database, found: &[TenantOrder], total: &Total) -> anyhow::Result<Found<()>> {
    let undecided = match total.undecided {
        0 => String::new(),
        undecided => format!("; {} more can't be decided, and nothing changes them", count(undecided, "tie")),
    };
    if total.ties > 0 {
        let wrong = format!(
            "an older version stored events newest first, so that who is online may be wrong: in {}, {total} (a tie: \
             events of one agent with one time)",
            count(total.tenants, "tenant")
        );
        if found.iter().any(TenantOrder::is_beyond_repair) {
            bail!(
                "{wrong}{undecided}; they can't be repaired, for --keep-days has removed other events: feed the events into \
                 a new database"
            );
        }
        bail!(
            "{wrong}{undecided}; stop the servers, make a backup, and run `group-dispatch repair-order --database \
             {database}`"
        );
    }
    Ok(match total.undecided {
        0 if found.is_empty() => Found::fine(
            (),
            "nothing to look at: only events that older versions stored are checked, and only until they are repaired",
        ),
        0 => Found::fine((), "what older versions stored is in order"),
        undecided => Found::warning(
            (),
            format!(
                "{} of events of one agent with one time, stored by an older version, may be newest first: the events \
                 around don't say, and nothing changes them",
                count(undecided, "tie")
            ),
        ),
    })
}
