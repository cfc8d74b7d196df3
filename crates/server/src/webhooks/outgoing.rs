//! A message as it is stored, signed and sent: bytes and an id.

use std::fmt;

use super::message_id::MessageId;

/// The body of a message. It is never empty: a library of receivers can't parse an empty body.
#[derive(Clone, PartialEq, Eq)]
pub struct MessageBody(Vec<u8>);

impl MessageBody {
    /// Takes a body that the database has. Returns `None` if it is empty.
    pub fn new(bytes: Vec<u8>) -> Option<Self> {
        (!bytes.is_empty()).then_some(Self(bytes))
    }

    /// Returns the bytes that are signed and sent.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

/// The body has personal data, so that only its length is shown.
impl fmt::Debug for MessageBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MessageBody({} bytes)", self.0.len())
    }
}

/// A message as it is stored and sent. It is the same at each attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutgoingMessage {
    /// The header `webhook-id`.
    pub id: MessageId,
    /// The body.
    pub body: MessageBody,
}
