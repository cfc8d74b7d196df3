//! An append as `event_log/postgres/append.rs` does it, with what a candidate adds.

use std::pin::pin;

use bytes::{BufMut as _, Bytes, BytesMut};
use futures_util::SinkExt as _;
use tokio_postgres::{Client, Error, Statement, types::ToSql};
use uuid::Uuid;

use crate::{
    candidate::{Candidate, TENANT, connect, event},
    server::Database,
};

const BEGIN: &str = "
    BEGIN ISOLATION LEVEL READ COMMITTED; SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off";
/// The first statement that takes the number of a transaction is behind it.
const BEGIN_LOCKED: &str = "
    BEGIN ISOLATION LEVEL READ COMMITTED; SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off;
    SELECT pg_advisory_xact_lock(1)";
const TENANTS: &str = "SELECT id, number FROM tenant WHERE id = ANY($1) ORDER BY id FOR KEY SHARE";
const NUMBERS: &str = "
    SELECT pg_current_xact_id()::text::bigint + base,
        ARRAY(SELECT nextval('event_seq') FROM generate_series(1, ($1::bigint + 255) / 256))
    FROM origin";
const COPY: &str = "
    COPY status_event (at, seq, xact, tenant, user_id, whatsapp, source, status, detail_status, agent_account,
        country_code, event_id, user_name, name, ordinal, not_before, key) FROM STDIN BINARY";
const COUNT: &str = "
    INSERT INTO tally (tenant, share, events)
    SELECT tenant, pg_backend_pid() % 32, count(*) FROM unnest($1::bigint[]) AS stored (tenant)
    GROUP BY tenant ORDER BY tenant
    ON CONFLICT (tenant, share) DO UPDATE SET events = tally.events + excluded.events";
const PUT_INTO_OUTBOX: &str = "INSERT INTO outbox (xact) VALUES ($1)";

pub struct Appender {
    client: Client,
    begin: &'static str,
    tenants: Statement,
    numbers: Statement,
    copy: Statement,
    count: Statement,
    outbox: Option<Statement>,
}

impl Appender {
    pub async fn new(database: &Database, candidate: Candidate) -> Self {
        let client = connect(database).await;
        let prepare = async |sql| client.prepare(sql).await.unwrap();
        Self {
            begin: if candidate == Candidate::Lock { BEGIN_LOCKED } else { BEGIN },
            tenants: prepare(TENANTS).await,
            numbers: prepare(NUMBERS).await,
            copy: prepare(COPY).await,
            count: prepare(COUNT).await,
            outbox: if candidate == Candidate::Flag { Some(prepare(PUT_INTO_OUTBOX).await) } else { None },
            client,
        }
    }

    /// Begins a transaction, and returns its number, that of the tenant, and the blocks of event numbers.
    pub async fn begin(&self, events: i64) -> (i64, i64, Vec<i64>) {
        let ids = vec![TENANT.cast_signed()];
        let (of_tenants, of_numbers): ([&(dyn ToSql + Sync); 1], [&(dyn ToSql + Sync); 1]) = ([&ids], [&events]);
        let ((), tenants, numbers) = tokio::try_join!(
            biased;
            self.client.batch_execute(self.begin),
            self.client.query(&self.tenants, &of_tenants),
            self.client.query_one(&self.numbers, &of_numbers),
        )
        .unwrap();
        (numbers.get(0), tenants[0].get(1), numbers.get(1))
    }

    /// Appends events, and returns the number of the transaction.
    pub async fn append(&self, first: i64, size: i64) -> i64 {
        let (xact, tenant, blocks) = self.begin(size).await;
        let mut sink = pin!(self.client.copy_in::<_, Bytes>(&self.copy).await.unwrap());
        sink.send(encode(first, size, xact, tenant, &blocks)).await.unwrap();
        let tenants = vec![tenant; usize::try_from(size).unwrap()];
        let of_count: [&(dyn ToSql + Sync); 1] = [&tenants];
        let put_into_outbox = async {
            if let Some(outbox) = &self.outbox {
                self.client.execute(outbox, &[&xact]).await?;
            }
            Ok::<_, Error>(())
        };
        tokio::try_join!(
            biased;
            sink.finish(),
            self.client.execute(&self.count, &of_count),
            put_into_outbox,
            self.client.batch_execute("COMMIT"),
        )
        .unwrap();
        xact
    }
}

fn encode(first: i64, size: i64, xact: i64, tenant: i64, blocks: &[i64]) -> Bytes {
    let mut buffer = BytesMut::with_capacity(size as usize * 256 + 64);
    buffer.put_slice(b"PGCOPY\n\xff\r\n\0");
    buffer.put_u64(0);
    for place in 0..size {
        let event = event(first + place);
        let seq = blocks[place as usize / 256] + place % 256;
        let (user, account) = (event.user_id.get().cast_signed(), event.whatsapp.get().cast_signed());
        buffer.put_i16(17);
        for number in [event.at, seq, xact, tenant, user, account] {
            buffer.put_i32(8);
            buffer.put_i64(number);
        }
        for code in [event.source.code(), event.status.code(), event.detail_status.code()] {
            buffer.put_i32(4);
            buffer.put_i32(code);
        }
        let texts = [Some(&event.agent_account), Some(&event.country_code), None, None, event.name.as_ref()];
        for text in texts {
            buffer.put_i32(text.map_or(-1, |text| i32::try_from(text.len()).unwrap()));
            buffer.put_slice(text.map_or(&[][..], |text| text.as_bytes()));
        }
        for _ in ["ordinal", "not_before"] {
            buffer.put_i32(-1);
        }
        buffer.put_i32(16);
        buffer.put_slice(Uuid::new_v4().as_bytes());
    }
    buffer.put_i16(-1);
    buffer.freeze()
}
