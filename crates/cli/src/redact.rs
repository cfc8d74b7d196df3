//! Removes secrets from values that the user gave, before an error prints them.

use std::path::Path;

/// Replaces a value that may be a secret.
pub const HIDDEN: &str = "***";

/// The shortest text that [`looks_like_key`] takes for a key where names are expected. Keys that `tenant add` generates
/// have 32 characters.
pub const SHORTEST_KEY: usize = 16;

/// Returns an address without the part before its last @, which may be a user and a password, and without parameters.
/// Hides other text that contains the word "password" and a `=`.
pub fn without_secrets(text: &str) -> String {
    // In an invalid address of a database, any part may be the password.
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
        // A parameter of a URL may be a key.
        None if !scheme.is_empty() && text.contains('?') => {
            format!("{}?{HIDDEN}", text.split_once('?').unwrap_or_default().0)
        }
        None if text.to_ascii_lowercase().contains("password") && text.contains('=') => format!("{scheme}{HIDDEN}"),
        None => text.to_owned(),
    }
}

/// Returns the path of a file. If it looks like an address, such as a database's in the place of a file, returns it
/// without secrets.
pub fn path(path: &Path) -> String {
    let text = path.to_string_lossy();
    let has_password = || text.rsplit_once('@').is_some_and(|(before, _)| before.contains(':'));
    let is_address = text.contains("://") || text.contains(":/") && text.contains('@') || has_password();
    if is_address || text.contains("password") { without_secrets(&text) } else { text.into_owned() }
}

/// Returns the address of a service. Hides a host that looks like a key instead of a name.
pub fn service_url(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else { return url.to_owned() };
    let end = rest.find(['/', ':', '?', '#']).unwrap_or(rest.len());
    let (host, path) = rest.split_at(end);
    let is_name = host.contains('.') || !looks_like_key(host, SHORTEST_KEY);
    if is_name { url.to_owned() } else { format!("{scheme}://{HIDDEN}{path}") }
}

/// Returns whether a text contains a word that could be a key: at least `shortest` letters and digits that are neither
/// a lowercase word, nor a number, nor a number with a unit.
pub fn looks_like_key(text: &str, shortest: usize) -> bool {
    const LONGEST_WORD: usize = 20;
    text.split(|c: char| !c.is_alphanumeric()).any(|word| {
        let after_digits = word.trim_start_matches(|c: char| c.is_ascii_digit());
        let is_number = after_digits.len() <= 2 && after_digits.len() < word.len();
        let is_lowercase = word.chars().all(|c| !c.is_ascii_uppercase() && !c.is_ascii_digit());
        let is_harmless = (is_number || is_lowercase) && word.len() <= LONGEST_WORD;
        word.chars().count() >= shortest && !is_harmless
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_removed_from_addresses() {
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
    fn secrets_are_removed_from_paths_that_look_like_addresses() {
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

    #[test]
    fn a_host_that_looks_like_a_key_is_hidden() {
        for (url, shown) in [
            ("http://0f1e2d3c4b5a69788796a5b4c3d2e1f0", "http://***"),
            ("http://0f1e2d3c4b5a69788796a5b4c3d2e1f0:8080/path", "http://***:8080/path"),
            ("https://SUPERSECRETAPIKEY", "https://***"),
            ("http://localhost:8080", "http://localhost:8080"),
            ("http://server01", "http://server01"),
            ("http://0f1e2d3c4b5a69788796.example.com/path", "http://0f1e2d3c4b5a69788796.example.com/path"),
            ("http://[::1]:8080", "http://[::1]:8080"),
        ] {
            assert_eq!(service_url(url), shown);
        }
    }

    #[test]
    fn words_and_numbers_do_not_look_like_keys() {
        for text in
            ["soon", "10s", "1790000000", "2024-07-08T25:00:00+02:00", "group_dispatch_server=debug", "127.0.0.1:80"]
        {
            assert!(!looks_like_key(text, 6), "{text}");
        }
        for text in ["s3cret", "SECRETKEY", "0f1e2d3c4b5a", "thislowercasewordistoolong", "000000000000000000001"] {
            assert!(looks_like_key(text, 6), "{text}");
        }
    }
}
