//! The site hangs together: nothing leads nowhere, nothing comes from elsewhere, and nothing of the contract is left out.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    process::Command,
};

use group_dispatch_docs::{File, Place, contract, samples, site};
use scraper::{ElementRef, Html, Selector};
use serde_json::Value;

const PLACES: [Place; 2] = [Place::Published, Place::Server];

/// The pages of a site, read, by their paths.
fn pages(files: &[File]) -> BTreeMap<&str, Html> {
    let pages = files.iter().filter(|file| file.path.ends_with(".html"));
    pages.map(|file| (file.path.as_str(), Html::parse_document(text(file)))).collect()
}

fn text(file: &File) -> &str {
    std::str::from_utf8(&file.bytes).unwrap()
}

fn all<'a>(page: &'a Html, selector: &str) -> Vec<ElementRef<'a>> {
    page.select(&Selector::parse(selector).unwrap()).collect()
}

/// What a reader sees of a page.
fn seen(page: &Html) -> String {
    all(page, "main").iter().flat_map(|main| main.text()).collect()
}

fn ids(page: &Html) -> Vec<&str> {
    all(page, "[id]").iter().map(|element| element.attr("id").unwrap()).collect()
}

fn operations() -> impl Iterator<Item = &'static Value> {
    contract::QUERIES.document()["paths"].as_object().unwrap().values().map(|path| &path["post"])
}

#[test]
fn every_link_leads_somewhere() {
    let operations: BTreeSet<String> = operations()
        .map(|operation| {
            format!("tag/{}/{}", operation["tags"][0].as_str().unwrap(), operation["operationId"].as_str().unwrap())
        })
        .collect();
    for place in PLACES {
        let files = site(place).unwrap();
        let paths: BTreeSet<&str> = files.iter().map(|file| file.path.as_str()).collect();
        let pages = pages(&files);
        for (path, page) in &pages {
            for link in all(page, "a") {
                let href = link.attr("href").unwrap();
                if href.starts_with("https://") || href.starts_with("http://") {
                    continue;
                }
                let (file, anchor) = href.split_once('#').unwrap_or((href, ""));
                let file = if file.is_empty() { path } else { file };
                assert!(paths.contains(file), "{path}: {href} is no file of the site");
                let is_there = match file {
                    _ if anchor.is_empty() => true,
                    // Scalar makes its anchors itself, by the settings in `assets/reference.js`.
                    "reference.html" => operations.contains(anchor) || ids(&pages[file]).contains(&anchor),
                    _ => ids(&pages[file]).contains(&anchor),
                };
                assert!(is_there, "{path}: {href} names no place of that page");
            }
        }
    }
}

#[test]
fn everything_comes_from_the_site_itself() {
    for place in PLACES {
        let files = site(place).unwrap();
        let paths: BTreeSet<&str> = files.iter().map(|file| file.path.as_str()).collect();
        for (path, page) in pages(&files) {
            for element in all(&page, "script, link, img, iframe, source, form") {
                let address = ["src", "href", "action"].into_iter().find_map(|name| element.attr(name));
                let name = element.value().name();
                assert!(name == "form" || address.is_some(), "{path}: <{name}> without an address");
                assert!(address.is_none_or(|address| paths.contains(address)), "{path}: {address:?}");
            }
            for element in all(&page, "*") {
                for (name, value) in element.value().attrs() {
                    assert!(!name.starts_with("on") && name != "style", "{path}: {name}={value}");
                }
            }
        }
        let style = files.iter().find(|file| file.path == "site.css").map(text).unwrap();
        assert!(!style.contains("//") && !style.contains("@import"), "the style loads something");
    }
}

#[test]
fn every_page_can_be_read_by_everybody() {
    for place in PLACES {
        let files = site(place).unwrap();
        for (path, page) in pages(&files) {
            assert_eq!(all(&page, "html")[0].attr("lang"), Some("en"), "{path}");
            let title: String = all(&page, "title")[0].text().collect();
            let headings = all(&page, "main :is(h1, h2, h3, h4)");
            let levels: Vec<u8> = headings.iter().map(|heading| heading.value().name().as_bytes()[1] - b'0').collect();
            assert!(!title.is_empty() && levels[0] == 1, "{path}: {title}, {levels:?}");
            assert_eq!(levels.iter().filter(|level| **level == 1).count(), 1, "{path}: one first heading");
            assert!(levels.windows(2).all(|pair| pair[1] <= pair[0] + 1), "{path}: {levels:?} leaves out a level");
            let ids = ids(&page);
            assert_eq!(BTreeSet::from_iter(&ids).len(), ids.len(), "{path}: an id stands twice: {ids:?}");
            for name in ["aria-controls", "aria-labelledby"] {
                for element in all(&page, &format!("[{name}]")) {
                    assert!(ids.contains(&element.attr(name).unwrap()), "{path}: {name} names nothing");
                }
            }
            let inputs = all(&page, "input");
            let labels: BTreeSet<&str> = all(&page, "label").iter().filter_map(|label| label.attr("for")).collect();
            assert!(inputs.iter().all(|input| labels.contains(input.attr("id").unwrap())), "{path}: a field unnamed");
        }
    }
}

