//! The pages on errors: one for each code of a response, and for each error of the client that has no code. `error-522.html`
//! is the address that `BusinessCode::docs_page` returns.
//!
//! What the contract says about a code is not repeated in `errors.md`, which has the causes and what to do about them.

use serde::Serialize;
use serde_json::Value;

use crate::{contract, samples::capitalized, tables};

const TEXT: &str = include_str!("../errors.md");

/// What the page on an error shows.
#[derive(Debug, Serialize)]
pub struct ErrorPage {
    pub file: String,
    /// For the navigation and the heading: `522 TokenWrong`, `Timeout`.
    pub title: String,
    /// What it means, in a sentence.
    pub meaning: String,
    /// The row of the contract's table; null for an error without a code.
    pub row: Value,
    /// The variant of the client's `Error`.
    pub variant: String,
    /// More about it, as Markdown.
    pub text: String,
    /// A response with this code, as JSON.
    pub example: Option<String>,
}

/// Returns the pages: codes in the contract's order, then the errors of the client.
pub fn all() -> Vec<ErrorPage> {
    let codes = tables::codes("BusinessCode");
    let of_codes = codes.into_iter().map(of_code);
    let others = sections().filter(|(name, _)| name.parse::<u32>().is_err()).map(|(name, text)| of_client(name, text));
    of_codes.chain(others).collect()
}

fn of_code(row: Value) -> ErrorPage {
    let code = row["code"].to_string();
    let word = |member: &str| row[member].as_str().unwrap_or_default().to_owned();
    ErrorPage {
        file: format!("error-{code}.html"),
        title: format!("{code} {}", word("varnames")),
        meaning: format!("{}.", word("descriptions")),
        variant: "Business".to_owned(),
        text: sections().find(|(name, _)| *name == code).map_or("", |(_, text)| text).to_owned(),
        example: example(&row["code"]),
        row,
    }
}

fn of_client(name: &str, text: &str) -> ErrorPage {
    let (meaning, text) = text.split_once("\n\n").unwrap_or((text, ""));
    let variant: String = name.split('-').map(capitalized).collect();
    ErrorPage {
        file: format!("error-{name}.html"),
        title: if name == "unknown" { "A code that is not listed".to_owned() } else { variant.clone() },
        meaning: meaning.split_whitespace().collect::<Vec<_>>().join(" "),
        row: Value::Null,
        // A code that is not listed is a business code as well.
        variant: if name == "unknown" { "Business".to_owned() } else { variant },
        text: text.to_owned(),
        example: None,
    }
}

/// Returns the sections of `errors.md`: name and text.
fn sections() -> impl Iterator<Item = (&'static str, &'static str)> {
    TEXT.split("\n## ").skip(1).filter_map(|section| section.split_once("\n\n")).map(|(name, text)| (name, text.trim()))
}

/// Returns the first example of the contracts that has this code.
fn example(code: &Value) -> Option<String> {
    fn find(part: &Value, code: &Value) -> Option<Value> {
        match part {
            Value::Object(members) => {
                let own = members.get("value").filter(|value| value["code"] == *code && !value["message"].is_null());
                own.cloned().or_else(|| members.values().find_map(|member| find(member, code)))
            }
            Value::Array(items) => items.iter().find_map(|item| find(item, code)),
            _ => None,
        }
    }
    let found = contract::ALL.iter().find_map(|contract| find(contract.document(), code));
    found.map(|value| format!("{value:#}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_section_is_of_one_error_and_each_failure_has_one() {
        let codes: Vec<_> = tables::codes("BusinessCode").iter().map(|row| row["code"].to_string()).collect();
        let names: Vec<_> = sections().map(|(name, _)| name).collect();
        for name in &names {
            assert_eq!(names.iter().filter(|other| *other == name).count(), 1, "{name}");
            assert!(name.parse::<u32>().is_err() || codes.iter().any(|code| code == name), "{name} is no code");
        }
        for code in codes.iter().filter(|code| !["0", "200"].contains(&code.as_str())) {
            assert!(names.contains(&code.as_str()), "errors.md has no section {code}");
        }
    }

    #[test]
    fn a_page_has_the_row_of_the_contract_or_its_first_paragraph() {
        let pages = all();
        let find = |file: &str| pages.iter().find(|page| page.file == file).unwrap();
        let wrong = find("error-522.html");
        assert_eq!((wrong.title.as_str(), wrong.meaning.as_str()), ("522 TokenWrong", "The token is wrong."));
        assert!(wrong.text.starts_with("A wrong key") && wrong.example.as_ref().unwrap().contains("522"));
        let large = find("error-response-too-large.html");
        assert_eq!(large.variant, "ResponseTooLarge");
        assert!(large.meaning.starts_with("A response has more bytes") && large.text.starts_with("The limit"));
    }
}
