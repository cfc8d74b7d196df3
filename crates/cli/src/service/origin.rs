//! Where the address, the tenant and the key of a service come from, for errors that name it.

use std::{fmt, path::PathBuf};

use crate::arguments::connection::Given;

/// The origin of each part.
#[derive(Clone)]
pub struct Origins {
    pub url: Origin,
    pub tenant_id: Origin,
    pub api_key: Origin,
}

/// Where a value comes from.
#[derive(Clone, PartialEq, Eq)]
pub enum Origin {
    Flag(&'static str),
    Variable(&'static str),
    Profile { name: String, file: PathBuf },
}

impl Origin {
    /// Returns the name of the flag, the variable or the profile.
    pub fn name(&self) -> String {
        match self {
            Self::Flag(name) | Self::Variable(name) => (*name).to_owned(),
            Self::Profile { name, .. } => format!("profile {name}"),
        }
    }

    /// Returns the file of profiles, if the value comes from a profile.
    pub fn file(&self) -> Option<&PathBuf> {
        match self {
            Self::Profile { file, .. } => Some(file),
            _ => None,
        }
    }
}

impl<T> From<&Given<T>> for Origin {
    fn from(given: &Given<T>) -> Self {
        if given.is_flag { Self::Flag(given.name) } else { Self::Variable(given.name) }
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flag(name) => write!(f, "given by {name}"),
            Self::Variable(name) => write!(f, "in the variable {name}"),
            Self::Profile { name, file } => write!(f, "of profile {name} in {}", file.display()),
        }
    }
}
