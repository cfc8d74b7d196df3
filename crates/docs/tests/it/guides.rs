//! The pages that are made from the repository's own texts say what these say, and long pages have contents.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

use group_dispatch_docs::{Place, site};
use scraper::{ElementRef, Html, Selector};
use test_support::workspace_root;

/// The folder of this package.
fn krate() -> PathBuf {
    workspace_root().join("crates/docs")
}

fn page(path: &str) -> Html {
    let files = site(Place::Published).unwrap();
    let file = files.iter().find(|file| file.path == path).unwrap();
    Html::parse_document(std::str::from_utf8(&file.bytes).unwrap())
}

fn all<'a>(page: &'a Html, selector: &str) -> Vec<ElementRef<'a>> {
    page.select(&Selector::parse(selector).unwrap()).collect()
}

fn texts(page: &Html, selector: &str) -> Vec<String> {
    all(page, selector).iter().map(|element| element.text().collect()).collect()
}

fn files(folder: &str, extension: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(krate().join(folder)).unwrap();
    let files = entries.map(|entry| entry.unwrap().path());
    let mut files: Vec<_> = files.filter(|path| path.extension().is_some_and(|found| found == extension)).collect();
    files.sort();
    files
}

fn name(path: &Path) -> &str {
    path.file_stem().unwrap().to_str().unwrap()
}

#[test]
fn the_page_on_the_command_has_the_help_of_every_command() {
    let page = page("command.html");
    let (shown, titles) = (texts(&page, "main pre"), texts(&page, "main h3"));
    let snapshots = files("texts/help", "snap");
    assert!(snapshots.len() > 15, "{snapshots:?}");
    for path in snapshots {
        let text = fs::read_to_string(&path).unwrap();
        let printed = text.splitn(3, "---\n").nth(2).unwrap().trim_end();
        assert!(shown.iter().any(|shown| shown.trim_end() == printed), "{}: {printed}", path.display());
        let title = format!("group-dispatch{}", name(&path).strip_prefix("help").unwrap().replace('_', " "));
        assert!(titles.contains(&title), "{title}: {titles:?}");
    }
    assert!(texts(&page, "main h2").contains(&"Ask".to_owned()), "README's part on asking");
}

#[test]
fn the_pages_on_the_server_have_the_whole_of_its_documents() {
    for (file, source) in [
        ("server.html", "operating.md"),
        ("changes.html", "changes.md"),
        ("webhooks.html", "webhooks.md"),
        ("postgresql.html", "postgres.md"),
    ] {
        let words = |text: &str| text.chars().filter(|letter| letter.is_alphanumeric()).collect::<String>();
        let page = page(file);
        let shown = words(&texts(&page, "main").concat());
        let source = fs::read_to_string(workspace_root().join("crates/server/docs").join(source)).unwrap();
        // The language of a block of code is not seen.
        let seen = |line: &str| if line.starts_with("```") { "```\n".to_owned() } else { format!("{line}\n") };
        let source: String = source.lines().map(seen).collect();
        for paragraph in source.split("\n\n").filter(|paragraph| !paragraph.starts_with("# ")) {
            for sentence in paragraph.split(['|', '[', ']', '(', ')', '`', '*', '.']) {
                // Of a link the address is not seen.
                if !sentence.ends_with("md") && !sentence.starts_with('#') {
                    assert!(shown.contains(&words(sentence)), "{file}: {sentence:?}");
                }
            }
        }
    }
    let sections = texts(&page("server.html"), "main h2");
    for title in ["Serve", "Feed", "Upgrading", "What to watch"] {
        assert!(sections.iter().any(|section| section == title), "{title}: {sections:?}");
    }
}

