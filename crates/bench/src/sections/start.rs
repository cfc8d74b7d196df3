//! The time of a start, against a program that only loads a snapshot.

use anyhow::Result;

use super::Results;
use crate::{environment::Environment, report::Finding, statistics::Pair};

pub async fn run(environment: &Environment, results: &mut Results) -> Result<()> {
    let mut pairs = Vec::new();
    for _ in 0..environment.plan.starts {
        let server = environment.serve(environment.plan.dataset).await?;
        let bare = environment.bare(environment.plan.dataset).await?;
        pairs.push(Pair { ours: server.started_in.as_secs_f64(), limit: bare.started_in.as_secs_f64() });
        // A graceful shutdown, so that the next start finds its snapshot.
        server.stop()?;
    }
    let note = "each from the start of its process, with its file in the system's cache; the limit is a program that reads the last 50 \
                events of each account from one file, as serde and postcard write them, into lists";
    results.findings.insert("start", Finding::of_pairs(&pairs, " ms", 1e3, note.to_owned()));
    Ok(())
}
