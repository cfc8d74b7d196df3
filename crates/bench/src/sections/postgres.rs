//! The same server on PostgreSQL.

use std::time::Instant;

use anyhow::{Result, bail};

use super::{Found, ingest};
use crate::{
    cluster::Cluster, feeder, question::Question, stand::Stand, statistics::Pair, versus::against_limit, world::Event,
};

pub async fn run(stand: &Stand, found: &mut Found) -> Result<()> {
    if !stand.knows("postgres") {
        bail!("this server has no PostgreSQL");
    }
    // These copies are big, and what follows takes as much again.
    stand.forget_copies()?;
    let cluster = Cluster::start(stand).await?;
    let url = cluster.filled(stand, stand.plan.world)?;
    // As where a server has run before: its state is saved, and nobody tidies up the table meanwhile.
    stand.serve_url(&url, &[]).await?.stop()?;
    cluster.sql(&url, "VACUUM ANALYZE")?;
    let server = stand.serve_url(&url, &[]).await?;
    for (goal, question) in [
        ("pg-whatsapp-info", Question::WhatsAppInfo),
        ("pg-user-status", Question::UserStatus),
        ("pg-latest-online", Question::LatestOnline),
        ("pg-status-log", Question::StatusLog),
    ] {
        found.findings.insert(goal, against_limit(stand, &server, question).await?);
    }
    if !feeder::is_there(server.address).await? {
        bail!(feeder::MISSING);
    }
    cluster.sql(&url, TABLE)?;
    let mut pairs = Vec::new();
    for _ in 0..stand.plan.feeding_postgres.rounds {
        let ours = ingest::turn(stand, &server, stand.plan.feeding_postgres.length).await?;
        pairs.push(Pair { ours, limit: copied(stand, &cluster, &url)? });
    }
    let note = format!(
        "{} connections; the limit is COPY by one psql, 1,000 rows a transaction, into a table of nine of the \
         log's fifteen columns, with one index, empty at first",
        ingest::CONNECTIONS
    );
    found.findings.insert("pg-ingest", ingest::told(&pairs, note));
    server.stop()?;
    cluster.forget_run()
}

const TABLE: &str = "
    CREATE TABLE copied (
        source smallint NOT NULL, user_id bigint NOT NULL, at bigint NOT NULL, seq bigint NOT NULL,
        agent_account text NOT NULL, whatsapp bigint NOT NULL, name text, detail_status smallint NOT NULL,
        country_code text NOT NULL, PRIMARY KEY (source, user_id, at, seq)
    )";

/// Copies about as many batches as a turn of ours has; says how many events a second.
fn copied(stand: &Stand, cluster: &Cluster, url: &str) -> Result<f64> {
    const BATCHES: u64 = 50;
    let mut script = String::new();
    for _ in 0..BATCHES {
        let batch = stand.next_batch();
        script.push_str("COPY copied FROM stdin;\n");
        for (place, event) in stand.plan.world.more_events(batch, ingest::BATCH).iter().enumerate() {
            let (user, account, source, detail, at) = Event::columns(event);
            let seq = batch * 10_000 + u64::try_from(place)?;
            script.push_str(&format!(
                "{source}\t{user}\t{at}\t{seq}\tagent{user:07}\t{account}\tname{account}\t{detail}\tColombia\n"
            ));
        }
        script.push_str("\\.\n");
    }
    let began = Instant::now();
    cluster.sql(url, &script)?;
    Ok((BATCHES * ingest::BATCH) as f64 / began.elapsed().as_secs_f64())
}
