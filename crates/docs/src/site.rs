//! The site: the list of its files. [`site`] and [`site_at`] are the entry points of this crate.

use crate::{
    collections, contents, contract,
    file::{Error, File, Place},
    pages, reference, schemas, search,
    served::Contracts,
};

/// Makes all files of the site, pages first. The same place always gives the same files.
///
/// # Errors
/// If a page or an archive can't be made, which is a bug of this crate.
pub fn site(place: Place) -> Result<Vec<File>, Error> {
    make(place, None)
}

/// Makes the site for a server that callers reach at `url`. Pages list this address instead of `127.0.0.1`, which
/// readers on other machines can't use. The contracts to download list it first.
///
/// # Errors
/// If a page or an archive can't be made, which is a bug of this crate.
pub fn site_at(url: &str) -> Result<Vec<File>, Error> {
    make(Place::Server, Some(url))
}

fn make(place: Place, url: Option<&str>) -> Result<Vec<File>, Error> {
    let mut files = pages::all(place, url)?;
    let index = search::index(&files);
    // After the index is made, so that the search finds sections and not tables of contents.
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

/// The files that are copied from the crate without a change.
const ASSETS: [(&str, &str); 12] = [
    ("site.css", include_str!("../assets/site.css")),
    ("icon.svg", include_str!("../assets/icon.svg")),
    ("workspace.svg", include_str!("../assets/workspace.svg")),
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
