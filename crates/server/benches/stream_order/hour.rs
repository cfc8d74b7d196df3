//! What a step without its flush, and a poll of a reader, cost before and after an hour with 50 steps a second, while a
//! transaction stays open. The steps are made in a loop inside the database. `VACUUM` comes behind it, as autovacuum would.

use std::time::Instant;

use crate::{
    append::Appender,
    candidate::{Candidate, DAY},
    holder::{Held, Holder},
    reader::Reader,
    sequencer::{STEP, Sequencer},
    server::{Database, Server},
    turns::quantile,
};

/// 50 a second.
const HOUR_STEPS: u32 = 180_000;
const MEASURED: i64 = 200;
const BATCH_EVENTS: i64 = 10;

pub async fn measure(server: &Server) {
    println!("open                    candidate  when    step p50 (ms)  p99    poll p50 (ms)  p99");
    for held in [Held::Nothing, Held::Number, Held::Snapshot] {
        for candidate in [Candidate::Steps, Candidate::Flag] {
            let database = candidate.database(server).await;
            let holder = Holder::new(server, &database, candidate, held).await;
            for (when, first) in [("before", 0), ("after", 10_000_000)] {
                let mut reader = Reader::new(&database, candidate).await;
                let [mut steps, mut polls] = steps_and_polls(&database, candidate, &mut reader, first).await;
                let [[step, step_99], [poll, poll_99]] =
                    [&mut steps, &mut polls].map(|times| [0.5, 0.99].map(|part| quantile(times, part)));
                let (held, name) = (held.name(), candidate.name());
                println!("{held:22}  {name:9}  {when:6}  {step:13.2}  {step_99:5.2}  {poll:13.2}  {poll_99:5.2}");
                if when == "before" {
                    pass_hour(&database, candidate).await;
                }
            }
            drop(holder);
        }
    }
}

/// Returns the times in milliseconds.
pub async fn steps_and_polls(
    database: &Database,
    candidate: Candidate,
    reader: &mut Reader,
    first: i64,
) -> [Vec<f64>; 2] {
    let (appender, sequencer) =
        (Appender::new(database, candidate).await, Sequencer::new(database, candidate).await.without_flush().await);
    let (mut steps, mut polls) = (Vec::new(), Vec::new());
    for number in 0..MEASURED {
        appender.append(first + number * BATCH_EVENTS, BATCH_EVENTS).await;
        let begin = Instant::now();
        assert!(sequencer.step().await);
        let stepped = Instant::now();
        assert_eq!(reader.poll().await.len() as i64, BATCH_EVENTS);
        polls.push(stepped.elapsed().as_secs_f64() * 1e3);
        steps.push((stepped - begin).as_secs_f64() * 1e3);
    }
    [steps, polls]
}

async fn pass_hour(database: &Database, candidate: Candidate) {
    let client = crate::candidate::connect(database).await;
    let (append, step) = if candidate == Candidate::Steps {
        let append = format!(
            "INSERT INTO status_event (at, seq, xact, tenant, user_id, whatsapp, source, status, detail_status,
                agent_account, country_code, name, key)
            VALUES ({DAY} + 1000000 + turn, nextval('event_seq'), pg_current_xact_id()::text::bigint, 1, 1,
                573125704139, 1, 10, 11, 'agent', 'Colombia', 'jack', gen_random_uuid())"
        );
        (append, STEP)
    } else {
        // The scan for rows without a position would make the loop quadratic; what it leaves behind is the same.
        let append =
            "INSERT INTO outbox VALUES (pg_current_xact_id()::text::bigint, NULL) RETURNING xact INTO last_xact";
        (append.to_owned(), "UPDATE outbox SET position = 1000000 + turn WHERE xact = last_xact")
    };
    let sql = format!(
        "DO $$ DECLARE last_xact bigint; BEGIN
            FOR turn IN 1..{HOUR_STEPS} LOOP
                {append};
                COMMIT;
                {step};
                COMMIT;
            END LOOP;
        END $$"
    );
    // The loop commits, so it is a statement of its own.
    client.batch_execute("SET synchronous_commit TO off").await.unwrap();
    client.batch_execute(&sql).await.unwrap();
    let table = if candidate == Candidate::Steps { "stream_step" } else { "outbox" };
    client.batch_execute(&format!("VACUUM ANALYZE {table}")).await.unwrap();
    let made = client.query_one(&format!("SELECT count(*) FROM {table}"), &[]).await.unwrap().get::<_, i64>(0);
    assert!(made > i64::from(HOUR_STEPS), "the loop made {made} of {HOUR_STEPS}");
}
