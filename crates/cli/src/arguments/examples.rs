//! Examples in the `--help` of each command. A test parses each of their lines.

pub const ROOT: &str = "\
Examples:
  group-dispatch demo --once
  group-dispatch login
  group-dispatch all
  group-dispatch account \"+86 182-1733-1411\"
  group-dispatch help log";

pub const DEMO: &str = "\
Examples:
  group-dispatch demo
  group-dispatch demo --once";

pub const SERVE: &str = "\
Examples:
  group-dispatch serve
  group-dispatch serve --listen 0.0.0.0:8080 --database sqlite:///var/lib/group-dispatch.db
  group-dispatch serve --metrics-listen 127.0.0.1:9090 --otlp http://127.0.0.1:4318
  GROUP_DISPATCH_DATABASE=postgres://USER:PASSWORD@HOST/DATABASE group-dispatch serve";

pub const TENANT: &str = "\
Examples:
  group-dispatch tenant add 500766
  group-dispatch tenant list
  group-dispatch tenant remove 500766 --yes";

pub const TENANT_ADD: &str = "\
Examples:
  group-dispatch tenant add 500766
  (umask 077; group-dispatch tenant add 500766 > key.txt)
  group-dispatch tenant add 500766 --api-key-stdin < key.txt
  group-dispatch tenant add 500766 --replace-key";

pub const TENANT_LIST: &str = "\
Examples:
  group-dispatch tenant list
  group-dispatch tenant list --database sqlite:///var/lib/group-dispatch.db";

pub const TENANT_REMOVE: &str = "\
Examples:
  group-dispatch tenant remove 500766
  group-dispatch tenant remove 500766 --yes";

pub const IMPORT: &str = "\
Examples:
  group-dispatch import events.ndjson --tenant 500766
  group-dispatch import - --tenant 500766 --acknowledge < events.ndjson";

pub const REPAIR_ORDER: &str = "\
Examples:
  group-dispatch repair-order --dry-run --database sqlite:///var/lib/group-dispatch.db
  group-dispatch repair-order --database sqlite:///var/lib/group-dispatch.db
  group-dispatch repair-order --tenant 500766";

pub const ONLINE: &str = "\
Examples:
  group-dispatch online --source mobile
  group-dispatch online --source cloud --user-id 12
  group-dispatch online --source pc --agent-account br02 --exit-code > /dev/null";

pub const ALL: &str = "\
Examples:
  group-dispatch all
  group-dispatch all --profile work
  group-dispatch all --output excel > online.xlsx";

pub const ACCOUNT: &str = "\
Examples:
  group-dispatch account 8618217331411
  group-dispatch account \"+86 182-1733-1411\" --source cloud
  group-dispatch account 8618217331411 --exit-code > /dev/null";

pub const LOG: &str = "\
Examples:
  group-dispatch log --source mobile --agent-account br02
  group-dispatch log --source pc --since 2h --sort time
  group-dispatch log --source pc --since 2024-07-08 --until \"2024-07-09 12:00:00\"
  group-dispatch log --source pc --status banned,offline
  group-dispatch log --source mobile --whatsapp 8618217331411 --limit 10 --output ndjson";

pub const RECENT: &str = "\
Examples:
  group-dispatch recent --source pc
  group-dispatch recent --source mobile --user-id 12 --output ndjson";

pub const WATCH: &str = "\
Examples:
  group-dispatch watch
  group-dispatch watch --source mobile --interval 30s
  group-dispatch watch --output ndjson > changes.ndjson";

pub const DOCTOR: &str = "\
Examples:
  group-dispatch doctor
  group-dispatch doctor --profile work
  group-dispatch doctor --url http://127.0.0.1:8080 --tenant-id 500766
  group-dispatch doctor --database sqlite:///var/lib/group-dispatch.db
  group-dispatch doctor --database --output json";

pub const LOGIN: &str = "\
Examples:
  group-dispatch login
  group-dispatch login --profile local --url http://127.0.0.1:8080 --tenant-id 500766
  group-dispatch login --tenant-id 500766 --api-key-stdin < key.txt";

pub const LOGOUT: &str = "\
Examples:
  group-dispatch logout
  group-dispatch logout --profile work";

pub const PROFILE: &str = "\
Examples:
  group-dispatch profile list
  group-dispatch profile show work
  group-dispatch profile use work";

pub const PROFILE_LIST: &str = "\
Examples:
  group-dispatch profile list";

pub const PROFILE_SHOW: &str = "\
Examples:
  group-dispatch profile show
  group-dispatch profile show work";

pub const PROFILE_USE: &str = "\
Examples:
  group-dispatch profile use work";

pub const COMPLETIONS: &str = "\
Examples:
  group-dispatch completions bash > ~/.local/share/bash-completion/completions/group-dispatch
  group-dispatch completions zsh > ~/.group-dispatch.zsh  # and `source` it in ~/.zshrc
  group-dispatch completions fish > ~/.config/fish/completions/group-dispatch.fish
  group-dispatch completions powershell >> $PROFILE";

pub const MAN: &str = "\
Examples:
  group-dispatch man | man -l -
  group-dispatch man --dir ~/.local/share/man/man1";

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use clap::{Command, CommandFactory};

    use crate::arguments::Arguments;

    /// Each command below this one, with the words that lead to it.
    fn all(command: &Command, words: &str) -> Vec<(String, Command)> {
        let mut found = vec![(words.to_owned(), command.clone())];
        for subcommand in command.get_subcommands().filter(|command| command.get_name() != "help") {
            found.extend(all(subcommand, format!("{words} {}", subcommand.get_name()).trim()));
        }
        found
    }

    fn commands() -> Vec<(String, Command)> {
        all(&Arguments::command(), "")
    }

    #[test]
    fn each_command_has_examples_which_can_be_parsed() {
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
                match Arguments::command().try_get_matches_from(&words) {
                    Ok(_) => {}
                    Err(error) if error.kind() == clap::error::ErrorKind::DisplayHelp => {}
                    Err(error) => panic!("{line}: {error}"),
                }
            }
        }
    }

    /// The snapshots are what `--help` prints; `each_command_explains_itself` compares them.
    #[test]
    fn each_flag_stands_in_the_help_of_its_command() {
        for (name, command) in commands() {
            let file = format!("output__{}.snap", format!("help {name}").trim().replace(' ', "_"));
            let path = test_support::workspace_root().join("crates/cli/tests/snapshots").join(&file);
            let help = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            let flags = command.get_arguments().filter(|arg| !arg.is_hide_set()).filter_map(|arg| arg.get_long());
            for flag in flags {
                let is_named = help.split_whitespace().any(|word| word.trim_end_matches(',') == format!("--{flag}"));
                assert!(is_named, "--{flag} is missing in {file}");
            }
        }
    }
}
