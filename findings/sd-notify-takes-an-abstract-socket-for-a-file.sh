#!/usr/bin/env bash
# sd-notify 0.5.0, a crate that speaks systemd's notification protocol: it takes the address of an abstract socket for a file.
#
# Guess before the first run: `NOTIFY_SOCKET=@name` names an abstract socket, as sd_notify(3) says, and the message arrives there.
# Seen: `notify` looks for a file named `@name`, and returns "No such file or directory". Nothing arrives. Under a service manager
# that uses abstract sockets, a service of `Type=notify` would be stopped as one that never got ready, although it runs.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
mkdir "$folder/src"
cd "$folder"
cat > Cargo.toml <<'TOML'
[package]
name = "notify"
version = "0.1.0"
edition = "2021"

[dependencies]
sd-notify = "=0.5.0"
TOML
cat > src/main.rs <<'RUST'
use std::os::{linux::net::SocketAddrExt, unix::net::{SocketAddr, UnixDatagram}};

fn main() {
    let name = std::env::var("NOTIFY_SOCKET").unwrap();
    let receiver = UnixDatagram::bind_addr(&SocketAddr::from_abstract_name(&name[1..]).unwrap()).unwrap();
    receiver.set_nonblocking(true).unwrap();
    // The standard library's own socket reaches the receiver.
    UnixDatagram::unbound().unwrap().send_to_addr(b"here", &receiver.local_addr().unwrap()).unwrap();
    assert_eq!(receiver.recv(&mut [0; 64]).unwrap(), 4);
    let sent = sd_notify::notify(&[sd_notify::NotifyState::Ready]);
    let received = receiver.recv(&mut [0; 64]);
    println!("sd-notify 0.5.0 with NOTIFY_SOCKET={name}: notify returns {sent:?}; the socket received {received:?}");
    assert!(sent.is_err() && received.is_err(), "changed: the abstract socket got the message");
}
RUST
NOTIFY_SOCKET="@lamps-$$" cargo run --quiet
