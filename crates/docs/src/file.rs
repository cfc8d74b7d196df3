//! A file of the site, where the site is going to stand, and why it can't be made.

use std::borrow::Cow;

/// Where the site is going to stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// As plain files, on a web host or a disk, away from any service: nothing can be asked from there.
    Published,
    /// On a server of the contract: the reference asks that very server.
    Server,
}

/// A file of the site.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// Where it stands, from the site's root: `index.html`, `schemas/UserId.json`.
    pub path: String,
    /// What is in it.
    pub bytes: Cow<'static, [u8]>,
}

impl File {
    pub(crate) fn new(path: impl Into<String>, text: impl Into<Cow<'static, str>>) -> Self {
        let bytes = match text.into() {
            Cow::Borrowed(text) => Cow::Borrowed(text.as_bytes()),
            Cow::Owned(text) => Cow::Owned(text.into_bytes()),
        };
        Self { path: path.into(), bytes }
    }

    /// What it is, for the header `Content-Type`.
    #[must_use]
    pub fn media_type(&self) -> &'static str {
        match self.path.rsplit('.').next() {
            Some("html") => "text/html; charset=utf-8",
            Some("css") => "text/css; charset=utf-8",
            Some("js") => "text/javascript; charset=utf-8",
            Some("json") => "application/json",
            Some("yaml") => "application/yaml",
            Some("svg") => "image/svg+xml",
            Some("zip") => "application/zip",
            _ => "application/octet-stream",
        }
    }
}

/// Why the site can't be made: something in this crate is broken. The contract that comes with it is tested.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A page's template doesn't go with what it is filled with.
    #[error("a page of the docs can't be made")]
    Template(#[from] minijinja::Error),
    /// An archive for download can't be written.
    #[error("an archive for download can't be written")]
    Archive(#[from] std::io::Error),
    /// The crate `scalar_api_reference` came without its script.
    #[error("scalar.js is missing: build the crate scalar_api_reference again")]
    Script,
}
