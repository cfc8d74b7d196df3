//! The rule on personal data: what is about a person is marked, so that `Debug` masks it.

use std::collections::BTreeSet;

use super::{document::Document, fault::Fault, rule::Rule, walk::Role};

/// Properties with text about a person. Phone numbers are not among them: their types always mask them.
const PERSONAL: [&str; 3] = ["agentAccount", "name", "userName"];
const MARK: &str = "x-personal-data";

pub const RULES: &[Rule] = &[Rule {
    name: "personal-data-marked",
    asks: "agentAccount, name and userName have `x-personal-data: true`, and what has it once has it everywhere.",
    why: "The mark keeps a text out of logs: without it, `Debug` shows the whole text.",
    breaches: personal_data_marked,
}];

fn personal_data_marked(document: &Document) -> Vec<Fault> {
    let schemas = document.schemas();
    let properties = || {
        schemas.iter().filter_map(|schema| match schema.role {
            Role::Property(name) => Some((name, &schema.part)),
            _ => None,
        })
    };
    let marked = properties().filter(|(_, part)| part.json[MARK] == true).map(|(name, _)| name);
    let personal: BTreeSet<&str> = marked.chain(PERSONAL).collect();
    properties()
        .filter(|(name, part)| personal.contains(name) && part.json[MARK] != true)
        .map(|(name, part)| part.fault(format!("{name} is not marked as personal data"), format!("add `{MARK}: true`")))
        .collect()
}
