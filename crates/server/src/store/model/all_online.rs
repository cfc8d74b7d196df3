//! The answer about all who are online. It is long and asked for often, and little of it changes at a time: what it told of
//! an agent of whom nothing has changed is taken over.

use std::ops::Range;

use axum::body::Bytes;
use group_dispatch_types::AgentSource;

use super::{
    agent::AgentIndex,
    facts::{Facts, State},
    telling::online,
    wire::Wire,
};
use crate::store::AgentFilter;

/// The answer as it was made last.
pub struct Kept {
    /// The presence that it tells.
    presence: u64,
    bytes: Bytes,
    /// In the order of the answer.
    pieces: Vec<Piece>,
}

/// What the answer tells of an agent at a source.
struct Piece {
    source: AgentSource,
    agent: AgentIndex,
    version: u32,
    place: Range<usize>,
}

impl Facts {
    /// What [`all_online`](Self::all_online) made last, if nothing has changed since and nobody is about to make it anew.
    pub fn kept_all_online(&self) -> Option<Bytes> {
        let kept = self.all_online.try_lock()?;
        kept.as_ref().filter(|kept| kept.presence == self.presence()).map(|kept| kept.bytes.clone())
    }

    /// All who are online at PC and mobile, at one moment, as `answer` has it when it is given what writes them. What it
    /// made is kept for as long as nothing changes.
    pub fn all_online(&self, answer: impl FnOnce(&mut dyn FnMut(&mut Vec<u8>)) -> Bytes) -> Bytes {
        // Who comes while it is made waits for it, instead of doing the same again.
        let mut kept = self.all_online.lock();
        // Before it is read: what changes meanwhile is told next time.
        let presence = self.presence();
        if let Some(kept) = kept.as_ref().filter(|kept| kept.presence == presence) {
            return kept.bytes.clone();
        }
        let mut pieces = Vec::new();
        let bytes = answer(&mut |out| {
            let before = kept.as_ref().map_or(0, |kept| kept.bytes.len());
            out.reserve(before + before / 64);
            pieces = groups(&self.read(), kept.as_ref(), out);
            // Where it grew by doubling; a little too much is not worth a copy. What ends the answer is still to come.
            if out.capacity() > out.len() + out.len() / 8 {
                out.shrink_to(out.len() + 64);
            }
        });
        *kept = Some(Kept { presence, bytes: bytes.clone(), pieces });
        bytes
    }
}

fn groups(state: &State, before: Option<&Kept>, out: &mut Vec<u8>) -> Vec<Piece> {
    let everyone = AgentFilter::default();
    let mut pieces = Vec::new();
    // Agents neither go nor change places, so that these come in the order in which they are looked for.
    let mut told_before =
        before.into_iter().flat_map(|kept| kept.pieces.iter().map(|piece| (piece, &kept.bytes))).peekable();
    out.raw("[");
    for &source in AgentSource::ALL {
        out.next().raw(r#"{"list":["#);
        for agent in state.agents.meant(&everyone) {
            let version = state.agents.get(agent).version;
            let told = told_before.next_if(|(piece, _)| piece.source == source && piece.agent == agent);
            // The comma before it is none of it.
            let start = out.len() + usize::from(out.last() != Some(&b'['));
            match told {
                Some((piece, bytes)) if piece.version == version => {
                    out.next().extend_from_slice(&bytes[piece.place.clone()]);
                }
                _ => online(state, agent, source.into(), true, out),
            }
            if out.len() > start {
                pieces.push(Piece { source, agent, version, place: start..out.len() });
            }
        }
        out.raw(r#"],"source":"#).value(&source).raw("}");
    }
    out.raw("]");
    pieces
}
