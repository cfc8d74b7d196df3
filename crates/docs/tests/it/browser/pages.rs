//! Every page opens, wherever the site stands: nothing is missing, nothing fails, and nobody else is asked.

use crate::browser::{
    browser::Browser,
    site::{Server, pages, serve_files, written},
};

async fn every_page_opens(home: &str, own: &str) {
    let Some(browser) = Browser::start().await else { return };
    let mut faults = Vec::new();
    for page in pages() {
        let record = browser.open(&format!("{home}{page}")).await;
        faults.extend(record.faults(own).into_iter().map(|fault| format!("{page}: {fault}")));
        if browser
            .run("return document.querySelector('h1')?.innerText.trim()", [])
            .await
            .as_str()
            .is_none_or(str::is_empty)
        {
            faults.push(format!("{page}: it has no heading, so that it did not open"));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn from_the_server() {
    let server = Server::start().await;
    every_page_opens(&server.home(), &server.url).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn from_any_web_server_under_any_path() {
    let folder = written();
    let home = serve_files(folder.path()).await;
    every_page_opens(&home, &home).await;
}

/// Browsers let a page from a disk load scripts, styles and pictures beside it, but `fetch` nothing, run no modules and
/// no workers. The site needs none of these; what of it might be tried would be seen here as a fault.
#[tokio::test(flavor = "multi_thread")]
async fn from_files() {
    let folder = written();
    let home = format!("file://{}/", folder.path().display());
    every_page_opens(&home, &home).await;
}
