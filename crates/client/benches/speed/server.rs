//! A server on this machine that sends the same response to every request. It uses blocking I/O and does as little as
//! possible, so that the time of a call is the client's.

use std::{
    io::{BufRead, BufReader, Write},
    net::{TcpListener, TcpStream},
    sync::Arc,
    thread,
};

use anyhow::{Context, Result};

/// Starts the server, which runs until the program ends. Returns its address.
pub fn start(body: &str) -> Result<String> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let url = format!("http://{}", listener.local_addr()?);
    let head = format!("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n", body.len());
    let response: Arc<[u8]> = [head.as_bytes(), body.as_bytes()].concat().into();
    thread::spawn(move || {
        for connection in listener.incoming().flatten() {
            let response = Arc::clone(&response);
            thread::spawn(move || serve(connection, &response));
        }
    });
    Ok(url)
}

/// Serves a connection until the client closes it.
fn serve(mut connection: TcpStream, response: &[u8]) -> Result<()> {
    connection.set_nodelay(true)?;
    let mut requests = BufReader::new(connection.try_clone()?);
    while skip_request(&mut requests)? {
        connection.write_all(response)?;
    }
    Ok(())
}

/// Reads a request with `content-length`. Returns whether there was one.
fn skip_request(requests: &mut impl BufRead) -> Result<bool> {
    let mut length = 0;
    let mut line = String::new();
    loop {
        line.clear();
        if requests.read_line(&mut line)? == 0 {
            return Ok(false);
        }
        let header = line.trim_end();
        if header.is_empty() {
            break;
        }
        if let Some((name, value)) = header.split_once(':')
            && name.eq_ignore_ascii_case("content-length")
        {
            length = value.trim().parse().context("invalid content-length")?;
        }
    }
    requests.read_exact(&mut vec![0; length])?;
    Ok(true)
}
