//! The secrets of a webhook, and the signatures that they make. Used by the sender, and by whoever creates a webhook or
//! replaces its secret.
//!
//! A secret is shown as a whole only by [`WebhookSecret::expose`].

use std::{fmt, str::FromStr};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use hmac::{Hmac, KeyInit as _, Mac as _};
use rustls::crypto::aws_lc_rs;
use sha2::Sha256;

use super::{message_id::MessageId, outgoing::MessageBody};

/// What a secret begins with.
const PREFIX: &str = "whsec_";
/// The length of a generated key in bytes: the specification wants 24 to 64. With a multiple of 3, base64 has no padding,
/// which some receivers get wrong.
const KEY_BYTES: usize = 24;
/// The longest key in bytes, by the specification.
const MAX_KEY_BYTES: usize = 64;

/// The secret that a webhook is signed with: `whsec_` and the key as padded base64. `Debug` masks it.
#[derive(Clone)]
pub struct WebhookSecret(Vec<u8>);

/// A text that is not a secret. It may be a part of one, so the error does not repeat it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected the secret of a webhook: whsec_ and 24 to 64 bytes as padded base64")]
pub struct InvalidSecret;

/// The operating system has no random bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the operating system returned no random bytes for the secret of a webhook")]
pub struct NoRandomBytes;

impl WebhookSecret {
    /// Generates a secret with 192 random bits.
    ///
    /// # Errors
    /// If the operating system has no random bytes.
    pub fn generate() -> Result<Self, NoRandomBytes> {
        let mut key = vec![0; KEY_BYTES];
        aws_lc_rs::default_provider().secure_random.fill(&mut key).map_err(|_| NoRandomBytes)?;
        Ok(Self(key))
    }

    /// Returns the secret as its receiver configures it. Keep it out of logs.
    pub fn expose(&self) -> String {
        format!("{PREFIX}{}", STANDARD.encode(&self.0))
    }

    /// Returns one signature: `v1,` and the HMAC-SHA256 of id, time and body, as padded base64.
    fn sign(&self, id: &MessageId, timestamp: u64, body: &MessageBody) -> Option<String> {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).ok()?;
        mac.update(format!("{id}.{timestamp}.").as_bytes());
        mac.update(body.as_bytes());
        Some(format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes())))
    }
}

impl fmt::Debug for WebhookSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("WebhookSecret(***)")
    }
}

impl FromStr for WebhookSecret {
    type Err = InvalidSecret;

    fn from_str(text: &str) -> Result<Self, InvalidSecret> {
        let key = text.strip_prefix(PREFIX).and_then(|key| STANDARD.decode(key).ok()).ok_or(InvalidSecret)?;
        if (KEY_BYTES..=MAX_KEY_BYTES).contains(&key.len()) { Ok(Self(key)) } else { Err(InvalidSecret) }
    }
}

/// The secrets of a webhook: one, or two while its receiver changes from one to the other.
#[derive(Clone, Debug)]
pub struct SigningSecrets {
    current: WebhookSecret,
    previous: Option<PreviousSecret>,
}

/// The secret before the current one.
#[derive(Clone, Debug)]
pub struct PreviousSecret {
    /// The secret.
    pub secret: WebhookSecret,
    /// Until when it signs as well, in Unix epoch seconds.
    pub valid_until: u64,
}

impl SigningSecrets {
    /// Creates the secrets of a webhook, as the database has them.
    pub const fn new(current: WebhookSecret, previous: Option<PreviousSecret>) -> Self {
        Self { current, previous }
    }

    /// Replaces the current secret. It signs as well until `valid_until`; one that was replaced before does not sign any
    /// more.
    #[must_use]
    pub fn rotate(self, new: WebhookSecret, valid_until: u64) -> Self {
        Self { current: new, previous: Some(PreviousSecret { secret: self.current, valid_until }) }
    }

    /// Returns the header `webhook-signature` of an attempt at this time: one line with a blank between two signatures, that
    /// of the current secret first, because some receivers read only the first one.
    ///
    /// Each attempt is signed with its own time, in Unix epoch seconds. Receivers reject times that are minutes away.
    pub fn signature(&self, id: &MessageId, timestamp: u64, body: &MessageBody) -> String {
        let previous = self.previous.as_ref().filter(|previous| timestamp < previous.valid_until);
        let secrets = [Some(&self.current), previous.map(|previous| &previous.secret)];
        // HMAC accepts keys of any length.
        let signatures = secrets.into_iter().flatten().filter_map(|secret| secret.sign(id, timestamp, body));
        signatures.collect::<Vec<_>>().join(" ")
    }
}
