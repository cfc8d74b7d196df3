//! The answer about all who are online. It is long and asked for often, and little of it changes at a time: it is kept in
//! pages, and a page of whose agents nothing has changed is taken over as it is. So what is on its way to clients and what
//! is made next share most of their memory.

use std::{ops::Deref, sync::Arc};

use bytes::Bytes;
use group_dispatch_types::Source;
use parking_lot::Mutex;

use super::{ids::AgentIndex, render::online, state::TenantState};

/// The sources that the answer has a group for, in its order (page, example of queryAllOlWhatsAppInfo).
pub const ANSWERED_SOURCES: &[Source] = &[Source::Pc, Source::Mobile];

/// About so many bytes are a page: few enough to copy for one change, and enough for a long answer to have few pages.
const PAGE_BYTES: usize = 256 * 1024;

/// The answer as it was made last.
struct CachedAnswer {
    /// The presence that it tells.
    presence: u64,
    pages: Vec<Page>,
    answer: Arc<[Bytes]>,
}

/// What the answer tells of agents at a source. Every agent is on some page, for it may come online.
#[derive(Clone)]
struct Page {
    source: Source,
    agents: Arc<[PageAgent]>,
    /// Each agent with a comma before it.
    text: Bytes,
}

/// An agent on a page.
#[derive(Clone, Copy)]
struct PageAgent {
    version: Version,
    /// Where its text ends.
    end: usize,
}

/// An agent as it was when it was told of.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Version {
    agent: AgentIndex,
    version: u32,
}

/// The answer as it was made last, if it was.
#[derive(Default)]
pub struct AllOnline(Mutex<Option<CachedAnswer>>);

impl AllOnline {
    /// The answer that was made last, if it tells this presence and nobody is about to make it anew.
    pub fn cached(&self, presence: u64) -> Option<Arc<[Bytes]>> {
        let kept = self.0.try_lock()?;
        kept.as_ref().filter(|kept| kept.presence == presence).map(|kept| Arc::clone(&kept.answer))
    }

    pub fn render<S: Deref<Target = TenantState>>(
        &self,
        presence: impl FnOnce() -> u64,
        read: impl FnOnce() -> S,
    ) -> Arc<[Bytes]> {
        // Who comes while it is made waits for it, instead of doing the same again.
        let mut kept = self.0.lock();
        // Before it is read: what changes meanwhile is told next time.
        let presence = presence();
        if let Some(kept) = kept.as_ref().filter(|kept| kept.presence == presence) {
            return Arc::clone(&kept.answer);
        }
        let pages = pages(&read(), kept.as_ref().map_or(&[], |kept| &kept.pages), PAGE_BYTES);
        let answer = assembled(&pages);
        *kept = Some(CachedAnswer { presence, pages, answer: Arc::clone(&answer) });
        answer
    }
}

