//! Makes the types of integers with bounds: a call of the types crate's macro `bounded_integer` for each such component.

use anyhow::{Context, Result, bail};
use proc_macro2::{Literal, TokenStream};
use quote::{format_ident, quote};
use serde_json::Value;
use syn::Item;

use crate::contract::Contract;

/// The integers whose types are written by hand in the types crate, because they do more.
const BY_HAND: [&str; 4] = ["UserId", "WhatsAppNumberInteger", "EventCount", "EventTime"];

/// What the schema of a bounded integer has.
const KEYWORDS: [&str; 6] = ["description", "type", "format", "minimum", "maximum", "example"];

/// Returns the calls of the macro for a contract.
pub fn all(contract: &Contract) -> Result<Vec<Item>> {
    let integers = contract.schemas()?.iter().filter(|(name, schema)| {
        schema["type"] == "integer" && schema.get("enum").is_none() && !BY_HAND.contains(&name.as_str())
    });
    integers.map(|(name, schema)| bounded_integer(name, schema).with_context(|| format!("in {name}"))).collect()
}

fn bounded_integer(name: &str, schema: &Value) -> Result<Item> {
    let members = schema.as_object().context("not an object")?;
    if let Some(other) = members.keys().find(|member| !KEYWORDS.contains(&member.as_str())) {
        bail!(
            "an integer with `{other}` needs a type by hand in crates/types/src, and its name in BY_HAND in {}",
            file!()
        );
    }
    let text = |member: &str| schema[member].as_str().with_context(|| format!("no {member}"));
    let number = |member: &str| schema[member].as_i64().with_context(|| format!("no {member}, or not an integer"));
    let (description, format) = (text("description")?, text("format")?);
    let (least, most, example) = (number("minimum")?, number("maximum")?, number("example")?);
    let primitive = match (format, least < 0) {
        ("int32", false) => quote!(u32),
        ("int32", true) => quote!(i32),
        ("int64", false) => quote!(u64),
        ("int64", true) => quote!(i64),
        _ => bail!("format {format}: expected int32 or int64"),
    };
    let (ident, doc) = (format_ident!("{name}"), format!(" {description}"));
    let expected = format!("{name}: an integer from {least} to {most}");
    let [least, most, example] = [least, most, example].map(literal);
    Ok(syn::parse2(quote! {
        bounded_integer! {
            #[doc = #doc]
            #ident(#primitive as #primitive), #least to #most, #expected, #format, #description, example #example
        }
    })?)
}

fn literal(number: i64) -> TokenStream {
    // A negative literal is a token of its own, and no literal of a macro.
    let digits = Literal::u64_unsuffixed(number.unsigned_abs());
    if number < 0 { quote!(-#digits) } else { quote!(#digits) }
}
