//! How fast events are appended, as a ratio of appends as they are. Each writer stands for a server: it has its own
//! connection, and its own sequencer if the candidate has one.

use std::{
    sync::atomic::{AtomicI64, Ordering},
    time::Instant,
};

use futures_util::future::join_all;
use group_dispatch_server::store::{self, Admin};
use tokio::sync::watch;

use crate::{
    append::Appender,
    candidate::{Candidate, TENANT, event},
    sequencer::Sequencer,
    server::{Database, Server},
    turns::{median, ratio},
};

const ROUNDS: usize = 11;
/// The size of a batch, how many events are appended in a turn, and the delay of a flush in microseconds: with it, a commit
/// takes as long as on a disk of a network, and transactions that commit at the same time share it.
const SIZES: [(i64, i64, u32); 3] = [(100, 8_000, 0), (10_000, 80_000, 0), (100, 8_000, 5_000)];

/// One that takes turns: a candidate, or the store itself, which shows what the statements here leave out.
struct Participant {
    candidate: Option<Candidate>,
    database: Database,
    next: AtomicI64,
}

pub async fn measure(server: &Server) {
    let mut participants = Vec::new();
    for candidate in Candidate::ALL.into_iter().map(Some).chain([None]) {
        let database = candidate.unwrap_or(Candidate::None).database(server).await;
        participants.push(Participant { candidate, database, next: AtomicI64::new(0) });
    }
    println!("batch  flush (us)  writers  candidate  events/s  ratio (middle half of {ROUNDS} rounds)");
    for (size, events, flush) in SIZES {
        for writers in [1, 2, 4] {
            let mut rates = vec![Vec::new(); participants.len()];
            for round in 0..ROUNDS {
                for turn in 0..participants.len() {
                    let index = (round + turn) % participants.len();
                    rates[index].push(participants[index].rate(size, events, writers, flush).await);
                }
            }
            for (participant, of_it) in participants.iter().zip(&rates) {
                let name = participant.candidate.map_or("(store)", Candidate::name);
                let (rate, ratio) = (median(&mut of_it.clone()), ratio(of_it, &rates[0]));
                println!("{size:5}  {flush:10}  {writers:7}  {name:9}  {rate:8.0}  {ratio}");
            }
        }
    }
}

impl Participant {
    /// Returns how many events are appended in a second.
    async fn rate(&self, size: i64, events: i64, writers: i64, flush: u32) -> f64 {
        self.set_flush_delay(flush).await;
        let batches = events / size / writers;
        let seconds = match self.candidate {
            Some(candidate) => self.append(candidate, size, batches, writers).await,
            None => self.append_to_store(size, batches, writers).await,
        };
        (batches * size * writers) as f64 / seconds
    }

    /// Sets the delay for the connections that follow.
    async fn set_flush_delay(&self, microseconds: u32) {
        let client = self.database.raw().await;
        let name: String = client.query_one("SELECT current_database()", &[]).await.unwrap().get(0);
        for setting in [format!("commit_delay = {microseconds}"), "commit_siblings = 0".to_owned()] {
            client.batch_execute(&format!("ALTER DATABASE {name} SET {setting}")).await.unwrap();
        }
    }

    fn first(&self, size: i64) -> i64 {
        self.next.fetch_add(size, Ordering::Relaxed)
    }

    async fn append(&self, candidate: Candidate, size: i64, batches: i64, writers: i64) -> f64 {
        let (commits, commit) = watch::channel(0);
        let (steps, _) = watch::channel(0);
        let (mut appenders, mut sequencers) = (Vec::new(), Vec::new());
        for _ in 0..writers {
            appenders.push(Appender::new(&self.database, candidate).await);
            if candidate.has_sequencer() {
                let sequencer = Sequencer::new(&self.database, candidate).await;
                sequencers.push(sequencer.follow(commit.clone(), steps.clone()));
            }
        }
        let begin = Instant::now();
        join_all(appenders.iter().map(async |appender| {
            for _ in 0..batches {
                appender.append(self.first(size), size).await;
                commits.send_modify(|commit| *commit += 1);
            }
        }))
        .await;
        let seconds = begin.elapsed().as_secs_f64();
        drop(commits);
        join_all(sequencers).await.into_iter().for_each(|ended| ended.unwrap());
        seconds
    }

    async fn append_to_store(&self, size: i64, batches: i64, writers: i64) -> f64 {
        let database = store::Database::Postgres(self.database.url.clone());
        let logs = join_all((0..writers).map(|_| Admin::open_or_create(&database))).await;
        let logs: Vec<Admin> = logs.into_iter().map(Result::unwrap).collect();
        // Connects, and finds the partition.
        join_all(logs.iter().map(|log| log.append(TENANT.into(), vec![event(self.first(1))]))).await;
        let begin = Instant::now();
        join_all(logs.iter().map(async |log| {
            for _ in 0..batches {
                let first = self.first(size);
                let events = (first..first + size).map(event).collect();
                assert!(log.append(TENANT.into(), events).await.is_ok());
            }
        }))
        .await;
        begin.elapsed().as_secs_f64()
    }
}
