//! The effective settings of `serve` and where each comes from: a flag, a variable, a line of the configuration file, or a
//! default.
//!
//! The command line makes them, `serve` names them in errors and prints them for `--check-config`. No password of an address
//! is displayed.

use std::{
    any::TypeId,
    collections::BTreeMap,
    fmt::{self, Write},
    path::{Path, PathBuf},
};

use clap::{Arg, ArgMatches, Command, parser::ValueSource};
use toml_edit::Value;

use crate::{database::Database, redact};

/// The flags that choose and check the file, and so can't be in it.
pub const CONFIG: &str = "config";
pub const CHECK_CONFIG: &str = "check-config";

/// The columns before the origin of a setting.
const VALUE_WIDTH: usize = 44;

/// Returns the flags of a subcommand that a configuration file may set.
pub fn settable(command: &Command) -> impl Iterator<Item = (&str, &Arg)> {
    let flags = command.get_arguments().filter_map(|arg| Some((arg.get_long()?, arg)));
    flags.filter(|(flag, arg)| ![CONFIG, CHECK_CONFIG, "help"].contains(flag) && !arg.is_global_set())
}

/// The settings of a subcommand, in the order of its help.
#[derive(Default)]
pub struct Settings {
    /// The configuration file, if one is used.
    file: Option<PathBuf>,
    all: Vec<Setting>,
}

struct Setting {
    flag: String,
    /// Without values it is not set.
    values: Vec<String>,
    is_list: bool,
    /// Whether a flag without a value is set.
    switch: Option<bool>,
    kind: Kind,
    origin: Origin,
}

/// What may be a secret in a value.
#[derive(Clone, Copy)]
enum Kind {
    Database,
    Path,
    Other,
}

enum Origin {
    Flag,
    Variable(String),
    Line(usize),
    Default,
}

impl Settings {
    /// Returns the settings of a subcommand. `lines` has the line of each flag that the file sets; its values are the defaults
    /// in `matches`.
    pub fn new(
        command: &Command,
        matches: &ArgMatches,
        file: Option<PathBuf>,
        lines: &BTreeMap<String, usize>,
    ) -> Self {
        let all = settable(command).map(|(flag, arg)| {
            let id = arg.get_id().as_str();
            let values = matches.get_raw(id).into_iter().flatten();
            Setting {
                flag: flag.to_owned(),
                values: values.map(|value| value.to_string_lossy().into_owned()).collect(),
                is_list: is_list(arg),
                switch: is_switch(arg).then(|| matches.get_flag(id)),
                kind: Kind::of(arg),
                origin: match (matches.value_source(id), lines.get(flag), arg.get_env()) {
                    (Some(ValueSource::CommandLine), ..) => Origin::Flag,
                    (Some(ValueSource::EnvVariable), _, Some(name)) => {
                        Origin::Variable(name.to_string_lossy().into_owned())
                    }
                    (_, Some(line), _) => Origin::Line(*line),
                    _ => Origin::Default,
                },
            }
        });
        Self { file, all: all.collect() }
    }

    /// Returns the name by which the user set the value of a flag, for an error.
    pub fn name(&self, flag: &str) -> String {
        match self.all.iter().find(|setting| setting.flag == flag).map(|setting| &setting.origin) {
            Some(Origin::Variable(name)) => name.clone(),
            Some(Origin::Line(line)) => format!("{flag} ({})", self.place(*line)),
            _ => format!("--{flag}"),
        }
    }

    fn place(&self, line: usize) -> String {
        place(line, self.file.as_deref().unwrap_or(Path::new("")))
    }
}

/// Names a line of a file.
pub fn place(line: usize, file: &Path) -> String {
    format!("line {line} of {}", redact::path(file))
}

/// Returns whether a flag may be repeated.
pub fn is_list(arg: &Arg) -> bool {
    matches!(arg.get_action(), clap::ArgAction::Append)
}

/// Returns whether a flag has no value on the command line.
pub fn is_switch(arg: &Arg) -> bool {
    !arg.get_action().takes_values()
}

/// The settings as a configuration file, each with its origin as a comment.
impl fmt::Display for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for setting in &self.all {
            let Setting { flag, values, kind, origin, .. } = setting;
            let shown: Vec<_> = values.iter().map(|value| kind.without_secrets(value)).collect();
            let mut line = String::new();
            match setting.toml(&shown) {
                Some(value) => write!(line, "{flag} = {value}")?,
                None => write!(line, "# {flag} =")?,
            }
            let origin = match origin {
                _ if values.is_empty() => "not set".to_owned(),
                Origin::Flag => format!("--{flag}"),
                Origin::Variable(name) => name.clone(),
                Origin::Line(line) => self.place(*line),
                Origin::Default => "default".to_owned(),
            };
            let note = if shown == *values { "" } else { "; user, password and parameters are not shown" };
            writeln!(f, "{line:<VALUE_WIDTH$} # {origin}{note}")?;
        }
        Ok(())
    }
}

impl Setting {
    /// Returns the value as a file has it, or `None` if it is not set.
    fn toml(&self, shown: &[String]) -> Option<String> {
        if self.is_list && !shown.is_empty() {
            // In a variable, they are separated by commas.
            let values = shown.iter().flat_map(|value| value.split(',')).map(str::trim);
            return Some(Value::Array(values.collect()).to_string());
        }
        let value = shown.first()?;
        if let Some(is_set) = self.switch {
            return Some(is_set.to_string());
        }
        match value.parse::<u64>() {
            Ok(number) if number.to_string() == *value => Some(number.to_string()),
            _ => Some(Value::from(value.as_str()).to_string()),
        }
    }
}

impl Kind {
    fn of(arg: &Arg) -> Self {
        let parsed = arg.get_value_parser().type_id();
        match () {
            () if parsed == TypeId::of::<Database>() => Self::Database,
            () if parsed == TypeId::of::<PathBuf>() => Self::Path,
            () => Self::Other,
        }
    }

    /// Returns a value without passwords. The address of a database keeps what errors show of it.
    fn without_secrets(self, value: &str) -> String {
        match (self, value.split_once("://")) {
            (Self::Path, _) => redact::path(Path::new(value)),
            // Parsing it would read the file.
            (Self::Database, Some(("file", path))) => format!("file://{}", redact::path(Path::new(path))),
            (Self::Database, _) => match value.parse::<Database>() {
                Ok(database) => database.to_string(),
                Err(_) => redact::without_secrets(value),
            },
            (Self::Other, _) => redact::without_secrets(value),
        }
    }
}
