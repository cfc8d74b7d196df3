//! The site: its files, each made from the contract.

use std::borrow::Cow;

use crate::{collections, contents, contract, pages, reference, schemas, search, served::Contracts};

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
    #[error("scalar.js is missing: build the crate scalar_api_reference anew")]
    Script,
}

/// Makes all files of the site, pages first. Made twice, they are the same.
///
/// # Errors
/// When something in this crate is broken.
pub fn site(place: Place) -> Result<Vec<File>, Error> {
    make(place, None)
}

/// Makes the site for a server that callers reach at `url`. Pages list this address in place of the one on the reader's own
/// machine, which is no help to readers elsewhere. The contracts to download list it first.
///
/// # Errors
/// When something in this crate is broken.
pub fn site_at(url: &str) -> Result<Vec<File>, Error> {
    make(Place::Server, Some(url))
}

fn make(place: Place, url: Option<&str>) -> Result<Vec<File>, Error> {
    let mut files = pages::all(place, url)?;
    let index = search::index(&files);
    // After the index is made: the search finds sections, not the list of them.
    for page in &mut files {
        if let Some(html) = std::str::from_utf8(&page.bytes).ok().and_then(contents::with_contents) {
            page.bytes = html.into_bytes().into();
        }
    }
    files.push(index);
    files.extend(reference::scripts(place, url)?);
    files.extend(ASSETS.map(|(path, text)| File::new(path, text)));
    let Contracts { queries, ingest } = match place {
        Place::Published => Contracts::published(),
        Place::Server => Contracts::of_server(url),
    };
    files.push(File::new("openapi.yaml", queries.yaml));
    files.push(File::new("openapi.json", queries.json));
    files.push(File::new("openapi-reader.json", contract::READER_JSON));
    files.push(File::new("ingest.yaml", ingest.yaml));
    files.push(File::new("ingest.json", ingest.json));
    files.extend(schemas::files());
    files.extend(collections::files()?);
    Ok(files)
}

/// What stands on the site as it stands in the crate.
const ASSETS: [(&str, &str); 11] = [
    ("site.css", include_str!("../assets/site.css")),
    ("icon.svg", include_str!("../assets/icon.svg")),
    ("theme.js", include_str!("../assets/theme.js")),
    ("navigation.js", include_str!("../assets/navigation.js")),
    ("search.js", include_str!("../assets/search.js")),
    ("tabs.js", include_str!("../assets/tabs.js")),
    ("copy.js", include_str!("../assets/copy.js")),
    ("signing.js", include_str!("../assets/signing.js")),
    ("token-form.js", include_str!("../assets/token-form.js")),
    ("before-scalar.js", include_str!("../assets/before-scalar.js")),
    ("reference.js", include_str!("../assets/reference.js")),
];
