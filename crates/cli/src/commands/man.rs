//! `group-dispatch man`: manual pages, generated from the definition of the command line.

use std::{fs, path::PathBuf};

use anyhow::Context;
use clap::{Args, Command};

use crate::{redact, terminal};

const EXAMPLES: &str = "\
Examples:
  group-dispatch man | man -l -
  group-dispatch man --dir ~/.local/share/man/man1";

/// Print the manual page, as roff.
#[derive(Args)]
#[command(after_long_help = EXAMPLES)]
pub struct Man {
    /// Write a page for this command and each subcommand to this folder instead.
    #[arg(long)]
    pub dir: Option<PathBuf>,
}

pub fn run(arguments: &Man, parser: Command) -> anyhow::Result<()> {
    match &arguments.dir {
        Some(folder) => fs::create_dir_all(folder)
            .and_then(|()| clap_mangen::generate_to(parser, folder))
            .with_context(|| format!("cannot write the manual pages to {}", redact::path(folder))),
        None => {
            let mut page = Vec::new();
            clap_mangen::Man::new(parser).render(&mut page)?;
            terminal::print(&String::from_utf8(page)?)
        }
    }
}
