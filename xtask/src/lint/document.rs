//! The contract as the rules read it: its JSON, and the line that each part of it stands on.

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
    /// Reads the text of the contract that stands in `file`, and the numbers of DECISIONS.md.
    ///
    /// # Errors
    /// When the contract is not YAML.
    pub fn parse(file: &'static str, contract: &str, decisions: &str) -> Result<Self> {
        let mut lines = BTreeMap::new();
        let whole: Node = serde_saphyr::from_str(contract).context("not YAML")?;
        let json = whole.into_json("", &mut lines);
        let decisions =
            decisions.lines().filter_map(|line| line.strip_prefix("### D")?.split_once('.')?.0.parse().ok());
        Ok(Self { file, text: contract.to_owned(), json, lines, decisions: decisions.collect() })
    }

    /// The file that the contract stands in.
    pub fn file(&self) -> &'static str {
        self.file
    }

    /// The contract as it is written, comments and all.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The numbers that DECISIONS.md has.
    pub fn decisions(&self) -> &BTreeSet<u32> {
        &self.decisions
    }

    /// All of it.
    pub fn root(&self) -> Part<'_> {
        Part { at: String::new(), json: &self.json }
    }

    /// What stands at a JSON pointer.
    pub fn at(&self, pointer: &str) -> Option<Part<'_>> {
        Some(Part { at: pointer.to_owned(), json: self.json.pointer(pointer)? })
    }

    /// What a `$ref` leads to; what is no `$ref` is itself meant.
    pub fn follow<'a>(&'a self, part: Part<'a>) -> Option<Part<'a>> {
        match part.text("$ref") {
            "" => Some(part),
            reference => self.at(reference.strip_prefix('#')?),
        }
    }

    /// The line of what stands at a pointer.
    pub fn line(&self, pointer: &str) -> u64 {
        self.lines.get(pointer).copied().unwrap_or(1)
    }

    /// The pointer to what stands on a line, or begins above and reaches down to it.
    pub fn pointer_on(&self, line: u64) -> &str {
        let above = self.lines.iter().filter(|(_, at)| **at <= line);
        above.max_by_key(|(pointer, at)| (**at, pointer.len())).map_or("", |(pointer, _)| pointer)
    }
}

/// A part of the contract.
#[derive(Clone)]
pub struct Part<'a> {
    /// Where it stands, as a JSON pointer.
    pub at: String,
    /// What stands there.
    pub json: &'a Value,
}

impl<'a> Part<'a> {
    /// A member of an object.
    pub fn member(&self, name: &str) -> Option<Self> {
        let json = self.json.get(name)?;
        Some(Self { at: self.place_of(name), json })
    }

    /// The members of an object; of anything else, none.
    pub fn members(&self) -> impl Iterator<Item = (&'a str, Self)> {
        let members = self.json.as_object().into_iter().flatten();
        members.map(|(name, json)| (name.as_str(), Self { at: self.place_of(name), json }))
    }

    /// The members of an object that is a member of this one.
    pub fn members_of(&self, name: &str) -> Vec<(&'a str, Self)> {
        self.member(name).iter().flat_map(Self::members).collect()
    }

    /// The items of an array that is a member of this object.
    pub fn items_of(&self, name: &str) -> Vec<Self> {
        let Some(Self { at, json }) = self.member(name) else { return Vec::new() };
        let items = json.as_array().into_iter().flatten().enumerate();
        items.map(|(index, json)| Self { at: format!("{at}/{index}"), json }).collect()
    }

    /// A member that is a text; empty where there is none.
    pub fn text(&self, name: &str) -> &'a str {
        self.json.get(name).and_then(Value::as_str).unwrap_or_default()
    }

    /// Whether there is a member of that name.
    pub fn has(&self, name: &str) -> bool {
        self.json.get(name).is_some()
    }

    /// What is wrong here, and what to do about it.
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

/// YAML, and the lines that it stands on.
enum Node {
    Mapping(Vec<(Spanned<String>, Spanned<Node>)>),
    Sequence(Vec<Spanned<Node>>),
    Scalar(Value),
}

impl Node {
    /// Takes the lines out of what stands at a pointer: a member's line is that of its name, an item's that on which it
    /// begins.
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
