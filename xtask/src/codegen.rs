//! Generates every file that is not written by hand: from the contracts the models, the client, the mocks and the contracts
//! as JSON; for the benchmark of the client the output of progenitor alone; and the sample.
//!
//! progenitor runs once for each contract, and the types crate gets its `mod types`.

use anyhow::{Context, Result};
use progenitor::{GenerationSettings, Generator, InterfaceStyle};
use serde_json::Value;
use syn::Item;

use crate::{
    contract::{self, CONTRACTS, Contract, Entry},
    models,
    operations::{self, Operation, TYPES},
    reader_edition::reader_edition,
    sample,
};

/// A generated file. It is an insta snapshot, and at the same time a source file of its crate.
pub struct GeneratedFile {
    /// Its folder, from the workspace's root.
    pub folder: &'static str,
    /// Its name without insta's `.snap`: the file of `types.rs` is `types.snap.rs`.
    pub name: String,
    /// Its content.
    pub text: String,
}

const OF_TYPES: &str = "crates/types/src/generated";
const OF_CLIENT: &str = "crates/client/src/generated";
const OF_SERVER: &str = "crates/server/src/generated";
const OF_MOCKS: &str = "crates/httpmock/src/generated";
const OF_DOCS: &str = "crates/docs/src/generated";

fn file(folder: &'static str, name: impl Into<String>, text: String) -> GeneratedFile {
    GeneratedFile { folder, name: name.into(), text }
}

/// Generates every file from the contracts, which are in the order of [`CONTRACTS`].
///
/// # Errors
/// If a contract uses something that progenitor or our models don't support.
pub fn generate(contracts: &[Contract]) -> Result<Vec<GeneratedFile>> {
    let mut files = Vec::new();
    let mut operations = Vec::new();
    for (entry, contract) in CONTRACTS.into_iter().zip(contracts) {
        let of_contract = Operation::all(entry, contract)?;
        files.extend(of_one(entry, contract)?);
        if entry.is_vendors() {
            files.extend(of_vendor(entry, contract, &of_contract)?);
        }
        operations.extend(of_contract);
    }
    operations::check_requests(&operations)?;
    let of_all = CONTRACTS.map(|entry| entry.path).join(" and ");
    files.extend([
        file(OF_TYPES, "operations.rs", rust_source(&operations::table(&operations)?, &of_all)),
        file(OF_SERVER, "operations.rs", rust_source(&operations::server(&operations)?, &of_all)),
        file(OF_CLIENT, "operations.rs", rust_source(&operations::client(&operations)?, &of_all)),
        file(OF_TYPES, "components.rs", rust_source(&operations::components(contracts)?, &of_all)),
        file("crates/cli/src/generated", "sample.ndjson", sample::ndjson()),
    ]);
    Ok(files)
}

/// Generates what each contract has: models, mocks, and its JSON.
fn of_one(entry: &Entry, contract: &Contract) -> Result<[GeneratedFile; 3]> {
    let (types, mocks) = match entry.module {
        Some(module) => (format!("{module}.rs"), format!("{module}.rs")),
        None => ("types.rs".to_owned(), "operations.rs".to_owned()),
    };
    let module = entry.types(TYPES);
    Ok([
        file(OF_TYPES, types, rust_source(&models(contract, &module)?, entry.path)),
        file(OF_MOCKS, mocks, rust_source(&self::mocks(contract, &module)?, entry.path)),
        file(OF_DOCS, format!("{}.json", entry.name), json_text(&contract.json)?),
    ])
}

/// Generates what only the contract of the vendor has: markers of mocks, the edition for readers of the vendor, and what
/// the benchmark compares with.
fn of_vendor(entry: &Entry, contract: &Contract, operations: &[Operation]) -> Result<[GeneratedFile; 3]> {
    let markers = operations::mock_markers(operations)?;
    Ok([
        file(OF_MOCKS, "markers.rs", rust_source(&markers, entry.path)),
        file(OF_DOCS, "reader.json", json_text(&reader_edition(contract)?)?),
        file("crates/client/benches/speed/generated", "raw.rs", rust_source(&raw(contract)?, entry.path)),
    ])
}

fn json_text(document: &Value) -> Result<String> {
    Ok(serde_json::to_string_pretty(document)? + "\n")
}

/// Returns the models, which name each other by their path `module`.
fn models(contract: &Contract, module: &str) -> Result<syn::File> {
    let tokens = Generator::new(&settings(contract, module)?).generate_tokens(&contract.spec)?;
    let file: syn::File = syn::parse2(tokens)?;
    let types = file.items.into_iter().find_map(|item| match item {
        Item::Mod(module) if module.ident == "types" => module.content,
        _ => None,
    });
    let (_, items) = types.context("progenitor wrote no `mod types`")?;
    let items = models::finish(items, contract, &syn::parse_str(module)?)?;
    Ok(syn::File { shebang: None, frontmatter: None, attrs: Vec::new(), items })
}

fn mocks(contract: &Contract, module: &str) -> Result<syn::File> {
    const CLIENT: &str = "group_dispatch_client";
    let tokens = Generator::new(&settings(contract, module)?).httpmock(&contract.spec, CLIENT)?;
    let mut mocks: syn::File = syn::parse2(tokens)?;
    let (path, client): (syn::Path, syn::Ident) = (syn::parse_str(module)?, syn::parse_str(CLIENT)?);
    let types: Item = syn::parse_quote!(use #path as types;);
    let operations = mocks.items.iter_mut().find_map(|item| match item {
        Item::Mod(module) => module.content.as_mut(),
        _ => None,
    });
    let (_, items) = operations.context("progenitor wrote no module of mocks")?;
    // The mocks use only the types of the client, which progenitor expects at the client's root.
    let from_client = items.iter_mut().find(|item| **item == syn::parse_quote!(use #client::*;));
    *from_client.context("progenitor's mocks use no client")? = types;
    Ok(mocks)
}

/// Returns the output of progenitor alone, with which the benchmark compares ours.
fn raw(contract: &Contract) -> Result<syn::File> {
    let mut settings = GenerationSettings::new();
    settings.with_interface(InterfaceStyle::Positional);
    Ok(syn::parse2(Generator::new(&settings).generate_tokens(&contract.spec)?)?)
}

fn settings(contract: &Contract, module: &str) -> Result<GenerationSettings> {
    let mut settings = GenerationSettings::new();
    settings.with_interface(InterfaceStyle::Positional);
    for derive in ["PartialEq", "Eq", "Hash"] {
        settings.with_derive(derive);
    }
    for scalar in contract.scalars()?.chain([contract::NO_DATA]) {
        // An absolute path, because progenitor names it from within the mocks as well.
        settings.with_replacement(scalar, format!("{module}::{scalar}"), std::iter::empty());
    }
    Ok(settings)
}

fn rust_source(file: &syn::File, source: &str) -> String {
    let code = prettyplease::unparse(file);
    format!("// Made by `cargo xtask codegen` from {source}: change that file instead.\n\n{code}")
}
