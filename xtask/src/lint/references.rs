//! Rules on references: their targets exist, and everything that is declared is used.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{
    document::{Document, Part},
    fault::Fault,
    rule::Rule,
};

pub const RULES: &[Rule] = &[
    Rule {
        name: "reference-resolves",
        asks: "What a `$ref`, an operation's tag or `security` names is declared.",
        why: "Docs show a dead link, and generators fail with an internal error.",
        breaches: reference_resolves,
    },
    Rule {
        name: "declared-used",
        asks: "Every component and every tag is used.",
        why: "What nobody refers to is a type and a page that no call ever leads to; most often a `$ref` was changed and \
              this forgotten.",
        breaches: declared_used,
    },
    Rule {
        name: "required-declared",
        asks: "What a schema requires is one of its properties, and is named once.",
        why: "A misspelled name leaves the property optional, and requires one that no type has.",
        breaches: required_declared,
    },
    Rule {
        name: "decision-exists",
        asks: "Every D and number in the contract, comments included, is one of DECISIONS.md.",
        why: "Readers look there for the reason.",
        breaches: decision_exists,
    },
];

/// One mention of something that has to be declared.
struct Mention<'a> {
    part: Part<'a>,
    /// The pointer to what is meant.
    meant: Option<String>,
}

fn mentions(document: &Document) -> Vec<Mention<'_>> {
    let mut found = Vec::new();
    let root = document.root();
    references(&root, &mut found);
    for requirement in root.items_of("security") {
        for (name, part) in requirement.members() {
            found.push(Mention { part, meant: Some(format!("/components/securitySchemes/{name}")) });
        }
    }
    let tags = root.items_of("tags");
    for part in document.operations().iter().flat_map(|operation| operation.part.items_of("tags")) {
        let meant = tags.iter().find(|tag| tag.json["name"] == *part.json).map(|tag| tag.at.clone());
        found.push(Mention { part, meant });
    }
    found
}

/// Every `$ref` within, but for those in examples, which are values.
fn references<'a>(part: &Part<'a>, found: &mut Vec<Mention<'a>>) {
    for (name, member) in part.members() {
        match member.json {
            Value::String(reference) if name == "$ref" => {
                let meant = reference.strip_prefix('#').map(str::to_owned);
                found.push(Mention { part: member, meant });
            }
            _ if name == "example" || name == "examples" => {}
            Value::Array(_) => part.items_of(name).iter().for_each(|item| references(item, found)),
            _ => references(&member, found),
        }
    }
}

fn reference_resolves(document: &Document) -> Vec<Fault> {
    let lost = mentions(document)
        .into_iter()
        .filter(|Mention { meant, .. }| meant.as_ref().is_none_or(|meant| document.at(meant).is_none()));
    lost.map(|Mention { part, .. }| {
        let name = part.json.as_str().or_else(|| part.at.rsplit('/').next()).unwrap_or_default();
        part.fault(format!("{name} is declared nowhere in this file"), "declare it, or name one that is")
    })
    .collect()
}

fn declared_used(document: &Document) -> Vec<Fault> {
    let used: BTreeSet<String> = mentions(document).into_iter().filter_map(|mention| mention.meant).collect();
    let mut declared = document.root().items_of("tags");
    for (kind, _) in document.root().members_of("components") {
        declared.extend(document.components(kind).into_iter().map(|(_, part)| part));
    }
    let unused = declared.iter().filter(|part| !used.contains(&part.at));
    unused.map(|part| part.fault("nothing refers to this", "use it or leave it out")).collect()
}

fn required_declared(document: &Document) -> Vec<Fault> {
    let mut faults = Vec::new();
    for schema in document.schemas() {
        let mut seen = BTreeSet::new();
        let properties = schema.part.member("properties");
        for required in schema.part.items_of("required") {
            let name = required.json.as_str().unwrap_or_default();
            if !properties.as_ref().is_some_and(|properties| properties.has(name)) {
                faults.push(required.fault(format!("{name} is required and is no property"), "name one that is"));
            } else if !seen.insert(name) {
                faults.push(required.fault(format!("{name} is required twice"), "name it once"));
            }
        }
    }
    faults
}

fn decision_exists(document: &Document) -> Vec<Fault> {
    let mut faults = Vec::new();
    for (number, line) in (1..).zip(document.text().lines()) {
        let words = line.split(|character: char| !character.is_ascii_alphanumeric());
        let quoted = words.filter_map(|word| word.strip_prefix('D')?.parse::<u32>().ok());
        faults.extend(quoted.filter(|quoted| !document.decisions().contains(quoted)).map(|quoted| Fault {
            at: document.pointer_on(number).to_owned(),
            line: Some(number),
            wrong: format!("D{quoted} is not in openapi/DECISIONS.md"),
            remedy: "write it down there, or quote the one that is meant".to_owned(),
        }));
    }
    faults
}
