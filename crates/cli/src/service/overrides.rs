//! Warns about variables that override a profile. Used after a profile was stored or selected.

use std::env;

use crate::{arguments::connection::SERVICE_VARIABLES, terminal};

/// Prints a note to standard error if variables are set that override this profile.
pub fn note_overriding_variables(profile: &str) {
    let is_set = |variable: &&str| env::var(variable).is_ok_and(|value| !value.trim().is_empty());
    let set: Vec<_> = SERVICE_VARIABLES.into_iter().filter(is_set).collect();
    if !set.is_empty() {
        let set = set.join(", ");
        terminal::print_error_line(&format!(
            "these variables override the profile, unless you pass --profile {profile}: {set}"
        ));
    }
}
