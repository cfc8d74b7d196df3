//! What is made from the definition of the command line: shell completions and manual pages.

use std::fs;

use anyhow::Context;
use clap::CommandFactory;
use clap_mangen::Man as Page;

use crate::{
    arguments::{Arguments, Completions, Man},
    terminal,
};

pub fn completions(arguments: &Completions) -> anyhow::Result<()> {
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut Arguments::command(), "group-dispatch", &mut script);
    terminal::write(&String::from_utf8(script)?)
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
