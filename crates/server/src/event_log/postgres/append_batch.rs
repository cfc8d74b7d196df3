//! The appends that one transaction writes: their events as rows, without repeats, and what the callers get.

use std::collections::{HashMap, HashSet};

use group_dispatch_types::signing::TenantId;
use tokio::{sync::oneshot, time::Instant};
use uuid::Uuid;

use super::row::NewRow;
use crate::{
    error::StoreError,
    event::{LoggedEvent, StatusEvent},
    event_log::{AppendToken, LoggedBatch, event_key::event_key},
    tenant::TenantNumber,
};

/// The sequence gives event numbers in blocks of this size, as its `INCREMENT` in the schema says.
const BLOCK_NUMBERS: usize = 256;

/// The events that one caller appends.
pub struct Append {
    pub tenant: TenantId,
    pub events: Vec<StatusEvent>,
    /// When the caller gets an error.
    pub deadline: Instant,
    keys: Vec<Uuid>,
    caller: oneshot::Sender<Result<LoggedBatch, StoreError>>,
}

/// What a transaction did with an append.
pub struct Written {
    tenant: TenantNumber,
    token: AppendToken,
    /// The number of each event; `None` for a repeat.
    numbers: Vec<Option<i64>>,
}

impl Append {
    pub fn new(
        tenant: TenantId,
        events: Vec<StatusEvent>,
        deadline: Instant,
        caller: oneshot::Sender<Result<LoggedBatch, StoreError>>,
    ) -> Self {
        let keys = events.iter().map(key).collect();
        Self { tenant, events, deadline, keys, caller }
    }

    /// Returns the outcome to the caller; it has nothing written if the tenant does not exist.
    pub fn finish(self, outcome: Result<Option<Written>, StoreError>) {
        let logged = outcome.and_then(|written| {
            let Written { tenant, token, numbers } = written.ok_or(StoreError::UnknownTenant(self.tenant))?;
            let repeated = numbers.iter().filter(|number| number.is_none()).count();
            let numbered = numbers.into_iter().zip(self.events);
            let stored: Vec<_> = numbered
                .filter_map(|(number, event)| Some(LoggedEvent { seq: number?.cast_unsigned(), event }))
                .collect();
            let token = (!stored.is_empty()).then_some(token);
            Ok(LoggedBatch { tenant, stored, repeated, token })
        });
        // The caller may have stopped waiting.
        self.caller.send(logged).ok();
    }
}

fn key(event: &StatusEvent) -> Uuid {
    Uuid::from_bytes(event_key(event))
}

/// The rows of a transaction.
///
/// All transactions write names and rows in the same order, so that two of them never wait for each other in a circle.
pub struct AppendBatch<'a> {
    pub rows: Vec<NewRow<'a>>,
}

impl<'a> AppendBatch<'a> {
    /// Takes the appends of existing tenants. Of equal events, it keeps the first.
    pub fn new(appends: &'a [Append], tenants: &HashMap<TenantId, TenantNumber>) -> Self {
        let mut rows = Vec::new();
        for (number, Append { tenant, events, keys, .. }) in appends.iter().enumerate() {
            let Some(&tenant) = tenants.get(tenant) else { continue };
            let events = events.iter().zip(keys).enumerate();
            rows.extend(events.map(|(place, (event, &key))| NewRow {
                tenant,
                key,
                seq: 0,
                event,
                place: (number, place),
            }));
        }
        Self::of_rows(rows)
    }

    /// Takes the events of one tenant. Of equal events, it keeps the first.
    pub fn of_tenant(tenant: TenantNumber, events: &'a [StatusEvent]) -> Self {
        let row = |(place, event)| NewRow { tenant, key: key(event), seq: 0, event, place: (0, place) };
        Self::of_rows(events.iter().enumerate().map(row).collect())
    }

    fn of_rows(mut rows: Vec<NewRow<'a>>) -> Self {
        rows.sort_unstable_by_key(|row| (row.tenant, row.key, row.place));
        rows.dedup_by_key(|row| (row.tenant, row.key));
        Self { rows }
    }

    /// Numbers the events in the order of arrival, and sorts them into the order of writing.
    pub fn assign_numbers(&mut self, blocks: &[i64]) {
        self.rows.sort_unstable_by_key(|row| row.place);
        let numbers = blocks.iter().flat_map(|block| (*block..).take(BLOCK_NUMBERS));
        self.rows.iter_mut().zip(numbers).for_each(|(row, number)| row.seq = number);
        self.rows.sort_unstable_by_key(|row| (row.event.at, row.tenant, row.key));
    }

    /// Returns the outcome of each append; `None` if its tenant does not exist. The transaction has a number at a server.
    pub fn written(
        &self,
        appends: &[Append],
        tenants: &HashMap<TenantId, TenantNumber>,
        (xact, server): (i64, i64),
    ) -> Vec<Option<Written>> {
        let with_new: HashSet<_> = self.rows.iter().map(|row| row.place.0).collect();
        let token = AppendToken::Postgres { server, xact, appends: with_new.len() as u64 };
        let nothing = |append: &Append| {
            let numbers = vec![None; append.events.len()];
            Some(Written { tenant: *tenants.get(&append.tenant)?, token, numbers })
        };
        let mut written: Vec<_> = appends.iter().map(nothing).collect();
        for row in &self.rows {
            let (append, place) = row.place;
            if let Some(written) = &mut written[append] {
                written.numbers[place] = Some(row.seq);
            }
        }
        written
    }
}
