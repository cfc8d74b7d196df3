//! Masks personal data in `Debug`: shows enough to distinguish two values, but never a whole value.

use std::fmt;

/// Shows the first character of a text, or nothing if the text has a single character.
pub struct Masked<'a, T>(pub &'a T);

impl fmt::Debug for Masked<'_, String> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut characters = self.0.chars();
        match (characters.next(), characters.next()) {
            (None, _) => f.write_str("\"\""),
            (Some(_), None) => f.write_str("\"***\""),
            (Some(first), Some(_)) => write!(f, "\"{}***\"", first.escape_debug()),
        }
    }
}

impl fmt::Debug for Masked<'_, Option<String>> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.as_ref().map(Masked).fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_never_shows_a_whole_name() {
        assert_eq!(format!("{:?}", Masked(&"jack".to_owned())), "\"j***\"");
        assert_eq!(format!("{:?}", Masked(&"J".to_owned())), "\"***\"");
        assert_eq!(format!("{:?}", Masked(&String::new())), "\"\"");
        assert_eq!(format!("{:?}", Masked(&Some("陈".to_owned()))), "Some(\"***\")");
        assert_eq!(format!("{:?}", Masked(&None::<String>)), "None");
    }
}
