//! Completes the models that typify generates. It ignores bounds, examples and extensions, prints personal data in `Debug`,
//! and reads only the exact form of a value. These are added here from the contract, as attributes on the fields.

use anyhow::{Context, Result};
use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use serde_json::Value;
use syn::{Attribute, Field, Fields, Item, ItemStruct, LitStr, parse_quote};

use crate::contract::Contract;

mod bounded_integer;
mod json_schema;
mod member;

use member::Member;

/// The spellings of a member's name. The contract has one of them; the others are read as well (D4).
pub const SPELLINGS: [&str; 2] = ["whatsApp", "whatsapp"];

/// Completes progenitor's `mod types`, which the types crate has at `module`.
pub fn finish(items: Vec<Item>, contract: &Contract, module: &syn::Path) -> Result<Vec<Item>> {
    let mut finished = Vec::new();
    for item in items {
        match item {
            Item::Struct(model) => {
                let (model, debug) = finish_model(model, contract)?;
                let lengths = text_lengths(&model, contract)?;
                finished.push(Item::Struct(model));
                finished.extend(debug.into_iter().chain(lengths).map(Item::Impl));
            }
            // typify's `mod error` is for conversions that our models don't have.
            Item::Mod(module) if module.ident == "error" => {}
            other => finished.push(other),
        }
    }
    finished.extend(bounded_integer::all(contract)?);
    finished.push(json_schema::all(contract, module)?);
    Ok(finished)
}

