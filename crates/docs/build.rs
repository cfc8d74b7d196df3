//! Lists the recorded `--help` of each command, so that a new subcommand is on the page "The command" without an edit here.
//!
//! `HELP` in `src/guides.rs` includes the list. It has the order in which the command lists its subcommands.
#![allow(clippy::print_stdout)]

use std::{env, error::Error, fs, path::Path};

fn main() -> Result<(), Box<dyn Error>> {
    const FOLDER: &str = "texts/help";
    const START: &str = "help";
    println!("cargo:rerun-if-changed={FOLDER}");
    println!("cargo:rerun-if-changed=build.rs");
    let overview = fs::read_to_string(Path::new(FOLDER).join(format!("{START}.snap")))?;
    let mut names = Vec::new();
    for entry in fs::read_dir(FOLDER)? {
        let file = entry?.file_name();
        let name = file.to_str().and_then(|file| file.strip_prefix(START)?.strip_suffix(".snap"));
        names.extend(name.map(str::to_owned));
    }
    // Subcommands of a subcommand follow it.
    let place = |name: &str| name.split('_').nth(1).map(|command| overview.find(&format!("\n  {command} ")));
    names.sort_by_key(|name| (place(name), name.clone()));
    let list = names.iter().map(|name| {
        format!("({name:?}, include_str!(concat!(env!(\"CARGO_MANIFEST_DIR\"), \"/{FOLDER}/{START}{name}.snap\"))),\n")
    });
    let list = format!("&[\n{}]\n", list.collect::<String>());
    fs::write(Path::new(&env::var("OUT_DIR")?).join("help.rs"), list)?;
    Ok(())
}
