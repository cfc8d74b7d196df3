//! A version of the published site, and where the site is shown.

use crate::{Place, contract};

/// A version of the published site. It stands beside other versions: `2.1/` beside `1.0/`, and the highest one also in
/// `latest/`.
///
/// The contract's version names the folders, because readers look for the contract that their program was made from, and a
/// server shows the same number. The crates' version only decides which of two texts about the same contract is newer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edition {
    /// The version of the contract of the queries: `2.1.0`.
    pub contract: String,
    /// The version of the crates: `0.1.0`.
    pub crates: String,
    /// The address of the folder that all versions are in, with a slash at its end, if it is known. Canonical links, the
    /// sitemap and the feed need it.
    pub base_url: Option<String>,
}

impl Edition {
    /// Returns the version that this crate has.
    #[must_use]
    pub fn current(base_url: Option<String>) -> Self {
        let contract = contract::QUERIES.document()["info"]["version"].as_str().unwrap_or_default().to_owned();
        Self { contract, crates: env!("CARGO_PKG_VERSION").to_owned(), base_url }
    }

    /// Returns the name of its folder: the major and minor version of the contract. A patch changes only words.
    #[must_use]
    pub fn folder(&self) -> String {
        self.contract.splitn(3, '.').take(2).collect::<Vec<_>>().join(".")
    }

    /// Returns the address of the latest version's folder: absolute, or from the folder of all versions.
    pub(crate) fn latest_from_root(&self) -> String {
        self.base_url.as_ref().map_or_else(|| "latest/".to_owned(), |base| format!("{base}latest/"))
    }

    /// Returns the address of the latest version's folder: absolute, or from the folder of any version.
    pub(crate) fn latest(&self) -> String {
        self.base_url.as_ref().map_or_else(|| "../latest/".to_owned(), |base| format!("{base}latest/"))
    }
}

/// Where a site is shown, with its address if that is known.
#[derive(Clone, Copy)]
pub(crate) enum Site<'a> {
    /// Plain files, alone.
    Files,
    /// A server, which callers reach at this address, if it is known.
    Server(Option<&'a str>),
    /// Plain files, beside other versions.
    Edition(&'a Edition),
}

impl<'a> Site<'a> {
    pub fn place(self) -> Place {
        match self {
            Self::Server(_) => Place::Server,
            Self::Files | Self::Edition(_) => Place::Published,
        }
    }

    pub fn server_url(self) -> Option<&'a str> {
        match self {
            Self::Server(url) => url,
            _ => None,
        }
    }

    pub fn edition(self) -> Option<&'a Edition> {
        match self {
            Self::Edition(edition) => Some(edition),
            _ => None,
        }
    }

    /// Returns what stands before the name of a file in an address that has to lead to the latest version from everywhere. It is
    /// empty if that is the folder itself.
    pub fn latest(self) -> String {
        match self {
            Self::Files => String::new(),
            Self::Server(url) => url.map(|url| format!("{}/docs/", url.trim_end_matches('/'))).unwrap_or_default(),
            Self::Edition(edition) => edition.latest(),
        }
    }
}
