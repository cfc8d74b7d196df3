//! The bytes of a chunk.
//!
//! ```text
//!   +--------+---------------+---------------+----------------------+--------+
//!   | FORMAT | tenant number | Chunk         | 20 bytes per event   | CRC-32 |
//!   | 1 byte |  postcard     |  postcard     | Chunk::Accounts only | 4 byte |
//!   +--------+---------------+---------------+----------------------+--------+
//! ```
//!
//! The chunks of a tenant, in the order of saving. Each refers only to what later ones have, so the last is loaded first:
//!
//! ```text
//!   Recent ...  Accounts ...  Agents ...  Size
//! ```

use bytes::{Buf, BufMut};
use serde::{Deserialize, Serialize};

use super::super::event_stamp::EventStamp;
use crate::{event::ProvenanceKind, tenant::TenantNumber};

/// To be raised with every change of the bytes, except for a new variant of [`Chunk`] at its end: a version that does not know
/// it can't read such a chunk. Values below 3 began chunks before there was this byte.
pub const FORMAT: u8 = 5;

/// A part of a tenant's index.
#[derive(Serialize, Deserialize)]
pub enum Chunk<'a> {
    /// Agents at a source, by id, each with the accounts that came online last, and when.
    Recent { source: i32, agents: Vec<(u64, Vec<(EventStamp, u64)>)> },
    /// Accounts at a source: number, agent, and how many events with this agent follow the chunk, newest first.
    Accounts {
        source: i32,
        /// Status, detail status, country.
        #[serde(borrow)]
        kinds: Vec<(i32, i32, &'a str)>,
        /// Escaped, as they are in memory.
        #[serde(borrow)]
        names: Vec<&'a str>,
        accounts: Vec<(u64, u64, u8)>,
    },
    /// Agents, by id.
    Agents {
        #[serde(borrow)]
        agents: Vec<SavedAgent<'a>>,
    },
    /// How many accounts are at each source.
    Size { sources: Vec<(i32, usize)> },
    /// As [`Accounts`](Self::Accounts), where some events are not fed.
    MirroredAccounts {
        source: i32,
        /// Status, detail status, country, provenance.
        #[serde(borrow)]
        kinds: Vec<(i32, i32, &'a str, SavedProvenance)>,
        #[serde(borrow)]
        names: Vec<&'a str>,
        accounts: Vec<(u64, u64, u8)>,
        /// Of each account whose newest event is an observed one: when it was last seen, if it went.
        last_seen: Vec<Option<i64>>,
        /// Places of accounts, and the claims of observed events that gave way.
        claims: Vec<(usize, EventStamp)>,
    },
}

/// A [`ProvenanceKind`].
#[derive(Clone, Copy, Serialize, Deserialize)]
pub enum SavedProvenance {
    Fed,
    Logged,
    Observed,
}

impl From<ProvenanceKind> for SavedProvenance {
    fn from(kind: ProvenanceKind) -> Self {
        match kind {
            ProvenanceKind::Fed => Self::Fed,
            ProvenanceKind::Logged => Self::Logged,
            ProvenanceKind::Observed => Self::Observed,
        }
    }
}

impl From<SavedProvenance> for ProvenanceKind {
    fn from(saved: SavedProvenance) -> Self {
        match saved {
            SavedProvenance::Fed => Self::Fed,
            SavedProvenance::Logged => Self::Logged,
            SavedProvenance::Observed => Self::Observed,
        }
    }
}

#[derive(Serialize, Deserialize)]
pub struct SavedAgent<'a> {
    pub id: u64,
    #[serde(borrow)]
    pub account: (&'a str, EventStamp),
    #[serde(borrow)]
    pub name: Option<(&'a str, EventStamp)>,
}

/// An event of an account. Its bytes have a fixed length: there are more of these than of anything else, and such are
/// decoded fastest.
pub struct SavedEvent {
    pub time: EventStamp,
    /// Its number in the chunk's kinds.
    pub kind: u16,
    /// Its number in the chunk's names plus one, or zero.
    pub name: u16,
}

pub type SavedEventBytes = [u8; 20];

impl SavedEvent {
    pub fn encode(&self) -> SavedEventBytes {
        let mut bytes = SavedEventBytes::default();
        let mut rest = &mut bytes[..];
        rest.put_i64_le(self.time.at);
        rest.put_u64_le(self.time.seq);
        rest.put_u16_le(self.kind);
        rest.put_u16_le(self.name);
        bytes
    }

    pub fn decode(bytes: &SavedEventBytes) -> Self {
        let mut rest = &bytes[..];
        let time = EventStamp { at: rest.get_i64_le(), seq: rest.get_u64_le() };
        Self { time, kind: rest.get_u16_le(), name: rest.get_u16_le() }
    }
}

/// Returns the bytes of a chunk.
pub fn encode(tenant: TenantNumber, chunk: &Chunk<'_>, events: &[SavedEvent]) -> postcard::Result<Vec<u8>> {
    let mut bytes = postcard::to_extend(&(tenant.0, chunk), vec![FORMAT])?;
    bytes.extend(events.iter().flat_map(SavedEvent::encode));
    Ok(seal(bytes))
}

/// Reads a chunk: the tenant, the chunk, and the bytes of its events. Returns `None` if it has another format, or is not
/// as it was written.
pub fn decode(bytes: &[u8]) -> Option<(TenantNumber, Chunk<'_>, &[u8])> {
    let ((tenant, chunk), events) = postcard::take_from_bytes(unseal(bytes)?.strip_prefix(&[FORMAT])?).ok()?;
    Some((TenantNumber(tenant), chunk, events))
}

/// CRC-32 of a chunk. It detects corruption that would still deserialize.
fn checksum(chunk: &[u8]) -> [u8; 4] {
    crc32fast::hash(chunk).to_le_bytes()
}

/// Appends the checksum.
pub fn seal(mut chunk: Vec<u8>) -> Vec<u8> {
    chunk.extend(checksum(&chunk));
    chunk
}

/// Removes the checksum. Returns `None` if it is wrong.
pub fn unseal(sealed: &[u8]) -> Option<&[u8]> {
    let (chunk, sum) = sealed.split_last_chunk()?;
    (checksum(chunk) == *sum).then_some(chunk)
}
