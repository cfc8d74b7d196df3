//! The models' JSON Schemas: the attributes with which schemars describes what the contract does, and a list of them all.

use anyhow::Result;
use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use serde_json::Value;
use syn::{GenericArgument, Item, PathArguments, Type, parse_quote};

use super::member::Member;
use crate::contract::Contract;

/// Returns a function that lists the JSON Schema of every component.
pub fn all(contract: &Contract, module: &syn::Path) -> Result<Item> {
    let names: Vec<&String> = contract.schemas()?.keys().collect();
    let types = names.iter().map(|name| quote::format_ident!("{name}"));
    Ok(parse_quote! {
        /// The JSON Schema (draft 2020-12) of every model of the contract, by name, in the contract's order. It says what
        /// is sent; readers accept more.
        #[cfg(feature = "schemars")]
        pub fn json_schemas() -> ::std::vec::Vec<(&'static str, ::schemars::Schema)> {
            fn of<T: ::schemars::JsonSchema>() -> ::schemars::Schema {
                let settings = ::schemars::generate::SchemaSettings::draft2020_12().for_serialize();
                settings.into_generator().into_root_schema_for::<T>()
            }
            ::std::vec::Vec::from([#((#names, of::<#module::#types>())),*])
        }
    })
}

/// Returns the attributes that schemars needs besides those of serde.
pub fn attributes(field: &Type, member: &Member<'_>) -> Vec<TokenStream> {
    let mut attributes = Vec::new();
    if !member.required
        && let Some(present) = within_option(field)
    {
        // It may be absent, which serde's attributes say already, but not null.
        let present = present.to_token_stream().to_string().replace(' ', "");
        attributes.push(quote!(with = #present));
    }
    if let Some(most) = member.schema.get("maxItems").and_then(Value::as_u64) {
        let most = proc_macro2::Literal::u64_unsuffixed(most);
        attributes.push(quote!(length(max = #most)));
    }
    if let Some(most) = member.max_characters() {
        attributes.push(quote!(length(max = #most)));
    }
    if let Some(example) = member.example() {
        attributes.push(quote!(example = &#example));
    }
    if member.is_personal() {
        attributes.push(quote!(extend("x-personal-data" = true)));
    }
    attributes
}

/// Returns `T` of an `Option<T>`.
fn within_option(field: &Type) -> Option<&Type> {
    let Type::Path(path) = field else { return None };
    let last = path.path.segments.last().filter(|last| last.ident == "Option")?;
    let PathArguments::AngleBracketed(arguments) = &last.arguments else { return None };
    arguments.args.iter().find_map(|argument| match argument {
        GenericArgument::Type(present) => Some(present),
        _ => None,
    })
}
