//! All that is online in one answer, which is megabytes: how many a second, and how much memory they take.

use std::time::Duration;

use anyhow::{Result, bail};
use tokio::time::Instant;

use super::Found;
use crate::{
    feeder::{self, Batch},
    memory,
    question::Question,
    report::{Finding, Measured, number},
    stand::Stand,
    versus::{Side, look_into, rates, rounds},
};

const QUESTION: Question = Question::AllOnline;
const CONNECTIONS: usize = 4;
const CHANGE_EVERY: Duration = Duration::from_millis(100);
const EARLY_CHANGES: u64 = 20;

pub async fn run(stand: &Stand, found: &mut Found) -> Result<()> {
    let world = stand.plan.crowd;
    let server = stand.serve(world).await?;
    if !feeder::is_there(server.address).await? {
        bail!(feeder::MISSING);
    }
    // What the first events take in memory, whatever is asked, is not what the answers take.
    let change = |turn| Batch::of(&[world.change(turn)]);
    let early = (0..EARLY_CHANGES).map(change).collect();
    feeder::feed(server.address, early, Duration::from_millis(1), forever()).await?;
    let before = memory::resident(server.id())?;
    memory::forget_peak(server.id())?;

    let known = look_into(&server, world, QUESTION).await?;
    let length = known.typical.len();
    let limit = stand.limit(QUESTION, &known.typical).await?;
    drop(known.typical);
    let requests =
        || (0..CONNECTIONS).map(|_| QUESTION.about(world.online_account(&mut fastrand::Rng::new()))).collect();
    let side = |server, lengths| Side { server, requests: &requests, connections: CONNECTIONS, lengths };
    let theirs = side(&limit, length..=length);
    let still = rounds(stand.plan.clocked, &side(&server, known.lengths), &theirs).await?;
    found.findings.insert("all-online-still", rates(&still, length));

    let length_of_all = stand.plan.clocked.length * 2 * u32::try_from(stand.plan.clocked.rounds)?;
    // Several times what is needed, for answers that were asked for in time are waited for.
    let changes = u64::try_from(4 * length_of_all.as_millis() / CHANGE_EVERY.as_millis())? + 100;
    let changes = (EARLY_CHANGES..changes).map(change).collect();
    // The changes go on while the limit has its turns: what they cost then, nobody asks.
    let feeding = tokio::spawn(feeder::feed(server.address, changes, CHANGE_EVERY, forever()));
    let changing = rounds(stand.plan.clocked, &side(&server, length / 2..=length * 2), &theirs).await?;
    if feeding.is_finished() {
        feeding.await??;
        bail!("the changes ended before the questions");
    }
    feeding.abort();
    found.findings.insert("all-online", rates(&changing, length));
    let bodies = (memory::peak(server.id())? as f64 - before as f64) / length as f64;
    let measured = Measured {
        figure: format!("{} bodies", number(bodies)),
        limit: String::new(),
        ratio: None,
        value: Some(bodies),
        note: format!(
            "at most, above what the server held before the first was asked for; {CONNECTIONS} requests at a time, a body \
             of {} MB",
            number(length as f64 / 1e6)
        ),
    };
    found.findings.insert("all-online-memory", Finding::Measured(measured));
    server.stop()?;
    // Somebody may have gone and not come back.
    stand.forget_copies()
}

fn forever() -> Instant {
    Instant::now() + Duration::from_secs(3600)
}
