//! What is made from the definition of the command line: shell completions and manual pages.

use std::fs;

use anyhow::Context;
use clap::CommandFactory;
use clap_complete::Shell;
use clap_mangen::Man as Page;

use crate::{
    arguments::{Arguments, Completions, Man},
    terminal,
};

pub fn completions(arguments: &Completions) -> anyhow::Result<()> {
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut Arguments::command(), "group-dispatch", &mut script);
    let script = String::from_utf8(script)?;
    match arguments.shell {
        Shell::Bash => terminal::write(&with_one_name(&script)),
        _ => terminal::write(&script),
    }
}

/// The script for bash goes by a name for each subcommand, and clap writes a hyphen of the command's own in two ways
/// there: one where the name is set, another where it is looked up, so that no subcommand is ever found
/// (clap-rs/clap#6421). This is the first of the two everywhere.
fn with_one_name(script: &str) -> String {
    script.replace("group__subcmd__dispatch__subcmd", "group__dispatch__subcmd")
}

pub fn man(arguments: &Man) -> anyhow::Result<()> {
    match &arguments.dir {
        Some(folder) => fs::create_dir_all(folder)
            .and_then(|()| clap_mangen::generate_to(Arguments::command(), folder))
            .with_context(|| format!("cannot write the pages into {}", folder.display())),
        None => {
            let mut page = Vec::new();
            Page::new(Arguments::command()).render(&mut page)?;
            terminal::write(&String::from_utf8(page)?)
        }
    }
}
