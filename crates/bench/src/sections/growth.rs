//! Latency as the log grows: servers with logs of several sizes take turns.

use std::time::Duration;

use anyhow::{Context, Result, ensure};

use super::Results;
use crate::{
    comparison::{Side, sample_responses},
    environment::Environment,
    plot::{Growth, Point},
    query::Query,
    report::{Finding, Measured, number},
    statistics::{Pair, median, ratio},
};

pub async fn run(environment: &Environment, results: &mut Results) -> Result<()> {
    ensure!(environment.plan.growth.len() > 1, "growth needs more than 10,000 events");
    let mut servers = Vec::new();
    for dataset in &environment.plan.growth {
        servers.push((*dataset, environment.serve(*dataset).await?));
    }
    for query in Query::OF_ONE {
        let mut waits = vec![Vec::new(); servers.len()];
        let mut sample = Vec::new();
        for (dataset, server) in &servers {
            sample.push(sample_responses(server, *dataset, query).await?);
        }
        for round in 0..environment.plan.query_turns.rounds {
            for turn in 0..servers.len() {
                let place = (round + turn) % servers.len();
                let (dataset, server) = &servers[place];
                let requests = || query.hits(*dataset);
                let lengths = sample[place].lengths.clone();
                let turn = Side { server, requests: &requests, connections: 1, lengths }
                    .turn(environment.plan.query_turns.length)
                    .await?
                    .turn;
                waits[place].push([turn.quantile(0.5), turn.quantile(0.99)]);
            }
        }
        results.growth.push(Growth {
            query: query.operation(),
            points: servers
                .iter()
                .zip(waits)
                .map(|((dataset, _), rounds)| Point { events: dataset.events, rounds })
                .collect(),
        });
    }
    for (goal, which) in [("growth-median", 0), ("growth-p99", 1)] {
        results.findings.insert(goal, worst(&results.growth, which)?);
    }
    servers.into_iter().try_for_each(|(_, server)| server.stop())
}

/// Returns the query whose latency grew most, from the fewest events to the most.
fn worst(growth: &[Growth], which: usize) -> Result<Finding> {
    let grown = growth.iter().filter_map(|growth| {
        let (few, many) = (growth.points.first()?, growth.points.last()?);
        let pairs: Vec<Pair> = many
            .rounds
            .iter()
            .zip(&few.rounds)
            .map(|(many, few)| Pair { ours: many[which], limit: few[which] })
            .collect();
        Some((growth.query, few.events, many.events, ratio(&pairs), pairs))
    });
    let worst = grown.max_by(|one, other| one.3.median.total_cmp(&other.3.median));
    let (query, few, many, ratio, pairs) = worst.context("no query was sent")?;
    let shown = |value: fn(&Pair) -> f64| {
        let wait = Duration::from_secs_f64(median(pairs.iter().map(value)));
        format!("{} us", number(wait.as_secs_f64() * 1e6))
    };
    Ok(Finding::Measured(Measured {
        figure: shown(|pair| pair.ours),
        limit: shown(|pair| pair.limit),
        ratio: Some(ratio),
        value: Some(ratio.median),
        note: format!(
            "the worst is {query}, from {} to {} events; one request at a time",
            number(few as f64),
            number(many as f64)
        ),
    }))
}
