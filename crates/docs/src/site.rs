//! The site: the list of its files. [`site`] and [`site_at`] are the entry points of this crate.

use crate::{
    collections, contents, contract,
    edition::{Edition, Site},
    feed,
    file::{Error, File, Place},
    llms,
    pages::{self, Pages},
    reference, schemas, search,
    served::Served,
    to_markdown,
};

/// Makes all files of the site, pages first. The same place always gives the same files.
///
/// # Errors
/// If a page or an archive can't be made, which is a bug of this crate.
pub fn site(place: Place) -> Result<Vec<File>, Error> {
    make(match place {
        Place::Published => Site::Files,
        Place::Server => Site::Server(None),
    })
}

/// Makes the site as a version that stands beside others. [`publish`](crate::publish) writes it.
///
/// # Errors
/// If a page or an archive can't be made, which is a bug of this crate.
pub fn site_of(edition: &Edition) -> Result<Vec<File>, Error> {
    make(Site::Edition(edition))
}

/// Makes the site for a server that callers reach at `url`. Pages list this address instead of `127.0.0.1`, which
/// readers on other machines can't use. The contracts to download list it first.
///
/// # Errors
/// If a page or an archive can't be made, which is a bug of this crate.
pub fn site_at(url: &str) -> Result<Vec<File>, Error> {
    make(Site::Server(Some(url)))
}

fn make(site: Site<'_>) -> Result<Vec<File>, Error> {
    let Pages { mut files, entries } = pages::all(site)?;
    let index = search::index(&files);
    let markdown: Vec<File> = files.iter().map(to_markdown::page).collect();
    // After the index and the Markdown are made, so that these have sections and no tables of contents.
    for page in &mut files {
        if let Some(html) = std::str::from_utf8(&page.bytes).ok().and_then(contents::with_contents) {
            page.bytes = html.into_bytes().into();
        }
    }
    files.push(index);
    files.push(llms::list(site, &entries));
    files.push(llms::full(&markdown));
    files.push(feed::file(site));
    files.extend(markdown);
    files.extend(reference::scripts(site)?);
    files.extend(ASSETS.map(|(path, text)| File::new(path, text)));
    if site.edition().is_some() {
        files.push(File::new("versions-list.js", include_str!("../assets/versions-list.js")));
        files.push(File {
            path: "social.png".to_owned(),
            bytes: include_bytes!("../assets/social.png").as_slice().into(),
        });
    }
    let contracts = match site {
        Site::Server(url) => Served::of_server(url),
        Site::Files | Site::Edition(_) => Served::published(),
    };
    for Served { contract, yaml, json } in contracts {
        files.push(File::new(format!("{}.yaml", contract.name), yaml));
        files.push(File::new(format!("{}.json", contract.name), json));
    }
    files.push(File::new("openapi-reader.json", contract::READER_JSON));
    files.extend(schemas::files());
    files.extend(collections::files()?);
    Ok(files)
}

/// The files that are copied from the crate without a change.
const ASSETS: [(&str, &str); 13] = [
    ("site.css", include_str!("../assets/site.css")),
    ("icon.svg", include_str!("../assets/icon.svg")),
    ("workspace.svg", include_str!("../assets/workspace.svg")),
    ("theme.js", include_str!("../assets/theme.js")),
    ("navigation.js", include_str!("../assets/navigation.js")),
    ("search.js", include_str!("../assets/search.js")),
    ("tabs.js", include_str!("../assets/tabs.js")),
    ("copy-page.js", include_str!("../assets/copy-page.js")),
    ("copy.js", include_str!("../assets/copy.js")),
    ("signing.js", include_str!("../assets/signing.js")),
    ("token-form.js", include_str!("../assets/token-form.js")),
    ("before-scalar.js", include_str!("../assets/before-scalar.js")),
    ("reference.js", include_str!("../assets/reference.js")),
];
