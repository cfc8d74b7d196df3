//! Rules on errors: which failures a caller must expect.

use std::collections::BTreeSet;

use super::{document::Document, fault::Fault, rule::Rule};

/// The families of HTTP status that errors come in: their names in the contract, and the first of their hundred.
const FAMILIES: [(&str, u64); 2] = [("4XX", 400), ("5XX", 500)];

pub const RULES: &[Rule] = &[
    Rule {
        name: "errors-documented",
        asks: "Every operation has the responses 4XX and 5XX.",
        why: "Every operation can fail in both ways, and the client decodes only the responses of the contract.",
        breaches: errors_documented,
    },
    Rule {
        name: "statuses-described",
        asks: "The descriptions of 4XX and 5XX name just the HTTP statuses that `x-enum-http-statuses` gives to codes.",
        why: "A caller needs to know which few statuses of a family come, and what each of them means.",
        breaches: statuses_described,
    },
];

fn errors_documented(document: &Document) -> Vec<Fault> {
    let mut faults = Vec::new();
    for operation in document.operations() {
        for (family, _) in FAMILIES {
            if let Some(responses) = operation.part.member("responses")
                && !responses.has(family)
            {
                faults.push(responses.fault(format!("no response {family}"), "refer to its component"));
            }
        }
    }
    faults
}

fn statuses_described(document: &Document) -> Vec<Fault> {
    let schemas = document.components("schemas");
    let sent: BTreeSet<u64> = schemas
        .iter()
        .flat_map(|(_, schema)| schema.items_of("x-enum-http-statuses"))
        .filter_map(|status| status.json.as_u64())
        .collect();
    let operations = document.operations();
    let responses = operations.iter().flat_map(|operation| operation.responses(document));
    let mut faults = Vec::new();
    let mut seen = BTreeSet::new();
    for (family, response) in responses {
        let Some((_, first)) = FAMILIES.into_iter().find(|(name, _)| *name == family) else { continue };
        if !seen.insert(response.at.clone()) {
            continue;
        }
        let is_of_family = |status: &u64| (first..first + 100).contains(status);
        let described: BTreeSet<u64> = numbers(response.text("description")).filter(is_of_family).collect();
        let sent: BTreeSet<u64> = sent.iter().copied().filter(is_of_family).collect();
        let place = response.member("description").unwrap_or(response);
        for status in sent.difference(&described) {
            faults.push(place.fault(
                format!("codes come with HTTP status {status}, which is not described"),
                "describe when it comes",
            ));
        }
        for status in described.difference(&sent) {
            faults.push(place.fault(
                format!("no code comes with HTTP status {status}"),
                "leave it out, or give it to a code in `x-enum-http-statuses`",
            ));
        }
    }
    faults
}

/// The numbers in a text.
fn numbers(text: &str) -> impl Iterator<Item = u64> {
    text.split(|character: char| !character.is_alphanumeric()).filter_map(|word| word.parse().ok())
}