#[test]
fn every_operation_is_shown_with_its_fields() {
    fn names(schema: &Value, found: &mut BTreeSet<String>) {
        match schema {
            Value::Object(members) => {
                if let Some(reference) = members.get("$ref").and_then(Value::as_str) {
                    names(&contract::QUERIES.part(&reference[1..]), found);
                }
                if let Some(properties) = members.get("properties").and_then(Value::as_object) {
                    found.extend(properties.keys().cloned());
                }
                members.values().for_each(|member| names(member, found));
            }
            Value::Array(items) => items.iter().for_each(|item| names(item, found)),
            _ => {}
        }
    }
    let files = site(Place::Published).unwrap();
    let pages = pages(&files);
    let overview = seen(&pages["index.html"]);
    for (path, methods) in contract::QUERIES.document()["paths"].as_object().unwrap() {
        let operation = &methods["post"];
        let id = operation["operationId"].as_str().unwrap();
        let page = &pages[format!("{id}.html").as_str()];
        assert!(overview.contains(id) && overview.contains(path), "{id} is missing in the overview");
        let fields: BTreeSet<String> =
            all(page, "table.fields th code").iter().map(|name| name.text().collect()).collect();
        let mut told = BTreeSet::new();
        names(&operation["requestBody"], &mut told);
        names(&operation["responses"]["200"], &mut told);
        assert_eq!(fields, told, "{id}");
        assert!(seen(page).contains(path));
        let languages: Vec<&str> = all(page, "[role=tab]").iter().filter_map(|tab| tab.attr("data-language")).collect();
        let samples = samples::of(id).unwrap();
        assert!(samples.len() >= 5, "{id}");
        assert_eq!(languages, samples.iter().map(|sample| sample.language).collect::<Vec<_>>(), "{id}");
    }
}

#[test]
fn every_code_is_in_its_table() {
    let files = site(Place::Published).unwrap();
    let pages = pages(&files);
    for (page, components) in
        [("errors.html", &["BusinessCode"][..]), ("codes.html", &["Source", "AccountStatus", "StatusDetail"])]
    {
        let rows: Vec<String> =
            all(&pages[page], "tbody tr").iter().map(|row| row.text().collect::<Vec<_>>().join("|")).collect();
        for component in components {
            let schema = contract::QUERIES.part(&format!("/components/schemas/{component}"));
            for at in 0..schema["enum"].as_array().unwrap().len() {
                let texts = ["x-enum-varnames", "x-enum-descriptions"].map(|list| schema[list][at].as_str().unwrap());
                let code = schema["enum"][at].to_string();
                let is_there = rows
                    .iter()
                    .any(|row| row.split('|').any(|cell| cell == code) && texts.iter().all(|text| row.contains(text)));
                assert!(is_there, "{component} {code} {texts:?} has no row in {page}");
            }
        }
    }
}

#[test]
fn every_mention_of_a_decision_is_a_link() {
    let files = site(Place::Published).unwrap();
    let pages = pages(&files);
    assert!(ids(&pages["decisions.html"]).contains(&"d38"));
    for (path, page) in &pages {
        let linked = all(page, "main a[href*='decisions.html#d'], nav.contents a[href^='#d']").len();
        let mentioned = seen(page).split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| is_decision(word)).count();
        let titles = all(page, "main h3[id^=d]").len();
        assert!(linked + titles >= mentioned, "{path}: {mentioned} mentions, {linked} links");
    }
    let script = files.iter().find(|file| file.path == "contract.js").map(text).unwrap();
    assert!(script.contains("[D18](decisions.html#d18)") && !script.contains("(D18)"));
}

