//! How long after its commit a reader has an event in order, at 1,000 events a second in batches of 10 from two servers:
//! alone, and while a transaction stays open. Also checks that a second reader gets the same order later.

use std::{
    collections::HashMap,
    sync::atomic::{AtomicBool, AtomicI64, Ordering},
    time::Duration,
};

use futures_util::future::join_all;
use parking_lot::Mutex;
use tokio::{
    sync::watch,
    time::{Instant, MissedTickBehavior, interval_at, sleep_until, timeout},
};

use crate::{
    append::Appender,
    candidate::Candidate,
    holder::{Held, Holder},
    reader::{Event, Place, Reader},
    sequencer::Sequencer,
    server::{Database, Server},
    turns::quantile,
};

const ROUNDS: usize = 3;
const TURN: Duration = Duration::from_secs(3);
const SERVERS: u32 = 2;
const BATCH_EVENTS: i64 = 10;
/// The time between two appends of a server.
const APPEND_INTERVAL: Duration = Duration::from_millis(20);
/// A reader polls at most once in this time, as a sequencer makes a step.
const POLL_INTERVAL: Duration = Duration::from_millis(20);

#[derive(Default)]
struct Figures {
    /// In milliseconds, for each append.
    delays: Vec<f64>,
    /// How many appends were committed, and of how many a reader had the events, while the transaction was open.
    committed: usize,
    given_out: usize,
}

pub async fn measure(server: &Server) {
    let mut databases = Vec::new();
    for candidate in Candidate::ALL {
        databases.push((candidate, candidate.database(server).await, AtomicI64::new(0)));
    }
    println!("open                    candidate  p50 (ms)  p99 (ms)  largest (ms)  committed  given out  (while open)");
    for held in Held::ALL {
        let mut figures: Vec<Figures> = databases.iter().map(|_| Figures::default()).collect();
        for round in 0..ROUNDS {
            for turn in 0..databases.len() {
                let index = (round + turn) % databases.len();
                let (candidate, database, next) = &databases[index];
                run(server, database, *candidate, held, next, &mut figures[index]).await;
            }
        }
        for ((candidate, ..), figures) in databases.iter().zip(&mut figures) {
            let [p50, p99, largest] = [0.5, 0.99, 1.0].map(|part| quantile(&mut figures.delays, part));
            let (held, name, Figures { committed, given_out, .. }) = (held.name(), candidate.name(), figures);
            println!("{held:22}  {name:9}  {p50:8.1}  {p99:8.1}  {largest:12.1}  {committed:9}  {given_out:9}");
        }
    }
}

async fn run(
    server: &Server,
    database: &Database,
    candidate: Candidate,
    held: Held,
    next: &AtomicI64,
    figures: &mut Figures,
) {
    let (commits, commit) = watch::channel(0_u64);
    let (steps, step) = watch::channel(0_u64);
    let (mut appenders, mut sequencers) = (Vec::new(), Vec::new());
    for _ in 0..SERVERS {
        appenders.push(Appender::new(database, candidate).await);
        if candidate.has_sequencer() {
            let sequencer = Sequencer::new(database, candidate).await;
            sequencers.push(sequencer.follow(commit.clone(), steps.clone()));
        }
    }
    let mut reader = Reader::new(database, candidate).await;
    let start = reader.place.clone();
    let holder = Holder::new(server, database, candidate, held).await;
    let (committed, received) = (Mutex::new(HashMap::new()), Mutex::new(HashMap::new()));
    let has_ended = AtomicBool::new(false);
    let begin = Instant::now();
    let write = async {
        join_all((0..SERVERS).zip(&appenders).map(async |(number, appender)| {
            let mut ticks = interval_at(begin + APPEND_INTERVAL / SERVERS * number, APPEND_INTERVAL);
            ticks.set_missed_tick_behavior(MissedTickBehavior::Skip);
            while ticks.tick().await < begin + TURN {
                let xact = appender.append(next.fetch_add(BATCH_EVENTS, Ordering::Relaxed), BATCH_EVENTS).await;
                committed.lock().insert(xact, Instant::now());
                commits.send_modify(|commit| *commit += 1);
            }
        }))
        .await;
        has_ended.store(true, Ordering::Relaxed);
    };
    let hold = async {
        sleep_until(begin + TURN).await;
        let counts = (committed.lock().len(), received.lock().len());
        drop(holder);
        counts
    };
    let read = async {
        let mut wake = if candidate.has_sequencer() { step.clone() } else { commit.clone() };
        let mut order: Vec<Event> = Vec::new();
        loop {
            let next_poll = Instant::now() + POLL_INTERVAL;
            let had_ended = has_ended.load(Ordering::Relaxed);
            let events = reader.poll().await;
            let now = Instant::now();
            for (xact, _) in &events {
                received.lock().entry(*xact).or_insert(now);
            }
            order.extend(events);
            if had_ended && received.lock().len() == committed.lock().len() {
                return order;
            }
            sleep_until(next_poll).await;
            // Without a commit it polls all the same, for what an open transaction held back.
            timeout(POLL_INTERVAL, wake.changed()).await.ok();
        }
    };
    let ((), (committed_while_open, given_out), order) = tokio::join!(write, hold, read);
    let (committed, received) = (committed.into_inner(), received.into_inner());
    let delay = |(xact, at): (&i64, &Instant)| received[xact].saturating_duration_since(*at).as_secs_f64() * 1e3;
    figures.delays.extend(committed.iter().map(delay));
    figures.committed += committed_while_open;
    figures.given_out += given_out;
    drop(commits);
    join_all(sequencers).await.into_iter().for_each(|ended| ended.unwrap());
    check_order(database, candidate, start, &order, committed.len()).await;
}

/// Panics unless each event was given out once, and a reader that comes later gets the same order.
async fn check_order(database: &Database, candidate: Candidate, start: Place, order: &[Event], appends: usize) {
    let mut later = Reader::at(database, candidate, start).await.poll().await;
    assert_eq!(order.len(), appends * usize::try_from(BATCH_EVENTS).unwrap(), "{}", candidate.name());
    let mut order = order.to_vec();
    if candidate == Candidate::None {
        order.sort_unstable();
        later.sort_unstable();
    }
    assert!(order == later, "{} gave another order to a later reader", candidate.name());
}
