//! Renders all agents that are online at PC and mobile, and caches the result.
//!
//! The answer is megabytes long and is polled, while few agents change between two requests. It is cached as pages, each
//! for a range of agent ids. When the state has changed, only pages with dirty agents are rendered again, and all others
//! are shared with the answer before, and with the bodies that are still being sent.
//!
//! ```text
//!   ids       1 ..... 900 | 901 ... 1700 | 1701 ... 2600 | 2601 ...
//!   before      page 1    |    page 2    |    page 3     |  page 4      agent 1000 goes offline
//!   after       page 1    |    page 2'   |    page 3     |  page 4
//! ```
//!
//! Pays for: queryAllOlWhatsAppInfo at 0.90 of the bare limit with 10 changes a second, in memory of at most 6 bodies.
//! With one page for all agents, a change costs 1.6 ms instead of 0.03 ms if 20,000 accounts are online (measured apart from
//! the server), and each answer that is being sent is a body of its own. `cargo xtask bench --only all_online` measures the
//! goal.

use std::{
    ops::{Bound, Deref},
    sync::Arc,
};

use bytes::Bytes;
use group_dispatch_types::{Source, UserId};
use parking_lot::Mutex;

use super::{render::online, state::TenantState};

/// The sources that the answer has a group for, in its order (page, example of queryAllOlWhatsAppInfo).
const ANSWERED_SOURCES: &[Source] = &[Source::Pc, Source::Mobile];

/// Bytes of a page that was split off; a page that grows is split at twice as many. Few enough to render again for one
/// change, and enough for a long answer to have few pages.
const PAGE_BYTES: usize = 256 * 1024;

/// The answer that was rendered last, if any.
#[derive(Default)]
pub struct AllOnline(Mutex<Option<CachedAnswer>>);

struct CachedAnswer {
    /// Of the state that it was rendered from.
    revision: u64,
    pages: Vec<Page>,
    answer: Arc<[Bytes]>,
}

/// The agents from one id up to the next page's.
#[derive(Clone)]
struct Page {
    source: Source,
    first: UserId,
    /// Those that are online, each with a comma before it.
    text: Bytes,
}

impl AllOnline {
    /// Returns the last answer, if it is of this revision and none is being rendered.
    pub fn cached(&self, revision: u64) -> Option<Arc<[Bytes]>> {
        let cached = self.0.try_lock()?;
        cached.as_ref().filter(|cached| cached.revision == revision).map(|cached| Arc::clone(&cached.answer))
    }

    /// Returns the answer of a state, which `read` locks. Nothing else may take the state's dirty agents.
    pub fn render<S: Deref<Target = TenantState>>(&self, read: impl FnOnce() -> S) -> Arc<[Bytes]> {
        // Locked first: a request that comes while the answer is rendered waits for it, instead of rendering it again.
        let mut cached = self.0.lock();
        let state = read();
        let revision = state.revision;
        if let Some(cached) = cached.as_ref().filter(|cached| cached.revision == revision) {
            return Arc::clone(&cached.answer);
        }
        // Taken out: `refresh` takes the dirty agents, so that after a panic in it the old pages would stay stale.
        let before = cached.take();
        let pages = refresh(&state, before.as_ref().map_or(&[], |before| &before.pages), PAGE_BYTES);
        drop(state);
        let answer = assemble(&pages);
        *cached = Some(CachedAnswer { revision, pages, answer: Arc::clone(&answer) });
        answer
    }
}

