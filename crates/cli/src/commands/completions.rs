//! `group-dispatch completions`: the script by which a shell completes this command.

use std::{env, path::Path};

use anyhow::bail;
use clap::{Args, Command};
use clap_complete::{CompleteEnv, Shell, env::Shells};

use crate::terminal;

const NAME: &str = "group-dispatch";
/// The variable by which the script asks this command for candidates.
const VARIABLE: &str = "GROUP_DISPATCH_COMPLETE";

const EXAMPLES: &str = "\
Examples:
  group-dispatch completions bash > ~/.local/share/bash-completion/completions/group-dispatch
  group-dispatch completions zsh > ~/.group-dispatch.zsh  # and `source` it in ~/.zshrc
  group-dispatch completions fish > ~/.config/fish/completions/group-dispatch.fish
  group-dispatch completions powershell >> $PROFILE";

/// Print the shell script that completes this command, including the names of your profiles.
///
/// The script asks the command for candidates. Print it again only if the changelog of a new version says so, or if the
/// command moved to another folder.
#[derive(Args)]
#[command(after_long_help = EXAMPLES)]
pub struct Completions {
    pub shell: Shell,
}

/// Prints candidates and exits, if a shell started this process for that.
pub fn answer_shell(parser: fn() -> Command) {
    CompleteEnv::with_factory(parser).var(VARIABLE).bin(NAME).complete();
}

pub fn run(arguments: &Completions) -> anyhow::Result<()> {
    let shell = arguments.shell.to_string();
    let shells = Shells::builtins();
    let Some(completer) = shells.completer(&shell) else { bail!("completions for {shell} are not supported") };
    let mut script = Vec::new();
    completer.write_registration(VARIABLE, NAME, NAME, &own_path(), &mut script)?;
    terminal::print(&String::from_utf8(script)?)
}

/// Returns the name or the absolute path by which the shell reaches this command: as it was started.
fn own_path() -> String {
    let started_as = env::args().next().unwrap_or_else(|| NAME.to_owned());
    let is_path = Path::new(&started_as).components().count() > 1;
    match std::path::absolute(&started_as) {
        Ok(path) if is_path => path.display().to_string(),
        _ => started_as,
    }
}
