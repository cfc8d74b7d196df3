//! The command line: all subcommands, `--color`, and the rules for variables.
//!
//! Used by `main`, and by the subcommands `completions` and `man` through [`Cli::parser`].

mod config_file;
mod parse_error;
mod unread_file;

use std::{env, ffi::OsString, path::PathBuf, process, sync::LazyLock};

use clap::{Arg, ArgMatches, CommandFactory, FromArgMatches, Parser, builder::Resettable};
use colorchoice_clap::Color;

use self::config_file::ConfigFile;
use crate::{
    arguments::heading::OUTPUT,
    commands::Command,
    settings::{CONFIG, Settings},
    terminal,
    usage_error::UsageError,
};

/// The subcommand that reads a configuration file.
const SERVE: &str = "serve";

const EXIT_STATUS: &str = "\
Exit status:
  0  success, also when nobody is online
  1  failure; standard error says why
  2  the command line is invalid
  3  import rejected some lines; the others are stored
  4  with --exit-code only: the response is empty, so nobody is online or nothing happened
  5  serve only: the SQLite file was removed, moved, replaced or overwritten while the server ran
  6  mirror status --max-age only: a source was not looked at within that time";

const EXAMPLES: &str = "\
Examples:
  group-dispatch demo --once
  group-dispatch login
  group-dispatch all
  group-dispatch account \"+86 182-1733-1411\"
  group-dispatch help log";

/// Query which support agents and WhatsApp accounts are online, and serve these queries.
#[derive(Parser)]
#[command(name = "group-dispatch", version, long_version = version(), arg_required_else_help = true, after_help = EXIT_STATUS,
          after_long_help = format!("{EXAMPLES}\n\n{EXIT_STATUS}"))]
pub struct Cli {
    #[command(subcommand)]
    pub command: Command,
    #[command(flatten, next_help_heading = OUTPUT)]
    pub color: Color,
}

/// Returns what `--version` prints.
fn version() -> &'static str {
    static VERSION: LazyLock<String> = LazyLock::new(|| {
        let time_zones = group_dispatch_server::store::time_zone_data_version();
        format!("{}\ntime zone database: {time_zones}", env!("CARGO_PKG_VERSION"))
    });
    &VERSION
}

impl Cli {
    /// Returns the definition of the command line with all subcommands.
    pub fn parser() -> clap::Command {
        hide_values_of_variables(Self::command())
    }

    /// Parses the arguments of this process. Exits if they are invalid, or after help or a version was requested.
    pub fn parse_or_exit() -> Self {
        let parser = ignore_empty_variables(Self::parser());
        let matches = parse(&parser);
        match matches.subcommand_matches(SERVE) {
            Some(serve) => Self::with_settings(parser, &matches, serve.get_one(CONFIG)).unwrap_or_else(|error| {
                terminal::print_usage_error(error);
                process::exit(UsageError::STATUS.into())
            }),
            None => {
                // In `parser`, an empty variable belongs to no flag.
                if let Some(warning) = unread_file::warning(&Self::command(), SERVE, &matches) {
                    terminal::print_error_line(&format!("warning: {warning}"));
                }
                Self::from_matches(&matches)
            }
        }
    }

    fn from_matches(matches: &ArgMatches) -> Self {
        Self::from_arg_matches(matches).unwrap_or_else(|error| error.exit())
    }

    /// Returns the command line of `serve` with the values of the configuration file and the origin of each.
    fn with_settings(parser: clap::Command, matches: &ArgMatches, file: Option<&PathBuf>) -> Result<Self, UsageError> {
        let Some(serve) = parser.find_subcommand(SERVE).cloned() else { return Ok(Self::from_matches(matches)) };
        let config = file.map(|path| ConfigFile::read(path, &serve)).transpose()?;
        let warning = config.as_ref().zip(file).and_then(|(config, path)| config.warning(path));
        let lines = config.as_ref().map(ConfigFile::lines).unwrap_or_default();
        let matches = match &config {
            Some(config) => parse(&parser.mut_subcommand(SERVE, |serve| config.apply(serve))),
            None => matches.clone(),
        };
        let mut cli = Self::from_matches(&matches);
        if let (Command::Serve(arguments), Some(matches)) = (&mut cli.command, matches.subcommand_matches(SERVE)) {
            arguments.settings = Settings::new(&serve, matches, file.cloned(), &lines);
            arguments.warning = warning;
        }
        Ok(cli)
    }
}

