//! Reads sessions and sums of a tenant: the log sends facts, and a report or a list of sessions takes them, on a thread where
//! that delays nobody.
//!
//! What is online at the beginning follows from all earlier facts. An earlier call may have left that behind
//! ([`checkpoints`](super::checkpoints)); without one, the log is read from its beginning, or from where retention ends. If that
//! takes too long, the call fails and leaves behind how far it came, so that the next one goes on from there.

use std::{
    collections::{HashMap, HashSet},
    ops::Range,
};

use group_dispatch_types::{UserId, signing::TenantId};
use tokio::{sync::mpsc, task::spawn_blocking};

use super::Store;
pub use crate::presence::queries::AgentName;
use crate::{
    error::StoreError,
    event::fact::StatusFact,
    event_log::{
        facts::{FactSearch, ScanEnd},
        history::{FactFilter, GapQuery, GapSearch, MAX_PAGE_LENGTH, PageRequest},
        mirrored::Gap,
    },
    report::{
        Session,
        days::Day,
        feed::{Feed, Sink},
        sessions::{SessionCursor, SessionList, SessionPlan},
        sums::{AgentAccounts, Grouping, MAX_ROWS, Plan, Report, Row, Subject, Unseen},
        timeline::Timeline,
    },
    tenant::TenantNumber,
};

#[cfg(test)]
mod tests;

/// Batches of facts that wait for being added.
const BATCHES: usize = 4;

/// A query about the sums of a tenant.
#[derive(Clone)]
pub struct ReportQuery {
    /// What counts. `from` and `to` are not used.
    pub filter: FactFilter,
    /// The days, one after the other; at least one.
    pub days: Vec<Day>,
    /// The rows.
    pub grouping: Grouping,
    /// The time after which nothing counts, in Unix epoch milliseconds.
    pub now: i64,
}

/// The rows of a report.
#[derive(Clone, Debug)]
pub struct ReportPage {
    /// The rows, by day and then by agent or account.
    pub rows: Vec<Row>,
    /// How the agents of the rows are called now.
    pub names: HashMap<UserId, AgentName>,
}

/// A query about the sessions of a tenant.
#[derive(Clone)]
pub struct SessionQuery {
    /// Which sessions: those that end at `from` or later, or last, and begin before `to`.
    pub filter: FactFilter,
    /// How many at most.
    pub limit: usize,
    /// Where the page before ended; `None` for the first.
    pub cursor: Option<SessionCursor>,
    /// The time after which nothing is known, in Unix epoch milliseconds; that of the cursor counts, if there is one.
    pub now: i64,
}

/// A page of sessions.
#[derive(Clone, Debug)]
pub struct SessionPage {
    /// The sessions, and whether a gap touches each.
    pub sessions: Vec<(Session, bool)>,
    /// How their agents are called now.
    pub names: HashMap<UserId, AgentName>,
    /// The time after which nothing is known.
    pub now: i64,
    /// Where the next page begins; `None` if this is the last one.
    pub next: Option<SessionCursor>,
}

