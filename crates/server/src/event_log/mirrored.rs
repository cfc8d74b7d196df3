//! What a mirror of the vendor stores: looks, events and gaps, all of one call or nothing.
//!
//! A look names the one before it. If that is not the latest look that is stored, another mirror has looked meanwhile, and
//! what this one compared is out of date. So all looks at a source are in one order, and two mirrors store nothing twice.

use group_dispatch_types::{Source, UserId, WhatsAppNumber};

use crate::event::{Provenance, StatusEvent};

/// What a mirror found out in one cycle.
#[derive(Clone, Default)]
pub struct MirroredFacts {
    /// Looks, in the order in which they happened.
    pub looks: Vec<Look>,
    /// Logged and observed events, in the order of arrival.
    pub events: Vec<StatusEvent>,
    /// Gaps.
    pub gaps: Vec<Gap>,
}

/// A good answer of the vendor about who is online at a source, whether anything had changed or not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Look {
    /// The source.
    pub source: Source,
    /// When it was: Unix epoch milliseconds, by the clock of the mirror.
    pub at: i64,
    /// The look at this source before, which has to be the latest one that is stored; `None` if none is.
    pub after: Option<i64>,
    /// Whether nothing was missed since then, so that both are of one stretch of looks. A look that is earlier than `after`, because
    /// the clock was set back, begins a new stretch.
    pub continues: bool,
    /// Whether other calls follow with more of the events that this look shows. It is compared with the latest look, and not
    /// stored.
    pub is_partial: bool,
    /// A random number of the process that looked.
    pub mirror: u64,
    /// When the log of the source was read last, by the clock of the mirror; `None` if never. A mirror that starts goes on from
    /// there.
    pub log_read: Option<i64>,
    /// How far the vendor's clock is ahead of the mirror's, in milliseconds.
    pub clock_offset: i64,
    /// How wrong that may be, in milliseconds.
    pub uncertainty: u32,
    /// How many requests the mirror sent to the vendor in the minute before, about all sources together; `None` if it did
    /// not say so.
    pub requests_per_minute: Option<u32>,
    /// The time between two rounds of the mirror, in milliseconds; `None` if it did not say so.
    pub interval: Option<u32>,
}

/// What the vendor's log may have had, and nobody could see: its answer was full, and did not reach back to anything known.
/// A gap is the same as another one if all members but the login account are equal. It has no `Debug`: it is personal data.
#[derive(Clone, PartialEq, Eq)]
pub struct Gap {
    /// The source.
    pub source: Source,
    /// The agent.
    pub user_id: UserId,
    /// The agent's login account.
    pub agent_account: String,
    /// The account; `None` for any of the agent that is not known otherwise.
    pub whatsapp: Option<WhatsAppNumber>,
    /// Where it begins, in Unix epoch milliseconds of the vendor's clock; `None` if everything before may be missing.
    pub from: Option<i64>,
    /// Where it ends, in the same way.
    pub to: i64,
}

/// How up to date a source is: the looks of all mirrors at it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Freshness {
    /// The source.
    pub source: Source,
    /// The first look that is kept: Unix epoch milliseconds, by the clock of the mirror.
    pub first: i64,
    /// The look since which nothing was missed.
    pub since: i64,
    /// The latest look.
    pub last: i64,
    /// The mirror that looked last.
    pub mirror: u64,
    /// When the log of the source was read last, by the clock of the mirror; `None` if never.
    pub log_read: Option<i64>,
    /// How far the vendor's clock was ahead then, in milliseconds.
    pub clock_offset: i64,
    /// How wrong that may be, in milliseconds.
    pub uncertainty: u32,
    /// How many requests the mirror sent to the vendor in the minute before the latest look, about all sources together;
    /// `None` if it did not say so.
    pub requests_per_minute: Option<u32>,
    /// The time between two rounds of the mirror then, in milliseconds; `None` if it did not say so.
    pub interval: Option<u32>,
    /// When the mirror was ended after the latest look, in Unix epoch milliseconds; `None` if it was not.
    pub ended: Option<i64>,
}

/// The outcome of the end of a tenant's mirror.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MirrorEnd {
    /// The mirror is ended: no source is out of date any more.
    Ended {
        /// The latest look of all sources: Unix epoch milliseconds, by the clock of the mirror.
        last: i64,
    },
    /// No mirror has looked, or none since it was ended before. Nothing is changed.
    NotMirrored,
    /// The tenant does not exist.
    Unknown,
}

/// A look names another one as the look before than the latest one that is stored. Read what is stored, and compare again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LookConflict {
    /// The source.
    pub source: Source,
    /// The latest look at it; `None` if there is none.
    pub last: Option<i64>,
}

impl Look {
    /// Returns whether the look is added to the latest stretch of its source.
    pub(crate) fn is_in_stretch(&self) -> bool {
        self.continues && self.after.is_some_and(|after| after < self.at)
    }
}

impl MirroredFacts {
    /// Brings the events into the form in which repeats are recognized: records of the vendor's log have whole seconds, and
    /// only fed events have an id.
    pub(crate) fn normalize(&mut self) {
        for event in &mut self.events {
            if matches!(event.provenance, Provenance::Logged { .. }) {
                event.at -= event.at.rem_euclid(1000);
            }
            if event.provenance != Provenance::Fed {
                event.event_id = None;
            }
        }
    }
}

/// The latest look at a source.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct LatestLook {
    pub source: Source,
    pub at: i64,
    pub mirror: u64,
}

/// Whether looks are to be stored.
pub enum LookCheck {
    New,
    /// The call was stored before: one of its looks is the latest.
    Repeated,
    Conflict(LookConflict),
}

/// Compares looks with the latest ones that are stored, each source once.
pub fn check_looks(looks: &[Look], mut latest: Vec<LatestLook>) -> LookCheck {
    let latest_of = |Look { source, at, mirror, .. }: &Look| LatestLook { source: *source, at: *at, mirror: *mirror };
    if looks.iter().any(|look| latest.contains(&latest_of(look))) {
        return LookCheck::Repeated;
    }
    for look in looks {
        let place = latest.iter().position(|latest| latest.source == look.source);
        let last = place.map(|place| latest[place].at);
        if look.after != last {
            return LookCheck::Conflict(LookConflict { source: look.source, last });
        }
        match place {
            _ if look.is_partial => {}
            Some(place) => latest[place] = latest_of(look),
            None => latest.push(latest_of(look)),
        }
    }
    LookCheck::New
}
