//! The interactive reference by Scalar: its script, and the contract prepared for it.

use std::borrow::Cow;

use serde_json::{Value, json};

use crate::{File, Place, contract, edition::Site, markdown, samples, served};

/// The script of the Scalar API Reference, from the crate `scalar_api_reference`.
const SCALAR: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/scalar.js"));

/// Makes the scripts of the page `reference.html`. `assets/reference.js` puts them together.
pub fn scripts(site: Site<'_>) -> Result<[File; 2], minijinja::Error> {
    Ok([
        File { path: "scalar.js".to_owned(), bytes: Cow::Borrowed(SCALAR) },
        // A page that was opened from a disk may not fetch a file, but it may run a script.
        File::new("contract.js", format!("window.contract = {};\n", document(site)?)),
    ])
}

/// Returns the contract with the samples of each operation and with links to the decisions.
fn document(site: Site<'_>) -> Result<Value, minijinja::Error> {
    let mut document = contract::QUERIES.document().clone();
    if site.place() == Place::Server {
        document["servers"] = served::servers(site.server_url()).into();
    }
    link_decisions(&mut document);
    // The page has its own form for signing. Scalar would ask for each header, and nobody can compute the token by hand.
    for (part, member) in [("", "security"), ("/components", "securitySchemes")] {
        if let Some(Value::Object(part)) = document.pointer_mut(part) {
            part.shift_remove(member);
        }
    }
    drop_unreadable_numbers(&mut document);
    let paths = document["paths"].as_object_mut().into_iter().flatten();
    let parts = paths.flat_map(|(_, path)| path.as_object_mut().into_iter().flatten().map(|(_, part)| part));
    for operation in parts.filter_map(Value::as_object_mut) {
        let Some(id) = operation.get("operationId").and_then(Value::as_str) else { continue };
        let samples = samples::of(id)?.into_iter();
        let samples =
            samples.map(|sample| json!({ "lang": sample.syntax, "label": sample.label, "source": sample.text }));
        operation.insert("x-codeSamples".to_owned(), samples.collect());
    }
    Ok(document)
}

fn link_decisions(part: &mut Value) {
    match part {
        Value::Object(members) => {
            for (name, member) in members {
                match member {
                    Value::String(text) if name == "description" => *text = markdown::with_links(text),
                    other => link_decisions(other),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(link_decisions),
        _ => {}
    }
}

/// Removes the bounds that JavaScript can't represent exactly: a rounded bound would be wrong.
fn drop_unreadable_numbers(part: &mut Value) {
    const MAX_EXACT_INTEGER: u64 = 1 << 53;
    match part {
        Value::Object(members) => {
            members.retain(|name, member| {
                !["maximum", "minimum"].contains(&name.as_str())
                    || member.as_u64().is_none_or(|number| number <= MAX_EXACT_INTEGER)
            });
            members.values_mut().for_each(drop_unreadable_numbers);
        }
        Value::Array(items) => items.iter_mut().for_each(drop_unreadable_numbers),
        _ => {}
    }
}
