//! A TCP proxy between a server and its database: the network, which can be cut and frozen.

use std::{
    io::{self, Read, Write},
    net::{Shutdown, SocketAddr, TcpListener, TcpStream},
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    thread,
    time::Duration,
};

use anyhow::Result;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// See the [module](self). It forwards until the program ends.
pub struct Proxy {
    pub address: SocketAddr,
    network: Arc<Network>,
}

struct Network {
    state: Mutex<State>,
    changed: Condvar,
}

struct State {
    mode: Mode,
    /// Connections with a lower number forward nothing more.
    first_alive: u64,
    next: u64,
    streams: Vec<(u64, TcpStream)>,
}

/// What the network does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mode {
    Open,
    /// Every connection is closed.
    Cut,
    /// Connections are accepted, and nothing is forwarded.
    Frozen,
}

impl Proxy {
    /// Listens on a free port.
    ///
    /// # Errors
    /// If there is none.
    pub fn new(target: SocketAddr) -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let address = listener.local_addr()?;
        let state = State { mode: Mode::Open, first_alive: 0, next: 0, streams: Vec::new() };
        let network = Arc::new(Network { state: Mutex::new(state), changed: Condvar::new() });
        let shared = Arc::clone(&network);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let network = Arc::clone(&shared);
                thread::spawn(move || network.connect(stream, target));
            }
        });
        Ok(Self { address, network })
    }

    /// Closes all connections, and every new one, until [`open`](Self::open).
    pub fn cut(&self) {
        self.network.set(Mode::Cut);
        self.network.state().streams.drain(..).for_each(|(_, stream)| close(&stream));
    }

    /// Forwards nothing until [`open`](Self::open). Connections stay, and new ones are accepted.
    pub fn freeze(&self) {
        self.network.set(Mode::Frozen);
    }

    /// Forwards nothing more of the connections of now. New ones work.
    pub fn freeze_existing(&self) {
        let mut state = self.network.state();
        state.first_alive = state.next;
    }

    /// Forwards again. Connections that [`freeze_existing`](Self::freeze_existing) froze are closed.
    pub fn open(&self) {
        let mut state = self.network.state();
        let first = state.first_alive;
        state.streams.extract_if(.., |(number, _)| *number < first).for_each(|(_, stream)| close(&stream));
        drop(state);
        self.network.set(Mode::Open);
    }
}

fn close(stream: &TcpStream) {
    // It may be closed already.
    let _ = stream.shutdown(Shutdown::Both);
}

impl Network {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn set(&self, mode: Mode) {
        self.state().mode = mode;
        self.changed.notify_all();
    }

    /// Waits while nothing of a connection is forwarded. Returns `false` if the network is cut.
    fn passes(&self, number: u64) -> bool {
        let waits =
            |state: &mut State| state.mode == Mode::Frozen || number < state.first_alive && state.mode == Mode::Open;
        let state = self.changed.wait_while(self.state(), waits).unwrap_or_else(PoisonError::into_inner);
        state.mode == Mode::Open
    }

    fn connect(&self, client: TcpStream, target: SocketAddr) {
        let number = {
            let mut state = self.state();
            state.next += 1;
            state.next - 1
        };
        if !self.register(number, &client) || !self.passes(number) {
            return close(&client);
        }
        let Ok(server) = TcpStream::connect_timeout(&target, CONNECT_TIMEOUT) else { return close(&client) };
        let _ = (client.set_nodelay(true), server.set_nodelay(true));
        if self.register(number, &server) {
            thread::scope(|scope| {
                scope.spawn(|| self.forward(number, &client, &server));
                self.forward(number, &server, &client);
            });
        }
        close(&client);
        close(&server);
        self.state().streams.retain(|(other, _)| *other != number);
    }

    /// Keeps a handle of a connection, by which it can be closed. Returns `false` if the network is cut.
    fn register(&self, number: u64, stream: &TcpStream) -> bool {
        let mut state = self.state();
        let Ok(handle) = stream.try_clone() else { return false };
        state.streams.push((number, handle));
        state.mode != Mode::Cut
    }

    fn forward(&self, number: u64, mut from: &TcpStream, mut to: &TcpStream) {
        let mut buffer = [0; 32 * 1024];
        let mut copy = || -> io::Result<usize> {
            let length = from.read(&mut buffer)?;
            if !self.passes(number) {
                return Ok(0);
            }
            to.write_all(&buffer[..length])?;
            Ok(length)
        };
        while copy().is_ok_and(|length| length > 0) {}
        let _ = to.shutdown(Shutdown::Write);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn echo() -> SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        thread::spawn(move || {
            for mut stream in listener.incoming().flatten() {
                thread::spawn(move || io::copy(&mut stream.try_clone().unwrap(), &mut stream));
            }
        });
        address
    }

    fn connect(proxy: &Proxy) -> TcpStream {
        let stream = TcpStream::connect(proxy.address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
        stream
    }

    fn is_echoed(mut stream: &TcpStream) -> io::Result<bool> {
        stream.write_all(b"x")?;
        Ok(stream.read(&mut [0])? == 1)
    }

    /// Returns whether nothing comes for a while.
    fn is_silent(mut stream: &TcpStream) -> bool {
        stream.set_read_timeout(Some(Duration::from_millis(200))).unwrap();
        let read = stream.write_all(b"x").and_then(|()| stream.read(&mut [0]));
        stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
        read.is_err_and(|error| matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut))
    }

    #[test]
    fn a_cut_closes_all_connections_until_the_network_is_open() {
        let proxy = Proxy::new(echo()).unwrap();
        let stream = connect(&proxy);
        assert!(is_echoed(&stream).unwrap());
        proxy.cut();
        assert!(!is_echoed(&stream).unwrap_or(false));
        assert!(!is_echoed(&connect(&proxy)).unwrap_or(false));
        proxy.open();
        assert!(is_echoed(&connect(&proxy)).unwrap());
    }

    #[test]
    fn a_frozen_network_delivers_late() {
        let proxy = Proxy::new(echo()).unwrap();
        let stream = connect(&proxy);
        assert!(is_echoed(&stream).unwrap());
        proxy.freeze();
        let new = connect(&proxy);
        assert!(is_silent(&stream) && is_silent(&new));
        proxy.open();
        assert_eq!((&stream).read(&mut [0]).unwrap(), 1);
        assert_eq!((&new).read(&mut [0]).unwrap(), 1);
    }

    #[test]
    fn old_connections_freeze_beside_new_ones() {
        let proxy = Proxy::new(echo()).unwrap();
        let old = connect(&proxy);
        assert!(is_echoed(&old).unwrap());
        proxy.freeze_existing();
        let new = connect(&proxy);
        assert!(is_echoed(&new).unwrap());
        assert!(is_silent(&old));
        proxy.open();
        assert!(!is_echoed(&old).unwrap_or(false), "closed in the end");
        assert!(is_echoed(&new).unwrap());
    }
}
