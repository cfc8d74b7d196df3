//! Walks the contract: its operations, their requests and responses, and every schema.

use super::document::{Document, Part};
use crate::contract::{EVENT_STREAM, METHODS, NDJSON, is_nothing, schema_or_null};

/// An operation and its path.
pub struct Operation<'a> {
    /// Its path.
    pub path: &'a str,
    /// Its description in the contract.
    pub part: Part<'a>,
}

impl<'a> Operation<'a> {
    /// Returns its responses by HTTP status, with references resolved.
    pub fn responses(&self, document: &'a Document) -> Vec<(&'a str, Part<'a>)> {
        let responses = self.part.members_of("responses").into_iter();
        responses.filter_map(|(status, response)| Some((status, document.follow(response)?))).collect()
    }
}

/// A schema and its role.
pub struct Schema<'a> {
    /// Its description in the contract.
    pub part: Part<'a>,
    /// Its role.
    pub role: Role<'a>,
}

/// The role of a schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role<'a> {
    /// A component of that name.
    Component(&'a str),
    /// A body of a request or of a response.
    Body,
    /// A property of that name.
    Property(&'a str),
    /// The items of a list, or a part of `allOf` and its like.
    Within,
}

impl Document {
    /// Returns the operations, in the order of the file.
    pub fn operations(&self) -> Vec<Operation<'_>> {
        let paths = self.root().members_of("paths").into_iter();
        paths
            .flat_map(|(path, item)| item.members().map(move |(method, part)| (path, method, part)).collect::<Vec<_>>())
            .filter(|(_, method, _)| METHODS.contains(method))
            .map(|(path, _, part)| Operation { path, part })
            .collect()
    }

    /// Returns the components of one kind, by name.
    pub fn components(&self, kind: &str) -> Vec<(&str, Part<'_>)> {
        self.at("/components").map(|components| components.members_of(kind)).unwrap_or_default()
    }

    /// Returns the request bodies and responses that are written out, each at its place.
    pub fn requests_and_responses(&self) -> Vec<Part<'_>> {
        let mut parts = Vec::new();
        for operation in self.operations() {
            parts.extend(operation.part.member("requestBody"));
            parts.extend(operation.part.members_of("responses").into_iter().map(|(_, response)| response));
        }
        for kind in ["requestBodies", "responses"] {
            parts.extend(self.components(kind).into_iter().map(|(_, part)| part));
        }
        parts.retain(|part| !part.has("$ref"));
        parts
    }

    /// Returns the bodies of requests and responses, with their content types.
    pub fn bodies(&self) -> Vec<(&str, Part<'_>)> {
        self.requests_and_responses().iter().flat_map(|part| part.members_of("content")).collect()
    }

    /// Returns the parameters of the operations, by name.
    pub fn parameters(&self) -> Vec<(&str, Part<'_>)> {
        let operations = self.operations().into_iter();
        let parameters = operations.flat_map(|operation| operation.part.items_of("parameters"));
        parameters.map(|part| (part.text("name"), part)).collect()
    }

    /// Returns every schema, also those within others; but not those of lines and events, which are a string for
    /// JSON Schema.
    pub fn schemas(&self) -> Vec<Schema<'_>> {
        let mut schemas = Vec::new();
        for (_, body) in self.bodies().iter().filter(|(content_type, _)| ![NDJSON, EVENT_STREAM].contains(content_type))
        {
            schemas.extend(body.member("schema").map(|part| Schema { part, role: Role::Body }));
        }
        for (_, parameter) in self.parameters() {
            schemas.extend(parameter.member("schema").map(|part| Schema { part, role: Role::Body }));
        }
        for (name, part) in self.components("schemas") {
            schemas.push(Schema { part, role: Role::Component(name) });
        }
        // The schemas that are found contain others.
        let mut next = 0;
        while let Some(schema) = schemas.get(next) {
            let found = schema.inner();
            schemas.extend(found);
            next += 1;
        }
        schemas
    }
}

impl<'a> Schema<'a> {
    /// The schemas directly within.
    fn inner(&self) -> Vec<Self> {
        let properties = self.part.members_of("properties").into_iter();
        let mut found: Vec<_> = properties.map(|(name, part)| Self { part, role: Role::Property(name) }).collect();
        let within = |part| Self { part, role: Role::Within };
        for name in ["items", "not", "additionalProperties"] {
            found.extend(self.part.member(name).filter(|part| part.json.is_object()).map(within));
        }
        for name in ["allOf", "anyOf", "oneOf"] {
            // The null scalar, and the object of an error's data, are spellings of null and not schemas of ours (D6).
            let spelled = if name != "oneOf" { 0 } else { self.spelled_variants() };
            let mut parts = self.part.items_of(name);
            parts.truncate(parts.len() - spelled);
            found.extend(parts.into_iter().map(within));
        }
        found
    }

    /// Returns how many variants at the end of its `oneOf` spell that a member may be null.
    fn spelled_variants(&self) -> usize {
        match schema_or_null(self.part.json) {
            None => 0,
            Some(_) if is_nothing(self.part.json) => 2,
            Some(_) => 1,
        }
    }

    /// Returns whether its own `type` is a string, a number or a boolean.
    pub fn is_scalar(&self) -> bool {
        ["string", "integer", "number", "boolean"].contains(&self.part.text("type"))
    }
}
