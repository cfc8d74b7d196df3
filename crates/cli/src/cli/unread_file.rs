//! A warning of the commands that do not read the configuration file of `serve`, if a variable names one.
//!
//! They share flags with `serve`, such as `--database`, and would use other values than the server without a word.

use std::env;

use clap::{ArgMatches, Command, parser::ValueSource};

use crate::settings::{CONFIG, settable};

/// Returns a warning if a file is named, and a flag that `serve` has as well is neither set by the command line nor by its
/// variable. `all` is the definition of the command line.
pub fn warning(all: &Command, serve: &str, matches: &ArgMatches) -> Option<String> {
    let serve = all.find_subcommand(serve)?;
    let config = serve.get_arguments().find(|arg| arg.get_id() == CONFIG)?.get_env()?;
    env::var_os(config).filter(|file| !file.to_string_lossy().trim().is_empty())?;
    let (mut command, mut matches) = (all, matches);
    while let Some((name, below)) = matches.subcommand() {
        (command, matches) = (command.find_subcommand(name)?, below);
    }
    let is_default = |id| {
        let source = matches.value_source(id);
        source.is_none_or(|source| source == ValueSource::DefaultValue)
    };
    let is_shared = |variable| settable(serve).any(|(_, arg)| arg.get_env() == Some(variable));
    let flags = command.get_arguments().filter(|arg| arg.get_env().is_some_and(is_shared));
    let flags: Vec<_> = flags
        .filter(|arg| is_default(arg.get_id().as_str()))
        .filter_map(|arg| Some(format!("--{}", arg.get_long()?)))
        .collect();
    let have = match flags.as_slice() {
        [] => return None,
        [_] => "has its default",
        _ => "have their defaults",
    };
    Some(format!(
        "only `serve` reads the configuration file that {} names; {} {have} here",
        config.to_string_lossy(),
        flags.join(", ")
    ))
}
