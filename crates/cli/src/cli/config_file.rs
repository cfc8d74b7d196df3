//! The configuration file of `serve`: TOML with the names of the flags, `keep-days = 90`.
//!
//! There is no list of settings: the file may set each flag of the subcommand, and its values become defaults of the flags. So
//! they are checked by the parsers of the flags, and flags and variables take precedence. No error contains a value that may
//! be a secret.

#[cfg(test)]
mod example;

use std::{collections::BTreeMap, fs, io, path::Path};

use clap::{
    Arg, Command,
    builder::Resettable,
    error::{ContextKind, ContextValue},
};
use toml_edit::{Document, Item, Value};

use super::parse_error;
use crate::{
    redact::{self, HIDDEN},
    settings::{CHECK_CONFIG, CONFIG, is_list, is_switch, place, settable},
    usage_error::UsageError,
};

/// A configuration file whose values are valid.
pub struct ConfigFile {
    entries: Vec<Entry>,
}

struct Entry {
    flag: String,
    line: usize,
    values: Vec<String>,
}

impl ConfigFile {
    /// Reads a file for a subcommand.
    ///
    /// # Errors
    /// If it can't be read, is not TOML, has a key that is no flag, or a value that the flag would not accept.
    pub fn read(path: &Path, command: &Command) -> Result<Self, UsageError> {
        let text = fs::read_to_string(path).map_err(|error| {
            let why = match error.kind() {
                io::ErrorKind::InvalidData => "it is not UTF-8".to_owned(),
                kind => kind.to_string(),
            };
            UsageError::new(format!("cannot read the configuration file {}: {why}", redact::path(path)))
        })?;
        let line_at = |offset: usize| text.as_bytes().iter().take(offset).filter(|byte| **byte == b'\n').count() + 1;
        let document = Document::parse(text.as_str()).map_err(|error| {
            // Its own display shows the whole line, which may have a password.
            let line = line_at(error.span().map_or(0, |span| span.start));
            UsageError::new(format!("{} is not valid TOML: {}", place(line, path), error.message()))
        })?;
        let mut entries = Vec::new();
        for (name, item) in document.as_table() {
            let key = document.as_table().key(name);
            let line = line_at(key.and_then(|key| key.span()).or(item.span()).map_or(0, |span| span.start));
            entries.push(entry(command, name, item, line, path)?);
        }
        entries.sort_by_key(|entry| entry.line);
        Ok(Self { entries })
    }

    /// Returns the subcommand with the values of the file as defaults.
    pub fn apply(&self, command: Command) -> Command {
        let ids: BTreeMap<_, _> =
            settable(&command).map(|(flag, arg)| (flag.to_owned(), arg.get_id().to_string())).collect();
        self.entries.iter().fold(command, |command, entry| {
            let Some(id) = ids.get(&entry.flag) else { return command };
            // clap borrows defaults for as long as the program runs.
            let values = entry.values.iter().map(|value| &*value.clone().leak());
            command.mut_arg(id, |arg| arg.default_values(values))
        })
    }

    /// Returns the line of each flag that the file sets.
    pub fn lines(&self) -> BTreeMap<String, usize> {
        self.entries.iter().map(|entry| (entry.flag.clone(), entry.line)).collect()
    }

    /// Returns a warning if the file has a password and users other than its owner and its group can read it.
    pub fn warning(&self, path: &Path) -> Option<String> {
        let has_password = |entry: &&Entry| entry.values.iter().any(|value| has_password(value));
        let entry = self.entries.iter().find(has_password)?;
        is_readable_by_all(path).then(|| {
            format!(
                "{} has a password, and every user of this machine can read the file; expected a file that only its \
                 owner or its group can read (chmod o-rwx)",
                place(entry.line, path)
            )
        })
    }
}

/// Checks a key and its value.
fn entry(command: &Command, name: &str, item: &Item, line: usize, path: &Path) -> Result<Entry, UsageError> {
    let place = place(line, path);
    let Some((flag, arg)) = settable(command).find(|(flag, _)| *flag == name) else {
        return Err(unknown_key(command, name, item, &place));
    };
    let values = values(arg, item).map_err(|expected| {
        let found = item.type_name();
        UsageError::new(format!("`{flag}` in {place}: expected {expected}, found {}", with_article(found)))
    })?;
    if !is_switch(arg) {
        parse(arg, &values, &format!("{flag} ({place})"))?;
    }
    Ok(Entry { flag: flag.to_owned(), line, values })
}

