//! `group-dispatch explain`: prints the page of the docs on an error. This command contains the docs.

use clap::Args;
use group_dispatch_docs::{ErrorText, error_texts};

use crate::{terminal, usage_error::UsageError};

const EXAMPLES: &str = "\
Examples:
  group-dispatch explain 522
  group-dispatch explain timeout
  group-dispatch explain";

/// Explain an error: what it means, its usual causes, and what to do about it.
///
/// Prints the page of the docs on the error, as Markdown, without a request. Without ERROR, it lists all errors.
#[derive(Args)]
#[command(after_long_help = EXAMPLES)]
pub struct Explain {
    /// The code of a response, such as 522, or the name of an error without a code, such as timeout.
    pub error: Option<String>,
}

pub fn run(arguments: &Explain) -> anyhow::Result<()> {
    let texts = error_texts()?;
    let Some(given) = &arguments.error else { return terminal::print(&list(&texts)) };
    match find(&texts, given) {
        Some(text) => terminal::print(&text.markdown),
        None => {
            let names: Vec<_> = texts.iter().map(|text| text.name.as_str()).collect();
            // The argument is not repeated, because it may be a misplaced key.
            Err(UsageError::new(format!("unknown error; expected one of {}", names.join(", "))).into())
        }
    }
}

/// Returns a line for each error.
fn list(texts: &[ErrorText]) -> String {
    let width = texts.iter().map(|text| text.name.len()).max().unwrap_or_default();
    texts.iter().map(|text| format!("{:width$}  {}\n", text.name, text.meaning)).collect()
}

/// Finds an error by its code, its name or its page, in any case: `522`, `TokenWrong`, `error-522.html`, `ResponseTooLarge`.
fn find<'a>(texts: &'a [ErrorText], given: &str) -> Option<&'a ErrorText> {
    let plain = |text: &str| text.to_ascii_lowercase().replace(['-', '_'], "");
    let given = plain(given);
    let given = given.strip_prefix("error").unwrap_or(&given);
    let given = given.strip_suffix(".md").unwrap_or(given);
    let given = given.strip_suffix(".html").unwrap_or(given);
    let is_meant = |text: &&ErrorText| {
        let name = plain(&text.name);
        given == name || plain(&text.title) == format!("{name} {given}")
    };
    let unlisted = || texts.iter().find(|text| text.name == "unknown" && given.parse::<u32>().is_ok());
    texts.iter().find(is_meant).or_else(unlisted)
}
