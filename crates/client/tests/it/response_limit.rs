//! Endless responses, and small ones that decompress to large ones, don't fill the memory.

use std::{
    io::{self, Read, Write},
    net::{TcpListener, TcpStream},
    sync::mpsc::{Receiver, channel},
    thread,
};

use crate::common::{builder, user_status};
use flate2::{Compression, write::GzEncoder};
use group_dispatch_client::Error;
use group_dispatch_httpmock::{
    MockResponse, QueryUserStatus, RespondExt,
    httpmock::{HttpMockResponse, MockServer},
    online_agent,
};

const MIB: usize = 1024 * 1024;
const LIMIT: u64 = 4 * 1024 * 1024;

/// Starts a server that writes chunks to each connection until the client closes it, and then sends the number of bytes.
fn endless(
    head: &'static str,
    pieces: impl Fn() -> Box<dyn Iterator<Item = Vec<u8>>> + Send + 'static,
) -> (String, Receiver<usize>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let (sender, written) = channel();
    thread::spawn(move || {
        for connection in listener.incoming() {
            let mut count = 0;
            let _ = write(connection.unwrap(), head, pieces(), &mut count);
            let _ = sender.send(count);
        }
    });
    (address, written)
}

fn write(
    mut connection: TcpStream,
    head: &str,
    pieces: Box<dyn Iterator<Item = Vec<u8>>>,
    count: &mut usize,
) -> io::Result<()> {
    assert_ne!(connection.read(&mut [0; 4096])?, 0);
    connection.write_all(head.as_bytes())?;
    for piece in pieces {
        connection.write_all(format!("{:x}\r\n", piece.len()).as_bytes())?;
        connection.write_all(&piece)?;
        connection.write_all(b"\r\n")?;
        *count += piece.len();
    }
    connection.write_all(b"0\r\n\r\n")
}

async fn refused(url: &str) -> Error {
    let client = builder(url).max_response_bytes(LIMIT).build().unwrap();
    let error = client.query(user_status()).await.unwrap_err();
    let Error::ResponseTooLarge { limit, sent, .. } = &error else { panic!("{error:?}") };
    assert_eq!((*limit, sent.attempts, error.is_retryable()), (LIMIT, 1, false), "it is not tried again");
    assert!(error.to_string().contains("longer than 4194304 bytes"), "{error}");
    error
}

#[tokio::test]
async fn an_endless_response_ends_at_the_limit() {
    for head in [
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n",
        "HTTP/1.1 400 Bad Request\r\ntransfer-encoding: chunked\r\n\r\n",
    ] {
        let (url, written) = endless(head, || Box::new(std::iter::repeat_with(|| vec![b' '; 64 * 1024])));
        refused(&url).await;
        // Bytes beyond the limit are in the system's buffers.
        let written = tokio::task::spawn_blocking(move || written.recv().unwrap()).await.unwrap();
        assert!(written < 64 * MIB, "{written} bytes were read or buffered");
    }
}

#[tokio::test]
async fn the_decompressed_size_counts() {
    const HEAD: &str = "HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ntransfer-encoding: chunked\r\n\r\n";
    // 2 GiB of zeros compress to about 2 MiB. They are generated while they are sent.
    let (url, written) = endless(HEAD, || {
        let mut packer = Some(GzEncoder::new(Vec::new(), Compression::fast()));
        let mut left = 2048;
        Box::new(std::iter::from_fn(move || {
            while let Some(open) = &mut packer {
                if left == 0 {
                    return packer.take()?.finish().ok();
                }
                left -= 1;
                open.write_all(&vec![0; MIB]).unwrap();
                if open.get_ref().len() > 1024 {
                    return Some(std::mem::take(open.get_mut()));
                }
            }
            None
        }))
    });
    refused(&url).await;
    let written = tokio::task::spawn_blocking(move || written.recv().unwrap()).await.unwrap();
    assert!(written < 16 * MIB, "{written} bytes were written");
}

#[tokio::test]
async fn a_body_with_a_too_large_content_length_is_not_read() {
    let (url, _written) =
        endless("HTTP/1.1 200 OK\r\ncontent-length: 99999999999\r\n\r\n", || Box::new(std::iter::empty()));
    refused(&url).await;
}

#[tokio::test]
async fn a_response_of_exactly_the_limit_is_accepted() {
    let agents =
        serde_json::to_string(&(1..200).map(|id| online_agent(id, "u", ["8618217331411"])).collect::<Vec<_>>())
            .unwrap();
    let body = format!(r#"{{"code": 200, "message": "", "data": {agents}}}"#);
    let server = MockServer::start_async().await;
    server.respond_to(QueryUserStatus, MockResponse::raw(200, "application/json", body.clone()));
    let length = u64::try_from(body.len()).unwrap();
    for (limit, is_taken) in [(length, true), (length - 1, false), (u64::MAX, true)] {
        let client = builder(server.base_url()).max_response_bytes(limit).build().unwrap();
        let answer = client.query(user_status()).with_response().await;
        assert_eq!(answer.is_ok(), is_taken, "{limit}");
        if let Ok(answer) = answer {
            assert_eq!((answer.data.len(), answer.response.body().len()), (199, body.len()));
        }
    }
}

#[tokio::test]
async fn a_compressed_response_is_decoded() {
    let mut packer = GzEncoder::new(Vec::new(), Compression::default());
    packer.write_all(br#"{"code": 200, "message": "", "data": []}"#).unwrap();
    let body = packer.finish().unwrap();
    let server = MockServer::start_async().await;
    server.mock(|when, then| {
        when.header("accept-encoding", "gzip");
        then.respond_with(move |_| {
            HttpMockResponse::builder().status(200).header("content-encoding", "gzip").body(body.clone()).build()
        });
    });
    assert_eq!(builder(server.base_url()).build().unwrap().query(user_status()).await.unwrap(), []);
}
