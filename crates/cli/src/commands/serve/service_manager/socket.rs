//! The socket on which a service manager receives messages: the path of a file, or an abstract address that begins with `@`.
//!
//! Used by the parent module. A message never waits, and reaches a manager that has created its socket again.

use std::io;

#[cfg(unix)]
pub struct Socket {
    socket: std::os::unix::net::UnixDatagram,
    address: std::os::unix::net::SocketAddr,
}

#[cfg(unix)]
impl Socket {
    /// # Errors
    /// If it is the address of another kind. Nobody has to receive at it.
    pub fn to(address: &str) -> io::Result<Self> {
        use std::os::unix::net::{SocketAddr, UnixDatagram};
        let address = match address.strip_prefix('@') {
            #[cfg(any(target_os = "linux", target_os = "android"))]
            Some(name) => {
                use std::os::linux::net::SocketAddrExt;
                SocketAddr::from_abstract_name(name)?
            }
            _ if address.starts_with('/') => SocketAddr::from_pathname(address)?,
            _ => return Err(io::Error::new(io::ErrorKind::Unsupported, "expected an absolute path, or @ and a name")),
        };
        let socket = UnixDatagram::unbound()?;
        // A message is sent by the task that accepts connections.
        socket.set_nonblocking(true)?;
        Ok(Self { socket, address })
    }

    /// # Errors
    /// If nobody receives at the address, or the manager has not read what was sent before.
    pub fn send(&self, lines: &str) -> io::Result<()> {
        // A connected socket would stay with a manager that has ended.
        self.socket.send_to_addr(lines.as_bytes(), &self.address).map(drop)
    }
}

#[cfg(not(unix))]
pub struct Socket(std::convert::Infallible);

#[cfg(not(unix))]
impl Socket {
    pub fn to(_: &str) -> io::Result<Self> {
        Err(io::ErrorKind::Unsupported.into())
    }

    pub fn send(&self, _: &str) -> io::Result<()> {
        match self.0 {}
    }
}
