//! A reader of the stream: what it gets at each poll, in the candidate's order.

use tokio_postgres::{Client, Row, Statement, types::ToSql};

use crate::{
    candidate::{Candidate, connect},
    server::Database,
};

/// The transaction and the number of an event.
pub type Event = (i64, i64);

/// Where a reader is. Which members count depends on the candidate.
#[derive(Clone, Debug, Default)]
pub struct Place {
    /// The number of the last step, or the last position.
    number: i64,
    next: i64,
    running: Vec<i64>,
}

const START: &str = "SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint + base FROM origin";
const RUNNING: &str = "
    SELECT ARRAY(SELECT xact::text::bigint + base FROM origin, pg_snapshot_xip(pg_current_snapshot()) AS xact)";
const ENDED: &str = "SELECT xact, seq FROM status_event WHERE xact = ANY($1)";
const NEXT: &str = "SELECT xact, seq FROM status_event WHERE xact >= $1 ORDER BY xact, seq";
const BEFORE_XMIN: &str = "
    SELECT xact, seq FROM status_event
    WHERE xact >= $1 AND xact < (SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint + base FROM origin)
    ORDER BY xact, seq";
const LAST_STEP: &str = "SELECT number, next, running FROM stream_step ORDER BY number DESC LIMIT 1";
const STEPS: &str = "SELECT number, next, running FROM stream_step WHERE number > $1 ORDER BY number";
const OF_STEPS: &str = "
    SELECT xact, seq FROM status_event WHERE xact = ANY($1)
    UNION ALL SELECT xact, seq FROM status_event WHERE xact >= $2 AND xact < $3";
const LAST_POSITION: &str = "SELECT coalesce(max(position), 0) FROM outbox WHERE position IS NOT NULL";
const POSITIONED: &str = "
    SELECT outbox.xact, seq, position FROM outbox JOIN status_event ON status_event.xact = outbox.xact
    WHERE position > $1 ORDER BY position, seq";

pub struct Reader {
    client: Client,
    candidate: Candidate,
    statements: Vec<Statement>,
    pub place: Place,
}

impl Reader {
    /// A reader of what is committed from now on. For the first poll to be in order, no append may be running.
    pub async fn new(database: &Database, candidate: Candidate) -> Self {
        let client = connect(database).await;
        let place = match candidate {
            Candidate::None | Candidate::Lock | Candidate::Xmin => {
                Place { next: client.query_one(START, &[]).await.unwrap().get(0), ..Place::default() }
            }
            Candidate::Steps => step(&client.query_one(LAST_STEP, &[]).await.unwrap()),
            Candidate::Flag => {
                Place { number: client.query_one(LAST_POSITION, &[]).await.unwrap().get(0), ..Place::default() }
            }
        };
        Self::on(client, candidate, place).await
    }

    /// A reader from a place on.
    pub async fn at(database: &Database, candidate: Candidate, place: Place) -> Self {
        Self::on(connect(database).await, candidate, place).await
    }

    async fn on(client: Client, candidate: Candidate, place: Place) -> Self {
        let sql: &[&str] = match candidate {
            Candidate::None => &[RUNNING, ENDED, NEXT],
            Candidate::Lock => &[NEXT],
            Candidate::Xmin => &[BEFORE_XMIN],
            Candidate::Steps => &[STEPS, OF_STEPS],
            Candidate::Flag => &[POSITIONED],
        };
        let mut statements = Vec::new();
        for sql in sql {
            statements.push(client.prepare(sql).await.unwrap());
        }
        Self { client, candidate, statements, place }
    }

    /// Returns the events after the place, and moves it.
    pub async fn poll(&mut self) -> Vec<Event> {
        match self.candidate {
            Candidate::None => self.poll_unordered().await,
            Candidate::Lock | Candidate::Xmin => {
                let rows = self.client.query(&self.statements[0], &[&self.place.next]).await.unwrap();
                let events: Vec<Event> = rows.iter().map(event).collect();
                self.place.next = events.last().map_or(self.place.next, |(xact, _)| xact + 1);
                events
            }
            Candidate::Steps => self.poll_steps().await,
            Candidate::Flag => {
                let rows = self.client.query(&self.statements[0], &[&self.place.number]).await.unwrap();
                self.place.number = rows.last().map_or(self.place.number, |row| row.get(2));
                rows.iter().map(event).collect()
            }
        }
    }

    /// As `event_log/postgres/follow.rs`: one snapshot, and what has ended since the last one.
    async fn poll_unordered(&mut self) -> Vec<Event> {
        const BEGIN: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
        let (of_ended, of_next): ([&(dyn ToSql + Sync); 1], [&(dyn ToSql + Sync); 1]) =
            ([&self.place.running], [&self.place.next]);
        let ((), running, ended, rows, ()) = tokio::try_join!(
            biased;
            self.client.batch_execute(BEGIN),
            self.client.query_one(&self.statements[0], &[]),
            self.client.query(&self.statements[1], &of_ended),
            self.client.query(&self.statements[2], &of_next),
            self.client.batch_execute("COMMIT"),
        )
        .unwrap();
        self.place.next = rows.last().map_or(self.place.next, |row| row.get::<_, i64>(0) + 1);
        self.place.running = running.get(0);
        self.place.running.retain(|xact| *xact < self.place.next);
        ended.iter().chain(&rows).map(event).collect()
    }

    async fn poll_steps(&mut self) -> Vec<Event> {
        let rows = self.client.query(&self.statements[0], &[&self.place.number]).await.unwrap();
        let steps: Vec<Place> = rows.iter().map(step).collect();
        let Some(last) = steps.last() else { return Vec::new() };
        let (ended, from, to) = (&self.place.running, self.place.next, last.next);
        let rows = self.client.query(&self.statements[1], &[ended, &from, &to]).await.unwrap();
        // An event is of the first step at whose snapshot its transaction had ended.
        let step_of = |xact: i64| {
            let first = steps.partition_point(|step| step.next <= xact);
            steps[first..].iter().find(|step| !step.running.contains(&xact)).map(|step| step.number)
        };
        let of_steps = rows.iter().map(event).filter_map(|event| Some((step_of(event.0)?, event)));
        let mut events: Vec<(i64, Event)> = of_steps.collect();
        events.sort_unstable();
        self.place = last.clone();
        events.into_iter().map(|(_, event)| event).collect()
    }
}

fn event(row: &Row) -> Event {
    (row.get(0), row.get(1))
}

fn step(row: &Row) -> Place {
    Place { number: row.get(0), next: row.get(1), running: row.get(2) }
}
