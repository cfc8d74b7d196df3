//! What an account costs in memory, from the outside: a server that knows them all, beside one that knows none.

use anyhow::Result;

use super::Found;
use crate::{
    fill, memory,
    report::{Finding, Measured, number},
    stand::Stand,
    world::World,
};

pub async fn run(stand: &Stand, found: &mut Found) -> Result<()> {
    let World { accounts, .. } = stand.plan.world;
    let nothing = format!("sqlite://{}", stand.work.join("empty.db").display());
    fill::add_tenant(stand, &nothing)?;
    let empty = stand.serve_url(&nothing, &[]).await?;
    let one = stand.serve(World { accounts, events: accounts }).await?;
    let many = stand.serve(stand.plan.world).await?;
    let [none_at_all, one_event, all_events] = [&empty, &one, &many].map(|server| memory::resident(server.id()));
    let (none_at_all, one_event, all_events) = (none_at_all? as f64, one_event? as f64, all_events? as f64);

    let each = |more: f64, less: f64| (more - less) / accounts as f64;
    let measured = |value: f64, note: String| {
        let (limit, ratio) = (String::new(), None);
        Finding::Measured(Measured {
            figure: format!("{} bytes", number(value)),
            limit,
            ratio,
            value: Some(value),
            note,
        })
    };
    let note = format!(
        "{} accounts with one event each: {} MB, a server that knows none: {} MB",
        number(accounts as f64),
        number(one_event / 1e6),
        number(none_at_all / 1e6)
    );
    found.findings.insert("memory", measured(each(one_event, none_at_all), note));
    let note = format!("at {} events: {} MB", number(stand.plan.world.events as f64), number(all_events / 1e6));
    found.findings.insert("memory-last-events", measured(each(all_events, one_event), note));
    [empty, one, many].into_iter().try_for_each(crate::process::Process::stop)
}
