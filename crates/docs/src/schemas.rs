//! The JSON Schemas in the downloads: one for each model of the contract, as the types crate derives them.

use crate::File;

/// The name and the schema of each model, in the contract's order. `build.rs` makes the list.
const SCHEMAS: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/schemas.rs"));

/// Returns the names of the models, in the contract's order.
pub fn names() -> Vec<&'static str> {
    SCHEMAS.iter().map(|(name, _)| *name).collect()
}

/// Makes a file for each model.
pub fn files() -> impl Iterator<Item = File> {
    SCHEMAS.iter().map(|(name, schema)| File::new(format!("schemas/{name}.json"), *schema))
}
