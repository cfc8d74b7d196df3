//! For any responses: the changes are consistent, add up to the state, and responses prove every departure.

use group_dispatch_types::{OnlineAccount, UserId};
use proptest::{collection::vec, option, prelude::*, sample::select};

use super::*;

/// A response, and its distance from the one before in seconds.
type Step = (u64, Vec<SourceGroup>);

/// Responses with few agents and accounts, so that these meet often.
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

/// The state of a receiver of the changes.
#[derive(Default)]
struct Receiver {
    accounts: BTreeMap<(Source, WhatsAppNumber), UserId>,
    agents: BTreeSet<(Source, UserId)>,
}

impl Receiver {
    fn receive(&mut self, change: &Change) -> Result<(), TestCaseError> {
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

    fn matches_groups(&self, groups: &[SourceGroup]) -> Result<(), TestCaseError> {
        let with_accounts: BTreeSet<_> = self.accounts.iter().map(|((source, _), agent)| (*source, *agent)).collect();
        prop_assert_eq!(&self.agents, &with_accounts);
        prop_assert_eq!(
            &self.accounts,
            &listed(groups).into_iter().map(|(place, agents)| (place, agents[0])).collect()
        );
        Ok(())
    }
}

/// Returns the agents of each account, in the order of the list.
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

/// Returns whether the responses prove that an account left its agent: all with its source, for the settle time.
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
        let (mut receiver, mut past, mut now) = (Receiver::default(), Vec::new(), Duration::ZERO);
        for (seconds, answer) in steps {
            now += Duration::from_secs(seconds);
            past.push((now, answer.clone()));
            for change in presence.apply(now, answer.clone(), &IncompleteGroups::default()) {
                receiver.receive(&change)?;
                if let Change::AccountMoved { from: agent, account, .. } | Change::AccountLeft { agent, account, .. } = &change {
                    let place = (change.source(), account.whats_app);
                    prop_assert!(is_proven(place, agent.user_id, settle, &past), "{:?} after {:?}", change, past);
                }
            }
            receiver.matches_groups(&presence.groups())?;
            // An account that came online is reported immediately.
            for place in listed(&answer).keys() {
                prop_assert!(receiver.accounts.contains_key(place));
            }
        }
    }

    #[test]
    fn a_lasting_state_is_reported_in_the_end(settle in 0_u64..6, steps in answers()) {
        let settle = Duration::from_secs(settle);
        let mut presence = Presence::default();
        presence.set_settle(settle);
        let (mut now, mut last) = (Duration::ZERO, Vec::new());
        for (seconds, answer) in steps {
            now += Duration::from_secs(seconds);
            presence.apply(now, answer.clone(), &IncompleteGroups::default());
            last = answer;
        }
        for _ in 0..2 {
            now += settle;
            presence.apply(now, last.clone(), &IncompleteGroups::default());
        }
        let answered: BTreeSet<Source> = last.iter().map(|group| group.source).collect();
        let groups = presence.groups();
        let (mut reported, last) = (listed(&groups), listed(&last));
        reported.retain(|(source, _), _| answered.contains(source));
        prop_assert_eq!(reported.len(), last.len());
        for (place, agents) in reported {
            prop_assert!(last.get(&place).is_some_and(|of| of.contains(&agents[0])), "{:?}", place);
        }
        // The same response again brings no change.
        prop_assert_eq!(presence.apply(now, groups.clone(), &IncompleteGroups::default()), []);
        prop_assert_eq!(presence.groups(), groups);
    }
}
