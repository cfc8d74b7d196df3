//! "Copy page" copies the page's Markdown, by mouse and by keyboard, from a server and from any host.

use serde_json::json;
use thirtyfour::Key;

use crate::browser::{
    browser::Browser,
    site::{Server, serve_files, written},
};

const IS_COPIED: &str = "const [page, done] = arguments;
    Promise.all([fetch(`${page}.md`).then((response) => response.text()), navigator.clipboard.readText()])
        .then(([markdown, copied]) => done(markdown.startsWith('# ') && copied.replaceAll('\\r\\n', '\\n') === markdown));";
const BUTTON: &str = "return document.getElementById('copy-page')?.innerText ?? null";

#[tokio::test(flavor = "multi_thread")]
async fn the_clipboard_has_the_page_as_markdown() {
    let Some(browser) = Browser::start().await else { return };
    let folder = written();
    let server = Server::start().await;
    for home in [serve_files(folder.path()).await, server.home()] {
        for (page, is_by_keyboard) in [("errors.html", false), ("error-522.html", true)] {
            let record = browser.open(&format!("{home}{page}")).await;
            assert_eq!(record.faults(&home), [""; 0]);
            let origin = browser.run("return location.origin", []).await;
            let permissions =
                json!({ "origin": origin, "permissions": ["clipboardReadWrite", "clipboardSanitizedWrite"] });
            browser.devtools("Browser.grantPermissions", permissions).await;
            browser.devtools("Emulation.setFocusEmulationEnabled", json!({ "enabled": true })).await;
            if is_by_keyboard {
                browser.run("document.querySelector('.page-tools a').focus()", []).await;
                browser.press(Key::Tab).await;
                browser.press(Key::Enter).await;
            } else {
                browser.click("#copy-page").await;
            }
            browser.until_async(&format!("{page} is copied"), IS_COPIED, [json!(page)]).await;
            browser
                .until("the button says so", "return document.getElementById('copy-page').innerText === 'Copied'", [])
                .await;
            let focus = "return document.activeElement.id";
            assert_eq!(browser.run(focus, []).await, "copy-page", "the focus stays");
            browser
                .until(
                    "the button can be used again",
                    "return document.getElementById('copy-page').innerText === 'Copy page'",
                    [],
                )
                .await;
        }
    }
}

/// Pages that came by plain http from another machine have no `navigator.clipboard`.
#[tokio::test(flavor = "multi_thread")]
async fn without_a_clipboard_a_selection_is_copied() {
    let Some(browser) = Browser::start().await else { return };
    let folder = written();
    let home = serve_files(folder.path()).await;
    browser.open(&format!("{home}codes.html")).await;
    let without = "Object.defineProperty(navigator, 'clipboard', { value: undefined, configurable: true });
        document.addEventListener('copy', () => { window.copied = getSelection().toString() || document.activeElement.value; });";
    browser.run(without, []).await;
    browser.click("#copy-page").await;
    let copied = browser.until("something is copied", "return window.copied ?? false", []).await;
    let markdown = std::fs::read_to_string(folder.path().join("codes.html.md")).unwrap();
    assert_eq!(copied.as_str().unwrap(), markdown);
    browser.until("the button says so", "return document.getElementById('copy-page').innerText === 'Copied'", []).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failure_is_said_and_a_page_from_a_disk_has_the_link_alone() {
    let Some(browser) = Browser::start().await else { return };
    let folder = written();
    std::fs::remove_file(folder.path().join("codes.html.md")).unwrap();
    let home = serve_files(folder.path()).await;
    browser.open(&format!("{home}codes.html")).await;
    browser.click("#copy-page").await;
    browser
        .until("the button says so", "return document.getElementById('copy-page').innerText === 'Not copied'", [])
        .await;
    browser.open(&format!("file://{}/errors.html", folder.path().display())).await;
    assert_eq!(browser.run(BUTTON, []).await, json!(null));
    let link = "return document.querySelector('.page-tools a').getAttribute('href')";
    assert_eq!(browser.run(link, []).await, "errors.html.md");
}
