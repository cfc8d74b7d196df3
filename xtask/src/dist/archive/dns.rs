//! A name server for the check of the archive: it knows one name.

use std::{
    net::{Ipv4Addr, UdpSocket},
    process,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    thread,
    time::Duration,
};

use anyhow::{Context, Result};

/// The name that the server knows, as the only one. Its address is 127.0.0.1.
pub const KNOWN_NAME: &str = "resolved.example";

const PORT: u16 = 53;
const HEADER_BYTES: usize = 12;
const TYPE_A: [u8; 2] = [0, 1];

/// A name server of this machine, until it is dropped.
pub struct NameServer {
    pub address: Ipv4Addr,
    answered: Arc<AtomicUsize>,
    is_stopped: Arc<AtomicBool>,
}

impl NameServer {
    /// Listens at an address of this machine at which no other name server does. Only root may do that.
    pub fn start() -> Result<Self> {
        let [.., high, low] = process::id().to_be_bytes();
        let mut addresses = (1..=50).map(|number| Ipv4Addr::new(127, 100 + number, high, low));
        let bound = addresses.find_map(|address| Some((address, UdpSocket::bind((address, PORT)).ok()?)));
        let (address, socket) = bound.context("no name server can listen at port 53 of this machine")?;
        socket.set_read_timeout(Some(Duration::from_millis(100)))?;
        let (answered, is_stopped) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicBool::new(false)));
        let server = Self { address, answered: Arc::clone(&answered), is_stopped: Arc::clone(&is_stopped) };
        thread::spawn(move || {
            let mut packet = [0; 512];
            while !is_stopped.load(Ordering::Relaxed) {
                let Ok((size, from)) = socket.recv_from(&mut packet) else { continue };
                if let Some(response) = respond(&packet[..size]) {
                    answered.fetch_add(1, Ordering::Relaxed);
                    let _ = socket.send_to(&response, from);
                }
            }
        });
        Ok(server)
    }

    /// Returns how many questions were answered.
    pub fn answered(&self) -> usize {
        self.answered.load(Ordering::Relaxed)
    }
}

impl Drop for NameServer {
    fn drop(&mut self) {
        self.is_stopped.store(true, Ordering::Relaxed);
    }
}

/// Returns the response to a packet with one question.
fn respond(packet: &[u8]) -> Option<Vec<u8>> {
    let question = packet.get(HEADER_BYTES..)?;
    let mut labels = Vec::new();
    let mut at = 0;
    while let length @ 1.. = usize::from(*question.get(at)?) {
        labels.push(String::from_utf8_lossy(question.get(at + 1..at + 1 + length)?).into_owned());
        at += 1 + length;
    }
    let question = question.get(..at + 5)?;
    let is_known = labels.join(".").eq_ignore_ascii_case(KNOWN_NAME);
    let has_address = is_known && question.get(at + 1..at + 3)? == TYPE_A;
    // A response with recursion; "no such name" if it is another one.
    let code = if is_known { 0 } else { 3 };
    let mut response = [packet.get(..2)?, &[0x81, 0x80 | code, 0, 1, 0, u8::from(has_address), 0, 0, 0, 0]].concat();
    response.extend(question);
    if has_address {
        // The name at byte 12, type A, class IN, a minute, four bytes.
        response.extend([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 127, 0, 0, 1]);
    }
    Some(response)
}