/// Joins the pages to the answer's data.
fn assemble(pages: &[Page]) -> Arc<[Bytes]> {
    let mut data = Vec::new();
    for (number, &source) in ANSWERED_SOURCES.iter().enumerate() {
        data.push(Bytes::from_static(if number == 0 { br#"[{"list":["# } else { br#",{"list":["# }));
        let texts = pages.iter().filter(|page| page.source == source && !page.text.is_empty()).map(|page| &page.text);
        data.extend(texts.enumerate().map(|(number, text)| text.slice(usize::from(number == 0)..)));
        data.push(format!(r#"],"source":{}}}"#, source.code()).into());
    }
    data.push(Bytes::from_static(b"]"));
    data.into()
}

/// Returns the pages of a state: those before, and new ones instead of those with dirty agents.
fn refresh(state: &TenantState, before: &[Page], page_bytes: usize) -> Vec<Page> {
    let dirty = state.take_dirty();
    let mut pages = Vec::new();
    for &source in ANSWERED_SOURCES {
        let mut before = before.iter().filter(|page| page.source == source).peekable();
        if before.peek().is_none() {
            render(state, source, UserId::from(0), None, page_bytes, &mut pages);
        }
        while let Some(page) = before.next() {
            let end = before.peek().map(|next| next.first);
            let mut later = dirty.range((source, page.first)..).take_while(|(other, _)| *other == source);
            if later.next().is_some_and(|(_, agent)| end.is_none_or(|end| *agent < end)) {
                render(state, source, page.first, end, page_bytes, &mut pages);
            } else {
                pages.push(page.clone());
            }
        }
    }
    pages
}

/// Renders the agents from `first` up to `end` as one page, or as several if it would be too long.
fn render(
    state: &TenantState,
    source: Source,
    mut first: UserId,
    end: Option<UserId>,
    page_bytes: usize,
    pages: &mut Vec<Page>,
) {
    let page = |first, mut text: Vec<u8>| {
        text.shrink_to_fit();
        Page { source, first, text: text.into() }
    };
    let mut text = Vec::new();
    // Where the next page begins if this one is split, and with which agent.
    let mut split = None;
    for agent in state.agents.range((Bound::Included(first), end.map_or(Bound::Unbounded, Bound::Excluded))) {
        if text.len() >= page_bytes && split.is_none() {
            split = Some((text.len(), state.agents.get(agent).id));
        }
        online(state, agent, source, true, &mut text);
        if text.len() >= 2 * page_bytes
            && let Some((length, next)) = split.take()
        {
            let rest = text.split_off(length);
            pages.push(page(first, std::mem::replace(&mut text, rest)));
            first = next;
        }
    }
    pages.push(page(first, text));
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use group_dispatch_types::Source;
    use proptest::{collection::vec, prelude::*, sample::select};

    use super::*;
    use crate::event::LoggedEvent;
    use crate::presence::{
        render::ACCOUNT_BYTES,
        tests::{Event, logged},
    };

    fn event() -> impl Strategy<Value = Event> {
        (
            1..40_u32,
            1..100_u64,
            select(vec![10, 20]),
            select(vec![Source::Pc, Source::Mobile]),
            select(vec!["a", "b"]),
            0..1_000_i64,
        )
    }

    /// As [`logged`], with the agent's names changing with the account's.
    fn logged_with_names(event: (Event, u64)) -> LoggedEvent {
        let LoggedEvent { seq, mut event } = logged(event);
        event.agent_account = event.country_code.clone();
        event.user_name = event.name.clone();
        LoggedEvent { seq, event }
    }

    fn state_of(events: impl IntoIterator<Item = LoggedEvent>) -> TenantState {
        let mut state = TenantState::default();
        events.into_iter().for_each(|event| state.apply(&event));
        state
    }

    fn text(pages: &[Page]) -> String {
        String::from_utf8(assemble(pages).concat()).unwrap()
    }

    fn render_all(state: &TenantState, page_bytes: usize) -> Vec<Page> {
        let mut pages = Vec::new();
        for &source in ANSWERED_SOURCES {
            render(state, source, UserId::from(0), None, page_bytes, &mut pages);
        }
        pages
    }

    proptest! {
        #[test]
        fn refreshed_pages_equal_rendered_ones(
            batches in vec(vec(event(), 0..60), 1..12),
            page_bytes in 1..2_000_usize,
        ) {
            let (mut state, mut seq, mut pages) = (TenantState::default(), 0, Vec::new());
            for batch in batches {
                batch.into_iter().zip(seq..).map(logged_with_names).for_each(|event| state.apply(&event));
                seq += 100;
                pages = refresh(&state, &pages, page_bytes);
                prop_assert_eq!(text(&pages), text(&render_all(&state, PAGE_BYTES)));
                let one_agent = 99 * ACCOUNT_BYTES + 100;
                prop_assert!(pages.iter().all(|page| page.text.len() < 2 * page_bytes + one_agent));
            }
        }
    }

    fn online(user: u32, account: u64) -> Event {
        (user, account, 10, Source::Pc, "a", 1)
    }

    #[test]
    fn agents_who_come_one_by_one_do_not_have_a_page_each() {
        for is_last_first in [false, true] {
            let (mut state, mut pages) = (state_of([]), Vec::new());
            for user in 1..=300 {
                let user = if is_last_first { 301 - user } else { user };
                state.apply(&logged((online(user, user.into()), user.into())));
                pages = refresh(&state, &pages, 1_000);
            }
            let rendered = render_all(&state, 1_000);
            assert_eq!(text(&pages), text(&rendered));
            let at_pc = |pages: &[Page]| pages.iter().filter(|page| page.source == Source::Pc).count();
            assert!(at_pc(&pages) <= 3 * at_pc(&rendered), "{} pages, not {}", at_pc(&pages), at_pc(&rendered));
        }
    }

    #[test]
    fn a_change_renders_one_page_again() {
        let at_both = |user: u32| [Source::Pc, Source::Mobile].map(|source| (user, user.into(), 10, source, "a", 1));
        let mut state = state_of((1..=1_000_u32).flat_map(at_both).zip(0..).map(logged));
        let before = refresh(&state, &[], 1_000);
        assert!(before.len() > 100);
        state.apply(&logged((online(500, 2_000), 5_000)));
        let after = refresh(&state, &before, 1_000);
        let is_shared = |page: &&Page| before.iter().any(|other| other.text.as_ptr() == page.text.as_ptr());
        assert_eq!(after.iter().filter(|page| !is_shared(page)).count(), 1);
        assert_eq!(after.len(), before.len());
    }
}
