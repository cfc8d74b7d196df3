//! The signals that stop a command: Ctrl-C, and SIGTERM or its equivalent. Used by `serve`, `demo` and `watch`.

use std::io;

#[cfg(unix)]
use tokio::signal::unix::{Signal as Interrupt, Signal as Terminate, SignalKind, signal};
#[cfg(windows)]
use tokio::signal::windows::{CtrlC as Interrupt, CtrlShutdown as Terminate, ctrl_c, ctrl_shutdown};

/// Receives the signals. Once this exists, they no longer end the process by themselves.
pub struct Signals {
    interrupt: Interrupt,
    terminate: Terminate,
}

impl Signals {
    pub fn listen() -> io::Result<Self> {
        #[cfg(unix)]
        let (interrupt, terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
        #[cfg(windows)]
        let (interrupt, terminate) = (ctrl_c()?, ctrl_shutdown()?);
        Ok(Self { interrupt, terminate })
    }

    /// Waits for the next signal, which may have arrived already.
    pub async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}
