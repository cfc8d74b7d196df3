//! Renders pages that stand alone, without the navigation of the site: "not found", the list of versions, and redirects.

use minijinja::{AutoEscape, Environment, Value, context, value::Serde};

use crate::{contract, figures::escaped};

/// What `not-found.html` and `versions.html` extend.
const BASE: &str = include_str!("../templates/alone.html");

/// Renders a template with `root`, an address with a slash at its end, before each link to the site.
pub fn render(template: &str, root: &str, more: Value) -> Result<String, minijinja::Error> {
    let mut environment = Environment::new();
    environment.set_auto_escape_callback(|_| AutoEscape::Html);
    environment.add_template("alone.html", BASE)?;
    let (root, info) = (Value::from_safe_string(escaped(root)), Serde(&contract::QUERIES.document()["info"]));
    environment.render_str(template, context! { root, info, ..more })
}
