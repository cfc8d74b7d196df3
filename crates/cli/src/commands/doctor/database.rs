//! The checks of a database, which change nothing in it.

use anyhow::bail;
use group_dispatch_server::store::TenantOrder;
use serde_json::json;

use super::report::{CheckResult, Report, ReportFormat};
use crate::{commands::repair_order::Total, database::Database, output::count};

const CHECKS: [&str; 2] = ["database", "order of events"];

pub async fn run(database: &Database, format: ReportFormat) -> anyhow::Result<()> {
    let mut report = Report::new(&CHECKS, format);
    let inspected = database.inspect_order().await.map(|tenants| CheckResult::ok(tenants, database.to_string()));
    if let Some(tenants) = report.add("database", inspected) {
        let total = Total::of(&tenants);
        report.add_member(
            "order",
            json!({
                "tenants": total.tenants, "accounts": total.accounts, "ties": total.ties, "events": total.events,
                "undecided": total.undecided,
            }),
        );
        report.add("order of events", check_order(database, &tenants, &total));
    }
    report.conclude()
}

fn check_order(database: &Database, tenants: &[TenantOrder], total: &Total) -> anyhow::Result<CheckResult<()>> {
    let undecided = match total.undecided {
        0 => String::new(),
        undecided => format!("; {} more can't be decided and stay unchanged", count(undecided, "tie")),
    };
    if total.ties > 0 {
        let problem = format!(
            "an older version stored events newest first, so that presence may be wrong: in {}, {total} (a tie: events of \
             one agent with one time)",
            count(total.tenants, "tenant")
        );
        if tenants.iter().any(TenantOrder::is_beyond_repair) {
            bail!(
                "{problem}{undecided}; they can't be repaired, because --keep-days removed other events; feed the events into \
                 a new database"
            );
        }
        bail!(
            "{problem}{undecided}; stop the servers, make a backup, and run `group-dispatch repair-order --database \
             {database}`"
        );
    }
    Ok(match total.undecided {
        0 if tenants.is_empty() => CheckResult::ok(
            (),
            "nothing to check: only events that older versions stored are checked, until they are repaired",
        ),
        0 => CheckResult::ok((), "events that older versions stored are in order"),
        undecided => CheckResult::warning(
            (),
            format!(
                "{} of events of one agent with one time, stored by an older version, may be newest first: the events \
                 around them don't show the order, and they stay unchanged",
                count(undecided, "tie")
            ),
        ),
    })
}
