//! Rewrites clap's errors: they name the variable that a wrong value came from, and contain no secrets.

use std::{env, ffi::OsString, fmt::Write};

use clap::{
    Arg, Command, Error,
    builder::Resettable,
    error::{ContextKind, ContextValue, ErrorKind},
};

use crate::redact::{HIDDEN, looks_like_key, without_secrets};

/// The names of values that are not secrets: numbers, times, words of a list and addresses to listen on. A value with
/// another name is hidden: it may be a key, or a key in the place of a tenant's id.
const PUBLIC_VALUES: [&str; 21] = [
    "BYTES",
    "DAY",
    "DAYS",
    "DETAIL",
    "FILTER",
    "FORM",
    "LISTEN",
    "NUMBER",
    "OFFSET",
    "ORDER",
    "OUTPUT",
    "POSITION",
    "PROVENANCE",
    "REQUESTS",
    "RULE",
    "SECONDS",
    "SEED",
    "SOURCE",
    "STATUS",
    "TIME",
    "ZONE",
];
const HINT: &str = "it is not shown, because it may be a secret";
/// A public value with a word like a key of at least this many characters is hidden: the key was typed after the wrong
/// flag.
const SHORTEST_KEY: usize = 6;
/// The longest word that is shown because it looks like the name of a command or of a value, in bytes.
const LONGEST_WORD: usize = 20;

/// Rewrites an error. If a variable holds the wrong value, the error names the variable; clap names the flag in both
/// cases.
///
/// clap repeats every value. Here, a value is shown only if it is not a secret, an unknown word only if it resembles a
/// command, and an unknown flag only if it looks like a flag.
pub fn explain(mut error: Error, command: &Command) -> Error {
    let arg = invalid_arg(&error).to_owned();
    if let Some(variable) = variable_with_value(&error, command) {
        let name = format!("{variable} (environment variable)");
        error.insert(ContextKind::InvalidArg, ContextValue::String(name));
    }
    match error.kind() {
        ErrorKind::UnknownArgument if !is_harmless_flag(&arg, &env::args_os().collect::<Vec<_>>()) => {
            error.remove(ContextKind::SuggestedArg);
            hide(&mut error, ContextKind::InvalidArg);
        }
        ErrorKind::InvalidSubcommand => {
            let resembles_one = error.get(ContextKind::SuggestedSubcommand).is_some();
            if !resembles_one || !text_of(&error, ContextKind::InvalidSubcommand).is_some_and(is_word) {
                hide(&mut error, ContextKind::InvalidSubcommand);
            }
        }
        kind => {
            if let Some(value) = text_of(&error, ContextKind::InvalidValue) {
                let is_listed = matches!(error.get(ContextKind::ValidValue), Some(ContextValue::Strings(values)) if !values.is_empty());
                let is_address = arg.ends_with("<URL>") && value.contains("://");
                let is_public = if is_listed {
                    is_word(value)
                } else {
                    has_public_value(&arg) && !looks_like_key(value, SHORTEST_KEY) || is_address
                };
                let is_shown = kind != ErrorKind::TooManyValues && is_public || value.trim().is_empty();
                let shown = if is_shown { with_code_points(&without_secrets(value)) } else { HIDDEN.to_owned() };
                error.insert(ContextKind::InvalidValue, ContextValue::String(shown));
            }
        }
    }
    error
}

fn hide(error: &mut Error, kind: ContextKind) {
    error.insert(kind, ContextValue::String(HIDDEN.to_owned()));
    // clap's own hints contain the word.
    error.insert(ContextKind::Suggested, ContextValue::StyledStrs(vec![HINT.into()]));
}

/// Returns whether a text looks like the name of a command, a flag or a value, and can be shown.
pub fn is_word(text: &str) -> bool {
    text.len() <= LONGEST_WORD && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-')
}

/// Returns whether the unknown argument looks like a flag, and is the whole word on the command line except a value
/// after `=`. A word after `--api-key` is a key.
fn is_harmless_flag(shown: &str, words: &[OsString]) -> bool {
    let is_short = shown.len() == 2 && shown.starts_with('-') && shown.as_bytes()[1].is_ascii_alphabetic();
    let is_long = shown.strip_prefix("--").is_some_and(is_word);
    let is_shown_word = |word: &OsString| {
        let word = word.to_string_lossy();
        word.strip_prefix(shown).is_some_and(|rest| rest.is_empty() || rest.starts_with('='))
    };
    let follows_key = words.windows(2).any(|pair| pair[0] == "--api-key" && is_shown_word(&pair[1]));
    (is_short || is_long) && words.iter().any(is_shown_word) && !follows_key
}

