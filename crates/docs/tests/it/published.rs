//! Versions beside each other: what is published stays whole, whatever is published after it or ends in the middle.

mod guarded;

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use group_dispatch_docs::{Edition, File, Published, publish, site_of};
use pulldown_cmark::{Event, Parser, Tag};
use scraper::{Html, Selector};
use serde_json::Value;
use tempfile::TempDir;

const BASE: &str = "https://docs.example.com/a/b/";

fn edition(contract: &str, base_url: Option<&str>) -> Edition {
    Edition { contract: contract.to_owned(), crates: "0.1.0".to_owned(), base_url: base_url.map(str::to_owned) }
}

/// Makes a version as it might have been: without the pages on errors, and with one that is no longer there.
pub fn old_version(base_url: Option<&str>) -> (Edition, Vec<File>) {
    let edition = edition("1.0.3", base_url);
    let mut files = site_of(&edition).unwrap();
    files.retain(|file| !file.path.starts_with("error-"));
    for file in files.iter_mut().filter(|file| is_text(&file.path)) {
        let text = std::str::from_utf8(&file.bytes).unwrap();
        file.bytes = text.replace("error-", "errors.html?error-").into_bytes().into();
    }
    let page = files.iter().find(|file| file.path == "codes.html").unwrap().bytes.clone();
    files.push(File { path: "old.html".to_owned(), bytes: page });
    (edition, files)
}

/// Publishes version 1.0 and then this one.
pub fn two_versions(base_url: Option<&str>) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let (old, files) = old_version(base_url);
    let published = publish(folder.path(), &old, &files).unwrap();
    assert_eq!((published.version.as_str(), published.is_latest), ("1.0", true));
    let current = Edition::current(base_url.map(str::to_owned));
    assert!(publish(folder.path(), &current, &site_of(&current).unwrap()).unwrap().is_latest);
    folder
}

/// All files below a folder, by path.
fn tree(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    fn collect(folder: &Path, at: &Path, files: &mut BTreeMap<String, Vec<u8>>) {
        for entry in fs::read_dir(at).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                collect(folder, &path, files);
            } else {
                let name = path.strip_prefix(folder).unwrap().to_str().unwrap().replace('\\', "/");
                files.insert(name, fs::read(path).unwrap());
            }
        }
    }
    let mut files = BTreeMap::new();
    collect(folder, folder, &mut files);
    files
}

fn below(files: &BTreeMap<String, Vec<u8>>, folder: &str) -> BTreeMap<String, Vec<u8>> {
    let start = format!("{folder}/");
    files.iter().filter_map(|(path, bytes)| Some((path.strip_prefix(&start)?.to_owned(), bytes.clone()))).collect()
}

fn is_text(path: &str) -> bool {
    [".html", ".md", "llms.txt", ".xml"].iter().any(|end| path.ends_with(end))
}

/// Returns the links of a file that have to be in the folder.
fn links(path: &str, text: &str) -> Vec<String> {
    if path.ends_with("sitemap.xml") {
        return text.split("<loc>").skip(1).map(|rest| rest.split('<').next().unwrap().to_owned()).collect();
    }
    if !path.ends_with(".html") {
        let target = |event| match event {
            Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => Some(dest_url.into_string()),
            _ => None,
        };
        return Parser::new(text).filter_map(target).collect();
    }
    let page = Html::parse_document(text);
    let all = Selector::parse("[href], [src], meta[content]").unwrap();
    let attributes = page.select(&all).filter_map(|element| {
        let refresh = || element.attr("content")?.strip_prefix("0; url=");
        let picture = || element.attr("content").filter(|content| content.starts_with("https://docs.example.com"));
        element.attr("href").or_else(|| element.attr("src")).or_else(refresh).or_else(picture)
    });
    attributes.map(str::to_owned).collect()
}

