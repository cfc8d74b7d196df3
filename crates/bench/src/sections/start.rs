//! How long a start takes.

use anyhow::Result;

use super::Found;
use crate::{
    report::{Finding, Measured, number},
    stand::Stand,
    statistics::median,
};

pub async fn run(stand: &Stand, found: &mut Found) -> Result<()> {
    let mut took = Vec::new();
    for _ in 0..stand.plan.rounds {
        let server = stand.serve(stand.plan.world).await?;
        took.push(server.started_in.as_secs_f64());
        // Told to, so that the next start finds what a server leaves behind that is stopped.
        server.stop()?;
    }
    let measured = Measured {
        figure: format!("{} s", number(median(took))),
        limit: String::new(),
        ratio: None,
        value: None,
        note: "bare load: not there yet, for no state is saved that could be loaded".to_owned(),
    };
    found.findings.insert("start", Finding::Measured(measured));
    Ok(())
}
