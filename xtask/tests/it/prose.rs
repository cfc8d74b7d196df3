//! Every kind of finding of the prose check is found where it is planted, and nothing is found in code or in quotations.

use std::path::Path;

use test_support::workspace_root;
use xtask::prose::{CLEAN, findings, of_file};

/// Returns what is found in a file of this name and text: line and words.
fn found(file: &str, text: &str) -> Vec<(usize, String)> {
    let findings = of_file(Path::new(file), text);
    assert!(findings.iter().all(|finding| !finding.instead.is_empty()));
    findings.into_iter().map(|finding| (finding.line, finding.found.trim_matches('"').to_owned())).collect()
}

fn one(line: usize, words: &str) -> Vec<(usize, String)> {
    vec![(line, words.to_owned())]
}

#[test]
fn words_to_avoid_are_found_in_every_kind_of_comment() {
    for comment in ["/// It tells it.", "// It tells it.", "let a = 1; // tells", "/* It\ntells */", "/** tells */"] {
        let line = 2 + usize::from(comment.contains('\n'));
        assert_eq!(found("src/a.rs", &format!("//! A doc.\n{comment}\n")), one(line, "tells"), "{comment}");
    }
    assert_eq!(found("src/a.rs", "//! It is done anew.\n"), one(1, "anew"));
}

#[test]
fn words_to_avoid_are_found_in_messages_and_in_names_of_functions() {
    assert_eq!(found("src/a.rs", "//! A doc.\nlet a = \"the server is told so\";\n"), one(2, "told"));
    assert_eq!(found("src/a.rs", "//! A doc.\nlet a = r#\"the \"server\"\nis told so\"#;\n"), one(3, "told"));
    assert_eq!(found("tests/a.rs", "//! A doc.\nfn the_server_is_told() {}\n"), one(2, "told"));
    // In tests, literals are not messages; a short literal is none anywhere.
    assert_eq!(found("tests/a.rs", "//! A doc.\nlet a = \"the server is told so\";\n"), []);
    assert_eq!(found("src/a.rs", "//! A doc.\nlet a = [\"told\", \"b\"];\n"), []);
}

#[test]
fn phrases_are_found_across_the_end_of_a_line() {
    assert_eq!(found("src/a.rs", "//! A doc.\n\n/// A name is\n/// none for HTTP.\n"), one(3, "is none for"));
    assert_eq!(found("a.md", "It shows what\nbecame of it.\n"), one(1, "what became of"));
}

#[test]
fn each_word_of_the_style_guide_is_found() {
    let planted = "tell told learn learnt so many anew nought lest whom is none for what became of at leisure lets go of \
                   known of cut off says no who sends";
    let words: Vec<String> = found("a.md", planted).into_iter().map(|(_, words)| words).collect();
    for word in ["tell", "told", "learnt", "so many", "anew", "nought", "lest", "whom", "is none for", "what became of"]
    {
        assert!(words.iter().any(|found| found == word), "{word}: {words:?}");
    }
    for word in ["at leisure", "lets go", "known of", "cut off", "says no", "who sends"] {
        assert!(words.iter().any(|found| found == word), "{word}: {words:?}");
    }
}

#[test]
fn british_spellings_and_wrong_capitals_are_found() {
    assert_eq!(found("a.md", "Its behaviour."), one(1, "behaviour"));
    assert_eq!(found("a.md", "A Licence."), one(1, "Licence"));
    assert_eq!(found("a.md", "It is serialised."), one(1, "serialised"));
    assert_eq!(found("a.md", "A Whatsapp account."), one(1, "Whatsapp"));
}

#[test]
fn chains_of_dashes_are_found() {
    assert_eq!(found("a.md", "One — two\n— three."), one(2, "a chain of dashes"));
    assert_eq!(found("a.md", "One — two. Three — four."), []);
}

#[test]
fn a_file_without_a_module_doc_is_found() {
    assert_eq!(found("src/a.rs", "use std::fs;\n"), one(1, "no module doc"));
    assert_eq!(found("src/a.rs", "// A comment is no doc.\n//! A doc.\n").len(), 1);
}

#[test]
fn descriptions_in_yaml_are_read_and_keys_are_not() {
    assert_eq!(found("a.yaml", "told: 1\ndescription: It is told.\n"), one(2, "told"));
    assert_eq!(found("a.yml", "# It is told.\n"), one(1, "told"));
    assert_eq!(found("a.yaml", "description: >\n  It is\n  told.\n"), one(3, "told"));
}

#[test]
fn code_is_not_read() {
    assert_eq!(found("src/a.rs", "//! Calls `tell`, and `so\n//! many`.\n\nlet told = tell('\"', '\\'', lest);\n"), []);
    assert_eq!(found("src/a.rs", "//! A doc.\n//! ```\n//! tell();\n//! ```\nlet a: &'static str = whom;\n"), []);
    assert_eq!(found("a.md", "```sh\ntell\n```\n\nUse `tell`.\n"), []);
    assert_eq!(found("a.json", "told"), []);
}

#[test]
fn a_line_names_file_line_word_and_what_to_write() {
    let finding = &of_file(Path::new("crates/x/src/a.rs"), "//! It\n//! tells.\n")[0];
    assert_eq!(finding.to_string(), "crates/x/src/a.rs:2: \"tells\": write report, log, show, return or say");
}

#[test]
fn what_is_clean_stays_clean() {
    let found = findings(&workspace_root(), CLEAN).unwrap();
    let lines: Vec<String> = found.iter().map(ToString::to_string).collect();
    assert!(found.is_empty(), "{}", lines.join("\n"));
}
