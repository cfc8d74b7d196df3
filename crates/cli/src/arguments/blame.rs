//! Makes the errors of the command line name what was wrong, and keeps secrets out of them.

use std::{env, ffi::OsString};

use clap::{
    Arg, Command, Error,
    builder::Resettable,
    error::{ContextKind, ContextValue, ErrorKind},
};

/// Stands for a value that may be a secret.
const HIDDEN: &str = "***";

/// Returns the error with the variable named where the wrong value came from a variable, and without passwords and keys.
///
/// clap blames the flag in both cases, and repeats every value.
pub fn explained(mut error: Error, command: &Command) -> Error {
    if let Some(variable) = variable_to_blame(&error, command) {
        let name = format!("{variable} (environment variable)");
        error.insert(ContextKind::InvalidArg, ContextValue::String(name));
    }
    let texts: Vec<(ContextKind, String)> = error.context().filter_map(|(kind, value)| text(kind, value)).collect();
    let is_key = error.kind() == ErrorKind::TooManyValues && invalid_arg(&error).starts_with("--api-key");
    let is_beside_key = error.kind() == ErrorKind::UnknownArgument && names_a_key(env::args_os());
    if error.kind() == ErrorKind::UnknownArgument && is_key_value(env::args_os(), invalid_arg(&error)) {
        // The suggestion repeats the argument.
        let kinds: Vec<_> = error.context().map(|(kind, _)| kind).filter(|kind| *kind != ContextKind::Usage).collect();
        for kind in kinds {
            error.remove(kind);
        }
        error.insert(ContextKind::InvalidArg, ContextValue::String(HIDDEN.to_owned()));
        return error;
    }
    for (kind, text) in texts {
        let shown = match kind {
            ContextKind::InvalidValue if is_key => HIDDEN.to_owned(),
            ContextKind::InvalidArg if is_beside_key && !text.starts_with('-') => HIDDEN.to_owned(),
            _ => without_secrets(&text),
        };
        if shown != text {
            error.insert(kind, ContextValue::String(shown));
        }
    }
    error
}

fn text(kind: ContextKind, value: &ContextValue) -> Option<(ContextKind, String)> {
    match value {
        ContextValue::String(text) => Some((kind, text.clone())),
        _ => None,
    }
}

fn invalid_arg(error: &Error) -> &str {
    match error.get(ContextKind::InvalidArg) {
        Some(ContextValue::String(text)) => text,
        _ => "",
    }
}

fn names_a_key(mut words: impl Iterator<Item = OsString>) -> bool {
    words.any(|word| word.to_string_lossy().starts_with("--api-key"))
}

/// Whether the unknown argument is the word after `--api-key`, of which clap shows a part where it has a `=`.
fn is_key_value(words: impl Iterator<Item = OsString>, shown: &str) -> bool {
    let words: Vec<_> = words.collect();
    words.windows(2).any(|pair| pair[0] == "--api-key" && pair[1].to_string_lossy().starts_with(shown))
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

/// An address without what stands before its last @, which may be a user and a password, and without its parameters. Other
/// text is hidden where it says that it has a password.
fn without_secrets(text: &str) -> String {
    // In a database's address that can't be right, it is not certain which part is the password.
    if let Some((scheme @ ("postgres" | "postgresql"), _)) = text.split_once("://") {
        return format!("{scheme}://{HIDDEN}");
    }
    let (scheme, rest) = match text.split_once("://") {
        Some((scheme, rest)) => (format!("{scheme}://"), rest),
        None => (String::new(), text),
    };
    match rest.rsplit_once('@') {
        Some((_, host)) => {
            let host = host.split_once('?').map_or_else(|| host.to_owned(), |(host, _)| format!("{host}?{HIDDEN}"));
            format!("{scheme}{HIDDEN}@{host}")
        }
        None if text.to_ascii_lowercase().contains("password") && text.contains('=') => format!("{scheme}{HIDDEN}"),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_shown_without_their_secrets() {
        for (text, shown) in [
            ("postgress://user:se@cret@host/db?password=secret", "postgress://***@host/db?***"),
            ("postgres://user:sec@ret", "postgres://***"),
            ("postgresql://user:secret/db", "postgresql://***"),
            ("http://me:secret@here:4318", "http://***@here:4318"),
            ("user:secret@host", "***@host"),
            ("host=here password=secret", "***"),
            ("pg://host/db?password=secret", "pg://***"),
            ("mysql://host", "mysql://host"),
            ("12ab", "12ab"),
        ] {
            assert_eq!(without_secrets(text), shown);
        }
    }
}
