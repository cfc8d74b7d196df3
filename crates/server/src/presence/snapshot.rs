//! What is known, as it is saved and loaded again: in parts of some thousand events or agents, each taken at its own
//! moment. An event that fell between two parts is in the log after the position that the saved state covers, and is
//! learnt again from there.

use serde::{Deserialize, Serialize};

use super::event_time::EventTime;

mod load;
mod save;

pub use load::load;
pub use save::chunks;

/// What a part begins with; to be another whenever parts are written otherwise. Less than 3 began parts that had none.
const FORMAT: u8 = 5;

/// What a part ends with: of what is before it. Where a disk or a hand has changed a bit, most parts could be read all the
/// same, and answers would be wrong.
fn sum(chunk: &[u8]) -> [u8; 4] {
    crc32fast::hash(chunk).to_le_bytes()
}

pub fn seal(mut chunk: Vec<u8>) -> Vec<u8> {
    chunk.extend(sum(&chunk));
    chunk
}

/// What was sealed; none if it isn't that any more.
pub fn unseal(sealed: &[u8]) -> Option<&[u8]> {
    let (chunk, checksum) = sealed.split_last_chunk()?;
    (sum(chunk) == *checksum).then_some(chunk)
}

/// A part, in the order of saving: each names only what is in those that come after it, so that loading goes backwards.
/// The tenant's number is written before it. Its texts are where it was read from.
#[derive(Serialize, Deserialize)]
enum Chunk<'a> {
    /// Agents at a source, by id, each with the accounts that came online last, and when.
    Recent { source: i32, agents: Vec<(u64, Vec<(EventTime, u64)>)> },
    /// Accounts at a source, each with an agent and how many events with that agent. These follow the part, newest first.
    Accounts {
        source: i32,
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
}

/// An event of an account. There are more of these than of all else: all are of one length, which is read the quickest.
struct SavedEvent {
    time: EventTime,
    /// Its place in the part.
    kind: u16,
    /// Its place in the part, counted from one; zero if there is none.
    name: u16,
}

type SavedEventBytes = [u8; 20];

impl SavedEvent {
    fn written(&self) -> SavedEventBytes {
        let mut bytes = SavedEventBytes::default();
        bytes[..8].copy_from_slice(&self.time.at.to_le_bytes());
        bytes[8..16].copy_from_slice(&self.time.seq.to_le_bytes());
        bytes[16..18].copy_from_slice(&self.kind.to_le_bytes());
        bytes[18..].copy_from_slice(&self.name.to_le_bytes());
        bytes
    }

    fn read(bytes: &SavedEventBytes) -> Option<Self> {
        let (at, rest) = bytes.split_first_chunk()?;
        let (seq, rest) = rest.split_first_chunk()?;
        let (kind, name) = rest.split_first_chunk()?;
        Some(Self {
            time: EventTime { at: i64::from_le_bytes(*at), seq: u64::from_le_bytes(*seq) },
            kind: u16::from_le_bytes(*kind),
            name: u16::from_le_bytes(*name.first_chunk()?),
        })
    }
}

#[derive(Serialize, Deserialize)]
struct SavedAgent<'a> {
    id: u64,
    #[serde(borrow)]
    account: (&'a str, EventTime),
    #[serde(borrow)]
    name: Option<(&'a str, EventTime)>,
}
