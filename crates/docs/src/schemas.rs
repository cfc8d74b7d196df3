//! The JSON Schemas in the downloads: one for each model of the contract, as the types crate derives them.

use crate::File;

/// Returns the names of the models, in the contract's order.
pub fn names() -> Vec<&'static str> {
    group_dispatch_types::json_schemas().into_iter().map(|(name, _)| name).collect()
}

/// Makes a file for each model.
pub fn files() -> impl Iterator<Item = File> {
    let schemas = group_dispatch_types::json_schemas().into_iter();
    schemas.map(|(name, schema)| File::new(format!("schemas/{name}.json"), format!("{:#}\n", schema.to_value())))
}
