//! The server on PostgreSQL: queries against the limit, and ingest against COPY.

use std::time::Instant;

use anyhow::{Result, bail};

use super::{Results, ingest};
use crate::{
    cluster::Cluster, comparison::against_limit, dataset::Event, environment::Environment, feeder, query::Query,
    report::Finding, statistics::Pair,
};

pub async fn run(environment: &Environment, results: &mut Results) -> Result<()> {
    if !environment.supports("postgres") {
        bail!("this server does not support PostgreSQL");
    }
    // Frees the disk: the next databases are as large as these copies.
    environment.remove_copies()?;
    let cluster = Cluster::start(environment).await?;
    let url = cluster.filled(environment, environment.plan.dataset)?;
    // As on a server that has run before: its snapshot is saved, and autovacuum has nothing to do.
    environment.serve_url(&url, &[]).await?.stop()?;
    cluster.sql(&url, "VACUUM ANALYZE")?;
    let server = environment.serve_url(&url, &[]).await?;
    for (goal, query) in [
        ("pg-whatsapp-info", Query::WhatsAppInfo),
        ("pg-user-status", Query::UserStatus),
        ("pg-latest-online", Query::LatestOnline),
        ("pg-status-log", Query::StatusLog),
    ] {
        results.findings.insert(goal, against_limit(environment, &server, query).await?);
    }
    if !feeder::accepts_events(server.address).await? {
        bail!(feeder::NO_INGEST);
    }
    cluster.sql(&url, TABLE)?;
    let mut pairs = Vec::new();
    for _ in 0..environment.plan.postgres_ingest_turns.rounds {
        let ours = ingest::turn(environment, &server, environment.plan.postgres_ingest_turns.length).await?;
        pairs.push(Pair { ours, limit: copy_events(environment, &cluster, &url)? });
    }
    let note = format!(
        "{} connections; the limit is COPY by one psql, 1,000 rows a transaction, into a table of nine of the \
         log's fifteen columns, with one index, empty at first",
        ingest::CONNECTIONS
    );
    results.findings.insert("pg-ingest", Finding::of_pairs(&pairs, "/s", 1.0, note));
    server.stop()?;
    cluster.remove_run_database()
}

const TABLE: &str = "
    CREATE TABLE copied (
        source smallint NOT NULL, user_id bigint NOT NULL, at bigint NOT NULL, seq bigint NOT NULL,
        agent_account text NOT NULL, whatsapp bigint NOT NULL, name text, detail_status smallint NOT NULL,
        country_code text NOT NULL, PRIMARY KEY (source, user_id, at, seq)
    )";

/// Copies about as many batches as a turn of the server, and returns events per second.
fn copy_events(environment: &Environment, cluster: &Cluster, url: &str) -> Result<f64> {
    const BATCHES: u64 = 50;
    let mut script = String::new();
    for _ in 0..BATCHES {
        let batch = environment.next_batch();
        script.push_str("COPY copied FROM stdin;\n");
        for (place, event) in environment.plan.dataset.more_events(batch, ingest::BATCH).iter().enumerate() {
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
