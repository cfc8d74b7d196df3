//! What the person or the program that waits for an import gets to see of it.

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

/// What the person or the program that waits for an import gets to see of it.
pub struct Progress {
    bar: ProgressBar,
    /// How many bytes of the file have been read.
    position: Arc<AtomicU64>,
    acknowledge: bool,
    acknowledged: u64,
}

impl Progress {
    pub fn new(input: &Input, acknowledge: bool) -> Self {
        let bar = match input.size {
            _ if !io::stderr().is_terminal() => ProgressBar::hidden(),
            Some(size) => {
                ProgressBar::new(size).with_style(style("{bar:30} {percent}% of {total_bytes}, {msg}, {eta} to go"))
            }
            None => ProgressBar::new_spinner().with_style(style("{spinner} {bytes}, {msg}")),
        };
        Self { bar, position: Arc::clone(&input.position), acknowledge, acknowledged: 0 }
    }

    pub fn complain(&self, complaint: &str) {
        self.bar.suspend(|| terminal::remark(complaint));
    }

    pub fn read_up_to(&self, number: u64) {
        self.bar.set_message(format!("{number} lines"));
        self.bar.set_position(self.position.load(Ordering::Relaxed));
    }

    pub fn stored_up_to(&mut self, number: u64) {
        self.read_up_to(number);
        if self.acknowledge
            && number > self.acknowledged
            && let Err(error) = terminal::print(number)
        {
            // The events don't depend on who hears of them.
            self.acknowledge = false;
            self.complain(&format!("no more lines are acknowledged: {error:#}"));
        }
        self.acknowledged = self.acknowledged.max(number);
    }

    pub fn finish(&self) {
        self.bar.finish_and_clear();
    }
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar())
}
