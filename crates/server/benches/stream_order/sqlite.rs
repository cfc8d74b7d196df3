//! What a row for each append costs in SQLite, where one writes at a time and the number of an event is its place. The store
//! appends; a trigger inserts the row in the same transaction.

use std::{path::Path, time::Instant};

use group_dispatch_server::{
    ApiKey,
    store::{Admin, Database},
};

use crate::{
    candidate::{TENANT, event},
    turns::{median, ratio},
};

/// Many short ones, because the disk of a shared machine is slow now and then.
const ROUNDS: usize = 201;
const ROW: &str = "
    CREATE TABLE stream_row (number INTEGER PRIMARY KEY, tag INTEGER NOT NULL, made_at INTEGER NOT NULL) STRICT;
    CREATE TRIGGER stream_row_added AFTER UPDATE OF last_seq ON log
    BEGIN INSERT INTO stream_row VALUES (new.last_seq, random(), CAST(unixepoch('subsec') * 1000 AS INTEGER)); END";

pub async fn measure() {
    let folder = tempfile::tempdir().unwrap();
    println!("batch  row  appends/s  events/s  ratio (middle half of {ROUNDS} rounds)");
    for (size, appends) in [(1, 50), (100, 20)] {
        let [plain, with_row] = ["plain", "row"].map(|name| folder.path().join(format!("{name}-{size}.db")));
        let logs = [open(&plain, false).await, open(&with_row, true).await];
        let (mut next, mut rates) = ([0, 0], [Vec::new(), Vec::new()]);
        for round in 0..ROUNDS {
            for turn in 0..2 {
                let index = (round + turn) % 2;
                let begin = Instant::now();
                for _ in 0..appends {
                    let events = (next[index]..next[index] + size).map(event).collect();
                    logs[index].append(TENANT.into(), events).await.unwrap();
                    next[index] += size;
                }
                rates[index].push(f64::from(appends) / begin.elapsed().as_secs_f64());
            }
        }
        let rows: i64 = rusqlite::Connection::open(&with_row)
            .unwrap()
            .query_row("SELECT count(*) FROM stream_row", [], |row| row.get(0))
            .unwrap();
        assert_eq!(rows, ROUNDS as i64 * i64::from(appends), "one row for each append");
        for (name, of_it) in ["no", "yes"].into_iter().zip(&rates) {
            let (rate, ratio) = (median(&mut of_it.clone()), ratio(of_it, &rates[0]));
            println!("{size:5}  {name:3}  {rate:9.0}  {:8.0}  {ratio}", rate * size as f64);
        }
    }
}

async fn open(file: &Path, has_row: bool) -> Admin {
    let log = Admin::open_or_create(&Database::Sqlite(file.into())).await.unwrap();
    log.add_tenant(TENANT.into(), ApiKey::new("key")).await.unwrap();
    if has_row {
        rusqlite::Connection::open(file).unwrap().execute_batch(ROW).unwrap();
    }
    log
}
