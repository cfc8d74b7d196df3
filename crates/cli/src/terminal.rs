//! Writes to standard output and standard error, and removes control characters from text that others wrote.

use std::{
    env, fmt,
    io::{self, Write},
};

use anyhow::Context;
use console::Term;

/// The reader of standard output closed it, as `head` does when it has enough lines. The command then exits with status
/// 0.
#[derive(Debug)]
pub struct StdoutClosed;

impl fmt::Display for StdoutClosed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("standard output is closed")
    }
}

impl std::error::Error for StdoutClosed {}

/// Prints text to standard output, without a newline.
pub fn print(text: &str) -> anyhow::Result<()> {
    print_bytes(text.as_bytes())
}

/// Prints text and a newline to standard output.
pub fn print_line(text: impl fmt::Display) -> anyhow::Result<()> {
    print(&format!("{text}\n"))
}

/// Prints bytes that are not text to standard output.
pub fn print_bytes(bytes: &[u8]) -> anyhow::Result<()> {
    write(&mut io::stdout().lock(), bytes)
}

/// Prints text with ANSI styles and a newline to standard output. The styles are removed unless colors are enabled.
pub fn print_styled_line(text: impl fmt::Display) -> anyhow::Result<()> {
    write(&mut anstream::stdout().lock(), format!("{text}\n").as_bytes())
}

fn write(out: &mut impl Write, bytes: &[u8]) -> anyhow::Result<()> {
    match out.write_all(bytes).and_then(|()| out.flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Err(StdoutClosed.into()),
        result => result.context("cannot write to standard output"),
    }
}

/// Returns the width of the terminal, or the value of `COLUMNS` if standard output is not a terminal. `None` is no
/// limit.
pub fn width() -> Option<usize> {
    match Term::stdout().size_checked() {
        Some((_, columns)) => Some(columns.into()),
        None => env::var("COLUMNS").ok()?.parse().ok().filter(|columns| *columns > 0),
    }
}

/// Prints a line to standard error. Ignores a failure: there is no other place to report it.
pub fn print_error_line(text: &str) {
    let line = sanitize(text) + "\n";
    let _ = io::stderr().write_all(line.as_bytes());
}

/// Prints an error of the command line in the same form as clap's own.
pub fn print_usage_error(error: impl fmt::Display) {
    print_error_line(&format!("error: {error}"));
    print_error_line("");
    print_error_line("For more information, try '--help'.");
}

/// Replaces characters that control a terminal. They could clear the screen, fake a row of a table, or reverse the text
/// after them.
pub fn sanitize(text: &str) -> String {
    text.chars().map(|c| if is_control(c) { char::REPLACEMENT_CHARACTER } else { c }).collect()
}

/// Returns whether a character controls a terminal or the direction of text.
pub fn is_control(c: char) -> bool {
    // Separators of lines and paragraphs, embeddings and overrides of the direction; then isolates.
    c.is_control() || matches!(c, '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_characters_are_replaced() {
        for control in ["\x1b", "\n", "\r", "\t", "\0", "\x08", "\x7f", "\u{9b}", "\u{2028}", "\u{202e}", "\u{2067}"] {
            assert_eq!(sanitize(&format!("a{control}b")), "a\u{fffd}b", "{control:?}");
        }
    }

    #[test]
    fn other_text_is_unchanged() {
        for text in ["", "jack", "哥伦比亚", "محمد", "👩‍👩‍👧", "O'Neil \"the\" <b>", "\u{200f}עברית"]
        {
            assert_eq!(sanitize(text), text);
        }
    }
}
