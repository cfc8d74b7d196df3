//! An address at which no process listens.

use std::net::SocketAddr;

use tokio::net::TcpSocket;

/// A port of this machine whose socket does not listen, so that connections are refused. On a fixed or a released port,
/// another process could listen.
pub struct ClosedPort(TcpSocket);

impl ClosedPort {
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