fn is_decision(word: &str) -> bool {
    word.strip_prefix('D').is_some_and(|digits| digits.parse::<u8>().is_ok())
}

#[test]
fn only_a_server_lets_try() {
    for (place, on_server) in [(Place::Published, false), (Place::Server, true)] {
        let files = site(place).unwrap();
        let pages = pages(&files);
        for selector in ["#signing", "#tenant-id", "#api-key", "[data-place=server]"] {
            assert_eq!(!all(&pages["reference.html"], selector).is_empty(), on_server, "{selector}");
        }
    }
}

#[test]
fn search_finds_every_section() {
    let files = site(Place::Published).unwrap();
    let script = files.iter().find(|file| file.path == "search-index.js").map(text).unwrap();
    let json = script.strip_prefix("window.searchIndex = ").unwrap().trim_end().strip_suffix(';').unwrap();
    let index: Vec<BTreeMap<String, String>> = serde_json::from_str(json).unwrap();
    let urls: BTreeSet<&str> = index.iter().map(|section| section["url"].as_str()).collect();
    for (path, page) in pages(&files) {
        assert!(urls.contains(path), "{path}");
        for heading in all(&page, "main :is(h2, h3)[id]") {
            let url = format!("{path}#{}", heading.attr("id").unwrap());
            assert!(urls.contains(url.as_str()), "{url}");
        }
    }
    assert!(urls.contains("errors.html#code-522") && urls.contains("codes.html#behavior-42"), "each code as well");
    let d3 = index.iter().find(|section| section["url"] == "decisions.html#d3").unwrap();
    assert_eq!(d3["heading"], "D3. userId is an integer or a text");
    assert!(d3["text"].contains("up to 18 digits") && !d3["text"].contains('<'), "{}", d3["text"]);
}

#[test]
fn two_runs_make_the_same() {
    for place in PLACES {
        assert!(site(place).unwrap() == site(place).unwrap());
    }
}

#[test]
fn the_program_replaces_its_own_site_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let write = |folder: &std::path::Path| {
        Command::new(env!("CARGO_BIN_EXE_group-dispatch-docs")).arg(folder).output().unwrap().status.success()
    };
    let target = folder.path().join("a/site");
    assert!(write(&target), "where nothing was");
    fs::write(target.join("old.html"), "").unwrap();
    assert!(write(&target), "where a site was");
    assert!(!target.join("old.html").exists());
    for file in site(Place::Published).unwrap() {
        assert_eq!(fs::read(target.join(&file.path)).unwrap(), *file.bytes, "{}", file.path);
    }
    let other = folder.path().join("other");
    fs::create_dir(&other).unwrap();
    fs::write(other.join("letter.txt"), "dear").unwrap();
    fs::write(other.join(".nojekyll"), "").unwrap();
    assert!(!write(&other), "where something else is");
    assert_eq!(fs::read_to_string(other.join("letter.txt")).unwrap(), "dear");
}

#[test]
fn query_parameters_are_shown_with_their_values() {
    let parameters = contract::INGEST.part("/paths/~1ingest~1v1~1status-events/post/parameters");
    let names: Vec<_> = parameters.as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["order"]);
    for place in PLACES {
        let files = site(place).unwrap();
        let page = &pages(&files)["feeding.html"];
        let table = all(page, "[aria-label=\"Query parameters\"]")[0].text().collect::<String>();
        let texts =
            ["order", "optional", "oldest-first", "newest-first", "Later events stand earlier", "the latest counts"];
        for text in texts {
            assert!(table.contains(text), "{text}: {table}");
        }
    }
}

/// Other users of a machine see the arguments of each program.
#[test]
fn the_commands_of_the_downloads_have_no_key_in_their_arguments() {
    let files = site(Place::Published).unwrap();
    let page = &pages(&files)["downloads.html"];
    let scripts: Vec<String> = all(page, "figure pre").iter().map(|code| code.text().collect()).collect();
    assert_eq!(scripts.len(), 2);
    for script in scripts {
        assert!(script.starts_with("umask 077"), "{script}");
        let programs = ["newman ", "bru "].map(|program| script.lines().find(|line| line.starts_with(program)));
        let runs: Vec<_> = programs.into_iter().flatten().collect();
        assert!(runs.len() == 1 && !runs[0].contains("KEY"), "{script}");
        assert!(script.contains("$GROUP_DISPATCH_API_KEY") && !script.contains("--env-var"), "{script}");
    }
}
