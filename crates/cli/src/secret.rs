//! Reads API keys from standard input, so that they are neither shown nor visible in the list of processes.

use std::io::{self, BufRead, IsTerminal};

use anyhow::{Context, bail};
use group_dispatch_client::ApiKey;

const PROMPT: &str = "API key (it is not shown): ";

/// Reads the key for `--api-key-stdin`: the first line of standard input. On a terminal it asks for it.
///
/// # Errors
/// When standard input can't be read, or the key is empty.
pub fn from_stdin() -> anyhow::Result<ApiKey> {
    let text = if io::stdin().is_terminal() {
        hidden_line()?
    } else {
        let mut line = String::new();
        io::stdin().lock().read_line(&mut line).context("cannot read the key from standard input")?;
        line
    };
    match checked(&text) {
        Some(key) => Ok(key),
        None => bail!("the key is empty; expected it in the first line of standard input; nothing was stored"),
    }
}

/// Asks for the key until there is one.
///
/// # Errors
/// When the terminal can't be read any more.
pub fn asked_for() -> anyhow::Result<ApiKey> {
    loop {
        match checked(&hidden_line()?) {
            Some(key) => return Ok(key),
            None => crate::terminal::remark("the key is empty; enter the one that belongs to the tenant"),
        }
    }
}

fn hidden_line() -> anyhow::Result<String> {
    rpassword::prompt_password(PROMPT).context("cannot ask for the key; nothing was stored")
}

/// Returns the key without surrounding blanks and the byte order mark that some programs begin a file with; none where the
/// key is empty.
pub fn checked(text: &str) -> Option<ApiKey> {
    let key = text.trim_start_matches('\u{feff}').trim();
    (!key.is_empty()).then(|| ApiKey::new(key))
}
