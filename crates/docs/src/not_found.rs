//! The page for an address that the site has no file for. A server sends it; the files of the site don't include it, because
//! its links depend on the address.

use minijinja::{AutoEscape, Environment, Value, context, value::Serde};

use crate::{Error, contract};

const TEMPLATE: &str = include_str!("../templates/not-found.html");

/// Makes the page for an address that stands `depth` folders below the site's root; its links lead back to the site.
///
/// # Errors
/// When something in this crate is broken.
pub fn not_found(depth: usize) -> Result<String, Error> {
    let mut environment = Environment::new();
    environment.set_auto_escape_callback(|_| AutoEscape::Html);
    let context = context! {
        root => Value::from_safe_string("../".repeat(depth)),
        info => Serde(&contract::DOCUMENT["info"]),
    };
    Ok(environment.render_named_str("not-found.html", TEMPLATE, context)?)
}
