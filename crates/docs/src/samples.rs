//! The samples: for each operation a small program in each of six languages that sends the contract's example and
//! prints the response.
//!
//! The Rust programs are the files of `examples`, so that the compiled program is the one shown. The others are made
//! from the templates in `samples`, one for each language, with the path, the summary and the request of the contract.
//! A new language needs a template, a row of `TEMPLATES`, and a line in the tests that says how to run its programs.

use group_dispatch_types::Operation;
use minijinja::{Environment, UndefinedBehavior, context, syntax::SyntaxConfig};
use serde::Serialize;
use serde_json::Value;

use crate::{by_hand::by_hand, contract};

/// A whole program that sends one request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Sample {
    /// Its language, as an identifier: `curl`, `rust`, `python`, `javascript`, `java` or `go`.
    pub language: &'static str,
    /// Its language, for people.
    pub label: &'static str,
    /// Its language, for syntax highlighters.
    pub syntax: &'static str,
    /// The name of its file.
    pub file_name: String,
    /// The content of the file.
    pub text: String,
}

struct Template {
    language: &'static str,
    label: &'static str,
    syntax: &'static str,
    extension: &'static str,
    text: &'static str,
}

macro_rules! templates {
    ($($language:literal, $label:literal, $syntax:literal, $extension:literal;)*) => {
        [$(Template {
            language: $language,
            label: $label,
            syntax: $syntax,
            extension: $extension,
            text: include_str!(concat!("../samples/", $language, ".", $extension, ".j2")),
        }),*]
    };
}

const TEMPLATES: [Template; 5] = templates! {
    "curl", "curl", "shell", "sh";
    "python", "Python", "python", "py";
    "javascript", "JavaScript", "javascript", "mjs";
    "java", "Java", "java", "java";
    "go", "Go", "go", "go";
};

/// The shell script that runs the Postman collection of the queries with newman.
pub const NEWMAN: &str = include_str!("../collections/newman.sh");
/// The shell script that runs the Bruno collection of the queries with Bruno's command.
pub const BRUNO: &str = include_str!("../collections/bruno.sh");

/// The program of "Feeding events", which sends a file of events.
pub(crate) const FEED: &str = include_str!("../samples/feed.py");

/// The programs that read changes: title, language, name and text.
pub(crate) const CHANGES: [(&str, &str, &str, &str); 5] = [
    ("Python, with httpx-sse", "python", "changes.py", include_str!("../samples/changes.py")),
    (
        "JavaScript, with eventsource",
        "js",
        "changes-eventsource.mjs",
        include_str!("../samples/changes-eventsource.mjs"),
    ),
    (
        "JavaScript, with fetch-event-source",
        "js",
        "changes-fetch-event-source.mjs",
        include_str!("../samples/changes-fetch-event-source.mjs"),
    ),
    ("JavaScript, in a browser", "js", "changes-browser.js", include_str!("../samples/changes-browser.js")),
    ("curl", "sh", "changes.sh", include_str!("../samples/changes.sh")),
];

/// Returns the samples of an operation of the contract: curl, Rust, Python, JavaScript, Java, Go. The list is empty if
/// there is no such operation.
///
/// # Errors
/// If a template can't be rendered, which is a bug of this crate.
pub fn of(operation_id: &str) -> Result<Vec<Sample>, minijinja::Error> {
    let paths = contract::QUERIES.part("/paths");
    let mut paths = paths.as_object().into_iter().flatten();
    let Some((path, item)) = paths.find(|(_, item)| item["post"]["operationId"] == operation_id) else {
        return Ok(Vec::new());
    };
    let mut samples = TEMPLATES
        .iter()
        .map(|template| template.sample(operation_id, path, &item["post"]))
        .collect::<Result<Vec<_>, _>>()?;
    samples.splice(1..1, rust(operation_id));
    Ok(samples)
}

/// Returns the Rust program of "Getting started".
pub(crate) fn first_program() -> String {
    without_lint(include_str!("../examples/getting_started.rs"))
}

impl Template {
    fn sample(&self, operation_id: &str, path: &str, operation: &Value) -> Result<Sample, minijinja::Error> {
        // In Java a file has the name of its class, and classes are capitalized.
        let name = if self.language == "java" { capitalized(operation_id) } else { operation_id.to_owned() };
        let file_name = format!("{name}.{}", self.extension);

        let text = self.render(context! {
            path,
            file_name => &file_name,
            class_name => name,
            summary => operation["summary"].as_str(),
            request => in_one_line(&contract::request_example(path)),
        })?;
        Ok(Sample { language: self.language, label: self.label, syntax: self.syntax, file_name, text })
    }

    fn render(&self, context: minijinja::Value) -> Result<String, minijinja::Error> {
        let mut environment = Environment::new();
        environment.set_syntax(SyntaxConfig::builder().keep_trailing_newline(true).build()?);
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        environment.add_filter("shell_quoted", |text: &str| format!("'{}'", text.replace('\'', r"'\''")));
        environment.render_named_str(self.language, self.text, context)
    }
}

/// Returns the Rust sample of an operation.
fn rust(operation_id: &str) -> Option<Sample> {
    let operation = Operation::ALL.into_iter().find(|operation| operation.id() == operation_id)?;
    let (file_name, text) = by_hand(operation).rust_sample?;
    let (file_name, text) = (file_name.to_owned(), without_lint(text));
    Some(Sample { language: "rust", label: "Rust", syntax: "rust", file_name, text })
}

/// Removes the lint attribute, which is of no use to readers.
fn without_lint(program: &str) -> String {
    program.replace("#![allow(clippy::print_stdout)]\n", "")
}

/// Returns the text with a capital first letter.
pub(crate) fn capitalized(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().into_iter().flat_map(char::to_uppercase).chain(letters.clone()).collect()
}

/// Returns a request as JSON in one line, with a blank after each comma. The request without parameters has no example.
fn in_one_line(request: &Value) -> String {
    if request.is_null() {
        return "{}".to_owned();
    }
    let lines = format!("{request:#}");
    lines.lines().map(|line| line.trim().to_owned() + if line.ends_with(',') { " " } else { "" }).collect()
}