fn assembled(pages: &[Page]) -> Arc<[Bytes]> {
    let mut pieces = Vec::new();
    for (place, &source) in ANSWERED_SOURCES.iter().enumerate() {
        pieces.push(Bytes::from_static(if place == 0 { br#"[{"list":["# } else { br#",{"list":["# }));
        let texts = pages.iter().filter(|page| page.source == source && !page.text.is_empty()).map(|page| &page.text);
        pieces.extend(texts.enumerate().map(|(place, text)| text.slice(usize::from(place == 0)..)));
        pieces.push(format!(r#"],"source":{}}}"#, source.code()).into());
    }
    pieces.push(Bytes::from_static(b"]"));
    pieces.into()
}

/// All pages, in the order of the answer, with what can be taken over from those before.
fn pages(state: &TenantState, before: &[Page], length: usize) -> Vec<Page> {
    let agents: Vec<AgentIndex> = state.agents.after(None).collect();
    let mut pages = Vec::new();
    for &source in ANSWERED_SOURCES {
        let agents = versions(state, source, &agents);
        let mut before = before.iter().filter(|page| page.source == source).peekable();
        let (mut rest, mut draft) = (agents.as_slice(), Draft::new(source, length));
        while let Some((next, others)) = rest.split_first() {
            // Agents neither go nor change places, so that pages come in the order in which they are looked for.
            if let Some(page) = before.next_if(|page| page.begins_with(*next)) {
                if !is_short(&draft.text, length) {
                    pages.extend(draft.finish());
                }
                let may_stay = !is_short(&page.text, length) || page.agents.len() == rest.len();
                if draft.agents.is_empty() && may_stay && page.is_as_before(rest) {
                    rest = &rest[page.agents.len()..];
                    pages.push(page.clone());
                    continue;
                }
                draft.take_from(page);
            }
            draft.add(*next, state);
            pages.extend(draft.cut());
            rest = others;
        }
        pages.extend(draft.finish());
    }
    pages
}

/// The agents as a source tells of them now. A version changes with what they are called, and with who is online with them.
fn versions(state: &TenantState, source: Source, agents: &[AgentIndex]) -> Vec<Version> {
    let at = state.at(source);
    let at_source = |agent| at.map_or(0, |at| at.version(agent));
    let version = |agent| state.agents.version(agent).wrapping_add(at_source(agent));
    agents.iter().map(|&agent| Version { agent, version: version(agent) }).collect()
}

/// A short text goes with the page that follows, if one does: otherwise there would be ever more.
fn is_short(text: &[u8], length: usize) -> bool {
    text.len() < length / 2
}

impl Page {
    fn begins_with(&self, Version { agent, .. }: Version) -> bool {
        self.agents.first().is_some_and(|first| first.version.agent == agent)
    }

    /// Whether these begin with its agents, all as they were.
    fn is_as_before(&self, agents: &[Version]) -> bool {
        agents.len() >= self.agents.len()
            && self.agents.iter().map(|told| &told.version).eq(&agents[..self.agents.len()])
    }
}

/// A page that is being written. One that grows is cut long after it has become too long, so that it seldom is, and the
/// pages that follow stay as they are.
struct Draft<'a> {
    source: Source,
    length: usize,
    text: Vec<u8>,
    agents: Vec<PageAgent>,
    /// What was told last of agents that may come now, in their order: the agents, and the text from which each takes its
    /// part.
    before: (&'a [PageAgent], &'a [u8]),
    /// Where the text of the first of them begins.
    place: usize,
}

impl<'a> Draft<'a> {
    fn new(source: Source, length: usize) -> Self {
        Self { source, length, text: Vec::new(), agents: Vec::new(), before: (&[], &[]), place: 0 }
    }

    /// Takes over what this page tells of agents that are as they were.
    fn take_from(&mut self, page: &'a Page) {
        self.before = (&page.agents, &page.text);
        self.place = 0;
        self.text.reserve(page.text.len() + page.text.len() / 16);
    }

    fn add(&mut self, version: Version, state: &TenantState) {
        let told = match self.before.0.split_first() {
            Some((told, others)) if told.version.agent == version.agent => {
                let text = &self.before.1[self.place..told.end];
                (self.before.0, self.place) = (others, told.end);
                (told.version == version).then_some(text)
            }
            _ => None,
        };
        match told {
            Some(text) => self.text.extend_from_slice(text),
            None => online(state, version.agent, self.source, true, &mut self.text),
        }
        self.agents.push(PageAgent { version, end: self.text.len() });
    }

    /// The beginning, if there are three pages by now.
    fn cut(&mut self) -> Option<Page> {
        (self.text.len() >= 3 * self.length).then(|| {
            let agents = 1 + self.agents.partition_point(|told| told.end < self.length);
            let end = self.agents[agents - 1].end;
            let mut rest = self.agents.split_off(agents);
            rest.iter_mut().for_each(|told| told.end -= end);
            let text = self.text.split_off(end);
            self.page(rest, text)
        })
    }

    /// All that there is, if there is anything.
    fn finish(&mut self) -> Option<Page> {
        (!self.agents.is_empty()).then(|| self.page(Vec::new(), Vec::new()))
    }

    /// The page that is written; the next one begins with these.
    fn page(&mut self, agents: Vec<PageAgent>, text: Vec<u8>) -> Page {
        let agents = std::mem::replace(&mut self.agents, agents).into();
        let mut text = std::mem::replace(&mut self.text, text);
        // A little too much memory is not worth a copy.
        if text.capacity() > text.len() + text.len() / 8 {
            text.shrink_to_fit();
        }
        Page { source: self.source, agents, text: text.into() }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use group_dispatch_types::Source;
    use proptest::{collection::vec, prelude::*, sample::select};

    use super::*;
    use crate::event::LoggedEvent;
    use crate::presence::tenant::TenantIndex;
    use crate::presence::tests::{Event, logged};

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

    /// As [`logged`], with names of the agent's that change with the account's.
    fn logged_with_names(event: (Event, u64)) -> LoggedEvent {
        let LoggedEvent { seq, mut event } = logged(event);
        event.agent_account = event.country_code.clone();
        event.user_name = event.name.clone();
        LoggedEvent { seq, event }
    }

    fn text(pages: &[Page]) -> String {
        String::from_utf8(assembled(pages).concat()).unwrap()
    }

    proptest! {
        /// What is taken over from page to page is what would be written anew.
        #[test]
        fn pages_that_are_taken_over_are_as_good_as_new(batches in vec(vec(event(), 0..60), 1..12), length in 1..2_000_usize) {
            let index = TenantIndex::default();
            let (mut seq, mut kept) = (0, Vec::new());
            for batch in batches {
                let events: Vec<_> = batch.into_iter().zip(seq..).map(logged_with_names).collect();
                seq += 100;
                index.apply(events.iter());
                kept = pages(&index.read(), &kept, length);
                prop_assert_eq!(text(&kept), text(&pages(&index.read(), &[], PAGE_BYTES)));
                let too_long = kept.iter().filter(|page| page.agents.len() > 1 && page.text.len() > 5 * length + 5_000);
                prop_assert_eq!(too_long.count(), 0);
            }
        }
    }

    fn online(user: u32, account: u64) -> Event {
        (user, account, 10, Source::Pc, "a", 1)
    }

    #[test]
    fn agents_who_come_one_by_one_do_not_have_a_page_each() {
        let index = TenantIndex::default();
        let mut kept = Vec::new();
        for user in 1..=300 {
            index.apply([logged((online(user, user.into()), user.into()))].iter());
            kept = pages(&index.read(), &kept, 1_000);
        }
        let (as_new, source) = (pages(&index.read(), &[], 1_000), kept[0].source);
        assert_eq!(text(&kept), text(&as_new));
        let of_source = |pages: &[Page]| pages.iter().filter(|page| page.source == source).count();
        assert!(of_source(&kept) <= 3 * of_source(&as_new), "{} in place of {}", of_source(&kept), of_source(&as_new));
    }

    #[test]
    fn a_change_makes_one_page_anew() {
        let index = TenantIndex::default();
        let at_both = |user: u32| [Source::Pc, Source::Mobile].map(|source| (user, user.into(), 10, source, "a", 1));
        let events: Vec<_> = (1..=1_000_u32).flat_map(at_both).zip(0..).map(logged).collect();
        index.apply(events.iter());
        let before = pages(&index.read(), &[], 1_000);
        assert!(before.len() > 100);
        index.apply([logged((online(500, 2_000), 5_000))].iter());
        let after = pages(&index.read(), &before, 1_000);
        let is_kept = |page: &&Page| before.iter().any(|other| other.text.as_ptr() == page.text.as_ptr());
        assert_eq!(after.iter().filter(|page| !is_kept(page)).count(), 1);
        assert_eq!(after.len(), before.len());
    }
}
