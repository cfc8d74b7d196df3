//! The keys of a tenant: each has a name, and says what it may do.

use std::{fmt, str::FromStr};

use group_dispatch_types::signing::ApiKey;

/// The name of a tenant's key: 1 to 24 lower-case ASCII letters, digits, `-` and `_`, such as `dashboard`. It is shown; the
/// key is not.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyName(String);

impl KeyName {
    /// The longest name, in characters: shorter than a generated key, so that none is taken for a name.
    const MAX_LENGTH: usize = 24;

    /// Returns the name of the key that a tenant is added with.
    #[must_use]
    pub fn first() -> Self {
        Self::numbered(1)
    }

    /// Returns the name that a key with this number gets when it is given none: `key-2`, for example.
    #[must_use]
    pub fn numbered(number: u32) -> Self {
        Self(format!("key-{number}"))
    }

    /// Returns the name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Takes a name that the database has.
    pub(crate) fn stored(name: String) -> Self {
        Self(name)
    }
}

impl fmt::Display for KeyName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A text that is not the name of a key. It may be a key, so the error does not repeat it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected the name of a key: 1 to 24 lower-case letters, digits, `-` and `_`")]
pub struct InvalidKeyName;

impl FromStr for KeyName {
    type Err = InvalidKeyName;

    fn from_str(text: &str) -> Result<Self, InvalidKeyName> {
        let is_allowed = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_');
        let is_name = (1..=Self::MAX_LENGTH).contains(&text.len()) && text.bytes().all(is_allowed);
        if is_name { Ok(Self(text.to_owned())) } else { Err(InvalidKeyName) }
    }
}

/// What a key may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyAccess {
    /// Send queries.
    Ask,
    /// Send queries and feed events.
    AskAndFeed,
}

impl KeyAccess {
    /// Returns whether the key may feed events.
    #[must_use]
    pub const fn may_feed(self) -> bool {
        matches!(self, Self::AskAndFeed)
    }

    pub(crate) const fn of(may_feed: bool) -> Self {
        if may_feed { Self::AskAndFeed } else { Self::Ask }
    }
}

/// A key of a tenant. `Debug` masks the key itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TenantKey {
    /// The name of the key.
    pub name: KeyName,
    /// The key itself.
    pub key: ApiKey,
    /// What it may do.
    pub access: KeyAccess,
}

/// A key of a tenant without the key itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeySummary {
    /// The name of the key.
    pub name: KeyName,
    /// What it may do.
    pub access: KeyAccess,
}

impl From<TenantKey> for KeySummary {
    fn from(TenantKey { name, access, .. }: TenantKey) -> Self {
        Self { name, access }
    }
}

/// The most keys of a tenant: each request is compared with all of them.
const MAX_KEYS: usize = 16;

/// The outcome of adding a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyAddition {
    /// The key is added.
    Added,
    /// The tenant does not exist.
    UnknownTenant,
    /// The tenant has a key with this name.
    NameTaken,
    /// The tenant has the same key with another name.
    KeyTaken,
    /// The tenant has as many keys as it may have, which is 16.
    TooMany,
}

impl KeyAddition {
    /// Returns the outcome for a tenant that has these keys.
    pub(crate) fn of(keys: &[TenantKey], new: &TenantKey) -> Self {
        if keys.iter().any(|key| key.name == new.name) {
            Self::NameTaken
        } else if keys.iter().any(|key| key.key == new.key) {
            Self::KeyTaken
        } else if keys.len() >= MAX_KEYS {
            Self::TooMany
        } else {
            Self::Added
        }
    }
}

/// The outcome of removing a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyRemoval {
    /// The key is removed.
    Removed,
    /// The tenant does not exist.
    UnknownTenant,
    /// The tenant has no key with this name.
    UnknownKey,
    /// It is the only key of the tenant. Nothing is changed.
    LastKey,
}

impl KeyRemoval {
    /// Returns the outcome for a tenant that has these keys.
    pub(crate) fn of(keys: &[TenantKey], name: &KeyName) -> Self {
        if keys.iter().all(|key| key.name != *name) {
            Self::UnknownKey
        } else if keys.len() == 1 {
            Self::LastKey
        } else {
            Self::Removed
        }
    }
}

/// The outcome of replacing the only key of a tenant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyReplacement {
    Replaced,
    UnknownTenant,
    SeveralKeys,
}