/// Why there is no report.
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    /// There are more rows than a report may have.
    #[error("the report has more than {MAX_ROWS} rows; ask for fewer days, or for one agent or account")]
    TooManyRows,
    /// Reading the events took too long.
    #[error("reading the events took too long; ask again, for the next call goes on where this one stopped")]
    TooManyEvents,
    /// The same, of one account or one source.
    #[error(
        "reading the events took too long; ask first without whatsApp and source, again until there is a response: such a \
         call goes on where the last one stopped"
    )]
    TooManyFilteredEvents,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Store {
    /// Returns the sums of a tenant over days.
    ///
    /// # Errors
    /// If there are too many rows or events, the tenant is unknown, or the database fails.
    pub async fn report(&self, tenant: TenantId, query: ReportQuery) -> Result<ReportPage, ReportError> {
        let ReportQuery { filter, days, grouping, now } = query;
        let (number, agents) = self.0.resolve(tenant, &filter)?;
        let begin = days.first().map_or(now, |first| first.from);
        let plan = Plan {
            grouping,
            days,
            now,
            agents: agents.as_ref().map(|agents| user_ids(agents)),
            whatsapp: filter.whatsapp,
            known_since: self.kept_since(),
        };
        let end = plan.end();
        let unseen = self.unseen(number, agents, &filter, begin..end).await?;
        let accounts = self.agent_accounts(tenant, &unseen);
        let times = begin..end;
        let begin_report = move |timeline: &Timeline| Report::new(plan, timeline);
        let (report, timeline) = self.feed(tenant, number, &filter, times, begin_report).await?;
        if report.is_done() {
            return Err(ReportError::TooManyRows);
        }
        let rows =
            spawn_blocking(move || report.finish(&timeline, &unseen, &accounts)).await.map_err(StoreError::from)?;
        if rows.len() > MAX_ROWS {
            return Err(ReportError::TooManyRows);
        }
        let agents = rows.iter().filter_map(|row| match row.subject {
            Subject::Agent(agent) => Some(agent),
            Subject::Account(_) | Subject::All => None,
        });
        let names = self.agent_names(tenant, agents.collect());
        Ok(ReportPage { rows, names })
    }

    /// Returns a page of the sessions of a tenant.
    ///
    /// # Errors
    /// If there are too many events, the tenant is unknown, or the database fails.
    pub async fn sessions(&self, tenant: TenantId, query: SessionQuery) -> Result<SessionPage, ReportError> {
        let SessionQuery { filter, limit, cursor, now } = query;
        let now = cursor.map_or(now, |cursor| cursor.now);
        let (number, agents) = self.0.resolve(tenant, &filter)?;
        let plan = SessionPlan {
            times: filter.from.unwrap_or(i64::MIN)..filter.to.unwrap_or(i64::MAX),
            agents: agents.as_ref().map(|agents| user_ids(agents)),
            cursor,
            limit: limit.clamp(1, MAX_PAGE_LENGTH),
            now,
        };
        let times = plan.begin()..now;
        let begin_list = move |timeline: &Timeline| SessionList::new(plan, timeline);
        let (list, timeline) = self.feed(tenant, number, &filter, times, begin_list).await?;
        let (sessions, next) = spawn_blocking(move || list.finish(&timeline)).await.map_err(StoreError::from)?;
        let end = |session: &Session| session.ended.map_or(now, |ended| ended.at);
        let begin = sessions.iter().map(|session| session.began.at).min().unwrap_or(now);
        let latest = sessions.iter().map(end).max().unwrap_or(begin);
        let unseen = self.unseen(number, agents, &filter, begin..latest.saturating_add(1)).await?;
        let names = self.agent_names(tenant, sessions.iter().map(|session| session.user_id).collect());
        let is_touched = |session: &Session| {
            let touches = |unseen: &Unseen| unseen.touches(session, end(session));
            unseen.iter().any(touches)
        };
        let sessions = sessions.into_iter().map(|session| (session, is_touched(&session))).collect();
        Ok(SessionPage { sessions, names, now, next })
    }

    /// Feeds the facts before the end of `times` to what `begin_sink` makes of the state before the first fact, which is not
    /// later than the start of `times`. Returns it with what is online at the end.
    async fn feed<S: Sink + Send + 'static>(
        &self,
        tenant: TenantId,
        number: TenantNumber,
        filter: &FactFilter,
        times: Range<i64>,
        begin_sink: impl FnOnce(&Timeline) -> S + Send + 'static,
    ) -> Result<(S, Timeline), ReportError> {
        let FactFilter { whatsapp, source, .. } = *filter;
        let is_whole = whatsapp.is_none() && source.is_none();
        // What has expired may not be deleted yet.
        let kept_since = self.kept_since().unwrap_or(i64::MIN);
        let _permit = self.0.scan_permits.acquire().await.map_err(|_| StoreError::Closed)?;
        let watched = self.0.checkpoints.watch(number);
        let checkpoint = self.0.checkpoints.latest(number, kept_since, times.start);
        let begin = checkpoint.as_ref().map_or(kept_since, |(at, _)| *at);
        let left = match (&checkpoint, self.0.index.tenant(tenant)) {
            (None, Some(tenant)) if kept_since > i64::MIN => {
                tenant.index.online_since_before(kept_since.min(times.end))
            }
            _ => Vec::new(),
        };
        let is_selected = move |fact: &StatusFact| {
            whatsapp.is_none_or(|number| number == fact.whatsapp) && source.is_none_or(|source| source == fact.source)
        };
        let marks =
            [times.start, times.end].into_iter().filter(|at| (begin..=times.end).contains(at) && *at > i64::MIN);
        let marks: Vec<i64> = marks.filter(|_| is_whole).collect();
        let (sender, mut batches) = mpsc::channel::<Vec<StatusFact>>(BATCHES);
        let consume = spawn_blocking(move || {
            let timeline = checkpoint.map_or_else(Timeline::default, |(_, known)| known.restricted(whatsapp, source));
            let mut sink = begin_sink(&timeline);
            let mut feed = Feed::new(timeline, marks);
            left.into_iter().filter(is_selected).for_each(|fact| feed.push(fact, &mut sink));
            while let Some(batch) = batches.blocking_recv() {
                batch.into_iter().for_each(|fact| feed.push(fact, &mut sink));
                if sink.is_done() {
                    break;
                }
            }
            (feed, sink)
        });
        let search = FactSearch { tenant: number, times: begin..times.end, whatsapp, source };
        let (scanned, consumed) = tokio::join!(self.0.log.scan(search, sender), consume);
        let (scanned, (mut feed, mut sink)) = (scanned?, consumed.map_err(StoreError::from)?);
        let finish = spawn_blocking(move || {
            match scanned {
                ScanEnd::Complete if !sink.is_done() => feed.finish(&mut sink),
                ScanEnd::OutOfTime if is_whole => feed.stop(),
                ScanEnd::Complete | ScanEnd::OutOfTime => {}
            }
            (feed, sink)
        });
        let (mut feed, sink) = finish.await.map_err(StoreError::from)?;
        watched.keep(feed.take_kept());
        match scanned {
            ScanEnd::Complete => Ok((sink, feed.into_timeline())),
            ScanEnd::OutOfTime if is_whole => Err(ReportError::TooManyEvents),
            ScanEnd::OutOfTime => Err(ReportError::TooManyFilteredEvents),
        }
    }

    /// Returns the accounts of the agents that have gaps without an account.
    fn agent_accounts(&self, tenant: TenantId, unseen: &[Unseen]) -> AgentAccounts {
        let agents = unseen.iter().filter(|unseen| unseen.whatsapp.is_none());
        let agents: HashSet<_> = agents.map(|unseen| (unseen.source, unseen.user_id)).collect();
        match self.0.index.tenant(tenant) {
            Some(tenant) if !agents.is_empty() => tenant.index.accounts_of(&agents),
            _ => AgentAccounts::default(),
        }
    }

    /// Returns the gaps that touch a time.
    async fn unseen(
        &self,
        tenant: TenantNumber,
        agents: Option<Vec<i64>>,
        filter: &FactFilter,
        times: Range<i64>,
    ) -> Result<Vec<Unseen>, StoreError> {
        let filter = FactFilter { from: Some(times.start), to: Some(times.end), ..filter.clone() };
        let mut query = GapQuery { filter, page: PageRequest::default() };
        let mut unseen = Vec::new();
        loop {
            let search = GapSearch { tenant, agents: agents.clone(), query: query.clone() };
            let page = self.0.log.gaps(search).await?;
            unseen.extend(page.gaps.iter().map(Unseen::from));
            match page.next {
                Some(next) => query.page.cursor = Some(next),
                None => return Ok(unseen),
            }
        }
    }

    fn agent_names(&self, tenant: TenantId, agents: HashSet<UserId>) -> HashMap<UserId, AgentName> {
        let tenant = self.0.index.tenant(tenant);
        tenant.map(|tenant| tenant.index.agent_names(agents).into_iter().collect()).unwrap_or_default()
    }
}

impl From<&Gap> for Unseen {
    fn from(gap: &Gap) -> Self {
        let Gap { source, user_id, whatsapp, from, to, .. } = *gap;
        Self { source, user_id, whatsapp, from, to }
    }
}

fn user_ids(agents: &[i64]) -> HashSet<UserId> {
    agents.iter().filter_map(|id| UserId::try_from(*id).ok()).collect()
}
