//! Facts in the form of the ingest contract, and the receipt for them.

use group_dispatch_types::ingest::{
    self, ClockOffset, ClockUncertainty, EventTime, LoggedEvent, MirrorId, MirrorOutcome, MirroredFactsReceipt,
    MirroredFactsRequest, ObservedEvent, RecordOrdinal, RequestCount, RoundInterval,
};

use crate::{
    facts::{Facts, Gap, Logged, Look, Observed},
    mirror::Stored,
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
        match receipt.outcome {
            MirrorOutcome::Stored => Self::Yes(receipt.accounts),
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
        requests_per_minute: Some(RequestCount::try_from(look.requests_per_minute).unwrap_or(RequestCount::MAX)),
        interval: u32::try_from(look.interval).ok().and_then(|interval| RoundInterval::try_from(interval).ok()),
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
        change: observed.change,
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

#[cfg(test)]
mod tests {
    use group_dispatch_types::{AccountStatus, Source, StatusDetail, UserId, WhatsAppNumber};

    use super::*;

    #[test]
    fn texts_that_are_longer_than_the_contract_allows_are_cut() {
        let (long, source, user_id) = ("\u{e9}".repeat(1_000), Source::Pc, UserId::from(7_u32));
        let whats_app = WhatsAppNumber::new(86_182).unwrap();
        let logged = Logged {
            source,
            user_id,
            agent_account: long.clone(),
            user_name: Some(long.clone()),
            whats_app,
            name: Some(long.clone()),
            country_code: long.clone(),
            status: AccountStatus::Online,
            detail_status: StatusDetail::PcOnline,
            at: 0,
            ordinal: 0,
        };
        let observed = Observed {
            source,
            change: ingest::PresenceChange::Came,
            user_id,
            agent_account: long.clone(),
            user_name: Some(long.clone()),
            whats_app,
            name: Some(long.clone()),
            not_before: None,
            not_after: 0,
        };
        let gap = Gap { source, user_id, agent_account: long, whats_app: None, from: None, to: 0 };
        let facts = Facts { logged: vec![logged], observed: vec![observed], gaps: vec![gap], ..Facts::default() };
        let MirroredFactsRequest { logged, observed, gaps, .. } = facts.request(MirrorId::MIN);
        let (logged, observed, gap) = (&logged[0], &observed[0], &gaps[0]);
        assert_eq!((logged.too_long(), observed.too_long(), gap.too_long()), (None, None, None));
        // No more than necessary is cut.
        let lengths =
            [&logged.agent_account, &observed.agent_account, &gap.agent_account].map(|text| text.chars().count());
        assert_eq!(lengths, [128; 3]);
        assert_eq!(logged.name.as_ref().map(|name| name.chars().count()), Some(256));
    }
}
