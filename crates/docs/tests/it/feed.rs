//! The Atom feed has an entry for each released version of the contracts, and each leads to its place.

use std::collections::BTreeSet;

use group_dispatch_docs::{Edition, File, Place, contract, site, site_of};
use scraper::{ElementRef, Html, Selector};
use test_support::workspace_root;

fn all<'a>(part: ElementRef<'a>, selector: &str) -> Vec<ElementRef<'a>> {
    part.select(&Selector::parse(selector).unwrap()).collect()
}

fn one(part: ElementRef<'_>, selector: &str) -> String {
    all(part, selector)[0].text().collect()
}

fn find<'a>(files: &'a [File], path: &str) -> &'a str {
    let file = files.iter().find(|file| file.path == path).unwrap_or_else(|| panic!("{path} is missing"));
    std::str::from_utf8(&file.bytes).unwrap()
}

#[test]
fn each_release_has_an_entry_that_leads_to_its_section() {
    let files = site(Place::Published).unwrap();
    let feed = Html::parse_document(find(&files, "changelog.xml"));
    let root = feed.root_element();
    let entries = all(root, "entry");
    let ids: BTreeSet<String> = entries.iter().map(|entry| one(*entry, "id")).collect();
    assert_eq!(ids.len(), entries.len(), "each has an id of its own");
    assert!(ids.iter().all(|id| id.starts_with("tag:group-dispatch,2026:openapi/")), "{ids:?}");

    let mut releases = 0;
    for contract in contract::ALL {
        let name = contract.file.trim_end_matches(".yaml");
        let changelog =
            if name == "group-dispatch" { "CHANGELOG.md".to_owned() } else { format!("CHANGELOG-{name}.md") };
        let text = std::fs::read_to_string(workspace_root().join("openapi").join(changelog)).unwrap();
        for heading in text.lines().filter_map(|line| line.strip_prefix("## ")) {
            let Some((version, date)) = heading.split_once(" - ") else { continue };
            releases += 1;
            let id = format!("tag:group-dispatch,2026:openapi/{name}/{version}");
            let entry = entries.iter().find(|entry| one(**entry, "id") == id).unwrap_or_else(|| panic!("{id}"));
            assert_eq!(one(*entry, "updated"), format!("{date}T00:00:00Z"));
            assert!(one(*entry, "title").contains(version));
            let link = all(*entry, "link")[0].attr("href").unwrap();
            let (page, anchor) = link.split_once('#').unwrap();
            let page = Html::parse_document(find(&files, page));
            assert_eq!(one(page.root_element(), &format!("[id='{anchor}']")), heading, "{link}");
        }
    }
    assert_eq!(entries.len(), releases);

    let updated: Vec<String> = entries.iter().map(|entry| one(*entry, "updated")).collect();
    assert!(updated.is_sorted_by(|one, other| one >= other), "the newest first: {updated:?}");
    assert_eq!(one(root, "feed > updated"), updated[0]);
}

#[test]
fn the_content_is_html_whose_links_lead_to_pages() {
    let files = site(Place::Published).unwrap();
    let feed = Html::parse_document(find(&files, "changelog.xml"));
    let mut links = 0;
    for content in all(feed.root_element(), "content") {
        assert_eq!(content.attr("type"), Some("html"));
        let html: String = content.text().collect();
        let html = Html::parse_fragment(&html);
        assert!(!all(html.root_element(), "p, li").is_empty());
        for link in all(html.root_element(), "a") {
            let href = link.attr("href").unwrap();
            find(&files, href.split('#').next().unwrap());
            links += 1;
        }
    }
    assert!(links > 10);
}

#[test]
fn a_known_address_is_the_base_of_the_feed() {
    let edition = Edition::current(Some("https://example.com/a&b/".to_owned()));
    let files = site_of(&edition).unwrap();
    let xml = find(&files, "changelog.xml");
    assert!(xml.contains(" xml:base=\"https://example.com/a&amp;b/latest/\""), "{}", &xml[..300]);
    assert!(xml.contains("<link rel=\"self\" type=\"application/atom+xml\" href=\"changelog.xml\"/>"));
}
