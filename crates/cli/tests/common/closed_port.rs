//! An address where nobody listens, and nobody can begin to.

use std::net::SocketAddr;

use tokio::net::TcpSocket;

/// A port of this machine that is taken by a socket which does not listen: connections to it are refused. A fixed port may
/// have a listener, and one that was released may get one.
pub struct Nobody(TcpSocket);

impl Nobody {
    pub fn new() -> Self {
        let socket = TcpSocket::new_v4().unwrap();
        socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
        Self(socket)
    }

    pub fn address(&self) -> SocketAddr {
        self.0.local_addr().unwrap()
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address())
    }
}
