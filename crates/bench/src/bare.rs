//! The baseline of a start: a program that loads a snapshot and does nothing else. The snapshot contains the last
//! events of each account, sorted and serialized by serde, which is about the least that responses can be made from. It
//! is read into sorted lists, whose texts borrow from the bytes of the file.

use std::{
    borrow::Cow,
    collections::BTreeMap,
    fs,
    hint::black_box,
    net::SocketAddr,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};
use axum::{Router, routing::get};
use clap::Args;
use serde::{Deserialize, Serialize};

use crate::{dataset::Dataset, limit};

/// How many events of an account the contract returns.
const EVENTS_PER_ACCOUNT: usize = 50;

/// Load a snapshot and become ready; started by `group-dispatch-bench` itself.
#[derive(Args)]
pub struct Bare {
    listen: SocketAddr,
    file: PathBuf,
}

/// The data of the snapshot.
#[derive(Serialize, Deserialize)]
struct BareState<'a> {
    /// Sorted by number.
    #[serde(borrow)]
    accounts: Vec<Account<'a>>,
    /// Sorted by id.
    agents: Vec<Agent<'a>>,
}

#[derive(Serialize, Deserialize)]
struct Account<'a> {
    number: u64,
    agent: u64,
    source: u64,
    #[serde(borrow)]
    name: Cow<'a, str>,
    /// The time and the detail of each event, the latest last.
    last: Vec<(u64, u8)>,
}

#[derive(Serialize, Deserialize)]
struct Agent<'a> {
    id: u64,
    #[serde(borrow)]
    account: Cow<'a, str>,
    #[serde(borrow)]
    name: Cow<'a, str>,
}

impl Bare {
    /// Loads the snapshot, and serves `/readyz` until the process is killed.
    ///
    /// # Errors
    /// If the snapshot can't be read, or the address can't be bound.
    pub fn run(&self) -> Result<()> {
        let bytes = fs::read(&self.file).with_context(|| format!("cannot read {}", self.file.display()))?;
        let state: BareState<'_> = postcard::from_bytes(&bytes).context("this is not a snapshot")?;
        limit::serve(self.listen, Router::new().route("/readyz", get(async || "ready")))?;
        drop(black_box(state));
        Ok(())
    }
}

/// Returns the snapshot file of a dataset, from an earlier run or a new one.
///
/// # Errors
/// If it can't be written.
pub fn make(folder: &Path, dataset: Dataset) -> Result<PathBuf> {
    let kept = folder.join(format!("bare-{}-accounts-{}-events", dataset.accounts, dataset.events));
    if !kept.exists() {
        eprintln!("creating the snapshot of {} accounts and {} events", dataset.accounts, dataset.events);
        let new = folder.join("new-bare-state");
        fs::write(&new, postcard::to_stdvec(&bare_state(dataset))?)
            .and_then(|()| fs::rename(&new, &kept))
            .with_context(|| format!("cannot write {}", kept.display()))?;
    }
    Ok(kept)
}

/// Computes the snapshot of a dataset.
fn bare_state(dataset: Dataset) -> BareState<'static> {
    let (mut accounts, mut agents) = (BTreeMap::new(), BTreeMap::new());
    for event in dataset.events() {
        let (id, number, source, detail, at) = event.columns();
        let of = event.account();
        agents.entry(id).or_insert_with(|| Agent {
            id,
            account: of.agent_account().into(),
            name: of.agent_name().into(),
        });
        let account = || Account { number, agent: id, source, name: of.name().into(), last: Vec::new() };
        accounts.entry(number).or_insert_with(account).last.push((at, detail));
    }
    for account in accounts.values_mut() {
        account.last.sort_by_key(|(at, _)| *at);
        account.last.drain(..account.last.len().saturating_sub(EVENTS_PER_ACCOUNT));
    }
    BareState { accounts: accounts.into_values().collect(), agents: agents.into_values().collect() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_snapshot_contains_the_last_events_of_each_account() {
        let dataset = Dataset::of(200, 10_000);
        let folder = tempfile::tempdir().unwrap();
        let kept = make(folder.path(), dataset).unwrap();
        assert_eq!(make(folder.path(), dataset).unwrap(), kept);
        let bytes = fs::read(kept).unwrap();
        let BareState { accounts, agents } = postcard::from_bytes(&bytes).unwrap();
        assert_eq!((accounts.len(), agents.len()), (200, 2));
        let online = |account: &&Account<'_>| account.last.last().is_some_and(|(_, detail)| *detail < 20);
        assert_eq!(accounts.iter().filter(online).count(), 20);
        assert!(accounts.iter().all(|account| account.last.is_sorted_by_key(|(at, _)| *at)));
        assert_eq!(accounts.iter().map(|account| account.last.len()).max(), Some(EVENTS_PER_ACCOUNT));
    }
}
