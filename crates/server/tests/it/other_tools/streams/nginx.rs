//! nginx with plain `proxy_pass` and its default buffers: lines come as they are sent. It needs `underscores_in_headers on`, because
//! otherwise it leaves the header `tenant_id` out.

use std::{fs, os::unix::fs::PermissionsExt as _, path::Path, process::Command};

use super::{
    append,
    cutter::{Cut::After, Cutter, Place::Data},
    event,
    proxy::{FORMATS, Proxy, socket},
};
use crate::{
    common::start,
    other_tools::toolbox::{Toolbox, prepared},
};

/// Starts one before a server with these settings beside `proxy_pass`, if it is installed.
async fn start_nginx(url: &str, settings: &str) -> Option<Proxy> {
    Toolbox::nginx()?;
    let folder = tempfile::Builder::new().prefix("nginx-").tempdir().unwrap();
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
    let listen = format!("unix:{}", socket(&folder).display());
    let folders: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
        .map(|name| format!("{name}_temp_path {};\n", folder.path().join(name).display()))
        .concat();
    let configuration = format!(
        "daemon off;\nmaster_process off;\npid {};\nerror_log stderr warn;\nevents {{}}\nhttp {{\naccess_log off;\n{folders}\
         underscores_in_headers on;\nserver {{ listen {listen}; location / {{ proxy_pass {url}; {settings} }} }}\n}}\n",
        folder.path().join("pid").display()
    );
    let file = folder.path().join("nginx.conf");
    fs::write(&file, configuration).unwrap();
    Some(Proxy::run(nginx().arg("-c").arg(&file).arg("-p").arg(folder.path()), folder).await)
}

fn nginx() -> Command {
    // Debian has it where only root's path leads to.
    let path = Path::new("/usr/sbin/nginx");
    prepared(if path.exists() { path } else { Path::new("nginx") })
}

async fn passes_lines_on_as_they_come(settings: &str) {
    let server = start().await;
    let Some(nginx) = start_nginx(&server.url, settings).await else { return };
    nginx.passes_lines_on_as_they_come(&server).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn plain_proxy_pass_passes_lines_on_as_they_come() {
    passes_lines_on_as_they_come("").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn http_1_1_passes_lines_on_as_they_come() {
    passes_lines_on_as_they_come("proxy_http_version 1.1; proxy_set_header Connection \"\";").await;
}

/// What the docs say of `proxy_http_version 1.1`: without it, a server that breaks off looks like one that is done, but for the
/// line `end`, which is missing.
#[tokio::test(flavor = "multi_thread")]
async fn only_with_http_1_1_a_broken_connection_differs_from_an_end() {
    for (settings, is_error) in [("", false), ("proxy_http_version 1.1;", true)] {
        for accept in FORMATS {
            let server = start().await;
            let cutter = Cutter::new(&server.url, [After(1, Data)]).await;
            let Some(nginx) = start_nginx(&cutter.url, settings).await else { return };
            let mut stream = nginx.changes(&server, accept).await;
            stream.until(r#""type":"position""#).await;
            append(&server, vec![event(1)]).await;
            assert_eq!(stream.rest().await.is_err(), is_error, "{settings}, {accept}");
            assert!(!stream.text.contains(r#""type":"end""#), "{}", stream.text);
            assert!(!stream.text.ends_with('\n'), "half a line is no line: {}", stream.text);
        }
        let server = start().await;
        let Some(nginx) = start_nginx(&server.url, settings).await else { return };
        let mut stream = nginx.changes(&server, FORMATS[1]).await;
        stream.until(r#""type":"position""#).await;
        server.stop.send(()).unwrap();
        stream.rest().await.unwrap();
        assert!(stream.text.contains(r#""type":"end""#), "{}", stream.text);
    }
}
