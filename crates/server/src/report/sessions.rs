//! A page of sessions, in the order of their ends; those that last are behind them, in the order of their beginnings.

use std::{collections::HashSet, fmt, ops::Range, str::FromStr};

use group_dispatch_types::UserId;

use super::{
    feed::Sink,
    timeline::{Change, Session, Timeline},
};
use crate::event::fact::StatusFact;

/// Which sessions.
#[derive(Clone)]
pub struct SessionPlan {
    /// Those that end at the start or later, or last, and begin before the end.
    pub times: Range<i64>,
    /// Those with these agents; `None`: with any.
    pub agents: Option<HashSet<UserId>>,
    /// The page before this one ended there.
    pub cursor: Option<SessionCursor>,
    /// How many sessions at most.
    pub limit: usize,
    /// The time after which nothing is known; that of the first page.
    pub now: i64,
}

/// Where a page ended. As a text it is four numbers with dots between them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SessionCursor {
    /// The time of the first page, after which nothing is known.
    pub now: i64,
    place: Place,
}

/// The place of a session in the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Place {
    Ended((i64, u64)),
    Lasts((i64, u64)),
}

impl Place {
    fn of(session: &Session) -> Self {
        session.ended.map_or_else(|| Self::Lasts(session.began.place()), |ended| Self::Ended(ended.place()))
    }
}

impl fmt::Display for SessionCursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (kind, (at, seq)) = match self.place {
            Place::Ended(place) => (0, place),
            Place::Lasts(place) => (1, place),
        };
        write!(f, "{}.{kind}.{at}.{seq}", self.now)
    }
}

/// A text is not a [`SessionCursor`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("invalid cursor: expected the `next` of a page, unchanged")]
pub struct InvalidSessionCursor;

impl FromStr for SessionCursor {
    type Err = InvalidSessionCursor;

    fn from_str(text: &str) -> Result<Self, InvalidSessionCursor> {
        fn part<T: FromStr>(text: &str) -> Result<T, InvalidSessionCursor> {
            text.parse().map_err(|_| InvalidSessionCursor)
        }
        let parts: Vec<&str> = text.split('.').collect();
        let [now, kind, at, seq] = parts[..] else { return Err(InvalidSessionCursor) };
        let place = (part(at)?, part(seq)?);
        let place = match kind {
            "0" => Place::Ended(place),
            "1" => Place::Lasts(place),
            _ => return Err(InvalidSessionCursor),
        };
        Ok(Self { now: part(now)?, place })
    }
}

/// See the [module](self).
pub struct SessionList {
    plan: SessionPlan,
    found: Vec<Session>,
    /// Sessions that began in time and last.
    lasting: usize,
    is_complete: bool,
}

impl SessionPlan {
    /// Returns the time before which no session of the page ended.
    #[must_use]
    pub fn begin(&self) -> i64 {
        let behind = self.cursor.map(|cursor| match cursor.place {
            Place::Ended((at, _)) => at,
            Place::Lasts(_) => self.now,
        });
        behind.map_or(self.times.start, |at| at.max(self.times.start)).min(self.now)
    }
}

impl SessionList {
    /// Begins a page, with what is online before the first fact.
    #[must_use]
    pub fn new(plan: SessionPlan, timeline: &Timeline) -> Self {
        let mut list = Self { plan, found: Vec::new(), lasting: 0, is_complete: false };
        list.lasting =
            timeline.lasting().filter(|session| list.begins_in_time(session.user_id, session.began.at)).count();
        list
    }

    /// Returns the sessions, and the cursor of the next page if there is one. `timeline` is what is online at the end.
    #[must_use]
    pub fn finish(mut self, timeline: &Timeline) -> (Vec<Session>, Option<SessionCursor>) {
        if self.found.len() <= self.plan.limit {
            let mut lasting: Vec<Session> = timeline.lasting().filter(|session| self.is_wanted(session)).collect();
            lasting.sort_unstable_by_key(Place::of);
            self.found.extend(lasting);
        }
        let has_more = self.found.len() > self.plan.limit;
        self.found.truncate(self.plan.limit);
        let cursor = |last: &Session| SessionCursor { now: self.plan.now, place: Place::of(last) };
        let next = self.found.last().map(cursor).filter(|_| has_more);
        (self.found, next)
    }

    fn begins_in_time(&self, agent: UserId, at: i64) -> bool {
        at < self.plan.times.end && self.plan.agents.as_ref().is_none_or(|agents| agents.contains(&agent))
    }

    fn is_wanted(&self, session: &Session) -> bool {
        self.begins_in_time(session.user_id, session.began.at)
            && session.ended.is_none_or(|ended| ended.at >= self.plan.times.start)
            && self.plan.cursor.is_none_or(|cursor| Place::of(session) > cursor.place)
    }
}

impl Sink for SessionList {
    fn take(&mut self, fact: &StatusFact, change: Change) {
        if let Some(session) = change.ended
            && self.begins_in_time(session.user_id, session.began.at)
        {
            self.lasting -= 1;
            if self.is_wanted(&session) {
                self.found.push(session);
            }
        }
        if change.began.is_some() && self.begins_in_time(fact.user_id, fact.at) {
            self.lasting += 1;
        }
        self.is_complete = self.found.len() > self.plan.limit || fact.at >= self.plan.times.end && self.lasting == 0;
    }

    fn is_done(&self) -> bool {
        self.is_complete
    }
}
