//! Makes what the site takes from other crates, so that a program with the site contains none of them: the script of the
//! interactive reference, the JSON Schemas of the models, and the list of the recorded `--help` of each command.
#![allow(clippy::print_stdout)]

use std::{env, error::Error, fs, path::Path};

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo:rerun-if-changed=build.rs");
    let folder = env::var("OUT_DIR")?;
    let folder = Path::new(&folder);
    let script = scalar_api_reference::get_asset("scalar.js").ok_or("scalar_api_reference has no scalar.js")?;
    fs::write(folder.join("scalar.js"), script)?;
    fs::write(folder.join("schemas.rs"), schemas())?;
    fs::write(folder.join("help.rs"), help()?)?;
    Ok(())
}

/// Lists the models in the contract's order, each with its JSON Schema as the types crate derives it. `src/schemas.rs`
/// includes the list.
fn schemas() -> String {
    let schemas = group_dispatch_types::json_schemas().into_iter();
    let list = schemas.map(|(name, schema)| format!("({name:?}, {:?}),\n", format!("{:#}\n", schema.to_value())));
    format!("&[\n{}]\n", list.collect::<String>())
}

/// Lists the recorded `--help` of each command, so that a new subcommand is on the page "The command" without an edit here.
/// `HELP` in `src/guides.rs` includes the list. It has the order in which the command lists its subcommands.
fn help() -> Result<String, Box<dyn Error>> {
    const FOLDER: &str = "texts/help";
    const START: &str = "help";
    println!("cargo:rerun-if-changed={FOLDER}");
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
    Ok(format!("&[\n{}]\n", list.collect::<String>()))
}
