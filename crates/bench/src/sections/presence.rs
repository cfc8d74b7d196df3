//! Queries about one agent or account against the limit, and queries without a match against queries with one.

use anyhow::Result;

use super::Results;
use crate::{
    comparison::{Side, against_limit, rounds, sample_responses},
    environment::Environment,
    process::Process,
    query::Query,
    report::{Finding, Measured, number},
    statistics::{Pair, Ratio, median, ratio},
};

pub async fn run(environment: &Environment, results: &mut Results) -> Result<()> {
    let server = environment.serve(environment.plan.dataset).await?;
    for (goal, query) in [
        ("whatsapp-info", Query::WhatsAppInfo),
        ("user-status", Query::UserStatus),
        ("latest-online", Query::LatestOnline),
        ("status-log", Query::StatusLog),
    ] {
        results.findings.insert(goal, against_limit(environment, &server, query).await?);
    }
    results.findings.insert("miss", misses(environment, &server).await?);
    server.stop()?;

    let logging = environment.serve_with(environment.plan.dataset, &["--log", "info"]).await?;
    results.findings.insert("logged", against_limit(environment, &logging, Query::UserStatus).await?);
    logging.stop()
}

/// Sends one request at a time, so that latency is the time of the response alone.
async fn misses(environment: &Environment, server: &Process) -> Result<Finding> {
    let dataset = environment.plan.dataset;
    let mut worst: Option<(Query, Ratio, [f64; 2])> = None;
    for query in Query::OF_ONE {
        let sample = sample_responses(server, dataset, query).await?;
        let (hits, misses) = (|| query.hits(dataset), || query.misses(dataset));
        let hit = Side { server, requests: &hits, connections: 1, lengths: sample.lengths };
        let miss = Side { server, requests: &misses, connections: 1, lengths: 1..=100 };
        let pairs: Vec<Pair> = rounds(environment.plan.query_turns, &miss, &hit)
            .await?
            .iter()
            .map(|(miss, hit)| Pair { ours: miss.turn.quantile(0.5), limit: hit.turn.quantile(0.5) })
            .collect();
        let waits = [median(pairs.iter().map(|pair| pair.ours)), median(pairs.iter().map(|pair| pair.limit))];
        let ratio = ratio(&pairs);
        if worst.is_none_or(|(_, worst, _)| worst.median < ratio.median) {
            worst = Some((query, ratio, waits));
        }
    }
    let Some((query, ratio, [miss, hit])) = worst else {
        return Ok(Finding::Absent("no query was sent".to_owned()));
    };
    Ok(Finding::Measured(Measured {
        figure: format!("{} us", number(miss * 1e6)),
        limit: format!("{} us", number(hit * 1e6)),
        ratio: Some(ratio),
        value: Some(ratio.median),
        note: format!("the worst is {}; one request at a time", query.operation()),
    }))
}
