//! What a campaign does: legs, each with a fresh database and a list of faults. All follows from the seed.

use std::fmt;

use fastrand::Rng;
use serde::{Deserialize, Serialize};

use crate::event::rng;

/// Where events are stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Store {
    Sqlite,
    Postgres,
    Patroni,
}

impl fmt::Display for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Sqlite => "SQLite",
            Self::Postgres => "PostgreSQL",
            Self::Patroni => "Patroni",
        })
    }
}

/// Defines the faults with their names.
macro_rules! faults {
    ($($name:ident = $text:literal, $about:literal;)*) => {
        /// A kind of fault.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Fault {
            $(#[doc = $about] $name,)*
        }

        impl Fault {
            /// All kinds.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// Returns the name, as the report and `--only` have it.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }

            /// Returns what happens.
            #[must_use]
            pub fn about(self) -> &'static str {
                match self { $(Self::$name => $about,)* }
            }
        }
    };
}

faults! {
    ServerKilled = "server-killed", "kill -9 of a server, or of both";
    ServerStopped = "server-stopped", "SIGTERM to a server, and a new start";
    ServerFrozen = "server-frozen", "SIGSTOP of a server, and SIGCONT";
    ClocksOff = "clocks-off", "the clocks of most feeders are wrong by minutes to hours";
    FileLocked = "file-locked", "another program holds the write lock of the SQLite file";
    FileRemoved = "file-removed", "rm of the SQLite file";
    FileMoved = "file-moved", "mv of the SQLite file";
    BackupRenamed = "backup-renamed", "a backup is renamed over the SQLite file";
    FileUnmounted = "file-unmounted", "the file system of the SQLite file is unmounted";
    DiskFull = "disk-full", "the disk of the database is full";
    DatabaseKilled = "database-killed", "kill -9 of the whole PostgreSQL, and a new start";
    DatabaseFrozen = "database-frozen", "SIGSTOP of the whole PostgreSQL, and SIGCONT";
    PostmasterFrozen = "postmaster-frozen", "SIGSTOP of the postmaster: no new connections";
    BackendsFrozen = "backends-frozen", "SIGSTOP of the sessions of the servers";
    NetworkCut = "network-cut", "connections between server and database are closed";
    NetworkFrozen = "network-frozen", "nothing passes between server and database";
    ConnectionsFrozen = "connections-frozen", "nothing passes on old connections, new ones work";
    StandbyFrozen = "standby-frozen", "the synchronous standby is frozen, and goes on";
    FailoverFrozen = "failover-frozen", "the primary is frozen, the standby promoted; later the old primary goes on";
    FailoverKilled = "failover-killed", "the primary is killed, the standby promoted";
    FailoverFenced = "failover-fenced", "the primary is made read-only, the standby promoted";
    FailoverDemoted = "failover-demoted", "the primary is stopped, the standby promoted, and they change places";
    FailoverIsolated = "failover-isolated", "nothing passes to the primary, the standby is promoted";
    FailoverStandbyGone = "failover-standby-gone",
        "the standby dies during commits, the primary starts again and dies, then the standby is promoted";
    FailoverCanceled = "failover-canceled",
        "the standby dies, commits that wait for it are canceled, then the standby is promoted";
    PatroniKilled = "patroni-killed", "kill -9 of everything on the primary's node";
    PatroniFrozen = "patroni-frozen", "SIGSTOP of everything on the primary's node; later it goes on";
    PatroniStopped = "patroni-stopped", "SIGTERM to Patroni on the primary's node";
    PatroniPostgresKilled = "patroni-postgres-killed", "kill -9 of the primary, of which Patroni takes care";
    PatroniIsolated = "patroni-isolated", "nothing passes between etcd and the primary's node, which gives up its role";
    PatroniSwitchover = "patroni-switchover", "the operator makes another node the primary";
}

use Fault::*;

/// The kinds of failover.
pub const FAILOVERS: &[Fault] = &[
    FailoverFrozen,
    FailoverKilled,
    FailoverFenced,
    FailoverDemoted,
    FailoverIsolated,
    FailoverStandbyGone,
    FailoverCanceled,
];
const OF_PATRONI: &[Fault] =
    &[PatroniKilled, PatroniFrozen, PatroniStopped, PatroniPostgresKilled, PatroniIsolated, PatroniSwitchover];
const OF_SERVERS: &[Fault] = &[ServerKilled, ServerStopped, ServerFrozen, ClocksOff];
const OF_FILES: &[Fault] = &[FileRemoved, FileMoved, BackupRenamed];
const OF_POSTGRES: &[Fault] = &[
    DatabaseKilled,
    DatabaseFrozen,
    PostmasterFrozen,
    BackendsFrozen,
    NetworkCut,
    NetworkFrozen,
    ConnectionsFrozen,
    StandbyFrozen,
];

/// A part of the campaign with a database of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leg {
    pub number: usize,
    pub store: Store,
    pub servers: usize,
    /// Whether the database is on a small disk.
    pub has_small_disk: bool,
    pub faults: Vec<Fault>,
}

