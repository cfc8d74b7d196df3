//! Reads API keys from standard input, so that they appear neither on the screen nor in the list of processes.
//!
//! Used by `login` and `tenant add`; `parse` also for an appSecret in a file.

use std::io::{self, BufRead, IsTerminal};

use anyhow::{Context, bail};
use group_dispatch_client::ApiKey;

use crate::{hidden_input, terminal};

const PROMPT: &str = "API key (not shown): ";

/// Reads the key for `--api-key-stdin`: the first line of standard input. On a terminal, prompts for it.
///
/// # Errors
/// If standard input can't be read, or the key is empty.
pub fn read_from_stdin() -> anyhow::Result<ApiKey> {
    let text = if io::stdin().is_terminal() {
        prompt()?
    } else {
        let mut line = String::new();
        io::stdin().lock().read_line(&mut line).context("cannot read the key from standard input")?;
        line
    };
    match parse(&text) {
        Some(key) => Ok(key),
        None => bail!("the key is empty; expected it on the first line of standard input; nothing was stored"),
    }
}

/// Prompts for the key until it is not empty.
///
/// # Errors
/// If the terminal can't be read.
pub fn prompt_until_given() -> anyhow::Result<ApiKey> {
    loop {
        match parse(&prompt()?) {
            Some(key) => return Ok(key),
            None => terminal::print_error_line("the key is empty; enter the key of the tenant"),
        }
    }
}

fn prompt() -> anyhow::Result<String> {
    hidden_input::read_line(PROMPT).context("cannot read the key from the terminal; nothing was stored")
}

/// Removes blanks and the byte order mark that some programs write at the beginning of a file. Returns `None` if the
/// key is empty.
pub fn parse(text: &str) -> Option<ApiKey> {
    let key = text.trim_start_matches('\u{feff}').trim();
    (!key.is_empty()).then(|| ApiKey::new(key))
}
