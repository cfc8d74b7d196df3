//! The page "not found". A server sends it to browsers for an unknown address below `/docs/`. It is not a file of the
//! site, because its links depend on the address.

use minijinja::context;

use crate::{Error, alone};

const TEMPLATE: &str = include_str!("../templates/not-found.html");

/// Makes the page for an address that is `depth` folders below the site's root. Its links lead back to the site.
///
/// # Errors
/// If the template can't be rendered, which is a bug of this crate.
pub fn not_found(depth: usize) -> Result<String, Error> {
    not_found_from(&"../".repeat(depth))
}

/// Makes the page with `root`, an address with a slash at its end, before each link.
pub(crate) fn not_found_from(root: &str) -> Result<String, Error> {
    Ok(alone::render(TEMPLATE, root, context! {})?)
}
