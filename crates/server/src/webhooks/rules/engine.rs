//! [`RuleEngine`]: the state of all rules of a webhook. Changes, looks and time go in, alerts come out.
//!
//! The owner saves the state together with the alerts and the position in the log up to which it has fed changes, in one
//! transaction. After a crash it restores the state and goes on from that position: the alerts that were not stored are raised
//! again, with the same ids.

use group_dispatch_types::Source;
use serde::{Deserialize, Serialize};

use super::{
    account_banned, agent_offline,
    alerts::{Alert, Alerts},
    change::Change,
    everybody_gone, flapping, mirror_stale,
    presence::Presence,
    rule::Rule,
};

/// The version of the state's form. A state of another version is not restored.
const VERSION: u8 = 1;

/// The state of all rules of a webhook.
#[derive(Clone, Debug)]
pub struct RuleEngine {
    /// A part of the ids of all alerts: what names the tenant, in its log.
    scope: String,
    presence: Presence,
    running: Vec<Running>,
}

/// A rule and its state.
#[derive(Clone, Debug)]
struct Running {
    rule: Rule,
    /// The rule as text.
    text: String,
    state: State,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
enum State {
    AccountBanned(account_banned::State),
    AgentOffline(agent_offline::State),
    EverybodyGone(everybody_gone::State),
    Flapping(flapping::State),
    MirrorStale(mirror_stale::State),
}

/// What [`RuleEngine::save`] writes.
#[derive(Serialize, Deserialize)]
struct Saved {
    presence: Presence,
    states: Vec<(String, State)>,
}

/// A state that can't be restored: it is damaged, or another version of this program has written it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the state of the rules can't be read: it is damaged, or of another version of this program")]
pub struct UnreadableState;

impl RuleEngine {
    /// Begins with what is known now, and raises no alerts about it. `scope` names the tenant, in its log, and is a part of
    /// the ids of all alerts.
    pub fn begin(scope: String, rules: Vec<Rule>, known: impl IntoIterator<Item = Change>) -> Self {
        let mut presence = Presence::default();
        for change in known {
            presence.apply(&change);
        }
        let running = rules.into_iter().map(|rule| Running::begin(rule, &presence)).collect();
        Self { scope, presence, running }
    }

    /// Applies a change of the log. Changes are applied in the order of the log.
    pub fn apply(&mut self, change: &Change) -> Vec<Alert> {
        let moved = self.presence.apply(change);
        let (scope, presence) = (&self.scope, &self.presence);
        let alerts = self.running.iter_mut().flat_map(|Running { rule, text, state }| {
            let mut alerts = Alerts::new(scope, text);
            match (&*rule, state, &moved) {
                (Rule::AccountBanned, State::AccountBanned(state), _) => state.apply(change, presence, &mut alerts),
                (Rule::AgentOffline(rule), State::AgentOffline(state), Some(moved)) => {
                    rule.apply(state, moved, presence, &mut alerts);
                }
                (Rule::EverybodyGone(rule), State::EverybodyGone(state), Some(moved)) => {
                    rule.apply(state, moved, presence, &mut alerts);
                }
                (Rule::Flapping(rule), State::Flapping(state), Some(moved)) => rule.apply(state, moved, &mut alerts),
                _ => {}
            }
            alerts.into_vec()
        });
        alerts.collect()
    }

    /// Applies a good look of a mirror at a source.
    pub fn apply_look(&mut self, source: Source, at: i64) -> Vec<Alert> {
        let scope = &self.scope;
        let alerts = self.running.iter_mut().flat_map(|Running { rule, text, state }| {
            let mut alerts = Alerts::new(scope, text);
            if let (Rule::MirrorStale(rule), State::MirrorStale(state)) = (&*rule, state) {
                rule.apply(state, source, at, &mut alerts);
            }
            alerts.into_vec()
        });
        alerts.collect()
    }

    /// Raises the alerts that are due at this time, in Unix epoch milliseconds. How often it is called decides only how soon
    /// an alert is raised.
    pub fn advance(&mut self, now: i64) -> Vec<Alert> {
        let scope = &self.scope;
        let alerts = self.running.iter_mut().flat_map(|Running { rule, text, state }| {
            let mut alerts = Alerts::new(scope, text);
            match (&*rule, state) {
                (Rule::AgentOffline(rule), State::AgentOffline(state)) => rule.advance(state, now, &mut alerts),
                (Rule::Flapping(rule), State::Flapping(state)) => rule.advance(state, now, &mut alerts),
                (Rule::MirrorStale(rule), State::MirrorStale(state)) => rule.advance(state, now, &mut alerts),
                _ => {}
            }
            alerts.into_vec()
        });
        alerts.collect()
    }

    /// Returns the state as bytes.
    ///
    /// # Errors
    /// If it can't be written.
    pub fn save(&self) -> Result<Vec<u8>, postcard::Error> {
        let states = self.running.iter().map(|running| (running.text.clone(), running.state.clone())).collect();
        postcard::to_extend(&Saved { presence: self.presence.clone(), states }, vec![VERSION])
    }

    /// Restores a state. A rule that had none begins with what the state knows; the state of a rule that is gone is dropped.
    ///
    /// # Errors
    /// If the bytes are not a state of this version.
    pub fn restore(scope: String, rules: Vec<Rule>, bytes: &[u8]) -> Result<Self, UnreadableState> {
        let Some((&VERSION, bytes)) = bytes.split_first() else { return Err(UnreadableState) };
        let Saved { presence, mut states } = postcard::from_bytes(bytes).map_err(|_| UnreadableState)?;
        let running = rules.into_iter().map(|rule| {
            let mut running = Running::begin(rule, &presence);
            if let Some(index) = states.iter().position(|(text, _)| *text == running.text) {
                running.state = states.swap_remove(index).1;
            }
            running
        });
        Ok(Self { running: running.collect(), scope, presence })
    }
}

impl Running {
    fn begin(rule: Rule, presence: &Presence) -> Self {
        let state = match &rule {
            Rule::AccountBanned => State::AccountBanned(account_banned::State::default()),
            Rule::AgentOffline(rule) => State::AgentOffline(rule.begin(presence)),
            Rule::EverybodyGone(_) => State::EverybodyGone(everybody_gone::State::default()),
            Rule::Flapping(_) => State::Flapping(flapping::State::default()),
            Rule::MirrorStale(_) => State::MirrorStale(mirror_stale::State::default()),
        };
        Self { text: rule.to_string(), rule, state }
    }
}