/// Asserts that each link within a folder leads to a file in it, and returns how many there are.
fn assert_no_dead_link(folder: &Path, base_url: Option<&str>) -> usize {
    let files = tree(folder);
    let mut count = 0;
    for (path, bytes) in files.iter().filter(|(path, _)| is_text(path)) {
        for link in links(path, std::str::from_utf8(bytes).unwrap()) {
            let (target, _) = link.split_once(['#', '?']).unwrap_or((&link, ""));
            let below_base = base_url.and_then(|base| target.strip_prefix(base));
            if target.is_empty() || below_base.is_none() && target.contains(":") {
                continue;
            }
            let mut at: Vec<&str> = if below_base.is_some() { Vec::new() } else { path.split('/').collect() };
            at.pop();
            for part in below_base.unwrap_or(target).split('/') {
                if part == ".." {
                    assert!(at.pop().is_some(), "{path}: {link} leaves the folder")
                } else {
                    at.push(part)
                }
            }
            assert!(files.contains_key(&at.join("/")), "{path}: {link} leads nowhere");
            count += 1;
        }
    }
    count
}

#[test]
fn no_link_of_any_version_is_dead_with_and_without_a_known_address() {
    for base in [None, Some(BASE)] {
        let folder = two_versions(base);
        assert!(assert_no_dead_link(folder.path(), base) > 5_000);
        let files = tree(folder.path());
        let mut latest = below(&files, "latest");
        let moved = latest.remove("old.html").unwrap();
        assert!(latest == below(&files, &Edition::current(None).folder()), "latest is a copy");
        let target = links("old.html", std::str::from_utf8(&moved).unwrap());
        assert!(
            target.contains(&"../1.0/old.html".to_owned()),
            "the address of a page that is gone leads on: {target:?}"
        );
        let expected =
            ["404.html", "index.html", "llms.txt", "robots.txt", "versions.html", "versions.js", "versions.json"];
        for name in expected {
            assert!(files.contains_key(name), "{name}");
        }
        assert_eq!(files.contains_key("sitemap.xml"), base.is_some());
    }
}

#[test]
fn every_page_points_to_its_place_in_the_latest_version() {
    for (base, latest) in [(None, "../latest/".to_owned()), (Some(BASE), format!("{BASE}latest/"))] {
        let folder = two_versions(base);
        let files = tree(folder.path());
        let own = Edition::current(None).folder();
        let is_page = |path: &str| path.contains('/') && path.ends_with(".html") && path != "latest/old.html";
        for (path, bytes) in files.iter().filter(|(path, _)| is_page(path)) {
            let name = path.rsplit('/').next().unwrap();
            let page = Html::parse_document(std::str::from_utf8(bytes).unwrap());
            let one = |selector: &str, attribute: &str| {
                let found: Vec<_> = page.select(&Selector::parse(selector).unwrap()).collect();
                assert_eq!(found.len(), 1, "{path}: {selector}");
                found[0].attr(attribute).unwrap().to_owned()
            };
            if name != "old.html" {
                assert_eq!(one("link[rel=canonical]", "href"), format!("{latest}{name}"), "{path}");
                assert_eq!(one("main .page-tools a", "href"), format!("{name}.md"));
                assert_eq!(one("link[rel=alternate][type='text/markdown']", "href"), format!("{name}.md"));
            }
            for property in ["title", "description", "type", "site_name"] {
                assert_ne!(one(&format!("meta[property='og:{property}']"), "content"), "", "{path}: {property}");
            }
            assert_eq!(one("link[type='application/atom+xml']", "href"), format!("{latest}changelog.xml"));
            if base.is_some() && name != "old.html" {
                assert_eq!(one("meta[property='og:url']", "content"), format!("{latest}{name}"));
                assert_eq!(one("meta[property='og:image']", "content"), format!("{latest}social.png"));
            }
            assert_ne!(one("meta[name=description]", "content"), "", "{path}");
            let version = one("body", "data-version");
            assert_eq!(version, if path.starts_with("1.0/") { "1.0" } else { own.as_str() });
        }
        let Some(sitemap) = files.get("sitemap.xml") else { continue };
        let listed: BTreeSet<String> =
            links("sitemap.xml", std::str::from_utf8(sitemap).unwrap()).into_iter().collect();
        let pages = below(&files, &own).into_keys().filter(|path| path.ends_with(".html"));
        assert_eq!(listed, pages.map(|page| format!("{latest}{page}")).collect(), "the canonical pages and no others");
        let robots = std::str::from_utf8(&files["robots.txt"]).unwrap();
        assert!(robots.ends_with(&format!("Sitemap: {BASE}sitemap.xml\n")), "{robots}");
    }
}

