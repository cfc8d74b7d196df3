//! Takes secrets out of what the user gave before it is shown in an error.

use std::path::Path;

/// Stands for a value that may be a secret.
pub const HIDDEN: &str = "***";

/// Returns an address without what stands before its last @, which may be a user and a password, and without its
/// parameters. Other text is hidden where it says that it has a password.
pub fn without_secrets(text: &str) -> String {
    // In a database's address that can't be right, it is not certain which part is the password.
    if let Some((scheme @ ("postgres" | "postgresql"), _)) = text.split_once("://") {
        return format!("{scheme}://{HIDDEN}");
    }
    let (scheme, rest) = match text.split_once("://") {
        Some((scheme, rest)) => (format!("{scheme}://"), rest),
        None => (String::new(), text),
    };
    match rest.rsplit_once('@') {
        Some((_, host)) => {
            let host = host.split_once('?').map_or_else(|| host.to_owned(), |(host, _)| format!("{host}?{HIDDEN}"));
            format!("{scheme}{HIDDEN}@{host}")
        }
        // The parameters of an address of the web may be a key.
        None if !scheme.is_empty() && text.contains('?') => {
            format!("{}?{HIDDEN}", text.split_once('?').unwrap_or_default().0)
        }
        None if text.to_ascii_lowercase().contains("password") && text.contains('=') => format!("{scheme}{HIDDEN}"),
        None => text.to_owned(),
    }
}

/// A file's path. One that is an address with a user and a password, such as a database's in the place of a file, is shown
/// without them.
pub fn path(path: &Path) -> String {
    let text = path.to_string_lossy();
    let has_password = || text.rsplit_once('@').is_some_and(|(before, _)| before.contains(':'));
    let is_address = text.contains("://") || text.contains(":/") && text.contains('@') || has_password();
    if is_address || text.contains("password") { without_secrets(&text) } else { text.into_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_shown_without_their_secrets() {
        for (text, shown) in [
            ("postgress://user:se@cret@host/db?password=secret", "postgress://***@host/db?***"),
            ("postgres://user:sec@ret", "postgres://***"),
            ("postgresql://user:secret/db", "postgresql://***"),
            ("http://me:secret@here:4318", "http://***@here:4318"),
            ("user:secret@host", "***@host"),
            ("host=here password=secret", "***"),
            ("pg://host/db?password=secret", "pg://host/db?***"),
            ("mysql://host", "mysql://host"),
            ("12ab", "12ab"),
        ] {
            assert_eq!(without_secrets(text), shown);
        }
    }

    #[test]
    fn paths_that_are_addresses_are_shown_without_their_secrets() {
        for (text, shown) in [
            ("postgres://user:secret@host/db", "postgres://***"),
            ("postgres:/user:secret@host/db", "***@host/db"),
            ("https://host/events?key=secret", "https://host/events?***"),
            ("user:secret@host", "***@host"),
            ("host=here password=secret", "***"),
            ("/home/me@work/events.csv", "/home/me@work/events.csv"),
            ("C:\\events.csv", "C:\\events.csv"),
        ] {
            assert_eq!(path(Path::new(text)), shown);
        }
    }
}
