//! Questions about one agent or account, against the limit; and those that nothing matches, against those that are
//! answered.

use anyhow::Result;

use super::Found;
use crate::{
    process::Process,
    question::Question,
    report::{Finding, Measured, number},
    stand::Stand,
    statistics::{Pair, Ratio, median, ratio},
    versus::{Side, against_limit, look_into, rounds},
};

pub async fn run(stand: &Stand, found: &mut Found) -> Result<()> {
    let server = stand.serve(stand.plan.world).await?;
    for (goal, question) in [
        ("whatsapp-info", Question::WhatsAppInfo),
        ("user-status", Question::UserStatus),
        ("latest-online", Question::LatestOnline),
        ("status-log", Question::StatusLog),
    ] {
        found.findings.insert(goal, against_limit(stand, &server, question).await?);
    }
    found.findings.insert("miss", misses(stand, &server).await?);
    server.stop()?;

    let logging = stand.serve_with(stand.plan.world, &["--log", "info"]).await?;
    found.findings.insert("logged", against_limit(stand, &logging, Question::UserStatus).await?);
    logging.stop()
}

/// One request at a time, so that a wait is what the answer takes.
async fn misses(stand: &Stand, server: &Process) -> Result<Finding> {
    let world = stand.plan.world;
    let mut worst: Option<(Question, Ratio, [f64; 2])> = None;
    for question in Question::OF_ONE {
        let known = look_into(server, world, question).await?;
        let (hits, misses) = (|| question.hits(world), || question.misses(world));
        let hit = Side { server, requests: &hits, connections: 1, lengths: known.lengths };
        let miss = Side { server, requests: &misses, connections: 1, lengths: 1..=100 };
        let pairs: Vec<Pair> = rounds(stand.plan.asking, &miss, &hit)
            .await?
            .iter()
            .map(|(miss, hit)| Pair { ours: miss.turn.quantile(0.5), limit: hit.turn.quantile(0.5) })
            .collect();
        let waits = [median(pairs.iter().map(|pair| pair.ours)), median(pairs.iter().map(|pair| pair.limit))];
        let ratio = ratio(&pairs);
        if worst.is_none_or(|(_, worst, _)| worst.median < ratio.median) {
            worst = Some((question, ratio, waits));
        }
    }
    let Some((question, ratio, [miss, hit])) = worst else {
        return Ok(Finding::Absent("nothing was asked".to_owned()));
    };
    Ok(Finding::Measured(Measured {
        figure: format!("{} us", number(miss * 1e6)),
        limit: format!("{} us", number(hit * 1e6)),
        ratio: Some(ratio),
        value: Some(ratio.median),
        note: format!("the worst is {}; one request at a time", question.operation()),
    }))
}