#[test]
fn the_picture_for_previews_has_the_size_that_the_pages_say() {
    let files = site_of(&edition("2.1.0", None)).unwrap();
    let picture = files.iter().find(|file| file.path == "social.png").unwrap();
    assert_eq!(picture.bytes[..8], *b"\x89PNG\r\n\x1a\n");
    let number = |at: usize| u32::from_be_bytes(picture.bytes[at..at + 4].try_into().unwrap());
    assert_eq!((number(16), number(20)), (1200, 630));
    assert!(picture.bytes.len() < 60_000);
}

#[test]
fn publishing_again_writes_the_same_and_an_old_version_does_not_become_the_latest() {
    let folder = two_versions(Some(BASE));
    fs::write(folder.path().join("CNAME"), "docs.example.com").unwrap();
    let before = tree(folder.path());
    let current = Edition::current(Some(BASE.to_owned()));
    publish(folder.path(), &current, &site_of(&current).unwrap()).unwrap();
    assert!(tree(folder.path()) == before, "the same bytes");
    let (old, files) = old_version(Some(BASE));
    let published = publish(folder.path(), &old, &files).unwrap();
    assert_eq!(
        published,
        Published { version: "1.0".to_owned(), is_latest: false, files: files.len(), outdated: Vec::new() }
    );
    assert!(tree(folder.path()) == before, "the same bytes, whatever is published last");

    let list: Value = serde_json::from_slice(&before["versions.json"]).unwrap();
    let versions: Vec<&str> =
        list["versions"].as_array().unwrap().iter().map(|one| one["version"].as_str().unwrap()).collect();
    assert_eq!(versions, [current.folder().as_str(), "1.0"]);
    let has = |at: usize, page: &str| list["versions"][at]["pages"].as_array().unwrap().contains(&page.into());
    assert!(has(0, "error-522.html") && !has(1, "error-522.html") && has(1, "old.html") && !has(0, "old.html"));
}

/// Runs the program, and returns whether it succeeded and what it printed.
fn program(arguments: &[&str]) -> (bool, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_group-dispatch-docs")).args(arguments).output().unwrap();
    let said = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
    (output.status.success(), said)
}

#[test]
fn versions_in_any_order_give_the_same_files() {
    for base in [None, Some(BASE)] {
        let expected = tree(two_versions(base).path());
        let folder = tempfile::tempdir().unwrap();
        let current = Edition::current(base.map(str::to_owned));
        publish(folder.path(), &current, &site_of(&current).unwrap()).unwrap();
        let (old, mut files) = old_version(base);
        assert!(!publish(folder.path(), &old, &files).unwrap().is_latest);
        assert_no_dead_link(folder.path(), base);
        assert!(tree(folder.path()) == expected);
        // A page that no version has any more has no address.
        files.retain(|file| !file.path.starts_with("old.html"));
        publish(folder.path(), &old, &files).unwrap();
        assert_no_dead_link(folder.path(), base);
        assert!(!folder.path().join("latest/old.html").exists());
    }
}

#[test]
fn the_program_says_what_it_wrote_and_what_an_address_would_add() {
    let folder = tempfile::tempdir().unwrap();
    let target: PathBuf = folder.path().join("site");
    let target = target.to_str().unwrap();
    let name = Edition::current(None).folder();
    let (is_well, said) = program(&["--publish", target]);
    assert!(
        is_well && said.contains(&format!("latest/ is version {name}")) && said.contains("without --base-url"),
        "{said}"
    );
    let (is_well, said) = program(&["--publish", target, "--base-url", "https://docs.example.com/a/b"]);
    assert!(is_well && !said.contains("without --base-url"), "{said}");
    assert_no_dead_link(Path::new(target), Some(BASE));
    for url in ["docs.example.com", "https://", "https://a b", "https://u:p@example.com/", "https://example.com/?a"] {
        let (is_well, said) = program(&["--publish", target, "--base-url", url]);
        assert!(!is_well && said.contains("expected an address"), "{url}: {said}");
    }
    for arguments in [&["--publish"][..], &[], &["--publish", target, "--base"], &["a", "b"]] {
        let (is_well, said) = program(arguments);
        assert!(!is_well && said.contains("expected FOLDER"), "{said}");
    }
}
