//! Memory per account: the resident memory of a server with all accounts, minus that of an empty server.

use anyhow::Result;

use super::Results;
use crate::{
    databases,
    dataset::Dataset,
    environment::{Environment, Plan},
    memory,
    process::Process,
    report::{Finding, Measured, number},
};

pub async fn run(environment: &Environment, results: &mut Results) -> Result<()> {
    let Plan { dataset, crowd, .. } = environment.plan;
    let nothing = format!("sqlite://{}", environment.work.join("empty.db").display());
    databases::add_tenant(environment, &nothing)?;
    let empty = measure_resident(environment.serve_url(&nothing, &[]).await?)?;
    let (present, all) =
        (measure_resident(environment.serve(crowd).await?)?, measure_resident(environment.serve(dataset).await?)?);
    let each = |bytes: f64, dataset: Dataset| (bytes - empty) / dataset.accounts as f64;
    let (presence, with_events) = (each(present, crowd), each(all, dataset));
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
    let note = |dataset: Dataset, bytes: f64| {
        format!(
            "{} accounts and {} events: {} MB, an empty server: {} MB",
            number(dataset.accounts as f64),
            number(dataset.events as f64),
            number(bytes / 1e6),
            number(empty / 1e6)
        )
    };
    results.findings.insert("memory", measured(presence, note(crowd, present)));
    results.findings.insert("memory-last-events", measured(with_events - presence, note(dataset, all)));
    Ok(())
}

/// Returns the resident memory of a server after its start, in bytes, and stops it.
fn measure_resident(server: Process) -> Result<f64> {
    let bytes = memory::resident(server.id())?;
    server.stop()?;
    Ok(bytes as f64)
}
