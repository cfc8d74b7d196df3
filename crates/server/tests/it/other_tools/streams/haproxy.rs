//! HAProxy: lines come as they are sent, and `timeout client`, which is one second here, does not cut a client that only reads.

use std::{fs, path::Path};

use super::{
    append, event,
    proxy::{FORMATS, Proxy, socket},
};
use crate::{
    common::start,
    other_tools::toolbox::{Toolbox, prepared},
};

/// Starts one before a server, if it is installed.
async fn start_haproxy(url: &str) -> Option<Proxy> {
    Toolbox::haproxy()?;
    let folder = tempfile::Builder::new().prefix("haproxy-").tempdir().unwrap();
    let configuration = format!(
        "defaults\n mode http\n timeout connect 10s\n timeout client 1s\n timeout server 60s\n\
         frontend all\n bind unix@{}\n default_backend server\nbackend server\n server one {}\n",
        socket(&folder).display(),
        url.strip_prefix("http://").unwrap()
    );
    let file = folder.path().join("haproxy.cfg");
    fs::write(&file, configuration).unwrap();
    // Debian has it where only root's path leads to.
    let path = Path::new("/usr/sbin/haproxy");
    let mut command = prepared(if path.exists() { path } else { Path::new("haproxy") });
    Some(Proxy::run(command.arg("-db").arg("-f").arg(&file), folder).await)
}

#[tokio::test(flavor = "multi_thread")]
async fn lines_pass_as_they_come_until_the_server_ends_the_stream() {
    let server = start().await;
    let Some(haproxy) = start_haproxy(&server.url).await else { return };
    haproxy.passes_lines_on_as_they_come(&server).await;
    let mut stream = haproxy.changes(&server, FORMATS[1]).await;
    // Lines of type `position` come each 15 seconds: the client has sent nothing for longer than its timeout.
    stream.until(r#""type":"position""#).await;
    stream.text.clear();
    stream.until(r#""type":"position""#).await;
    append(&server, vec![event(100)]).await;
    stream.until(&event(100).whatsapp.to_string()).await;
    server.stop.send(()).unwrap();
    stream.rest().await.unwrap();
    assert!(stream.text.contains(r#""type":"end""#), "{}", stream.text);
}
