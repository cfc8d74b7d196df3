//! Facts in the form of the ingest contract, and the receipt for them.

use group_dispatch_types::ingest::{
    self, AccountPresence, ClockOffset, ClockUncertainty, EventTime, LoggedEvent, MirrorId, MirrorOutcome,
    MirroredFactsReceipt, MirroredFactsRequest, ObservedEvent, PresenceChange, RecordOrdinal,
};

use crate::{
    facts::{Change, Facts, Gap, Logged, Look, Observed},
    mirror::Stored,
    question::AccountNow,
};

/// Characters of the longest login account that the contract has.
const LONGEST_ACCOUNT: usize = 128;
/// Characters of the longest name that the contract has.
const LONGEST_NAME: usize = 256;

impl Facts {
    /// Returns the request that stores the facts. Names that are longer than the contract allows are cut.
    #[must_use]
    pub fn request(self, mirror: MirrorId) -> MirroredFactsRequest {
        let Self { looks, logged, observed, gaps } = self;
        MirroredFactsRequest {
            mirror,
            looks: looks.into_iter().map(look).collect(),
            logged: logged.into_iter().map(logged_event).collect(),
            observed: observed.into_iter().map(observed_event).collect(),
            gaps: gaps.into_iter().map(gap).collect(),
        }
    }
}

impl From<MirroredFactsReceipt> for Stored {
    fn from(receipt: MirroredFactsReceipt) -> Self {
        let now = |AccountPresence { source, whats_app, user_id }| AccountNow { source, whats_app, user_id };
        match receipt.outcome {
            MirrorOutcome::Stored => Self::Yes(receipt.accounts.into_iter().map(now).collect()),
            MirrorOutcome::Conflict => Self::Conflict,
        }
    }
}

fn look(look: Look) -> ingest::Look {
    ingest::Look {
        source: look.source,
        at: EventTime::Instant(look.at),
        after: look.after.map(EventTime::Instant),
        continues: look.continues,
        is_partial: look.is_partial,
        log_read: look.log_read.map(EventTime::Instant),
        clock_offset: ClockOffset::try_from(look.clock_offset).unwrap_or(ClockOffset::MAX),
        uncertainty: u64::try_from(look.uncertainty)
            .ok()
            .and_then(|uncertainty| ClockUncertainty::try_from(uncertainty).ok())
            .unwrap_or(ClockUncertainty::MAX),
    }
}

fn logged_event(logged: Logged) -> LoggedEvent {
    LoggedEvent {
        source: logged.source,
        user_id: logged.user_id,
        agent_account: cut(logged.agent_account, LONGEST_ACCOUNT),
        user_name: logged.user_name.map(|name| cut(name, LONGEST_NAME)),
        whats_app: logged.whats_app,
        name: logged.name.map(|name| cut(name, LONGEST_NAME)),
        country_code: Some(cut(logged.country_code, LONGEST_NAME)).filter(|country| !country.is_empty()),
        status: logged.status,
        detail_status: logged.detail_status,
        create_time: EventTime::Instant(logged.at),
        ordinal: RecordOrdinal::try_from(logged.ordinal).unwrap_or(RecordOrdinal::MAX),
    }
}

fn observed_event(observed: Observed) -> ObservedEvent {
    ObservedEvent {
        source: observed.source,
        change: match observed.change {
            Change::Came => PresenceChange::Came,
            Change::Gone => PresenceChange::Gone,
        },
        user_id: observed.user_id,
        agent_account: cut(observed.agent_account, LONGEST_ACCOUNT),
        user_name: observed.user_name.map(|name| cut(name, LONGEST_NAME)),
        whats_app: observed.whats_app,
        name: observed.name.map(|name| cut(name, LONGEST_NAME)),
        not_before: observed.not_before.map(EventTime::Instant),
        not_after: EventTime::Instant(observed.not_after),
    }
}

fn gap(gap: Gap) -> ingest::Gap {
    ingest::Gap {
        source: gap.source,
        user_id: gap.user_id,
        agent_account: cut(gap.agent_account, LONGEST_ACCOUNT),
        whats_app: gap.whats_app,
        from: gap.from.map(EventTime::Instant),
        to: EventTime::Instant(gap.to),
    }
}

/// Cuts a text to a number of characters.
fn cut(mut text: String, most: usize) -> String {
    if let Some((end, _)) = text.char_indices().nth(most) {
        text.truncate(end);
    }
    text
}
