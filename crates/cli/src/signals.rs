//! Being told to stop: Ctrl-C, and SIGTERM or what the system has in its place.

use std::io;

#[cfg(unix)]
use tokio::signal::unix::{Signal as Interrupt, Signal as Terminate, SignalKind, signal};
#[cfg(windows)]
use tokio::signal::windows::{CtrlC as Interrupt, CtrlShutdown as Terminate, ctrl_c, ctrl_shutdown};

/// From the moment this is made, the signals no longer end the process by themselves.
pub struct Signals {
    interrupt: Interrupt,
    terminate: Terminate,
}

impl Signals {
    pub fn hear() -> io::Result<Self> {
        #[cfg(unix)]
        let (interrupt, terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
        #[cfg(windows)]
        let (interrupt, terminate) = (ctrl_c()?, ctrl_shutdown()?);
        Ok(Self { interrupt, terminate })
    }

    /// Waits for one of them, which may have come already.
    pub async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}
