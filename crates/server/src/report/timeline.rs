//! Which account is online at each source, and with which agent, from one fact to the next.
//!
//! At each moment it is what the presence index would have answered (D16): the agent that claimed the account last has it, and
//! the account is online if the latest fact with that agent says so. So only these things matter of the past. An account comes
//! online by a claim, which is then the latest fact of its agent, and goes by any other fact of that agent, by a ban or by the
//! claim of another agent. The index has the latest 50 records of an agent with an account: after as many of another agent,
//! without a claim, it takes the oldest of them for one.

use group_dispatch_types::{AccountStatus, Source, StatusDetail, UserId, WhatsAppNumber};
use hashbrown::HashMap;

use crate::event::{Provenance, ProvenanceKind, fact::StatusFact};

/// The longest time between two sessions that counts as a flap, in milliseconds: programs that lose a connection open the next
/// one within this time, and people who log off don't.
pub const FLAP_MILLISECONDS: i64 = 60_000;

/// Records of another agent that end a session without a claim (D16).
const RECORDS_LIKE_A_CLAIM: u8 = 50;

/// A time in which an account was online at a source with one agent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Session {
    /// The agent's id.
    pub user_id: UserId,
    /// The account.
    pub whatsapp: WhatsAppNumber,
    /// Where it was online.
    pub source: Source,
    /// The fact with which it began.
    pub began: SessionEdge,
    /// The fact with which it ended; `None` if it lasts.
    pub ended: Option<SessionEdge>,
}

/// The fact with which a session began or ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SessionEdge {
    /// Its time, in Unix epoch milliseconds.
    pub at: i64,
    /// Its number in the log.
    pub seq: u64,
    /// The account's status after it.
    pub status: AccountStatus,
    /// What happened.
    pub detail_status: StatusDetail,
    /// How it is known.
    pub provenance: Provenance,
}

impl SessionEdge {
    /// Returns the place among the facts of a tenant.
    pub const fn place(&self) -> (i64, u64) {
        (self.at, self.seq)
    }
}

impl From<&StatusFact> for SessionEdge {
    fn from(fact: &StatusFact) -> Self {
        let StatusFact { at, seq, status, detail_status, provenance, .. } = *fact;
        Self { at, seq, status, detail_status, provenance }
    }
}

/// What a fact changed.
#[derive(Default)]
pub struct Change {
    /// The session that ended.
    pub ended: Option<Session>,
    /// The session that began.
    pub began: Option<Began>,
}

/// A session that began.
pub struct Began {
    /// Whether it began at most [`FLAP_MILLISECONDS`] after the last session of its account, which was with the same agent.
    pub is_flap: bool,
}

/// See the [module](self).
#[derive(Clone, Default)]
pub struct Timeline(HashMap<(Source, WhatsAppNumber), Account>);

#[derive(Clone, Default)]
struct Account {
    online: Option<Online>,
    /// With which agent the last session was, and when it ended.
    last_end: Option<(UserId, i64)>,
}

#[derive(Clone)]
struct Online {
    agent: UserId,
    began: SessionEdge,
    /// How many records other agents have since the last claim.
    others: Vec<(UserId, u8)>,
}

impl Timeline {
    /// Applies the next fact.
    pub fn apply(&mut self, fact: &StatusFact) -> Change {
        let account = self.0.entry((fact.source, fact.whatsapp)).or_default();
        let is_end = match (fact.status, &mut account.online) {
            (AccountStatus::Online, Some(online)) if online.agent == fact.user_id => {
                online.others.clear();
                false
            }
            (AccountStatus::Online, _) => {
                let ended = account.end(fact);
                return Change { ended, began: Some(account.begin(fact)) };
            }
            (AccountStatus::Banned, Some(_)) => true,
            (_, Some(online)) => online.ends_with(fact),
            (_, None) => false,
        };
        Change { ended: is_end.then(|| account.end(fact)).flatten(), began: None }
    }

    /// Returns what matters of it from a time on, after all facts before it: who is online, and whose session has just ended.
    pub fn at(&self, time: i64) -> Self {
        let matters = |account: &Account| {
            account.online.is_some() || account.last_end.is_some_and(|(_, at)| time - at <= FLAP_MILLISECONDS)
        };
        Self(
            self.0
                .iter()
                .filter(|(_, account)| matters(account))
                .map(|(place, account)| (*place, account.clone()))
                .collect(),
        )
    }

    /// Returns the part about one account or one source.
    pub fn restricted(&self, whatsapp: Option<WhatsAppNumber>, source: Option<Source>) -> Self {
        let is_selected = |place: &(Source, WhatsAppNumber)| {
            source.is_none_or(|source| source == place.0) && whatsapp.is_none_or(|number| number == place.1)
        };
        let selected = self.0.iter().filter(|(place, _)| is_selected(place));
        Self(selected.map(|(place, account)| (*place, account.clone())).collect())
    }

    /// Returns how many accounts it has.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Returns the sessions that last.
    pub fn lasting(&self) -> impl Iterator<Item = Session> {
        self.0.iter().filter_map(|(&(source, whatsapp), account)| {
            let Online { agent, began, .. } = *account.online.as_ref()?;
            Some(Session { user_id: agent, whatsapp, source, began, ended: None })
        })
    }
}

impl Account {
    fn end(&mut self, fact: &StatusFact) -> Option<Session> {
        let Online { agent, began, .. } = self.online.take()?;
        self.last_end = Some((agent, fact.at));
        let StatusFact { whatsapp, source, .. } = *fact;
        Some(Session { user_id: agent, whatsapp, source, began, ended: Some(fact.into()) })
    }

    fn begin(&mut self, fact: &StatusFact) -> Began {
        let is_flap =
            self.last_end.is_some_and(|(agent, at)| agent == fact.user_id && fact.at - at <= FLAP_MILLISECONDS);
        self.online = Some(Online { agent: fact.user_id, began: fact.into(), others: Vec::new() });
        Began { is_flap }
    }
}

impl Online {
    /// Returns whether a fact that claims nothing ends the session.
    fn ends_with(&mut self, fact: &StatusFact) -> bool {
        if fact.user_id == self.agent {
            return true;
        }
        if fact.is(ProvenanceKind::Observed) {
            return false;
        }
        let known = self.others.iter().position(|(agent, _)| *agent == fact.user_id);
        let place = known.unwrap_or_else(|| {
            self.others.push((fact.user_id, 0));
            self.others.len() - 1
        });
        let (_, records) = &mut self.others[place];
        *records += 1;
        *records >= RECORDS_LIKE_A_CLAIM
    }
}
