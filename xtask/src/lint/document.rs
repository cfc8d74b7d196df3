//! The contract as the rules read it: its JSON, and the line of each part.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use anyhow::{Context, Result};
use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::Value;
use serde_saphyr::Spanned;

use super::fault::Fault;

/// The contract, and the decisions that it may refer to.
pub struct Document {
    file: &'static str,
    text: String,
    json: Value,
    lines: BTreeMap<String, u64>,
    decisions: BTreeSet<u32>,
}

impl Document {
    /// Reads the text of the contract in `file`, and the numbers of DECISIONS.md.
    ///
    /// # Errors
    /// If the contract is not YAML.
    pub fn parse(file: &'static str, contract: &str, decisions: &str) -> Result<Self> {
        let mut lines = BTreeMap::new();
        let whole: Node = serde_saphyr::from_str(contract).context("not YAML")?;
        let json = whole.into_json("", &mut lines);
        let decisions =
            decisions.lines().filter_map(|line| line.strip_prefix("### D")?.split_once('.')?.0.parse().ok());
        Ok(Self { file, text: contract.to_owned(), json, lines, decisions: decisions.collect() })
    }

    /// Returns the file of the contract.
    pub fn file(&self) -> &'static str {
        self.file
    }

    /// Returns the text of the contract, with its comments.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Returns the numbers of the decisions.
    pub fn decisions(&self) -> &BTreeSet<u32> {
        &self.decisions
    }

    /// Returns the whole contract.
    pub fn root(&self) -> Part<'_> {
        Part { at: String::new(), json: &self.json }
    }

    /// Returns the part at a JSON pointer.
    pub fn at(&self, pointer: &str) -> Option<Part<'_>> {
        Some(Part { at: pointer.to_owned(), json: self.json.pointer(pointer)? })
    }

    /// Resolves a `$ref`; returns any other part unchanged.
    pub fn follow<'a>(&'a self, part: Part<'a>) -> Option<Part<'a>> {
        match part.text("$ref") {
            "" => Some(part),
            reference => self.at(reference.strip_prefix('#')?),
        }
    }

    /// Returns the line of the part at a pointer.
    pub fn line(&self, pointer: &str) -> u64 {
        self.lines.get(pointer).copied().unwrap_or(1)
    }

    /// Returns the pointer to the part that a line belongs to.
    pub fn pointer_on(&self, line: u64) -> &str {
        let above = self.lines.iter().filter(|(_, at)| **at <= line);
        above.max_by_key(|(pointer, at)| (**at, pointer.len())).map_or("", |(pointer, _)| pointer)
    }
}

/// A part of the contract.
#[derive(Clone)]
pub struct Part<'a> {
    /// The place, as a JSON pointer.
    pub at: String,
    /// The value.
    pub json: &'a Value,
}

impl<'a> Part<'a> {
    /// Returns a member of an object.
    pub fn member(&self, name: &str) -> Option<Self> {
        let json = self.json.get(name)?;
        Some(Self { at: self.place_of(name), json })
    }

    /// Returns the members of an object; none if it is not an object.
    pub fn members(&self) -> impl Iterator<Item = (&'a str, Self)> {
        let members = self.json.as_object().into_iter().flatten();
        members.map(|(name, json)| (name.as_str(), Self { at: self.place_of(name), json }))
    }

    /// Returns the members of a member.
    pub fn members_of(&self, name: &str) -> Vec<(&'a str, Self)> {
        self.member(name).iter().flat_map(Self::members).collect()
    }

    /// Returns the items of a member that is an array.
    pub fn items_of(&self, name: &str) -> Vec<Self> {
        let Some(Self { at, json }) = self.member(name) else { return Vec::new() };
        let items = json.as_array().into_iter().flatten().enumerate();
        items.map(|(index, json)| Self { at: format!("{at}/{index}"), json }).collect()
    }

    /// Returns a member that is a string; empty if there is none.
    pub fn text(&self, name: &str) -> &'a str {
        self.json.get(name).and_then(Value::as_str).unwrap_or_default()
    }

    /// Returns whether there is a member of that name.
    pub fn has(&self, name: &str) -> bool {
        self.json.get(name).is_some()
    }

    /// Returns a fault at this place, with what to do about it.
    pub fn fault(&self, wrong: impl Into<String>, remedy: impl Into<String>) -> Fault {
        Fault { at: self.at.clone(), line: None, wrong: wrong.into(), remedy: remedy.into() }
    }

    fn place_of(&self, member: &str) -> String {
        format!("{}/{}", self.at, escaped(member))
    }
}

fn escaped(member: &str) -> String {
    member.replace('~', "~0").replace('/', "~1")
}

/// YAML with its lines.
enum Node {
    Mapping(Vec<(Spanned<String>, Spanned<Node>)>),
    Sequence(Vec<Spanned<Node>>),
    Scalar(Value),
}

impl Node {
    /// Converts the part at a pointer to JSON, and records the lines: that of a member's name, or of an item's beginning.
    fn into_json(self, at: &str, lines: &mut BTreeMap<String, u64>) -> Value {
        let mut noted = |name: &str, line: u64, node: Self| {
            let at = format!("{at}/{name}");
            let json = node.into_json(&at, lines);
            lines.insert(at, line);
            json
        };
        match self {
            Self::Mapping(members) => {
                let members = members.into_iter().map(|(name, node)| {
                    let json = noted(&escaped(&name.value), name.referenced.line(), node.value);
                    (name.value, json)
                });
                members.collect()
            }
            Self::Sequence(items) => {
                let items = items.into_iter().enumerate();
                items.map(|(index, node)| noted(&index.to_string(), node.referenced.line(), node.value)).collect()
            }
            Self::Scalar(json) => json,
        }
    }
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AnyNode)
    }
}

struct AnyNode;

macro_rules! scalars {
    ($($visit:ident: $type:ty),*) => {
        $(fn $visit<E>(self, scalar: $type) -> Result<Node, E> {
            Ok(Node::Scalar(scalar.into()))
        })*
    };
}

impl<'de> Visitor<'de> for AnyNode {
    type Value = Node;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("YAML")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Node, A::Error> {
        let mut members = Vec::new();
        while let Some(member) = map.next_entry()? {
            members.push(member);
        }
        Ok(Node::Mapping(members))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<Node, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = sequence.next_element()? {
            items.push(item);
        }
        Ok(Node::Sequence(items))
    }

    fn visit_unit<E>(self) -> Result<Node, E> {
        Ok(Node::Scalar(Value::Null))
    }

    fn visit_none<E: serde::de::Error>(self) -> Result<Node, E> {
        self.visit_unit()
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Node, D::Error> {
        Node::deserialize(deserializer)
    }

    scalars!(visit_bool: bool, visit_i64: i64, visit_u64: u64, visit_f64: f64, visit_str: &str);
}
