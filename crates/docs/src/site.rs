//! The site: its files, each made from the contract.

use crate::{
    collections, contents, contract,
    file::{Error, File, Place},
    pages, reference, schemas, search,
    served::Contracts,
};

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