fn with_article(kind: &str) -> String {
    let article = if kind.starts_with(['a', 'i']) { "an" } else { "a" };
    format!("{article} {kind}")
}

/// Returns the values as the command line has them, or what was expected.
fn values(arg: &Arg, item: &Item) -> Result<Vec<String>, &'static str> {
    let (is_switch, is_list) = (is_switch(arg), is_list(arg));
    let text = |value: &Value| match value {
        Value::Boolean(boolean) if is_switch => Some(boolean.value().to_string()),
        Value::String(text) if !is_switch => Some(text.value().clone()),
        Value::Integer(number) if !is_switch => Some(number.value().to_string()),
        _ => None,
    };
    match item {
        Item::Value(Value::Array(list)) if is_list => list.iter().map(text).collect(),
        Item::Value(value) => text(value).map(|text| vec![text]),
        _ => None,
    }
    .ok_or(match () {
        () if is_switch => "true or false",
        () if is_list => "a text, or a list of texts",
        () => "a text or a whole number",
    })
}

/// Checks values with the parser of their flag.
fn parse(arg: &Arg, values: &[String], name: &str) -> Result<(), UsageError> {
    let alone = Command::new("serve").no_binary_name(true).disable_help_flag(true).color(clap::ColorChoice::Never);
    let alone = alone.arg(arg.clone().env(Resettable::Reset));
    let words = values.iter().map(|value| format!("--{}={value}", arg.get_long().unwrap_or_default()));
    let Err(error) = alone.clone().try_get_matches_from(words) else { return Ok(()) };
    let mut error = parse_error::explain(error, &alone);
    error.insert(ContextKind::InvalidArg, ContextValue::String(name.to_owned()));
    let text = error.to_string();
    let text = text.split("\n\nFor more information").next().unwrap_or_default();
    let lines: Vec<_> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    Err(UsageError::new(lines.join("; ").trim_start_matches("error: ")))
}

/// Returns an error that names the flag that was probably meant.
fn unknown_key(command: &Command, name: &str, item: &Item, place: &str) -> UsageError {
    if item.is_table() || item.is_array_of_tables() {
        return UsageError::new(format!(
            "{place} begins a section or a key with parts; expected keys that are named like the flags of serve, such as \
             keep-days"
        ));
    }
    if [CONFIG, CHECK_CONFIG, "color", "help"].contains(&name) {
        return UsageError::new(format!("`{name}` in {place} can be set only on the command line; remove the line"));
    }
    let dashed = name.replace('_', "-");
    let shown = if parse_error::is_word(&dashed) { name } else { HIDDEN };
    // clap compares the words.
    let alone =
        settable(command).fold(Command::new("serve").no_binary_name(true), |all, (_, arg)| all.arg(arg.clone()));
    let guess = alone.try_get_matches_from([format!("--{dashed}")]).err();
    let guess = guess.as_ref().and_then(|error| match error.get(ContextKind::SuggestedArg) {
        Some(ContextValue::String(flag)) => flag.split([' ', '=']).next(),
        _ => None,
    });
    let exact = settable(command).map(|(flag, _)| flag).find(|flag| *flag == dashed);
    let hint = match exact.or(guess.map(|flag| flag.trim_start_matches('-'))) {
        Some(flag) => format!("did you mean `{flag}`?"),
        None => "expected the name of a flag that `serve --help` lists, without --".to_owned(),
    };
    UsageError::new(format!("unknown key `{shown}` in {place}; {hint}"))
}

/// Returns whether the address of a database has a password.
fn has_password(value: &str) -> bool {
    let Some((_, rest)) = value.split_once("://") else { return false };
    rest.contains("password=") || rest.rsplit_once('@').is_some_and(|(user, _)| user.contains(':'))
}

#[cfg(unix)]
fn is_readable_by_all(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    const READ_BY_OTHERS: u32 = 0o004;
    fs::metadata(path).is_ok_and(|file| file.permissions().mode() & READ_BY_OTHERS != 0)
}

#[cfg(not(unix))]
fn is_readable_by_all(_: &Path) -> bool {
    false
}
