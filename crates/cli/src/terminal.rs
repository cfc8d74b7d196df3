//! What people get to see: standard output, standard error, and text from elsewhere on either.

use std::{
    env, fmt,
    io::{self, Write},
};

use anyhow::Context;
use console::Term;

/// Nobody reads standard output any more: whoever did has had enough of it, as `head` does.
#[derive(Debug)]
pub struct ReaderGone;

impl fmt::Display for ReaderGone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("nobody reads standard output any more")
    }
}

impl std::error::Error for ReaderGone {}

/// Writes text and the end of its line on standard output.
pub fn print(text: impl fmt::Display) -> anyhow::Result<()> {
    write(&format!("{text}\n"))
}

/// Writes text on standard output, to the byte.
pub fn write(text: &str) -> anyhow::Result<()> {
    written(&mut io::stdout().lock(), text.as_bytes())
}

/// Writes bytes that are for a file and not for a terminal on standard output.
pub fn write_bytes(bytes: &[u8]) -> anyhow::Result<()> {
    written(&mut io::stdout().lock(), bytes)
}

/// Writes text of ours for people and the end of its line on standard output, with its colours where they are wanted.
pub fn show(text: impl fmt::Display) -> anyhow::Result<()> {
    written(&mut anstream::stdout().lock(), format!("{text}\n").as_bytes())
}

fn written(out: &mut impl Write, bytes: &[u8]) -> anyhow::Result<()> {
    match out.write_all(bytes).and_then(|()| out.flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Err(ReaderGone.into()),
        outcome => outcome.context("cannot write on standard output"),
    }
}

/// How wide the terminal is, or by the variable `COLUMNS` what stands for one; nothing else has an end.
pub fn width() -> Option<usize> {
    match Term::stdout().size_checked() {
        Some((_, columns)) => Some(columns.into()),
        None => env::var("COLUMNS").ok()?.parse().ok().filter(|columns| *columns > 0),
    }
}

/// Writes a line on standard error. Where that can't be done there is nowhere to say so, and work goes on.
pub fn remark(text: &str) {
    let line = plain(text) + "\n";
    let _ = io::stderr().write_all(line.as_bytes());
}

/// Text that no longer steers the terminal. What others wrote could clear the screen, forge a row of a table, or turn
/// the direction of what comes after it.
pub fn plain(text: &str) -> String {
    text.chars().map(|c| if steers(c) { char::REPLACEMENT_CHARACTER } else { c }).collect()
}

pub fn steers(c: char) -> bool {
    // Ends of lines and paragraphs, embeddings and overrides of the direction; then its isolates.
    c.is_control() || matches!(c, '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_steers_the_terminal() {
        for steering in ["\x1b", "\n", "\r", "\t", "\0", "\x08", "\x7f", "\u{9b}", "\u{2028}", "\u{202e}", "\u{2067}"] {
            assert_eq!(plain(&format!("a{steering}b")), "a\u{fffd}b", "{steering:?}");
        }
    }

    #[test]
    fn all_other_text_stays() {
        for text in ["", "jack", "哥伦比亚", "محمد", "👩‍👩‍👧", "O'Neil \"the\" <b>", "\u{200f}עברית"]
        {
            assert_eq!(plain(text), text);
        }
    }
}
