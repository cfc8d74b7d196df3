//! The types of the site: a file of it, the place where it is shown, and the error of making it.

use std::borrow::Cow;

/// Where the site is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// As plain files, on a web host or a disk. The interactive reference can't send requests from there.
    Published,
    /// On a group-dispatch-server. The interactive reference sends requests to that server.
    Server,
}

/// A file of the site.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// Its path from the site's root: `index.html`, `schemas/UserId.json`.
    pub path: String,
    /// Its content.
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

    /// Returns its media type, for the header `Content-Type`.
    #[must_use]
    pub fn media_type(&self) -> &'static str {
        match self.path.rsplit('.').next() {
            Some("html") => "text/html; charset=utf-8",
            Some("css") => "text/css; charset=utf-8",
            Some("js") => "text/javascript; charset=utf-8",
            Some("md") => "text/markdown; charset=utf-8",
            Some("txt") => "text/plain; charset=utf-8",
            Some("xml") => "application/xml",
            Some("png") => "image/png",
            Some("json") => "application/json",
            Some("yaml") => "application/yaml",
            Some("svg") => "image/svg+xml",
            Some("zip") => "application/zip",
            _ => "application/octet-stream",
        }
    }
}

/// Making the site failed. This is a bug of this crate: the site depends on nothing else, and tests make it.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A page's template could not be rendered.
    #[error("cannot render a page of the docs")]
    Template(#[from] minijinja::Error),
    /// An archive for download could not be written.
    #[error("cannot write an archive for download")]
    Archive(#[from] std::io::Error),
}
