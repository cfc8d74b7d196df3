//! What an account costs in memory, from the outside: a server that knows them all, beside one that knows none.

use anyhow::Result;

use super::Found;
use crate::{
    fill, memory,
    process::Process,
    report::{Finding, Measured, number},
    stand::{Plan, Stand},
    world::World,
};

pub async fn run(stand: &Stand, found: &mut Found) -> Result<()> {
    let Plan { world, crowd, .. } = stand.plan;
    let nothing = format!("sqlite://{}", stand.work.join("empty.db").display());
    fill::add_tenant(stand, &nothing)?;
    let empty = held(stand.serve_url(&nothing, &[]).await?)?;
    let (present, all) = (held(stand.serve(crowd).await?)?, held(stand.serve(world).await?)?);
    let each = |bytes: f64, world: World| (bytes - empty) / world.accounts as f64;
    let (presence, with_events) = (each(present, crowd), each(all, world));
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
    let told = |world: World, bytes: f64| {
        format!(
            "{} accounts and {} events: {} MB, a server that knows none: {} MB",
            number(world.accounts as f64),
            number(world.events as f64),
            number(bytes / 1e6),
            number(empty / 1e6)
        )
    };
    found.findings.insert("memory", measured(presence, told(crowd, present)));
    found.findings.insert("memory-last-events", measured(with_events - presence, told(world, all)));
    Ok(())
}

/// How many bytes a server holds that has just started.
fn held(server: Process) -> Result<f64> {
    let bytes = memory::resident(server.id())?;
    server.stop()?;
    Ok(bytes as f64)
}
