//! That what these tests look for is found where it is: pages with a fault planted in each.

use std::fs;

use crate::browser::{
    accessible::barriers, browser::Browser, phone::too_wide, record::Record, site::serve_files, themes::looks,
};

/// Opens a page of which only the body is given.
async fn open(browser: &Browser, body: &str) -> (String, Record) {
    let folder = tempfile::tempdir().unwrap();
    let page = format!(
        "<!doctype html><html lang=en><head><meta name=viewport content='width=device-width'>\
         <link rel=icon href='data:,'><title>Planted</title></head><body>{body}"
    );
    fs::write(folder.path().join("index.html"), page).unwrap();
    let home = serve_files(folder.path()).await;
    let record = browser.open(&format!("{home}index.html")).await;
    (home, record)
}

fn assert_found(faults: &[String], expected: &str, planted: &str) {
    assert!(faults.iter().any(|fault| fault.contains(expected)), "{planted}: {faults:?}");
}

const SOUND: &str = "<header>Top</header><nav aria-label=Pages><a href=index.html>Home</a></nav><main><h1>Title</h1>\
    <label>Key <input></label></main>";

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_found_where_nothing_is_wrong() {
    let Some(browser) = Browser::start().await else { return };
    browser.resize(360, 740).await;
    let (home, record) = open(&browser, SOUND).await;
    assert_eq!(record.faults(&home), [""; 0]);
    assert_eq!(barriers(&browser).await, [""; 0]);
    assert_eq!(too_wide(&browser).await, [""; 0]);
    assert_eq!(looks(&browser).await.faint, [""; 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_and_complaints_are_seen() {
    let Some(browser) = Browser::start().await else { return };
    for (planted, expected) in [
        ("<img src='http://127.0.0.1:9/x.png'>", "a request that leaves"),
        ("<link rel=stylesheet href='https://fonts.example/x.css'>", "a request that leaves"),
        ("<script>new WebSocket('ws://127.0.0.1:9/')</script>", "a request that leaves"),
        ("<script>navigator.sendBeacon('http://127.0.0.1:9/', 'x')</script>", "a request that leaves"),
        ("<img src='absent.png'>", "absent.png: HTTP status 404"),
        ("<script>setTimeout(() => fetch('absent.json'))</script>", "absent.json: HTTP status 404"),
        ("<script>console.error('planted')</script>", "planted"),
        ("<script>throw new Error('planted')</script>", "planted"),
        ("<script>Promise.reject(new Error('planted'))</script>", "planted"),
    ] {
        let (home, record) = open(&browser, planted).await;
        assert_found(&record.faults(&home), expected, planted);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_sent_is_seen_wherever_it_stands() {
    let Some(browser) = Browser::start().await else { return };
    for planted in
        ["'?key=Secret4711'", "'', { headers: { key: 'Secret4711' } }", "'', { method: 'POST', body: 'Secret4711' }"]
    {
        let (_, record) = open(&browser, &format!("<script>fetch({planted})</script>")).await;
        assert!(record.holds("Secret4711"), "{planted}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn barriers_are_seen() {
    let Some(browser) = Browser::start().await else { return };
    for (planted, expected) in [
        ("<input>", "a textbox has no name"),
        ("<button></button>", "a button has no name"),
        ("<a href=index.html><span aria-hidden=true>x</span></a>", "a link has no name"),
        ("<img src='data:,'>", "an image has no alt"),
        ("<h1>Another</h1>", "there is not one heading of level 1"),
        ("<h3>Deeper</h3>", "the headings skip a level"),
        ("<p id=one></p><p id=one></p>", "the id one stands more than once"),
        ("<label for=absent>Key</label>", "for names absent"),
        ("<a href='#absent'>there</a>", "a link leads to #absent"),
    ] {
        open(&browser, &SOUND.replace("</main>", &format!("{planted}</main>"))).await;
        assert_found(&barriers(&browser).await, expected, planted);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_that_are_too_wide_and_text_that_is_too_faint_are_seen() {
    let Some(browser) = Browser::start().await else { return };
    browser.resize(360, 740).await;
    let wide = "<div style='width: 500px'>wide</div>";
    open(&browser, wide).await;
    assert_found(&too_wide(&browser).await, "508 pixels wide", wide);
    let faint = "<p style='color: oklch(0.7 0 0)'>faint</p>";
    open(&browser, faint).await;
    assert_found(&looks(&browser).await.faint, "faint", faint);
}
