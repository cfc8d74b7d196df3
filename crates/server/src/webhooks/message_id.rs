//! [`MessageId`]: the `webhook-id` of a message. It names what happened, so that it is the same over all attempts, and the
//! same again if the message is made a second time.

use std::{fmt, str::FromStr};

use sha2::{Digest as _, Sha256};

/// How many bytes of the hash an id has: as many as a UUID.
const ID_BYTES: usize = 16;
/// The longest id, in characters.
const MAX_LENGTH: usize = 64;

/// The `webhook-id` of a message: 1 to 64 ASCII letters, digits, `_` and `-`. It never has a full stop, which separates it
/// from the time in what is signed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MessageId(String);

/// A text that is not the id of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected the id of a message: 1 to 64 letters, digits, `_` and `-`")]
pub struct InvalidMessageId;

impl MessageId {
    /// Creates the id of what these parts name.
    pub fn of(parts: &[&[u8]]) -> Self {
        Self(hashed("msg_", parts))
    }

    /// Returns the id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for MessageId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for MessageId {
    type Err = InvalidMessageId;

    fn from_str(text: &str) -> Result<Self, InvalidMessageId> {
        let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
        let is_id = (1..=MAX_LENGTH).contains(&text.len()) && text.bytes().all(is_allowed);
        if is_id { Ok(Self(text.to_owned())) } else { Err(InvalidMessageId) }
    }
}

/// Returns `prefix` and a hash of the parts. Their lengths are hashed as well, so that no two lists of parts are alike.
pub fn hashed(prefix: &str, parts: &[&[u8]]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    let digits = hash.finalize().into_iter().take(ID_BYTES).map(|byte| format!("{byte:02x}"));
    digits.fold(prefix.to_owned(), |id, digits| id + &digits)
}
