//! What a step without its flush, and a poll, cost by the number of partitions, with a million events. The log has a partition for 30 days, so
//! 12 are a year.

use std::time::Instant;

use crate::{
    candidate::{Candidate, DAY, connect, new_log},
    hour::steps_and_polls,
    reader::Reader,
    sequencer::Sequencer,
    server::Server,
    turns::{median, quantile},
};

const EVENTS: i64 = 1_000_000;
const DAY_MILLISECONDS: i64 = 24 * 60 * 60 * 1000;
/// Transactions of the events that are stored already are numbered below it.
const BASE: i64 = 10_000_000;
const IDLE_STEPS: usize = 200;

pub async fn measure(server: &Server) {
    println!("partitions  step p50 (ms)  p99    without news  poll p50 (ms)  p99    poll of none");
    for partitions in [0, 12, 30, 365] {
        let (database, _) = new_log(server).await;
        let client = connect(&database).await;
        client.batch_execute(&format!("UPDATE origin SET base = {BASE}; SET synchronous_commit TO off")).await.unwrap();
        for day in 0..partitions {
            let [from, to] = [day, day + 1].map(|day| DAY + day * DAY_MILLISECONDS);
            let sql = format!("CREATE TABLE day_{day} PARTITION OF status_event FOR VALUES FROM ({from}) TO ({to})");
            client.batch_execute(&sql).await.unwrap();
        }
        let days = partitions.max(1);
        let fill = format!(
            "INSERT INTO status_event (at, seq, xact, tenant, user_id, whatsapp, source, status, detail_status,
                agent_account, country_code, name, key)
            SELECT {DAY} + number::bigint * {days} * {DAY_MILLISECONDS} / {EVENTS}, number, 1 + number / 100, 1, 1,
                573125704139, 1, 10, 11, 'agent', 'Colombia', 'jack', gen_random_uuid()
            FROM generate_series(0, {EVENTS} - 1) AS number"
        );
        client.batch_execute(&fill).await.unwrap();
        client.batch_execute("VACUUM ANALYZE").await.unwrap();
        // Otherwise the disk is still busy with what was filled.
        client.batch_execute("CHECKPOINT").await.unwrap();
        client.batch_execute(Candidate::Steps.tables()).await.unwrap();
        let mut reader = Reader::new(&database, Candidate::Steps).await;
        let mut unordered = Reader::new(&database, Candidate::None).await;
        // As late as the last partition.
        let first = (days - 1) * DAY_MILLISECONDS;
        let [mut steps, mut polls] = steps_and_polls(&database, Candidate::Steps, &mut reader, first).await;
        let sequencer = Sequencer::new(&database, Candidate::Steps).await.without_flush().await;
        let (mut idle, mut of_none) = (Vec::new(), Vec::new());
        unordered.poll().await;
        for _ in 0..IDLE_STEPS {
            let begin = Instant::now();
            assert!(!sequencer.step().await);
            let stepped = Instant::now();
            assert!(unordered.poll().await.is_empty());
            of_none.push(stepped.elapsed().as_secs_f64() * 1e3);
            idle.push((stepped - begin).as_secs_f64() * 1e3);
        }
        let [[step, step_99], [poll, poll_99]] =
            [&mut steps, &mut polls].map(|times| [0.5, 0.99].map(|part| quantile(times, part)));
        let [idle, of_none] = [&mut idle, &mut of_none].map(|times| median(times));
        println!(
            "{partitions:10}  {step:13.2}  {step_99:5.2}  {idle:12.2}  {poll:13.2}  {poll_99:5.2}  {of_none:12.2}"
        );
    }
}
