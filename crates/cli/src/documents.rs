//! What is made from the definition of the command line: shell completions and manual pages.

use std::{env, fs, path::Path};

use anyhow::{Context, bail};
use clap_complete::{CompleteEnv, env::Shells};
use clap_mangen::Man as Page;

use crate::{
    arguments::{Arguments, Completions, Man},
    terminal,
};

const NAME: &str = "group-dispatch";
/// The variable by which the script of `completions` asks this command for what fits.
const VARIABLE: &str = "GROUP_DISPATCH_COMPLETE";

/// Answers the shell and ends the process, if it was started for that.
pub fn complete() {
    CompleteEnv::with_factory(Arguments::parser).var(VARIABLE).bin(NAME).complete();
}

pub fn completions(arguments: &Completions) -> anyhow::Result<()> {
    let shell = arguments.shell.to_string();
    let shells = Shells::builtins();
    let Some(completer) = shells.completer(&shell) else { bail!("there are no completions for {shell}") };
    let mut script = Vec::new();
    completer.write_registration(VARIABLE, NAME, NAME, &own_path(), &mut script)?;
    terminal::write(&String::from_utf8(script)?)
}

/// How the shell reaches this command: by the name or the path that it was started by.
fn own_path() -> String {
    let started_by = env::args().next().unwrap_or_else(|| NAME.to_owned());
    let is_path = Path::new(&started_by).components().count() > 1;
    match std::path::absolute(&started_by) {
        Ok(path) if is_path => path.display().to_string(),
        _ => started_by,
    }
}

pub fn man(arguments: &Man) -> anyhow::Result<()> {
    match &arguments.dir {
        Some(folder) => fs::create_dir_all(folder)
            .and_then(|()| clap_mangen::generate_to(Arguments::parser(), folder))
            .with_context(|| format!("cannot write the pages into {}", crate::redact::path(folder))),
        None => {
            let mut page = Vec::new();
            Page::new(Arguments::parser()).render(&mut page)?;
            terminal::write(&String::from_utf8(page)?)
        }
    }
}