fn finish_model(mut model: ItemStruct, contract: &Contract) -> Result<(ItemStruct, Option<syn::ItemImpl>)> {
    let name = model.ident.to_string();
    let schema = contract.schemas()?.get(&name).with_context(|| format!("no schema {name}"))?;
    let mut members = Vec::new();
    let Fields::Named(fields) = &mut model.fields else {
        anyhow::bail!("{name} is not a struct with named fields");
    };
    for field in &mut fields.named {
        let member = Member::of(field, schema).with_context(|| format!("in {name}"))?;
        finish_field(field, &member)?;
        members.push((field.clone(), member.is_personal()));
    }
    for attribute in [
        quote!(#[cfg_attr(feature = "utoipa", derive(::utoipa::ToSchema))]),
        quote!(#[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))]),
        quote!(#[cfg_attr(test, derive(::proptest_derive::Arbitrary))]),
    ] {
        model.attrs.push(parse_quote!(#attribute));
    }
    let debug = members.iter().any(|(_, personal)| *personal).then(|| masked_debug(&model, &members));
    if debug.is_some() {
        drop_derived_debug(&mut model)?;
    }
    Ok((model, debug))
}

fn finish_field(field: &mut Field, member: &Member<'_>) -> Result<()> {
    let mut serde: Vec<TokenStream> = Vec::new();
    let mut schema: Vec<TokenStream> = Vec::new();
    if member.may_be_absent() {
        serde.push(quote!(default));
        if member.required {
            schema.push(quote!(required = true));
        }
    }
    if let Some(reader) = member.reader() {
        drop_serde_attribute(field, "deserialize_with")?;
        serde.push(quote!(deserialize_with = #reader));
    }
    if SPELLINGS.contains(&member.name.as_str()) {
        for other in SPELLINGS.iter().filter(|spelling| **spelling != member.name) {
            serde.push(quote!(alias = #other));
        }
    }
    if !member.required {
        schema.push(quote!(nullable = false));
    }
    if member.is_nothing() {
        schema.push(quote!(inline));
    }
    if let Some(most) = member.schema.get("maxItems").and_then(Value::as_u64) {
        let most = proc_macro2::Literal::u64_unsuffixed(most);
        schema.push(quote!(max_items = #most));
    }
    if let Some(most) = member.max_characters() {
        schema.push(quote!(max_length = #most));
    }
    if let Some(example) = member.example() {
        schema.push(quote!(example = #example));
    }
    if member.is_personal() {
        schema.push(quote!(extensions(("x-personal-data" = json!(true)))));
    }
    let json_schema = json_schema::attributes(&field.ty, member);
    if !json_schema.is_empty() {
        field.attrs.push(parse_quote!(#[cfg_attr(feature = "schemars", schemars(#(#json_schema),*))]));
    }
    if !serde.is_empty() {
        field.attrs.push(parse_quote!(#[serde(#(#serde),*)]));
    }
    if !schema.is_empty() {
        field.attrs.push(parse_quote!(#[cfg_attr(feature = "utoipa", schema(#(#schema),*))]));
    }
    Ok(())
}

/// Returns a check of the lengths of a model's texts, if the contract limits any. Readers don't apply it: texts that were
/// stored before the contract had a limit stay readable.
fn text_lengths(model: &ItemStruct, contract: &Contract) -> Result<Option<syn::ItemImpl>> {
    let name = &model.ident;
    let schema = contract.schemas()?.get(&name.to_string()).with_context(|| format!("no schema {name}"))?;
    let mut texts = Vec::new();
    for field in &model.fields {
        let member = Member::of(field, schema)?;
        if let Some(most) = member.max_characters() {
            let (ident, member_name) = (&field.ident, &member.name);
            let text = if member.required { quote!(Some(&self.#ident)) } else { quote!(self.#ident.as_ref()) };
            texts.push(quote!((#member_name, #most, #text)));
        }
    }
    let check = parse_quote! {
        impl #name {
            /// Returns the first member whose text is longer than the contract allows, and how many characters (Unicode
            /// scalar values) it allows.
            #[must_use]
            pub fn too_long(&self) -> Option<(&'static str, usize)> {
                let texts: [(&'static str, usize, Option<&::std::string::String>); _] = [#(#texts),*];
                // A text has at least as many bytes as characters.
                let is_too_long = |text: &str, most| text.len() > most && text.chars().count() > most;
                let found = texts.into_iter().find(|(_, most, text)| text.is_some_and(|text| is_too_long(text, *most)));
                found.map(|(member, most, _)| (member, most))
            }
        }
    };
    Ok((!texts.is_empty()).then_some(check))
}

/// Removes `key = "..."` from a field's serde attributes.
fn drop_serde_attribute(field: &mut Field, key: &str) -> Result<()> {
    for attribute in field.attrs.iter_mut().filter(|attribute| attribute.path().is_ident("serde")) {
        let mut kept: Vec<TokenStream> = Vec::new();
        attribute.parse_nested_meta(|meta| {
            let path = &meta.path;
            let value: Option<LitStr> =
                if meta.input.peek(syn::Token![=]) { Some(meta.value()?.parse()?) } else { None };
            if !path.is_ident(key) {
                kept.push(match value {
                    Some(value) => quote!(#path = #value),
                    None => path.to_token_stream(),
                });
            }
            Ok(())
        })?;
        *attribute = parse_quote!(#[serde(#(#kept),*)]);
    }
    field.attrs.retain(|attribute| !is_empty_serde(attribute));
    Ok(())
}

fn is_empty_serde(attribute: &Attribute) -> bool {
    attribute.path().is_ident("serde") && attribute.meta.require_list().is_ok_and(|list| list.tokens.is_empty())
}

fn drop_derived_debug(model: &mut ItemStruct) -> Result<()> {
    for attribute in model.attrs.iter_mut().filter(|attribute| attribute.path().is_ident("derive")) {
        let mut kept: Vec<syn::Path> = Vec::new();
        attribute.parse_nested_meta(|meta| {
            if !meta.path.is_ident("Debug") {
                kept.push(meta.path);
            }
            Ok(())
        })?;
        *attribute = parse_quote!(#[derive(#(#kept),*)]);
    }
    Ok(())
}

/// Returns an `impl Debug` that masks personal data.
fn masked_debug(model: &ItemStruct, members: &[(Field, bool)]) -> syn::ItemImpl {
    let name = &model.ident;
    let title = name.to_string();
    let fields = members.iter().map(|(field, personal)| {
        let ident = &field.ident;
        let label = ident.as_ref().map(ToString::to_string).unwrap_or_default();
        if *personal {
            quote!(.field(#label, &crate::masked::Masked(&self.#ident)))
        } else {
            quote!(.field(#label, &self.#ident))
        }
    });
    parse_quote! {
        impl ::std::fmt::Debug for #name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.debug_struct(#title) #(#fields)* .finish()
            }
        }
    }
}
