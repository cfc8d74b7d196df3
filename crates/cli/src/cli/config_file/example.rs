//! Compares `packaging/debian/group-dispatch.toml` with the flags: it has each of them with its help and its default, commented
//! out. `INSTA_UPDATE=always` writes the file instead.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::{env, fs};

use clap::{Arg, Command, CommandFactory};
use test_support::workspace_root;
use toml_edit::Value;

use super::*;
use crate::cli::Cli;

const HEAD: &str = "\
# The settings of group-dispatch, as `group-dispatch serve` reads them with --config. A key is the name of a flag without --.
# Every setting is listed with its default, or with an example where it is not set by default. Remove the `#` before a key to
# change it.
#
# Flags and variables take precedence: `group-dispatch serve --config FILE --check-config` prints what holds, and where each
# value comes from. Restart the server after a change: systemctl restart group-dispatch
#
# The service runs in /var/lib/group-dispatch, so that a relative path is below it. If this file has the password of a database,
# keep it unreadable for others (chmod 640), or set GROUP_DISPATCH_DATABASE in /etc/default/group-dispatch.
";
const WIDTH: usize = 120;

/// Examples of settings that have no default.
const EXAMPLES: &[(&str, &str)] = &[
    ("keep-days", "90"),
    ("max-age", "\"2m\""),
    ("mirror", "\"vendor\""),
    ("callback-secret-file", "\"/etc/group-dispatch/app-secret\""),
    ("rescue-dir", "\"/var/lib/group-dispatch/rescued\""),
    ("public-url", "\"https://example.com\""),
    ("metrics-listen", "\"127.0.0.1:9090\""),
    ("otlp", "\"http://127.0.0.1:4318\""),
    ("log-format", "\"json\""),
    ("trusted-proxy", "[\"10.0.0.0/8\"]"),
    ("webhook-allow-network", "[\"10.1.2.0/24\"]"),
];

fn serve() -> Command {
    Cli::command().find_subcommand("serve").unwrap().clone()
}

/// Returns the setting as a line of the file.
fn line(flag: &str, arg: &Arg) -> String {
    let default = arg.get_default_values().first().map(|value| value.to_string_lossy().into_owned());
    let value = match (default, is_switch(arg)) {
        (_, true) => "false".to_owned(),
        (None, _) => EXAMPLES.iter().find(|(name, _)| *name == flag).expect("an example").1.to_owned(),
        (Some(default), _) => match default.parse::<u64>() {
            Ok(number) => number.to_string(),
            Err(_) => Value::from(default).to_string(),
        },
    };
    format!("{flag} = {value}")
}

fn comment(text: &str) -> String {
    let mut lines = vec!["#".to_owned()];
    for word in text.split_whitespace() {
        let last = lines.last_mut().unwrap();
        if last.len() + 1 + word.len() > WIDTH {
            lines.push(format!("# {word}"));
        } else {
            *last += &format!(" {word}");
        }
    }
    lines.join("\n")
}

#[test]
fn the_example_has_each_setting_with_its_help_and_its_default() {
    let command = serve();
    let mut expected = HEAD.to_owned();
    for (flag, arg) in settable(&command) {
        let help = arg.get_long_help().or(arg.get_help()).unwrap().to_string();
        let words = arg.get_possible_values();
        let words: Vec<_> = words.iter().map(|word| word.get_name()).collect();
        let words = if words.is_empty() || is_switch(arg) {
            String::new()
        } else {
            format!(" Possible values: {}.", words.join(", "))
        };
        let has_default = is_switch(arg) || !arg.get_default_values().is_empty() || help.contains("Default: ");
        let default = if has_default { "" } else { " Not set by default." };
        let help = format!("{}.{words}{default}", help.trim_end_matches('.'));
        expected += &format!("\n{}\n#{}\n", comment(&help), line(flag, arg));
    }
    let path = workspace_root().join("packaging/debian/group-dispatch.toml");
    if env::var_os("INSTA_UPDATE").is_some_and(|value| value == "always") {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, &expected).unwrap();
    }
    let written = fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(written, expected, "INSTA_UPDATE=always writes {}", path.display());
}

/// Each value of the example is valid, with the `#` before its key removed.
#[test]
fn each_setting_of_the_example_is_accepted() {
    let text = fs::read_to_string(workspace_root().join("packaging/debian/group-dispatch.toml")).unwrap();
    let uncommented = text.lines().map(|line| match line.strip_prefix('#') {
        Some(setting) if !setting.is_empty() && !setting.starts_with(' ') => format!("{setting}\n"),
        _ => format!("{line}\n"),
    });
    let settings: String = uncommented.collect();
    let file = tempfile::NamedTempFile::new().unwrap();
    fs::write(file.path(), settings).unwrap();
    let command = serve();
    let config = ConfigFile::read(file.path(), &command).unwrap();
    assert_eq!(config.entries.len(), settable(&command).count());
    assert!(config.apply(command).try_get_matches_from(["serve"]).is_ok());
}
