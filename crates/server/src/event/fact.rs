//! What an event says about who is online: a status event without its names and texts. The reports are made of such facts.

use std::collections::{HashMap, HashSet};

use group_dispatch_types::{AccountStatus, Source, StatusDetail, UserId, WhatsAppNumber};

use super::{LoggedEvent, Provenance, ProvenanceKind, StatusEvent};

/// An event of the log without its names and texts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StatusFact {
    /// Its number, by the order of arrival.
    pub seq: u64,
    /// When it happened, in Unix epoch milliseconds.
    pub at: i64,
    /// The agent's id.
    pub user_id: UserId,
    /// The account.
    pub whatsapp: WhatsAppNumber,
    /// Where it happened.
    pub source: Source,
    /// The account's status after it.
    pub status: AccountStatus,
    /// What happened.
    pub detail_status: StatusDetail,
    /// How it is known.
    pub provenance: Provenance,
}

impl From<&LoggedEvent> for StatusFact {
    fn from(LoggedEvent { seq, event }: &LoggedEvent) -> Self {
        Self::new(*seq, event)
    }
}

impl StatusFact {
    /// Returns what an event with a number says.
    pub fn new(seq: u64, event: &StatusEvent) -> Self {
        let StatusEvent { at, user_id, whatsapp, source, status, detail_status, provenance, .. } = *event;
        Self { seq, at, user_id, whatsapp, source, status, detail_status, provenance }
    }

    /// Returns the place among the facts of a tenant: by time and, of one time, by arrival.
    pub const fn place(&self) -> (i64, u64) {
        (self.at, self.seq)
    }

    /// Returns whether it is known in a way.
    pub fn is(&self, kind: ProvenanceKind) -> bool {
        self.provenance.kind() == kind
    }

    /// Returns what two facts have in common of which one may be a copy of the other.
    fn content(&self) -> (u64, u64, i32, i32, i32, i64) {
        let Self { user_id, whatsapp, source, status, detail_status, at, .. } = *self;
        (user_id.get(), whatsapp.get(), source.code(), status.code(), detail_status.code(), at.div_euclid(1000))
    }
}

/// Returns the numbers of the fed facts that are copies: for each logged one, the earliest fed one that says the same of the
/// same second (D48).
pub fn fed_copies(logged: impl IntoIterator<Item = StatusFact>, mut fed: Vec<StatusFact>) -> HashSet<u64> {
    let mut copies = HashMap::<_, usize>::new();
    for fact in logged {
        *copies.entry(fact.content()).or_default() += 1;
    }
    fed.sort_unstable_by_key(StatusFact::place);
    let mut is_copy = |fact: &StatusFact| match copies.get_mut(&fact.content()) {
        Some(left) if *left > 0 => {
            *left -= 1;
            true
        }
        _ => false,
    };
    fed.into_iter().filter(|fact| is_copy(fact)).map(|fact| fact.seq).collect()
}
