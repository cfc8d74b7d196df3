//! Who comes, moves and leaves, by asking for all that are online again and again.

mod change;
pub mod clock;
mod incomplete;
mod presence;
mod snapshot;

use std::{
    collections::VecDeque,
    fmt, future,
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};

use futures_core::Stream;
use group_dispatch_types::{Source, SourceGroup};

pub use self::change::{Agent, Change};
use self::{clock::Clock, incomplete::IncompleteGroups, presence::Presence};
use crate::{Client, Error, call, schedule::Schedule};

impl Client {
    /// Watches who is online, asking queryAllOlWhatsAppInfo once every interval.
    ///
    /// An interval is measured from one request's start to the next one's, and is never shorter than 20 ms, which is as
    /// often as the vendor allows. Requests don't overlap: where one takes longer than the interval, ticks are left out.
    ///
    /// ```no_run
    /// # use group_dispatch_client::{Change, Client};
    /// use std::time::Duration;
    ///
    /// # async fn example(client: Client) {
    /// let mut watch = client.watch(Duration::from_secs(5)).settle(Duration::from_secs(15));
    /// loop {
    ///     match watch.changes().await {
    ///         Ok(changes) => {
    ///             for change in changes {
    ///                 match change {
    ///                     Change::Began(group) => println!("{} agents are online at {}", group.list.len(), group.source),
    ///                     Change::AgentAppeared { source, agent } => println!("{} came to {source}", agent.user_id),
    ///                     Change::AgentLeft { source, agent } => println!("{} left {source}", agent.user_id),
    ///                     _ => {}
    ///                 }
    ///             }
    ///         }
    ///         Err(error) => eprintln!("{error}; asking again"),
    ///     }
    /// }
    /// # }
    /// ```
    pub fn watch(&self, interval: Duration) -> Watch {
        Watch {
            client: self.clone(),
            clock: Clock::start(),
            schedule: Schedule::new(interval),
            presence: Presence::default(),
            due: Duration::ZERO,
            asking: None,
            unreported: VecDeque::new(),
        }
    }
}

/// Who comes, moves and leaves: a stream of changes. Made by [`Client::watch`]. Where it matters which changes came with one
/// answer, or that an answer came at all, [`changes`](Self::changes) gives them answer by answer.
///
/// **Changes** come in an order in which they make sense one by one: source by source first who came or moved, each agent
/// before its accounts, and then who left, each agent after its accounts. The first answer for a source is told as
/// [`Change::Began`].
///
/// **Failures.** A failure is an item too, and changes nothing. The stream goes on after a pause, which doubles with each
/// failure up to the interval or one minute, whichever is longer, and is never shorter than an answer's `Retry-After`. So does it after failures that won't pass, such as a
/// wrong key: look at [`Error::code`] to stop there. The stream never ends; drop it to stop.
///
/// **Nobody is told to have left by mistake.** Where an answer lacks a group that it should have, what was known of that
/// source stays. Where a source with someone online is empty all at once, the next answer with its group has to agree
/// before anyone is reported as gone. Where elements of an answer were left out because they can't be read, the accounts
/// that they may be stay as they were: those of an agent with accounts that were left out, and those of agents that are not
/// listed where agents were left out. [`doubted`](Self::doubted) returns the sources of all three.
///
/// It has to be polled within a tokio runtime that has its timer enabled.
#[must_use = "nothing is asked until it is polled"]
pub struct Watch {
    client: Client,
    clock: Clock,
    schedule: Schedule,
    presence: Presence,
    /// When to ask next.
    due: Duration,
    asking: Option<Asking>,
    /// Changes that an answer brought, and that the stream has yet to give.
    unreported: VecDeque<Change>,
}

#[cfg(not(target_arch = "wasm32"))]
type Asking = Pin<Box<dyn Future<Output = Asked> + Send>>;
#[cfg(target_arch = "wasm32")]
type Asking = Pin<Box<dyn Future<Output = Asked>>>;

/// A request that has ended.
struct Asked {
    started: Duration,
    ended: Duration,
    answer: Result<(Vec<SourceGroup>, IncompleteGroups), Error>,
}

impl Watch {
    /// Tells that an account left or moved only once it has been away from its agent for this long, and nothing if it is
    /// back before. Without it both are told at once, as is always told who comes online.
    ///
    /// The time runs from the first answer that does not have the account with its agent, to one that still does not. An
    /// agent leaves with its last account.
    pub fn settle(mut self, time: Duration) -> Self {
        self.presence.set_settle(time);
        self
    }

    /// The changes that the next answer brings, and an empty list if it brings none; needs no stream's extension traits.
    /// What the stream has begun to give one by one comes first.
    ///
    /// Nothing is lost when the future is dropped before its end, as by `select!` or a timeout: the next call goes on where
    /// it stood.
    ///
    /// # Errors
    /// That of the request; see [`Error`]. The next call asks again, after a pause.
    pub async fn changes(&mut self) -> Result<Vec<Change>, Error> {
        future::poll_fn(|context| self.poll_changes(context)).await
    }

    /// Who is online, by the answers so far: one group for each source, ordered by source. Empty before the
    /// first answer.
    ///
    /// With [`settle`](Self::settle), accounts stay where they were until their change is told.
    #[must_use]
    pub fn present(&self) -> Vec<SourceGroup> {
        self.presence.groups()
    }

    /// The sources whose part of the latest answer was not believed: the group is missing, it is empty and someone was
    /// online there, or elements of it were left out. What is [`present`](Self::present) there is what was known before.
    pub fn doubted(&self) -> impl Iterator<Item = Source> {
        self.presence.doubted()
    }

    fn poll_changes(&mut self, context: &mut Context<'_>) -> Poll<Result<Vec<Change>, Error>> {
        if !self.unreported.is_empty() {
            return Poll::Ready(Ok(self.unreported.drain(..).collect()));
        }
        let asking = self.asking.get_or_insert_with(|| Box::pin(ask(self.client.clone(), self.clock, self.due)));
        let Asked { started, ended, answer } = ready!(asking.as_mut().poll(context));
        self.asking = None;
        self.due = match answer {
            Ok(_) => self.schedule.after_answer(started, ended),
            Err(ref error) => self.schedule.after_failure(ended, error.retry_after()),
        };
        // Starts are never less than an interval apart, so that a time to settle of three intervals is three answers.
        Poll::Ready(answer.map(|(groups, gaps)| self.presence.take(started, groups, &gaps)))
    }
}

async fn ask(client: Client, clock: Clock, due: Duration) -> Asked {
    if let Err(error) = call::check_runtime() {
        return Asked { started: due, ended: due, answer: Err(error) };
    }
    clock.sleep_until(due).await;
    let started = clock.now();
    let answer = client.all_online().run().await.map(|answered| {
        let gaps =
            answered.attempt.repairs().map(|repairs| IncompleteGroups::new(&answered.data, &repairs.incomplete_lists));
        (answered.data, gaps.unwrap_or_default())
    });
    Asked { started, ended: clock.now(), answer }
}

impl Stream for Watch {
    type Item = Result<Change, Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            if let Some(change) = self.unreported.pop_front() {
                return Poll::Ready(Some(Ok(change)));
            }
            match ready!(self.poll_changes(context)) {
                Ok(changes) => self.unreported.extend(changes),
                Err(error) => return Poll::Ready(Some(Err(error))),
            }
        }
    }
}

impl fmt::Debug for Watch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Watch")
            .field("client", &self.client)
            .field("interval", &self.schedule.interval())
            .finish_non_exhaustive()
    }
}
