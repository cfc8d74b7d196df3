//! Inserts events some of which may be stored already. This is slower than `COPY`, but it skips repeats, and waits for
//! a transaction that writes the same event.

use std::collections::HashSet;

use deadpool_postgres::ClientWrapper;
use tokio_postgres::types::ToSql;
use uuid::Uuid;

use super::{
    nul_escape::to_column,
    row::{NewRow, columns},
};
use crate::error::StoreError;

const INSERT: &str = concat!(
    "INSERT INTO status_event (",
    columns!(),
    ", key)
    SELECT at, seq, $1, tenant, user_id, whatsapp, source, status, detail_status, agent_account, country_code,
        event_id, user_name, name, key
    FROM unnest($2::uuid[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[],
        $8::integer[], $9::integer[], $10::integer[], $11::text[], $12::text[], $13::text[], $14::text[], $15::text[])
        AS event (key, at, seq, tenant, user_id, whatsapp, source, status, detail_status, agent_account, country_code,
        event_id, user_name, name)
    ON CONFLICT (at, tenant, key) DO NOTHING RETURNING seq"
);

/// Inserts rows, and returns the numbers of the new events.
pub async fn insert(client: &ClientWrapper, rows: &[NewRow<'_>], xact: i64) -> Result<HashSet<i64>, StoreError> {
    let keys: Vec<Uuid> = rows.iter().map(|row| row.key).collect();
    let numbers = columns_of(rows, NewRow::numbers);
    let codes = columns_of(rows, NewRow::codes);
    let texts = columns_of(rows, |row| row.texts().map(|text| text.map(to_column)));
    let mut values: Vec<&(dyn ToSql + Sync)> = vec![&xact, &keys];
    values.extend(numbers.iter().map(|column| column as &(dyn ToSql + Sync)));
    values.extend(codes.iter().map(|column| column as &(dyn ToSql + Sync)));
    values.extend(texts.iter().map(|column| column as &(dyn ToSql + Sync)));
    let inserted = client.query(&client.prepare_cached(INSERT).await?, &values).await?;
    inserted.iter().map(|row| Ok(row.try_get(0)?)).collect()
}

/// Collects values of the rows by column.
fn columns_of<'a, T, const N: usize>(rows: &'a [NewRow<'a>], values: impl Fn(&'a NewRow<'a>) -> [T; N]) -> [Vec<T>; N] {
    let mut columns = [const { Vec::new() }; N];
    for row in rows {
        for (column, value) in columns.iter_mut().zip(values(row)) {
            column.push(value);
        }
    }
    columns
}
