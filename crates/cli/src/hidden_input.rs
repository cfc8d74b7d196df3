//! Reads a line from the terminal without showing it. Used for API keys.
//!
//! The terminal hides what is typed before the prompt appears, and shows it again however the input ends. `rpassword` 7.5.4
//! does neither: it prints the prompt first, so that a key that is pasted at once is shown, and at Ctrl-C it raises the signal
//! before it restores the terminal, which then hides all later input.

use std::{
    io::{self, Write},
    process,
};

use crossterm::{
    event::{self, Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers},
    terminal::{disable_raw_mode, enable_raw_mode},
};

/// The exit status of shells for a command that Ctrl-C ended.
const INTERRUPTED_STATUS: i32 = 130;

/// Prints `prompt` on standard error and reads a line. Ctrl-C ends the process, with the terminal restored.
///
/// # Errors
/// If there is no terminal, or at the end of input (Ctrl-D on an empty line).
pub fn read_line(prompt: &str) -> io::Result<String> {
    let line = {
        let _hidden = Hidden::new()?;
        let mut stderr = io::stderr();
        stderr.write_all(prompt.as_bytes())?;
        stderr.flush()?;
        let line = read_keys();
        // In raw mode a new line needs both.
        stderr.write_all(b"\r\n")?;
        line?
    };
    line.map_or_else(|| process::exit(INTERRUPTED_STATUS), Ok)
}

/// Hides input until it is dropped.
struct Hidden;

impl Hidden {
    fn new() -> io::Result<Self> {
        enable_raw_mode().map(|()| Self)
    }
}

impl Drop for Hidden {
    fn drop(&mut self) {
        let _ = disable_raw_mode();
    }
}

/// Returns the line, or `None` after Ctrl-C.
fn read_keys() -> io::Result<Option<String>> {
    let mut line = String::new();
    loop {
        let Event::Key(KeyEvent { code, modifiers, kind: KeyEventKind::Press, .. }) = event::read()? else { continue };
        match (code, modifiers.contains(KeyModifiers::CONTROL)) {
            // In raw mode a pasted line feed is Ctrl-J.
            (KeyCode::Enter, _) | (KeyCode::Char('j'), true) => return Ok(Some(line)),
            (KeyCode::Char('c'), true) => return Ok(None),
            (KeyCode::Char('d'), true) if line.is_empty() => return Err(io::ErrorKind::UnexpectedEof.into()),
            (KeyCode::Char('u'), true) => line.clear(),
            (KeyCode::Backspace, _) => drop(line.pop()),
            (KeyCode::Char(letter), false) => line.push(letter),
            _ => {}
        }
    }
}
