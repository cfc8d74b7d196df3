//! What the contracts say of their operations and servers, as constants for the client.

use anyhow::{Context, Result, bail};
use quote::{format_ident, quote};
use serde_json::Value;

use crate::contract::Contract;

/// One `Operation` for each operation of all contracts, and the list of them; `Operation` itself is written by hand in the client.
///
/// # Errors
/// When an operation leaves out what clients need to know of it.
pub fn operations(contracts: &[&Contract]) -> Result<syn::File> {
    let mut paths = Vec::new();
    for contract in contracts {
        paths.extend(contract.json.get("paths").and_then(Value::as_object).context("a contract has no paths")?);
    }
    let mut constants = Vec::new();
    let mut names = Vec::new();
    for (index, (path, item)) in paths.into_iter().enumerate() {
        let Some(post) = item.get("post") else { bail!("{path}: the client knows operations by POST alone") };
        let id = post.get("operationId").and_then(Value::as_str).with_context(|| format!("{path}: no operationId"))?;
        let is_idempotent = post
            .get("x-idempotent")
            .and_then(Value::as_bool)
            .with_context(|| format!("{id}: x-idempotent has to say whether it may be sent again"))?;
        let rate = post
            .get("x-requests-per-second")
            .and_then(Value::as_u64)
            .and_then(|rate| u32::try_from(rate).ok())
            .filter(|rate| *rate > 0)
            .with_context(|| format!("{id}: x-requests-per-second has to be a number from 1 on"))?;
        let name = format_ident!("{}", upper_snake_case(id));
        constants.push(quote! {
            pub const #name: Operation = Operation {
                index: #index,
                id: #id,
                path: #path,
                is_idempotent: #is_idempotent,
                requests_per_second: #rate,
            };
        });
        names.push(name);
    }
    let count = names.len();
    Ok(syn::parse2(quote! {
        use crate::operation::Operation;

        #(#constants)*

        pub const ALL: [Operation; #count] = [#(#names),*];
    })?)
}

fn upper_snake_case(camel: &str) -> String {
    let mut name = String::new();
    for letter in camel.chars() {
        if letter.is_ascii_uppercase() {
            name.push('_');
        }
        name.push(letter.to_ascii_uppercase());
    }
    name
}
