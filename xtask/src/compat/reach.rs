//! Finds the operations whose requests and responses a place of the contract is part of.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::shape::PARAMETER;

/// The part of an operation that a place belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Side {
    /// The request.
    Request,
    /// The response.
    Response,
    /// None: nothing refers to the component.
    Unreached,
    /// Neither: the place describes an operation, or the contract.
    Around,
}

/// The operations that a place is part of, on each side.
pub type Reached = BTreeMap<Side, BTreeSet<String>>;

/// The components of two contracts, with the operations that use each of them in either.
pub struct Reach {
    components: BTreeMap<String, Reached>,
    /// operationIds by path and method.
    operations: BTreeMap<(String, String), String>,
}

impl Reach {
    /// Follows every reference of the contracts.
    pub fn of(contracts: [&Value; 2]) -> Self {
        let mut reach = Self { components: BTreeMap::new(), operations: BTreeMap::new() };
        for contract in contracts {
            for (path, item) in members(contract.get("paths")) {
                for (method, operation) in members(Some(item)) {
                    let Some(id) = operation.get("operationId").and_then(Value::as_str) else { continue };
                    reach.operations.insert((path.clone(), method.clone()), id.to_owned());
                    for (side, part) in
                        [(Side::Request, "requestBody"), (Side::Request, "parameters"), (Side::Response, "responses")]
                    {
                        let mut found = BTreeSet::new();
                        follow(contract, operation.get(part), &mut found);
                        for component in found {
                            let reached = reach.components.entry(component).or_default();
                            reached.entry(side).or_default().insert(id.to_owned());
                        }
                    }
                }
            }
        }
        reach
    }

    /// Returns the operations that a place of the reshaped contract is part of. There is always a side; `Around` has no
    /// operations.
    pub fn reached(&self, place: &[String]) -> Reached {
        let place: Vec<&str> = place.iter().map(String::as_str).collect();
        match *place {
            ["components", kind @ ("schemas" | "responses"), name, _, ..] => self
                .components
                .get(&format!("#/components/{kind}/{name}"))
                .cloned()
                .unwrap_or_else(|| Reached::from([(Side::Unreached, BTreeSet::new())])),
            ["paths", path, method, "requestBody", _, ..] => self.one(Side::Request, path, method),
            ["paths", path, method, name, _, ..] if name.starts_with(PARAMETER) => {
                self.one(Side::Request, path, method)
            }
            ["paths", path, method, "responses", _, _, ..] => self.one(Side::Response, path, method),
            _ => Reached::from([(Side::Around, BTreeSet::new())]),
        }
    }

    fn one(&self, side: Side, path: &str, method: &str) -> Reached {
        Reached::from([(side, self.operation(path, method).map(ToOwned::to_owned).into_iter().collect())])
    }

    /// Returns the operationId of a path and method.
    pub fn operation(&self, path: &str, method: &str) -> Option<&str> {
        self.operations.get(&(path.to_owned(), method.to_owned())).map(String::as_str)
    }

    /// Returns the number of operations.
    pub fn operation_count(&self) -> usize {
        self.operations.values().collect::<BTreeSet<_>>().len()
    }
}

fn members(value: Option<&Value>) -> impl Iterator<Item = (&String, &Value)> {
    value.and_then(Value::as_object).into_iter().flatten()
}

fn follow(root: &Value, value: Option<&Value>, found: &mut BTreeSet<String>) {
    match value {
        Some(Value::Object(members)) => {
            if let Some(reference) = members.get("$ref").and_then(Value::as_str)
                && found.insert(reference.to_owned())
            {
                follow(root, reference.strip_prefix('#').and_then(|path| root.pointer(path)), found);
            }
            members.values().for_each(|member| follow(root, Some(member), found));
        }
        Some(Value::Array(list)) => list.iter().for_each(|item| follow(root, Some(item), found)),
        _ => {}
    }
}
