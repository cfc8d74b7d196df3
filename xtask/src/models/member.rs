//! A member of a model and its description in the contract, for `models` and `json_schema`.

use anyhow::{Context, Result};
use proc_macro2::Span;
use serde_json::Value;
use syn::{Field, Lit, LitBool, LitStr};

use crate::contract::{is_nothing, schema_or_null};

/// A member of an object as the contract describes it.
pub struct Member<'a> {
    pub name: String,
    pub schema: &'a Value,
    pub required: bool,
}

impl<'a> Member<'a> {
    pub fn of(field: &Field, model: &'a Value) -> Result<Self> {
        let name = wire_name(field)?;
        let schema = model.pointer(&format!("/properties/{name}")).with_context(|| format!("no property {name}"))?;
        let required = model
            .get("required")
            .and_then(Value::as_array)
            .is_some_and(|required| required.iter().any(|r| r == name.as_str()));
        Ok(Self { name, schema, required })
    }

    pub fn is_personal(&self) -> bool {
        self.schema.get("x-personal-data") == Some(&Value::Bool(true))
    }

    /// Returns how many characters the member's text has at most, if it has a limit.
    pub fn max_characters(&self) -> Option<proc_macro2::Literal> {
        let most = self.schema.get("maxLength").and_then(Value::as_u64);
        most.map(proc_macro2::Literal::u64_unsuffixed)
    }

    /// Returns the example of a member that is a text or a boolean; others have it in their component.
    pub fn example(&self) -> Option<Lit> {
        match self.schema.get("example")? {
            Value::String(text) => Some(Lit::Str(LitStr::new(text, Span::call_site()))),
            Value::Bool(value) => Some(Lit::Bool(LitBool::new(*value, Span::call_site()))),
            _ => None,
        }
    }

    pub fn is_nullable(&self) -> bool {
        schema_or_null(self.schema).is_some() && !self.is_nothing()
    }

    /// Returns whether it is always null.
    pub fn is_nothing(&self) -> bool {
        is_nothing(self.schema)
    }

    pub fn is_array(&self) -> bool {
        self.schema.get("type").is_some_and(|t| t == "array")
    }

    /// Returns the component of the member's value, if it is one.
    pub fn component(&self) -> Option<&'a str> {
        let reference = self.schema.pointer("/allOf/0/$ref")?.as_str()?;
        reference.rsplit('/').next()
    }

    /// Returns the function of the types crate that reads the member, if serde's own is too strict.
    pub fn reader(&self) -> Option<&'static str> {
        if self.is_array() {
            Some("crate::lenient::list")
        } else if self.is_nullable() {
            Some("crate::lenient::one")
        } else if self.component().is_some() && !self.required {
            Some("crate::lenient::optional")
        } else {
            None
        }
    }

    pub fn may_be_absent(&self) -> bool {
        self.reader().is_some() || self.is_nothing()
    }
}

/// Returns the name of a field in JSON.
fn wire_name(field: &Field) -> Result<String> {
    let mut name = field.ident.as_ref().context("a field without a name")?.to_string();
    for attribute in field.attrs.iter().filter(|attribute| attribute.path().is_ident("serde")) {
        attribute.parse_nested_meta(|meta| {
            if meta.input.peek(syn::Token![=]) {
                let value: LitStr = meta.value()?.parse()?;
                if meta.path.is_ident("rename") {
                    name = value.value();
                }
            }
            Ok(())
        })?;
    }
    Ok(name)
}
