//! For any answers: what is told fits together, adds up to the state, and every departure has answers to prove it.

use group_dispatch_types::{OnlineAccount, UserId};
use proptest::{collection::vec, option, prelude::*, sample::select};

use super::*;

/// One answer, some seconds after the one before.
type Step = (u64, Vec<SourceGroup>);

/// Few of each, so that they meet often.
fn answers() -> impl Strategy<Value = Vec<Step>> {
    let account = (1_u64..6).prop_map(|number| number.try_into().expect("a number"));
    let account = account.prop_map(|whats_app| OnlineAccount { whats_app, name: None });
    let agent = (1_u32..4, vec(account, 0..3)).prop_map(|(id, whats_app_list)| NamedOnlineAgent {
        user_id: id.into(),
        agent_account: String::new(),
        user_name: String::new(),
        whats_app_list,
    });
    let source = select(vec![Source::Pc, Source::Pc, Source::Mobile, Source::Unknown(9)]);
    let list = prop_oneof![4 => vec(agent, 0..4), 1 => Just(Vec::new())];
    let group = (source, list).prop_map(|(source, list)| SourceGroup { source, list });
    let answer = option::weighted(0.9, vec(group, 0..4)).prop_map(Option::unwrap_or_default);
    vec((0_u64..4, answer), 1..24)
}

/// What someone knows who is only told of changes.
#[derive(Default)]
struct Listener {
    accounts: BTreeMap<(Source, WhatsAppNumber), UserId>,
    agents: BTreeSet<(Source, UserId)>,
}

impl Listener {
    fn hear(&mut self, change: &Change) -> Result<(), TestCaseError> {
        let source = change.source();
        match change {
            Change::Began(group) => {
                for agent in &group.list {
                    prop_assert!(self.agents.insert((source, agent.user_id)));
                    for account in &agent.whats_app_list {
                        prop_assert_eq!(self.accounts.insert((source, account.whats_app), agent.user_id), None);
                    }
                }
            }
            Change::AgentAppeared { agent, .. } => prop_assert!(self.agents.insert((source, agent.user_id))),
            Change::AccountAppeared { agent, account, .. } => {
                prop_assert!(self.agents.contains(&(source, agent.user_id)));
                prop_assert_eq!(self.accounts.insert((source, account.whats_app), agent.user_id), None);
            }
            Change::AccountMoved { from, to, account, .. } => {
                prop_assert_ne!(from.user_id, to.user_id);
                prop_assert!(self.agents.contains(&(source, to.user_id)));
                prop_assert_eq!(self.accounts.insert((source, account.whats_app), to.user_id), Some(from.user_id));
            }
            Change::AccountLeft { agent, account, .. } => {
                prop_assert_eq!(self.accounts.remove(&(source, account.whats_app)), Some(agent.user_id));
            }
            Change::AgentLeft { agent, .. } => prop_assert!(self.agents.remove(&(source, agent.user_id))),
        }
        Ok(())
    }

    fn knows_what_is_in(&self, groups: &[SourceGroup]) -> Result<(), TestCaseError> {
        let with_accounts: BTreeSet<_> = self.accounts.iter().map(|((source, _), agent)| (*source, *agent)).collect();
        prop_assert_eq!(&self.agents, &with_accounts);
        prop_assert_eq!(
            &self.accounts,
            &listed(groups).into_iter().map(|(place, agents)| (place, agents[0])).collect()
        );
        Ok(())
    }
}

/// The agents with which accounts are listed, in the list's order.
fn listed(groups: &[SourceGroup]) -> BTreeMap<(Source, WhatsAppNumber), Vec<UserId>> {
    let mut places: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for group in groups {
        for agent in &group.list {
            for account in &agent.whats_app_list {
                places.entry((group.source, account.whats_app)).or_default().push(agent.user_id);
            }
        }
    }
    places
}

/// An account may be told away from its agent when all answers with its source say so, for as long as it has to settle.
fn is_proven(
    place: (Source, WhatsAppNumber),
    from: UserId,
    settle: Duration,
    past: &[(Duration, Vec<SourceGroup>)],
) -> bool {
    let (source, _) = place;
    let mut with_source = past.iter().rev().filter(|(_, groups)| groups.iter().any(|group| group.source == source));
    let is_away = |groups: &[SourceGroup]| !listed(groups).get(&place).is_some_and(|agents| agents.contains(&from));
    let is_empty = |groups: &[SourceGroup]| listed(groups).keys().all(|(listed, _)| *listed != source);
    let now = past.last().map(|(time, _)| *time).unwrap_or_default();
    let long_enough = with_source
        .clone()
        .take_while(|(_, groups)| is_away(groups))
        .last()
        .is_some_and(|(since, _)| now.saturating_sub(*since) >= settle);
    let latest_two = [with_source.next(), with_source.next()];
    let confirmed = latest_two.iter().flatten().all(|(_, groups)| is_empty(groups))
        || latest_two[0].is_some_and(|(_, groups)| !is_empty(groups));
    long_enough && confirmed
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn changes_add_up_and_departures_are_proven(settle in 0_u64..6, steps in answers()) {
        let settle = Duration::from_secs(settle);
        let mut presence = Presence::default();
        presence.set_settle(settle);
        let (mut listener, mut past, mut now) = (Listener::default(), Vec::new(), Duration::ZERO);
        for (seconds, answer) in steps {
            now += Duration::from_secs(seconds);
            past.push((now, answer.clone()));
            for change in presence.take(now, answer.clone(), &IncompleteGroups::default()) {
                listener.hear(&change)?;
                if let Change::AccountMoved { from: agent, account, .. } | Change::AccountLeft { agent, account, .. } = &change {
                    let place = (change.source(), account.whats_app);
                    prop_assert!(is_proven(place, agent.user_id, settle, &past), "{:?} after {:?}", change, past);
                }
            }
            listener.knows_what_is_in(&presence.groups())?;
            // Who is online is told at once.
            for place in listed(&answer).keys() {
                prop_assert!(listener.accounts.contains_key(place));
            }
        }
    }

    #[test]
    fn what_stays_is_told_in_the_end(settle in 0_u64..6, steps in answers()) {
        let settle = Duration::from_secs(settle);
        let mut presence = Presence::default();
        presence.set_settle(settle);
        let (mut now, mut last) = (Duration::ZERO, Vec::new());
        for (seconds, answer) in steps {
            now += Duration::from_secs(seconds);
            presence.take(now, answer.clone(), &IncompleteGroups::default());
            last = answer;
        }
        for _ in 0..2 {
            now += settle;
            presence.take(now, last.clone(), &IncompleteGroups::default());
        }
        let answered: BTreeSet<Source> = last.iter().map(|group| group.source).collect();
        let groups = presence.groups();
        let (mut told, last) = (listed(&groups), listed(&last));
        told.retain(|(source, _), _| answered.contains(source));
        prop_assert_eq!(told.len(), last.len());
        for (place, agents) in told {
            prop_assert!(last.get(&place).is_some_and(|of| of.contains(&agents[0])), "{:?}", place);
        }
        // The same answer once more has nothing to tell.
        prop_assert_eq!(presence.take(now, groups.clone(), &IncompleteGroups::default()), []);
        prop_assert_eq!(presence.groups(), groups);
    }
}
