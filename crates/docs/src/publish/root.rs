//! The files above the versions: the way to the latest one, the list for readers, and what search engines ask for.

use std::fmt::Write;

use minijinja::{context, value::Serde};

use super::versions::State;
use crate::{Edition, Error, File, alone, figures::escaped, not_found::not_found_from};

/// The names of all of them, and of the latest version's folder.
pub const NAMES: [&str; 9] = [
    "404.html",
    "index.html",
    "latest",
    "llms.txt",
    "robots.txt",
    "sitemap.xml",
    "versions.html",
    "versions.js",
    super::versions::FILE,
];

const REDIRECT: &str = include_str!("../../templates/redirect.html");
const VERSIONS: &str = include_str!("../../templates/versions.html");

/// Makes the files. Those that are made from the latest version are left out if this is not the latest.
pub fn files(state: &State, edition: &Edition, site: &[File], is_latest: bool) -> Result<Vec<File>, Error> {
    let latest = edition.latest_from_root();
    // The list is the last one: what it says is there.
    let mut files = Vec::new();
    if is_latest {
        files.push(redirect(Redirect {
            path: "index.html",
            target: "latest/index.html",
            canonical: &format!("{latest}index.html"),
            what: "The latest version",
            list: "versions.html",
        })?);
        files.push(File::new("404.html", not_found_from(&latest)?));
        files.push(robots(edition));
        files.extend(edition.base_url.is_some().then(|| sitemap(&latest, site)));
        files.extend(llms(edition, site));
    }
    let versions = context! { versions => Serde(&state.versions) };
    files.push(File::new("versions.html", alone::render(VERSIONS, "latest/", versions)?));
    files.extend(state.files());
    Ok(files)
}

/// A page that leads to another.
struct Redirect<'a> {
    path: &'a str,
    target: &'a str,
    canonical: &'a str,
    what: &'a str,
    list: &'a str,
}

fn redirect(redirect: Redirect<'_>) -> Result<File, Error> {
    let Redirect { path, target, canonical, what, list } = redirect;
    Ok(File::new(path, alone::render(REDIRECT, "", context! { target, canonical, what, list })?))
}

/// Makes, for each page that only older versions have, a page of the latest version that leads there: addresses in `latest/` stand
/// in links, canonical links and errors.
pub fn moved(state: &State, edition: &Edition) -> Result<Vec<File>, Error> {
    let mut files: Vec<File> = Vec::new();
    let Some((latest, older)) = state.versions.split_first() else { return Ok(files) };
    for version in older {
        for page in &version.pages {
            if latest.pages.contains(page) || files.iter().any(|file| file.path == *page) {
                continue;
            }
            let target = format!("../{}/{page}", version.version);
            let base = edition.base_url.as_ref().map(|base| format!("{base}{}/{page}", version.version));
            files.push(redirect(Redirect {
                path: page,
                canonical: base.as_ref().unwrap_or(&target),
                target: &target,
                what: &format!("This page is only in version {}", version.version),
                list: "../versions.html",
            })?);
        }
    }
    Ok(files)
}

/// A host reads it only at its own root; there it names the sitemap.
fn robots(edition: &Edition) -> File {
    let sitemap = edition.base_url.as_ref().map(|base| format!("Sitemap: {base}sitemap.xml\n"));
    File::new("robots.txt", format!("User-agent: *\nAllow: /\n{}", sitemap.unwrap_or_default()))
}

/// Lists the canonical pages: those of the latest version.
fn sitemap(latest: &str, site: &[File]) -> File {
    let mut xml = String::from(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">\n",
    );
    for page in site.iter().filter(|file| file.path.ends_with(".html")) {
        let _ = writeln!(xml, "<url><loc>{}</loc></url>", escaped(&format!("{latest}{}", page.path)));
    }
    File::new("sitemap.xml", xml + "</urlset>\n")
}

/// Returns the list for language models of the latest version, with addresses from here.
fn llms(edition: &Edition, site: &[File]) -> Option<File> {
    let list = site.iter().find(|file| file.path == "llms.txt")?;
    let text = String::from_utf8_lossy(&list.bytes);
    let (own, latest) = match &edition.base_url {
        Some(base) => (format!("]({base}{}/", edition.folder()), format!("]({base}latest/")),
        None => ("](".to_owned(), "](latest/".to_owned()),
    };
    Some(File::new("llms.txt", text.replace(&own, &latest)))
}
