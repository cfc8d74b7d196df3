//! A pseudo terminal that runs a command.

use std::{
    io::{Read, Write},
    num::NonZeroU16,
    process::Command,
    sync::mpsc::{Receiver, channel},
    thread,
    time::{Duration, Instant},
};

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};
use regex::Regex;

/// Longer than any expected output takes.
const TIMEOUT: Duration = Duration::from_secs(60);

/// A pseudo terminal that runs a command.
pub struct Terminal {
    pub child: Box<dyn Child + Send + Sync>,
    master: Box<dyn MasterPty + Send>,
    keys: Box<dyn Write + Send>,
    output: Receiver<Vec<u8>>,
    pub parser: vt100::Parser,
}

impl Terminal {
    pub fn with(command: &Command, rows: u16, cols: u16) -> Self {
        let pty = native_pty_system().openpty(size(rows, cols)).unwrap();
        let mut builder = CommandBuilder::new(command.get_program());
        builder.args(command.get_args());
        for (name, value) in command.get_envs() {
            match value {
                Some(value) => builder.env(name, value),
                None => builder.env_remove(name),
            }
        }
        let child = pty.slave.spawn_command(builder).unwrap();
        let mut reader = pty.master.try_clone_reader().unwrap();
        let (sender, output) = channel();
        thread::spawn(move || {
            let mut buffer = [0; 4096];
            while let Ok(count @ 1..) = reader.read(&mut buffer) {
                let _ = sender.send(buffer[..count].to_vec());
            }
        });
        let keys = pty.master.take_writer().unwrap();
        Self { child, master: pty.master, keys, output, parser: vt100::Parser::new(cells(rows), cells(cols), 0) }
    }

    /// Returns the text on the screen, without the parts that differ from run to run.
    pub fn text(&self) -> String {
        let text = self.parser.screen().contents();
        let text = Regex::new(r"127\.0\.0\.1:\d\d+").unwrap().replace_all(&text, "127.0.0.1:PORT").into_owned();
        Regex::new(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d").unwrap().replace_all(&text, "YYYY-MM-DD HH:MM:SS").into_owned()
    }

    /// Waits until the screen shows all of these texts.
    pub fn await_text(&mut self, expected: &[&str]) -> String {
        let deadline = Instant::now() + TIMEOUT;
        loop {
            let text = self.text();
            if expected.iter().all(|expected| text.contains(expected)) {
                return text;
            }
            match self.output.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
                Ok(bytes) => self.parser.process(&bytes),
                Err(reason) => panic!("{reason}; {expected:?} is missing in\n{text}"),
            }
        }
    }

    /// Waits for more output.
    pub fn await_more(&mut self) {
        match self.output.recv_timeout(TIMEOUT) {
            Ok(bytes) => self.parser.process(&bytes),
            Err(reason) => panic!("{reason}; no more output on\n{}", self.text()),
        }
    }

    /// Whether the terminal shows what is typed.
    pub fn echoes(&self) -> bool {
        /// The flag in the local modes of a terminal, on every Unix.
        const ECHO: u64 = 0o10;
        self.master.get_termios().is_some_and(|modes| u64::from(modes.local_flags.bits()) & ECHO != 0)
    }

    pub fn press(&mut self, keys: &str) {
        self.keys.write_all(keys.as_bytes()).unwrap();
        self.keys.flush().unwrap();
    }

    pub fn resize(&mut self, rows: u16, cols: u16) {
        self.parser.screen_mut().set_size(cells(rows), cells(cols));
        self.master.resize(size(rows, cols)).unwrap();
    }

    /// Waits for the end, and returns the exit status and the text on the screen, which must be restored.
    pub fn left(&mut self) -> (u32, String) {
        let status = self.child.wait().unwrap().exit_code();
        while let Ok(bytes) = self.output.recv_timeout(TIMEOUT) {
            self.parser.process(&bytes);
        }
        let screen = self.parser.screen();
        assert!(!screen.alternate_screen() && !screen.hide_cursor(), "the terminal is not restored");
        (status, self.text())
    }
}

fn cells(count: u16) -> NonZeroU16 {
    NonZeroU16::new(count).unwrap()
}

fn size(rows: u16, cols: u16) -> PtySize {
    PtySize { rows, cols, pixel_width: 0, pixel_height: 0 }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
