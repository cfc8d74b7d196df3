//! Makes the errors of the command line name what was wrong, and keeps secrets out of them.

use std::{env, ffi::OsString, fmt::Write};

use clap::{
    Arg, Command, Error,
    builder::Resettable,
    error::{ContextKind, ContextValue, ErrorKind},
};

use crate::redact::{HIDDEN, without_secrets};

/// The names of values that can't be secrets: numbers, times, words of a list and addresses to listen on. Values with other
/// names are hidden: keys, and what a key is mistaken for, such as a tenant's id.
const PUBLIC: [&str; 13] = [
    "BYTES", "DAYS", "FILTER", "FORM", "LISTEN", "NUMBER", "OFFSET", "ORDER", "OUTPUT", "SECONDS", "SOURCE", "STATUS",
    "TIME",
];
const HINT: &str = "it is not shown, because it may be a secret";
/// The longest word that is shown because it looks like the name of a command or of a value, in bytes.
const LONGEST_WORD: usize = 20;

/// Returns the error with the variable named where the wrong value came from a variable, and without passwords and keys.
///
/// clap blames the flag in both cases, and repeats every value. Here a value is shown where it can't be a secret, an unknown
/// word where it resembles a command, and an unknown flag where it looks like one.
pub fn explained(mut error: Error, command: &Command) -> Error {
    let arg = invalid_arg(&error).to_owned();
    if let Some(variable) = variable_to_blame(&error, command) {
        let name = format!("{variable} (environment variable)");
        error.insert(ContextKind::InvalidArg, ContextValue::String(name));
    }
    match error.kind() {
        ErrorKind::UnknownArgument if !is_flag_to_show(&arg, &env::args_os().collect::<Vec<_>>()) => {
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
                let is_public = if is_listed { is_word(value) } else { has_public_value(&arg) || is_address };
                let is_shown = kind != ErrorKind::TooManyValues && is_public || value.trim().is_empty();
                let shown = if is_shown { printable(&without_secrets(value)) } else { HIDDEN.to_owned() };
                error.insert(ContextKind::InvalidValue, ContextValue::String(shown));
            }
        }
    }
    error
}

fn hide(error: &mut Error, kind: ContextKind) {
    error.insert(kind, ContextValue::String(HIDDEN.to_owned()));
    // clap's own hints repeat the word.
    error.insert(ContextKind::Suggested, ContextValue::StyledStrs(vec![HINT.into()]));
}

fn is_word(text: &str) -> bool {
    text.len() <= LONGEST_WORD && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-')
}

/// Whether the unknown argument is a flag, and all of the word except a value after `=`. A word after `--api-key` is a key.
fn is_flag_to_show(shown: &str, words: &[OsString]) -> bool {
    let is_short = shown.len() == 2 && shown.starts_with('-') && shown.as_bytes()[1].is_ascii_alphabetic();
    let is_long = shown.strip_prefix("--").is_some_and(is_word);
    let is_it = |word: &OsString| {
        let word = word.to_string_lossy();
        word.strip_prefix(shown).is_some_and(|rest| rest.is_empty() || rest.starts_with('='))
    };
    let follows_key = words.windows(2).any(|pair| pair[0] == "--api-key" && is_it(&pair[1]));
    (is_short || is_long) && words.iter().any(is_it) && !follows_key
}

/// Whether the argument, such as `--timeout <TIME>`, has a value that can't be a secret. A word without a flag can be one.
fn has_public_value(arg: &str) -> bool {
    let name = arg.strip_prefix("--").and_then(|arg| arg.split_once('<')).and_then(|(_, rest)| rest.split_once('>'));
    name.is_some_and(|(name, _)| PUBLIC.contains(&name))
}

/// The text with characters that nobody sees as code points.
fn printable(text: &str) -> String {
    let mut shown = String::new();
    for character in text.chars() {
        let is_seen = character == ' ' || character.escape_debug().len() == 1 || "\"'\\".contains(character);
        if is_seen {
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

/// The variable that a rejected value came from: without variables, the same command line has no such error.
fn variable_to_blame(error: &Error, command: &Command) -> Option<String> {
    if !matches!(error.kind(), ErrorKind::ValueValidation | ErrorKind::InvalidValue) {
        return None;
    }
    let (blamed, mut command) = (invalid_arg(error), command.clone());
    command.build();
    let variable = variable_of(&command, blamed)?;
    match without_variables(command).try_get_matches() {
        Err(other) if other.kind() == error.kind() && invalid_arg(&other) == blamed => None,
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

    /// Which values are shown is decided by name, so that a new flag is hidden until somebody says otherwise.
    #[test]
    fn values_of_ids_names_and_addresses_are_hidden() {
        let mut hidden = Vec::new();
        let mut command = <crate::arguments::Arguments as clap::CommandFactory>::command();
        command.build();
        collect_hidden(&command, &mut hidden);
        hidden.sort_unstable();
        hidden.dedup();
        // `NUMBER` is the account of `account`.
        let names = ["ACCOUNT", "DIR", "FILE", "ID", "KEY", "NAME", "NUMBER", "URL"];
        assert_eq!(hidden, names);
    }

    fn collect_hidden(command: &Command, hidden: &mut Vec<String>) {
        let is_of_clap = |arg: &&Arg| ["help", "version"].contains(&arg.get_id().as_str());
        for arg in command.get_arguments().filter(|arg| !is_of_clap(arg) && arg.get_action().takes_values()) {
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
    fn invisible_characters_are_code_points() {
        assert_eq!(printable("\u{202e}8 'x' \"y\" \\ ü 夜\u{200e}\t"), "U+202E8 'x' \"y\" \\ ü 夜U+200EU+0009");
    }
}
