//! The bare load: a saved state that is read back, and nothing else. The last events of each account, which answers may
//! have to tell, lie in one file, in order and as serde writes them; they are read into lists that can be searched, which
//! point into the file's bytes for all text. That is about the least with which the questions can be answered.

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

use crate::{limit, world::World};

/// How many events of an account are told, as the contract has it.
const TOLD: usize = 50;

/// Load a state that was saved, and be ready; `group-dispatch-bench` runs this itself.
#[derive(Args)]
pub struct Bare {
    listen: SocketAddr,
    file: PathBuf,
}

/// What the answers are made from.
#[derive(Serialize, Deserialize)]
struct Facts<'a> {
    /// By number.
    #[serde(borrow)]
    accounts: Vec<Account<'a>>,
    /// By id.
    agents: Vec<Agent<'a>>,
}

#[derive(Serialize, Deserialize)]
struct Account<'a> {
    number: u64,
    agent: u64,
    source: u64,
    #[serde(borrow)]
    name: Cow<'a, str>,
    /// When something happened and what, the last at the end.
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
    /// Loads the state, and serves its being there until it is killed.
    ///
    /// # Errors
    /// When there is no such state, or nothing can listen there.
    pub fn run(&self) -> Result<()> {
        let bytes = fs::read(&self.file).with_context(|| format!("cannot read {}", self.file.display()))?;
        let facts: Facts<'_> = postcard::from_bytes(&bytes).context("this is no state that was saved")?;
        limit::serve(self.listen, Router::new().route("/readyz", get(async || "ready")))?;
        drop(black_box(facts));
        Ok(())
    }
}

/// The file with a world's state, from an earlier run or made now.
///
/// # Errors
/// When it can't be written.
pub fn make(folder: &Path, world: World) -> Result<PathBuf> {
    let kept = folder.join(format!("bare-{}-accounts-{}-events", world.accounts, world.events));
    if !kept.exists() {
        eprintln!("making the bare state of {} accounts and {} events", world.accounts, world.events);
        let new = folder.join("new-bare-state");
        fs::write(&new, postcard::to_stdvec(&facts(world))?)
            .and_then(|()| fs::rename(&new, &kept))
            .with_context(|| format!("cannot write {}", kept.display()))?;
    }
    Ok(kept)
}

/// What follows from the world's events.
fn facts(world: World) -> Facts<'static> {
    let (mut accounts, mut agents) = (BTreeMap::new(), BTreeMap::new());
    for event in world.events() {
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
        account.last.drain(..account.last.len().saturating_sub(TOLD));
    }
    Facts { accounts: accounts.into_values().collect(), agents: agents.into_values().collect() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_state_tells_where_accounts_are_and_what_happened_last() {
        let world = World::of(200, 10_000);
        let folder = tempfile::tempdir().unwrap();
        let kept = make(folder.path(), world).unwrap();
        assert_eq!(make(folder.path(), world).unwrap(), kept);
        let bytes = fs::read(kept).unwrap();
        let Facts { accounts, agents } = postcard::from_bytes(&bytes).unwrap();
        assert_eq!((accounts.len(), agents.len()), (200, 2));
        let online = |account: &&Account<'_>| account.last.last().is_some_and(|(_, detail)| *detail < 20);
        assert_eq!(accounts.iter().filter(online).count(), 20);
        assert!(accounts.iter().all(|account| account.last.is_sorted_by_key(|(at, _)| *at)));
        assert_eq!(accounts.iter().map(|account| account.last.len()).max(), Some(TOLD));
    }
}
