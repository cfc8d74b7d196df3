//! What a question costs as the log grows: servers with logs of several sizes take turns.

use std::time::Duration;

use anyhow::{Context, Result, ensure};

use super::Found;
use crate::{
    plot::{Growth, Point},
    question::Question,
    report::{Finding, Measured, number},
    stand::Stand,
    statistics::{Pair, median, ratio},
    versus::{Side, look_into},
};

pub async fn run(stand: &Stand, found: &mut Found) -> Result<()> {
    ensure!(stand.plan.growth.len() > 1, "it takes more than 10,000 events to see what more cost");
    let mut servers = Vec::new();
    for world in &stand.plan.growth {
        servers.push((*world, stand.serve(*world).await?));
    }
    for question in Question::OF_ONE {
        let mut waits = vec![Vec::new(); servers.len()];
        let mut known = Vec::new();
        for (world, server) in &servers {
            known.push(look_into(server, *world, question).await?);
        }
        for round in 0..stand.plan.asking.rounds {
            for turn in 0..servers.len() {
                let place = (round + turn) % servers.len();
                let (world, server) = &servers[place];
                let requests = || question.hits(*world);
                let lengths = known[place].lengths.clone();
                let turn = Side { server, requests: &requests, connections: 1, lengths }
                    .turn(stand.plan.asking.length)
                    .await?
                    .turn;
                waits[place].push([turn.quantile(0.5), turn.quantile(0.99)]);
            }
        }
        found.growth.push(Growth {
            question: question.operation(),
            points: servers
                .iter()
                .zip(waits)
                .map(|((world, _), rounds)| Point { events: world.events, rounds })
                .collect(),
        });
    }
    for (goal, which) in [("growth-median", 0), ("growth-p99", 1)] {
        found.findings.insert(goal, worst(&found.growth, which)?);
    }
    servers.into_iter().try_for_each(|(_, server)| server.stop())
}

/// The question whose time grew most, from the fewest events to the most.
fn worst(growth: &[Growth], which: usize) -> Result<Finding> {
    let grown = growth.iter().filter_map(|growth| {
        let (few, many) = (growth.points.first()?, growth.points.last()?);
        let pairs: Vec<Pair> = many
            .rounds
            .iter()
            .zip(&few.rounds)
            .map(|(many, few)| Pair { ours: many[which], limit: few[which] })
            .collect();
        Some((growth.question, few.events, many.events, ratio(&pairs), pairs))
    });
    let worst = grown.max_by(|one, other| one.3.median.total_cmp(&other.3.median));
    let (question, few, many, ratio, pairs) = worst.context("nothing was asked")?;
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
            "the worst is {question}, from {} to {} events; one request at a time",
            number(few as f64),
            number(many as f64)
        ),
    }))
}
