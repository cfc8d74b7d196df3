//! Responses that a proxy or a service compressed.

use std::{
    io::{Read, Write},
    net::TcpListener,
    thread,
};

use crate::common::{command, run};
use flate2::{Compression, write::GzEncoder};

#[test]
fn a_compressed_response_is_decompressed() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let answering = thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut request = Vec::new();
        let mut piece = [0; 4096];
        while !request.ends_with(b"}") {
            let length = stream.read(&mut piece).unwrap();
            request.extend_from_slice(&piece[..length]);
        }
        let mut body = GzEncoder::new(Vec::new(), Compression::fast());
        body.write_all(br#"{"code": 200, "message": "success", "data": []}"#).unwrap();
        let body = body.finish().unwrap();
        let head = format!(
            "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-encoding: gzip\r\ncontent-length: {}\r\n\r\n",
            body.len()
        );
        stream.write_all(&[head.as_bytes(), &body].concat()).unwrap();
    });
    let url = format!("http://{address}");
    let asked = ["log", "--source", "pc", "--output", "json", "--tenant-id", "7", "--api-key", "k", "--url", &url];
    let result = run(command().args(asked));
    assert_eq!((result.status, result.out.trim()), (0, "[]"), "{}", result.err);
    answering.join().unwrap();
}