/// Returns whether the argument, such as `--timeout <TIME>`, has a public value. A positional argument may always be a
/// secret.
fn has_public_value(arg: &str) -> bool {
    let name = arg.strip_prefix("--").and_then(|arg| arg.split_once('<')).and_then(|(_, rest)| rest.split_once('>'));
    name.is_some_and(|(name, _)| PUBLIC_VALUES.contains(&name))
}

/// Replaces invisible characters by their code points.
fn with_code_points(text: &str) -> String {
    let mut shown = String::new();
    for character in text.chars() {
        let is_visible = character == ' ' || character.escape_debug().len() == 1 || "\"'\\".contains(character);
        if is_visible {
            shown.push(character)
        } else {
            let _ = write!(shown, "U+{:04X}", u32::from(character));
        }
    }
    shown
}

fn text_of(error: &Error, kind: ContextKind) -> Option<&str> {
    match error.get(kind) {
        Some(ContextValue::String(text)) => Some(text),
        _ => None,
    }
}

fn invalid_arg(error: &Error) -> &str {
    text_of(error, ContextKind::InvalidArg).unwrap_or_default()
}

/// Returns the variable that a rejected value came from: without variables, the same command line has no such error.
fn variable_with_value(error: &Error, command: &Command) -> Option<String> {
    if !matches!(error.kind(), ErrorKind::ValueValidation | ErrorKind::InvalidValue) {
        return None;
    }
    let (arg, mut command) = (invalid_arg(error), command.clone());
    command.build();
    let variable = variable_of(&command, arg)?;
    match without_variables(command).try_get_matches() {
        Err(other) if other.kind() == error.kind() && invalid_arg(&other) == arg => None,
        _ => Some(variable),
    }
}

fn variable_of(command: &Command, shown: &str) -> Option<String> {
    let mut variables = command.get_arguments().filter(|arg| arg.to_string() == shown).filter_map(|arg| arg.get_env());
    let variable = variables.next().map(|variable| variable.to_string_lossy().into_owned());
    variable.or_else(|| command.get_subcommands().find_map(|subcommand| variable_of(subcommand, shown)))
}

fn without_variables(command: Command) -> Command {
    command.mut_args(|arg: Arg| arg.env(Resettable::Reset)).mut_subcommands(without_variables)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    /// Values are shown by name, so that the value of a new flag is hidden until it is listed.
    #[test]
    fn ids_names_and_addresses_are_hidden() {
        let mut hidden = Vec::new();
        let mut command = <crate::cli::Cli as clap::CommandFactory>::command();
        command.build();
        collect_hidden(&command, &mut hidden);
        hidden.sort_unstable();
        hidden.dedup();
        // `ERROR` is the positional argument of `explain`, `NUMBER` that of `account`.
        let names = ["ACCOUNT", "ADDRESS", "DIR", "ERROR", "FILE", "ID", "KEY", "NAME", "NUMBER", "PROFILE", "URL"];
        assert_eq!(hidden, names);
    }

    fn collect_hidden(command: &Command, hidden: &mut Vec<String>) {
        let is_built_in = |arg: &&Arg| ["help", "version"].contains(&arg.get_id().as_str());
        for arg in command.get_arguments().filter(|arg| !is_built_in(arg) && arg.get_action().takes_values()) {
            if arg.get_possible_values().is_empty() && !has_public_value(&arg.to_string()) {
                hidden.extend(arg.get_value_names().unwrap().iter().map(ToString::to_string));
            }
        }
        command
            .get_subcommands()
            .filter(|command| command.get_name() != "help")
            .for_each(|command| collect_hidden(command, hidden));
    }

    #[test]
    fn invisible_characters_are_shown_as_code_points() {
        assert_eq!(with_code_points("\u{202e}8 'x' \"y\" \\ ü 夜\u{200e}\t"), "U+202E8 'x' \"y\" \\ ü 夜U+200EU+0009");
    }
}