/// Parses the arguments of this process, or exits.
fn parse(parser: &clap::Command) -> ArgMatches {
    parser.clone().try_get_matches().unwrap_or_else(|error| parse_error::explain(error, parser).exit())
}

/// Makes `--help` show the names of variables without their values: any of them may be a secret in the wrong place.
fn hide_values_of_variables(command: clap::Command) -> clap::Command {
    command.mut_args(|arg| arg.hide_env_values(true)).mut_subcommands(hide_values_of_variables)
}

/// Makes an empty variable count as a variable that is not set.
fn ignore_empty_variables(command: clap::Command) -> clap::Command {
    let is_empty = |value: &OsString| value.to_str().is_some_and(|text| text.trim().is_empty());
    let ignore_if_empty = |arg: Arg| match arg.get_env().and_then(env::var_os) {
        Some(value) if is_empty(&value) => arg.env(Resettable::Reset),
        _ => arg,
    };
    command.mut_args(ignore_if_empty).mut_subcommands(ignore_empty_variables)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    /// Returns a command and all commands below it, each with the words that select it.
    fn with_subcommands(command: &clap::Command, words: &str) -> Vec<(String, clap::Command)> {
        let mut all = vec![(words.to_owned(), command.clone())];
        for subcommand in command.get_subcommands().filter(|command| command.get_name() != "help") {
            all.extend(with_subcommands(subcommand, format!("{words} {}", subcommand.get_name()).trim()));
        }
        all
    }

    fn commands() -> Vec<(String, clap::Command)> {
        with_subcommands(&Cli::command(), "")
    }

    #[test]
    fn each_command_has_examples_that_parse() {
        for (name, command) in commands() {
            let text = command.get_after_long_help().unwrap_or_else(|| panic!("{name} has no examples")).to_string();
            let lines: Vec<_> = text.lines().filter(|line| line.contains("group-dispatch ")).collect();
            assert!(text.contains("Examples:\n") && !lines.is_empty(), "{name}");
            for line in lines {
                let words = shlex::split(line).unwrap();
                let words = words.iter().skip_while(|word| *word != "group-dispatch");
                let words: Vec<_> = words.take_while(|word| !["<", ">", ">>", "|"].contains(&word.as_str())).collect();
                let rest = words[1..].iter().map(|word| word.as_str()).collect::<Vec<_>>().join(" ");
                assert!(rest.starts_with(&name), "an example of {name:?} is for another command: {line}");
                match Cli::command().try_get_matches_from(&words) {
                    Ok(_) => {}
                    Err(error) if error.kind() == clap::error::ErrorKind::DisplayHelp => {}
                    Err(error) => panic!("{line}: {error}"),
                }
            }
        }
    }

    /// The snapshots are what `--help` prints; the test `output` compares them.
    #[test]
    fn each_flag_is_in_the_help_of_its_command() {
        for (name, command) in commands() {
            let file = format!("{}.snap", format!("help {name}").trim().replace(' ', "_"));
            let path = test_support::workspace_root().join("crates/cli/tests/it/help").join(&file);
            let help = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{file}: {error}"));
            let flags = command.get_arguments().filter(|arg| !arg.is_hide_set()).filter_map(|arg| arg.get_long());
            for flag in flags {
                let is_named = help.split_whitespace().any(|word| word.trim_end_matches(',') == format!("--{flag}"));
                assert!(is_named, "--{flag} is missing in {file}");
            }
        }
    }
}
