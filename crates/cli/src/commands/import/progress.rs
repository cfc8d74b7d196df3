//! Shows the progress of an import: a bar on a terminal, and acknowledgments for programs.

use std::{
    io::{self, IsTerminal},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use indicatif::{ProgressBar, ProgressStyle};

use super::input::Input;
use crate::terminal;

pub struct Progress {
    bar: ProgressBar,
    /// How many bytes of the file have been read.
    bytes_read: Arc<AtomicU64>,
    acknowledge: bool,
    acknowledged: u64,
}

impl Progress {
    pub fn new(input: &Input, acknowledge: bool) -> Self {
        let bar = match input.size {
            _ if !io::stderr().is_terminal() => ProgressBar::hidden(),
            Some(size) => {
                ProgressBar::new(size).with_style(style("{bar:30} {percent}% of {total_bytes}, {msg}, {eta} left"))
            }
            None => ProgressBar::new_spinner().with_style(style("{spinner} {bytes}, {msg}")),
        };
        Self { bar, bytes_read: Arc::clone(&input.bytes_read), acknowledge, acknowledged: 0 }
    }

    /// Prints a message above the bar.
    pub fn report(&self, message: &str) {
        self.bar.suspend(|| terminal::print_error_line(message));
    }

    pub fn read_up_to(&self, line: u64) {
        self.bar.set_message(format!("{line} lines"));
        self.bar.set_position(self.bytes_read.load(Ordering::Relaxed));
    }

    pub fn stored_up_to(&mut self, line: u64) {
        self.read_up_to(line);
        if self.acknowledge
            && line > self.acknowledged
            && let Err(error) = terminal::print_line(line)
        {
            // The import goes on without acknowledgments.
            self.acknowledge = false;
            self.report(&format!("acknowledgments stopped: {error:#}"));
        }
        self.acknowledged = self.acknowledged.max(line);
    }

    pub fn finish(&self) {
        self.bar.finish_and_clear();
    }
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar())
}
