//! Writes the docs site into a folder:
//!
//! ```text
//! cargo run -p group-dispatch-docs -- FOLDER                              the site alone
//! cargo run -p group-dispatch-docs -- --publish FOLDER [--base-url URL]   as a version beside others
//! ```
//!
//! `cargo xtask docs` runs it. A site alone that it wrote before is replaced; any other folder must be empty.
#![forbid(unsafe_code)]
#![allow(clippy::print_stdout)]

use std::{
    env,
    error::Error,
    fs,
    path::{Path, PathBuf},
};

use group_dispatch_docs::{Edition, Place, publish, site, site_of, write_site};
use group_dispatch_types::PUBLISHED_DOCS;

const USAGE: &str = "expected FOLDER, or --publish FOLDER [--base-url URL]";

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<_> = env::args_os().skip(1).collect();
    match arguments.as_slice() {
        [folder] if folder != "--publish" => write_alone(&PathBuf::from(folder)),
        [publish, folder] if publish == "--publish" => publish_version(Path::new(folder), PUBLISHED_DOCS),
        [publish, folder, base, url] if publish == "--publish" && base == "--base-url" => {
            publish_version(Path::new(folder), Some(url.to_str().ok_or("--base-url: expected text")?))
        }
        _ => Err(USAGE.into()),
    }
}

fn publish_version(folder: &Path, base_url: Option<&str>) -> Result<(), Box<dyn Error>> {
    let edition = Edition::current(base_url.map(checked).transpose()?);
    let published = publish(folder, &edition, &site_of(&edition)?).map_err(|error| with_source(&error))?;
    let version = published.version;
    println!("wrote version {version} ({} files) to {}", published.files, folder.join(&version).display());
    if published.is_latest {
        println!("latest/ is version {version}");
    } else {
        println!("latest/ is still a higher version");
    }
    for version in published.outdated {
        println!("version {version} has links to another --base-url; publish it again");
    }
    if edition.base_url.is_none() {
        println!(
            "without --base-url: canonical links are relative, there is no sitemap, pages have no picture for previews, and the \
             page 404.html works at the first level only"
        );
    }
    Ok(())
}

/// Returns the error with its cause in one line, since `main` prints no causes.
fn with_source(error: &dyn Error) -> String {
    error.source().map_or_else(|| error.to_string(), |source| format!("{error}: {source}"))
}

/// Returns the address with a slash at its end.
fn checked(url: &str) -> Result<String, String> {
    let host = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
    let is_well = host.is_some_and(|host| !host.is_empty() && !host.starts_with('/'));
    if !is_well || url.contains(['?', '#', '@', '"', '<', '>', '(', ')']) || url.contains(char::is_whitespace) {
        return Err(format!("--base-url {url}: expected an address such as https://example.com/docs/"));
    }
    Ok(format!("{}/", url.trim_end_matches('/')))
}

fn write_alone(folder: &Path) -> Result<(), Box<dyn Error>> {
    let files = site(Place::Published)?;
    write_site(folder, &files).map_err(|error| with_source(&error))?;
    let start = fs::canonicalize(folder.join("index.html"))?;
    println!("wrote {} files to {}; open\n  file://{}", files.len(), folder.display(), start.display());
    Ok(())
}
