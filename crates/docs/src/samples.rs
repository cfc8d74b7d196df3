//! For each operation a small program in each of six languages that asks the page's question and prints the answer.
//!
//! Rust's are the files of `examples`, so that what is shown is what is compiled. The others are made from the templates
//! in `samples`, one for each language, with the path, the summary and the question of the contract. A language more is
//! a template, a row of `TEMPLATES`, and a line in the tests that says how its programs are run.

use minijinja::{Environment, UndefinedBehavior, context, syntax::SyntaxConfig};
use serde::Serialize;
use serde_json::Value;

use crate::contract;

/// A whole program that asks one question.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Sample {
    /// Its language, as a name in a program: `curl`, `rust`, `python`, `javascript`, `java` or `go`.
    pub language: &'static str,
    /// Its language, as people write it.
    pub label: &'static str,
    /// Its language, as highlighters call it.
    pub syntax: &'static str,
    /// What its file is called.
    pub file_name: String,
    /// What is in the file.
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

macro_rules! programs {
    ($($operation:literal: $name:literal;)*) => {
        [$(($operation, concat!($name, ".rs"), include_str!(concat!("../examples/", $name, ".rs")))),*]
    };
}

/// For each operation the file of its Rust program, and what is in it.
const RUST: [(&str, &str, &str); 5] = programs! {
    "queryUserStatus": "query_user_status";
    "queryAllOlWhatsAppInfo": "query_all_ol_whats_app_info";
    "queryWhatsAppInfo": "query_whats_app_info";
    "queryUserStatusLog": "query_user_status_log";
    "getLatestOnlineWhatsAccount": "get_latest_online_whats_account";
};

/// Runs the Postman collection of the queries from a shell, by newman.
pub const NEWMAN: &str = include_str!("../collections/newman.sh");
/// Runs the Bruno collection of the queries from a shell, by Bruno's command.
pub const BRUNO: &str = include_str!("../collections/bruno.sh");

/// The samples of an operation of the contract: curl, Rust, Python, JavaScript, Java, Go. None, if there is no such
/// operation.
///
/// # Errors
/// When a template can't be rendered, which the tests show.
pub fn of(operation_id: &str) -> Result<Vec<Sample>, minijinja::Error> {
    let paths = contract::part("/paths");
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

/// The Rust program of "Getting started".
pub(crate) fn first_program() -> String {
    without_lint(include_str!("../examples/getting_started.rs"))
}

impl Template {
    fn sample(&self, operation_id: &str, path: &str, operation: &Value) -> Result<Sample, minijinja::Error> {
        // In Java a file has the name of its class, and classes are capitalized.
        let name = if self.language == "java" { capitalized(operation_id) } else { operation_id.to_owned() };
        let file_name = format!("{name}.{}", self.extension);

        let text = self.rendered(context! {
            path,
            file_name => &file_name,
            class_name => name,
            summary => operation["summary"].as_str(),
            question => in_one_line(&contract::request_example(path)),
        })?;
        Ok(Sample { language: self.language, label: self.label, syntax: self.syntax, file_name, text })
    }

    fn rendered(&self, context: minijinja::Value) -> Result<String, minijinja::Error> {
        let mut environment = Environment::new();
        environment.set_syntax(SyntaxConfig::builder().keep_trailing_newline(true).build()?);
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        environment.add_filter("shell_quoted", |text: &str| format!("'{}'", text.replace('\'', r"'\''")));
        environment.render_named_str(self.language, self.text, context)
    }
}

/// The script of "Feeding events", which asks nothing but sends a file.
pub(crate) fn feeding_script() -> Result<String, minijinja::Error> {
    let [curl, ..] = TEMPLATES;
    curl.rendered(context! {
        path => contract::ingest::PATH,
        file_name => "feed.sh",
        summary => "Sends the events of a file, one a line.",
        question => (),
    })
}

fn rust(operation_id: &str) -> Option<Sample> {
    let (_, file_name, text) = RUST.iter().find(|(id, ..)| *id == operation_id)?;
    let (file_name, text) = ((*file_name).to_owned(), without_lint(text));
    Some(Sample { language: "rust", label: "Rust", syntax: "rust", file_name, text })
}

/// The workspace's own lint is nothing to the reader.
fn without_lint(program: &str) -> String {
    program.replace("#![allow(clippy::print_stdout)]\n", "")
}

/// Begins with a capital, and leaves all else as it is.
pub(crate) fn capitalized(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().into_iter().flat_map(char::to_uppercase).chain(letters.clone()).collect()
}

/// A request as JSON with room to breathe; the page has no example of the request without parameters.
fn in_one_line(request: &Value) -> String {
    if request.is_null() {
        return "{}".to_owned();
    }
    let lines = format!("{request:#}");
    lines.lines().map(|line| line.trim().to_owned() + if line.ends_with(',') { " " } else { "" }).collect()
}
