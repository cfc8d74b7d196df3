//! What mirrors store, in the form of the ingest contract: their requests, and the receipts.

#[cfg(feature = "mirror")]
mod local;

use std::collections::BTreeSet;

use group_dispatch_types::{
    AccountStatus, StatusDetail, UserId, UtcOffset,
    ingest::{
        self, AccountPresence, EventCount, EventTime, LoggedEvent, MirrorOutcome, MirroredFactsReceipt,
        MirroredFactsRequest, ObservedEvent, PresenceChange, RequestCount, RoundInterval,
    },
    signing::TenantId,
};

#[cfg(feature = "mirror")]
pub use self::local::LocalStore;
use super::{Store, shared::Mirrored};
use crate::{
    error::StoreError,
    event::{Provenance, StatusEvent},
    event_log::mirrored::{Gap, Look, MirroredFacts},
};

impl MirroredFacts {
    /// Makes facts of a request of the ingest contract. Clock times are at `offset` (D8).
    ///
    /// # Errors
    /// If a time is out of range, a text is longer than the contract allows, or an agent's id is too large. The error names
    /// the place, and never repeats the value.
    pub fn from_request(request: MirroredFactsRequest, offset: UtcOffset) -> Result<Self, String> {
        let MirroredFactsRequest { mirror, looks, logged, observed, gaps } = request;
        let times = Times(offset);
        let mut events = read("logged", logged, |event| times.logged(event))?;
        events.extend(read("observed", observed, |event| times.observed(event))?);
        Ok(Self {
            looks: read("looks", looks, |look| times.look(mirror.get(), look))?,
            events,
            gaps: read("gaps", gaps, |gap| times.gap(gap))?,
        })
    }
}

impl Store {
    /// Appends facts as [`append_mirrored`](Self::append_mirrored) does, and returns the receipt of the ingest contract: the
    /// counts, and with which agent each account of the events is online then.
    ///
    /// # Errors
    /// As for [`append`](Self::append).
    pub async fn receive_mirrored(
        &self,
        tenant: TenantId,
        facts: MirroredFacts,
    ) -> Result<MirroredFactsReceipt, StoreError> {
        let accounts: BTreeSet<_> = facts.events.iter().map(|event| (event.source, event.whatsapp)).collect();
        let Mirrored::Stored { events, .. } = self.append_mirrored(tenant, facts).await? else {
            let (outcome, none) = (MirrorOutcome::Conflict, EventCount::MIN);
            return Ok(MirroredFactsReceipt { outcome, stored: none, repeated: none, accounts: Vec::new() });
        };
        let count = |number: usize| EventCount::try_from(number).unwrap_or(EventCount::MAX);
        let known = self.tenant(tenant).ok_or(StoreError::UnknownTenant(tenant))?;
        let agents = known.online_agents(accounts.iter().copied());
        let presence = |((source, whats_app), user_id)| AccountPresence { source, whats_app, user_id };
        Ok(MirroredFactsReceipt {
            outcome: MirrorOutcome::Stored,
            stored: count(events.stored),
            repeated: count(events.repeated),
            accounts: accounts.into_iter().zip(agents).map(presence).collect(),
        })
    }
}

fn read<T, U>(list: &str, items: Vec<T>, item: impl Fn(T) -> Result<U, String>) -> Result<Vec<U>, String> {
    let place = |(index, one)| item(one).map_err(|reason| format!("{list}[{index}].{reason}"));
    items.into_iter().enumerate().map(place).collect()
}

fn check(too_long: Option<(&'static str, usize)>, user_id: UserId) -> Result<(), String> {
    if let Some((member, most)) = too_long {
        return Err(format!("{member}: expected at most {most} characters"));
    }
    if !user_id.is_within_contract() {
        return Err(format!("userId: expected an agent id of at most {}", UserId::MAX));
    }
    Ok(())
}

/// Makes facts of the store, with clock times of this zone.
struct Times(UtcOffset);

impl Times {
    fn time(&self, member: &str, time: EventTime) -> Result<i64, String> {
        let at = time.epoch_milliseconds(self.0);
        if StatusEvent::TIMES.contains(&at) {
            Ok(at)
        } else {
            Err(format!("{member}: expected a time within the years 0 to 9999"))
        }
    }

    fn optional(&self, member: &str, time: Option<EventTime>) -> Result<Option<i64>, String> {
        time.map(|time| self.time(member, time)).transpose()
    }

    fn look(&self, mirror: u64, look: ingest::Look) -> Result<Look, String> {
        Ok(Look {
            source: look.source,
            at: self.time("at", look.at)?,
            after: self.optional("after", look.after)?,
            continues: look.continues,
            is_partial: look.is_partial,
            mirror,
            log_read: self.optional("logRead", look.log_read)?,
            clock_offset: look.clock_offset.get(),
            uncertainty: u32::try_from(look.uncertainty.get()).unwrap_or(u32::MAX),
            requests_per_minute: look.requests_per_minute.map(RequestCount::get),
            interval: look.interval.map(RoundInterval::get),
        })
    }

    fn logged(&self, event: LoggedEvent) -> Result<StatusEvent, String> {
        check(event.too_long(), event.user_id)?;
        Ok(StatusEvent {
            event_id: None,
            user_id: event.user_id,
            agent_account: event.agent_account,
            user_name: event.user_name,
            whatsapp: event.whats_app,
            name: event.name,
            status: event.status,
            source: event.source,
            country_code: event.country_code.unwrap_or_default(),
            detail_status: event.detail_status,
            at: self.time("createTime", event.create_time)?,
            provenance: Provenance::Logged { ordinal: event.ordinal.get() },
        })
    }

    fn observed(&self, event: ObservedEvent) -> Result<StatusEvent, String> {
        check(event.too_long(), event.user_id)?;
        Ok(StatusEvent {
            event_id: None,
            user_id: event.user_id,
            agent_account: event.agent_account,
            user_name: event.user_name,
            whatsapp: event.whats_app,
            name: event.name,
            status: match event.change {
                PresenceChange::Came => AccountStatus::Online,
                PresenceChange::Gone => AccountStatus::Offline,
            },
            source: event.source,
            country_code: String::new(),
            detail_status: StatusDetail::Unknown(0),
            at: self.time("notAfter", event.not_after)?,
            provenance: Provenance::Observed { not_before: self.optional("notBefore", event.not_before)? },
        })
    }

    fn gap(&self, gap: ingest::Gap) -> Result<Gap, String> {
        check(gap.too_long(), gap.user_id)?;
        Ok(Gap {
            source: gap.source,
            user_id: gap.user_id,
            agent_account: gap.agent_account,
            whatsapp: gap.whats_app,
            from: self.optional("from", gap.from)?,
            to: self.time("to", gap.to)?,
        })
    }
}