/// How long a campaign is.
#[derive(Clone, Debug, Default)]
pub struct Length {
    pub is_quick: bool,
    /// Only failovers under Patroni.
    pub is_of_patroni: bool,
    /// How many failovers; by default 50, 3 in a quick campaign, and one of each kind under Patroni.
    pub failovers: Option<usize>,
    /// Only these kinds; all if empty.
    pub only: Vec<Fault>,
}

/// Returns the legs of a campaign.
#[must_use]
pub fn legs(seed: u64, length: &Length) -> Vec<Leg> {
    let mut rng = rng(&[seed, 1]);
    let mut legs = if length.is_of_patroni {
        let count = length.failovers.unwrap_or(OF_PATRONI.len());
        failover_legs(Store::Patroni, OF_PATRONI, count, Some(&mut rng))
    } else if length.is_quick {
        let kinds = [FailoverFrozen, FailoverKilled, FailoverStandbyGone];
        let count = length.failovers.unwrap_or(kinds.len());
        [quick_legs(), failover_legs(Store::Postgres, &kinds, count, None)].concat()
    } else {
        let legs = full_legs(&mut rng);
        let count = length.failovers.unwrap_or(50);
        [legs, failover_legs(Store::Postgres, FAILOVERS, count, Some(&mut rng))].concat()
    };
    for leg in &mut legs {
        leg.faults.retain(|fault| length.only.is_empty() || length.only.contains(fault));
    }
    legs.retain(|leg| !leg.faults.is_empty());
    legs.iter_mut().enumerate().for_each(|(number, leg)| leg.number = number);
    legs
}

fn leg(store: Store, servers: usize, faults: impl Into<Vec<Fault>>) -> Leg {
    Leg { number: 0, store, servers, has_small_disk: false, faults: faults.into() }
}

fn on_small_disk(leg: Leg) -> Leg {
    Leg { has_small_disk: true, ..leg }
}

fn quick_legs() -> Vec<Leg> {
    vec![
        leg(Store::Sqlite, 1, [ServerKilled, ClocksOff, FileRemoved]),
        leg(Store::Sqlite, 2, [ServerKilled, BackupRenamed]),
        on_small_disk(leg(Store::Sqlite, 1, [DiskFull, FileUnmounted])),
        leg(Store::Postgres, 2, [ServerKilled, NetworkCut, DatabaseKilled]),
    ]
}

fn full_legs(rng: &mut Rng) -> Vec<Leg> {
    let mut legs = Vec::new();
    for servers in [1, 2] {
        // A file that goes away is the last fault of its leg.
        for file_fault in OF_FILES {
            let mut faults = [OF_SERVERS, &[FileLocked]].concat();
            rng.shuffle(&mut faults);
            faults.push(*file_fault);
            legs.push(leg(Store::Sqlite, servers, faults));
        }
        legs.push(on_small_disk(leg(Store::Sqlite, servers, [DiskFull, ServerKilled, FileUnmounted])));
        let mut faults = [OF_SERVERS, OF_POSTGRES].concat();
        rng.shuffle(&mut faults);
        legs.push(leg(Store::Postgres, servers, faults));
    }
    legs.push(on_small_disk(leg(Store::Postgres, 2, [DiskFull, DatabaseKilled])));
    legs
}

/// Returns failovers in legs of five, of each kind equally often, in the order that the generator gives if there is one.
fn failover_legs(store: Store, kinds: &[Fault], count: usize, mut rng: Option<&mut Rng>) -> Vec<Leg> {
    let mut kinds = kinds.to_vec();
    let mut all = Vec::new();
    while all.len() < count {
        if let Some(rng) = &mut rng {
            rng.shuffle(&mut kinds);
        }
        all.extend_from_slice(&kinds);
    }
    all.truncate(count);
    all.chunks(5).map(|faults| leg(store, 2, faults)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_campaign_follows_from_its_seed() {
        let full = Length::default();
        assert_eq!(legs(1, &full), legs(1, &full));
        assert_ne!(legs(1, &full), legs(2, &full));
        let all: Vec<Fault> = legs(1, &full).into_iter().flat_map(|leg| leg.faults).collect();
        let of_patroni = Length { is_of_patroni: true, ..Length::default() };
        let more: Vec<Fault> = legs(1, &of_patroni).into_iter().flat_map(|leg| leg.faults).collect();
        assert!(
            Fault::ALL.iter().all(|fault| all.contains(fault) != more.contains(fault)),
            "each kind is in one of them"
        );
        assert_eq!(all.iter().filter(|fault| FAILOVERS.contains(fault)).count(), 50);
    }

    #[test]
    fn only_some_kinds_can_be_chosen() {
        let only = Length { only: vec![FileRemoved], ..Length::default() };
        let legs = legs(1, &only);
        assert!(legs.iter().all(|leg| leg.faults == [FileRemoved]));
        assert_eq!(legs.iter().map(|leg| leg.number).collect::<Vec<_>>(), [0, 1]);
    }
}
