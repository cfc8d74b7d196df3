//! The events of several batches, which one transaction writes.

use std::collections::{BTreeMap, HashMap, HashSet};

use uuid::Uuid;

use super::{
    batch::{Batch, Written},
    row::NewRow,
};
use crate::{TenantId, tenant::TenantNumber};

/// So many numbers the sequence gives at once.
const BLOCK_NUMBERS: usize = 256;

/// How many blocks of numbers are enough for so many events.
pub fn blocks(events: usize) -> i64 {
    i64::try_from(events.div_ceil(BLOCK_NUMBERS)).unwrap_or(i64::MAX)
}

/// Those that are not alike to one before. All write names and rows in the same order, so that two groups wait for each
/// other one way only.
pub struct AppendBatch<'a>(Vec<NewRow<'a>>);

impl<'a> AppendBatch<'a> {
    /// The batches of known tenants.
    pub fn new(batches: &'a [(TenantId, Batch)], tenants: &HashMap<TenantId, TenantNumber>) -> Self {
        let mut rows = Vec::new();
        for (number, (tenant, batch)) in batches.iter().enumerate() {
            let Some(&tenant) = tenants.get(tenant) else { continue };
            let row = |(place, (event, key))| NewRow { tenant, key, seq: 0, event, place: (number, place) };
            rows.extend(batch.events_and_keys().enumerate().map(row));
        }
        rows.sort_unstable_by_key(|row| (row.tenant, row.key, row.place));
        rows.dedup_by_key(|row| (row.tenant, row.key));
        Self(rows)
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Of the events that have a name: whose they are, and their keys.
    pub fn named(&self) -> (Vec<i64>, Vec<Uuid>) {
        let named = self.0.iter().filter(|row| row.event.event_id.is_some());
        named.map(|row| (row.tenant.0, row.key)).unzip()
    }

    /// Of the events that have a name, these alone are new.
    pub fn keep_of_named(&mut self, new: &HashSet<(i64, Uuid)>) {
        self.0.retain(|row| row.event.event_id.is_none() || new.contains(&(row.tenant.0, row.key)));
    }

    /// Numbers the events as they came, and puts them into the order in which they are written.
    pub fn number(&mut self, blocks: &[i64]) {
        self.0.sort_unstable_by_key(|row| row.place);
        let numbers = blocks.iter().flat_map(|block| (*block..).take(BLOCK_NUMBERS));
        self.0.iter_mut().zip(numbers).for_each(|(row, number)| row.seq = number);
        self.0.sort_unstable_by_key(|row| (row.event.at, row.tenant, row.key));
    }

    /// The events with these numbers alone are new.
    pub fn keep(&mut self, numbers: &HashSet<i64>) {
        self.0.retain(|row| numbers.contains(&row.seq));
    }

    pub fn rows(&self) -> &[NewRow<'a>] {
        &self.0
    }

    /// Which tenants have how many events.
    pub fn counts(&self) -> (Vec<i64>, Vec<i64>) {
        let mut counts = BTreeMap::new();
        for row in &self.0 {
            *counts.entry(row.tenant.0).or_insert(0) += 1;
        }
        counts.into_iter().unzip()
    }

    /// What became of each batch, when this is written; none of one whose tenant is not known.
    pub fn written(
        &self,
        batches: &[(TenantId, Batch)],
        tenants: &HashMap<TenantId, TenantNumber>,
        xact: i64,
    ) -> Vec<Option<Written>> {
        let with_new: HashSet<_> = self.0.iter().map(|row| row.place.0).collect();
        let appends = with_new.len() as u64;
        let nothing = |(tenant, batch): &(TenantId, Batch)| {
            Some(Written { tenant: *tenants.get(tenant)?, xact, appends, numbers: vec![None; batch.len()] })
        };
        let mut written: Vec<_> = batches.iter().map(nothing).collect();
        for row in &self.0 {
            let (batch, place) = row.place;
            let number = written.get_mut(batch).and_then(Option::as_mut).and_then(|it| it.numbers.get_mut(place));
            if let Some(number) = number {
                *number = Some(row.seq);
            }
        }
        written
    }
}