#[test]
fn the_page_on_rust_has_every_example_as_it_is_compiled() {
    let page = page("rust.html");
    let shown = texts(&page, "main pre");
    for path in files("../client/examples", "rs") {
        let program = fs::read_to_string(&path).unwrap();
        let lines: Vec<_> = program.lines().filter(|line| !line.starts_with("#![allow(")).collect();
        assert!(shown.iter().any(|shown| shown.trim_end() == lines.join("\n")), "{}", path.display());
    }
    assert!(
        texts(&page, "main a[href='clients.html']").iter().any(|link| link == "Clients in other languages"),
        "README's link"
    );
    let crates: String = texts(&page, "main tbody tr").concat();
    for folder in ["types", "client", "httpmock", "docs", "server"] {
        assert!(crates.contains(&format!("group-dispatch-{folder}")), "{folder}: {crates}");
    }
}

#[test]
fn no_page_names_a_test_of_a_decision() {
    let page = page("decisions.html");
    let text = texts(&page, "main").concat();
    for path in ["Pinned by", "crates/", "/tests/", ".rs"] {
        assert!(!text.contains(path), "{path}");
    }
    let decisions = fs::read_to_string(workspace_root().join("openapi/DECISIONS.md")).unwrap();
    let entries = decisions.matches("\n### D").count();
    assert!(decisions.matches("- **Pinned by:**").count() >= entries, "the repository's file keeps them");
    assert_eq!(text.matches("We accept:").count(), entries + 1, "the other parts of each entry stay");
}

#[test]
fn long_pages_have_contents_that_list_every_section() {
    for file in ["decisions.html", "command.html", "server.html", "rust.html"] {
        let page = page(file);
        let listed: Vec<_> = all(&page, "main nav.contents a").iter().map(|link| link.attr("href").unwrap()).collect();
        let sections = all(&page, "main :is(h2, h3)[id]");
        let expected: Vec<_> = sections.iter().map(|section| format!("#{}", section.attr("id").unwrap())).collect();
        assert_eq!(listed, expected, "{file}");
        assert_eq!(all(&page, "main nav.contents[aria-label]").len(), 1);
    }
    assert!(all(&page("names.html"), "nav.contents").is_empty(), "a short page has none");
}

/// What a page is made from must be in the package, which is published without the rest of the repository.
#[test]
fn everything_that_is_included_is_in_the_package() {
    let listed = Command::new(env::var_os("CARGO").unwrap())
        .args(["package", "--list", "--allow-dirty", "--offline", "--package", "group-dispatch-docs"])
        .current_dir(krate())
        .output()
        .unwrap();
    let listed = String::from_utf8(listed.stdout).unwrap();
    let packaged = |path: &str| listed.lines().any(|line| line == path);
    let help = files("texts/help", "snap").into_iter();
    assert!(help.map(|path| format!("texts/help/{}.snap", name(&path))).all(|path| packaged(&path)), "{listed}");
    let examples = files("texts/client-examples", "rs").into_iter();
    assert!(examples.map(|path| format!("texts/client-examples/{}.rs", name(&path))).all(|path| packaged(&path)));
    for source in files("src", "rs").into_iter().chain(files("src/collections", "rs")) {
        let text = fs::read_to_string(&source).unwrap();
        for part in text.split("include_str!(\"").skip(1) {
            let included = part.split_once('"').unwrap().0;
            let folder = source.parent().unwrap().strip_prefix(krate()).unwrap();
            let mut path = PathBuf::new();
            for piece in folder.join(included).components() {
                match piece.as_os_str().to_str().unwrap() {
                    ".." => drop(path.pop()),
                    name => path.push(name),
                }
            }
            assert!(packaged(path.to_str().unwrap()), "{} is not in the package: {listed}", path.display());
        }
    }
}

/// The pages show parts of the README, away from the text around them.
#[test]
fn no_page_refers_to_a_place_of_the_readme_that_it_does_not_show() {
    for path in ["command.html", "server.html", "rust.html"] {
        let text = texts(&page(path), "main :is(p, li)").join("\n");
        for words in [" above", "another terminal", "the same three"] {
            assert!(!text.contains(words), "{path}: {words:?}");
        }
    }
}
