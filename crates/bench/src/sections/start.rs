//! How long a start takes, against what loads a state that was saved and does nothing else.

use anyhow::Result;

use super::Found;
use crate::{
    report::{Finding, Measured, number},
    stand::Stand,
    statistics::{Pair, median, ratio},
};

pub async fn run(stand: &Stand, found: &mut Found) -> Result<()> {
    let mut pairs = Vec::new();
    for _ in 0..stand.plan.starts {
        let server = stand.serve(stand.plan.world).await?;
        let bare = stand.bare(stand.plan.world).await?;
        pairs.push(Pair { ours: server.started_in.as_secs_f64(), limit: bare.started_in.as_secs_f64() });
        // Told to, so that the next start finds what a server leaves behind that is stopped.
        server.stop()?;
    }
    let ratio = ratio(&pairs);
    let measured = Measured {
        figure: format!("{} ms", number(median(pairs.iter().map(|pair| pair.ours)) * 1e3)),
        limit: format!("{} ms", number(median(pairs.iter().map(|pair| pair.limit)) * 1e3)),
        ratio: Some(ratio),
        value: Some(ratio.median),
        note: "each from the start of its process, with its file in the system's cache; the limit is a program that reads \
               the last 50 events of each account from one file, as serde and postcard write them, into lists"
            .to_owned(),
    };
    found.findings.insert("start", Finding::Measured(measured));
    Ok(())
}
