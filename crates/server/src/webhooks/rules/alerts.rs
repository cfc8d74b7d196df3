//! [`Alerts`]: collects the alerts that rules raise, and gives each its id.

use super::change::Start;
use crate::webhooks::{
    message::{Message, MessageData},
    message_id::{MessageId, hashed},
    outgoing::OutgoingMessage,
};

/// An alert: a message with its id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alert {
    /// The id of the message, which is the same if the alert is computed again.
    pub id: MessageId,
    /// The message.
    pub message: Message,
}

impl Alert {
    /// Returns the alert as it is stored and sent, or `None` if its time can't be written.
    pub fn outgoing(&self) -> Option<OutgoingMessage> {
        self.message.outgoing(self.id.clone())
    }
}

/// Collects the alerts of one rule.
#[derive(Debug)]
pub struct Alerts<'a> {
    /// What distinguishes the rules of one tenant from those of another.
    scope: &'a str,
    /// The rule with its parameters.
    rule: &'a str,
    raised: Vec<Alert>,
}

impl<'a> Alerts<'a> {
    pub const fn new(scope: &'a str, rule: &'a str) -> Self {
        Self { scope, rule, raised: Vec::new() }
    }

    /// Adds an alert, or the message that it is over. `subject` is what the alert is about; `start` is that of its episode.
    pub fn raise(&mut self, at: i64, subject: &str, start: Start, data: impl FnOnce(String) -> MessageData) {
        let (since, seq) = (start.since.to_be_bytes(), start.seq.to_be_bytes());
        let alert_id =
            hashed("alert_", &[self.scope.as_bytes(), self.rule.as_bytes(), subject.as_bytes(), &since, &seq]);
        let data = data(alert_id.clone());
        let id = MessageId::of(&[alert_id.as_bytes(), data.kind().as_bytes()]);
        self.raised.push(Alert { id, message: Message::new(at, data) });
    }

    pub fn into_vec(self) -> Vec<Alert> {
        self.raised
    }
}
