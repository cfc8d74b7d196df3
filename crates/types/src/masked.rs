//! Personal data in `Debug`: enough of it to tell two apart, never the whole.

use std::fmt;

/// Shows a text by its first character, or not at all where that is the whole of it.
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
    fn a_name_never_stands_whole_in_debug() {
        assert_eq!(format!("{:?}", Masked(&"jack".to_owned())), "\"j***\"");
        assert_eq!(format!("{:?}", Masked(&"J".to_owned())), "\"***\"");
        assert_eq!(format!("{:?}", Masked(&String::new())), "\"\"");
        assert_eq!(format!("{:?}", Masked(&Some("陈".to_owned()))), "Some(\"***\")");
        assert_eq!(format!("{:?}", Masked(&None::<String>)), "None");
    }
}
