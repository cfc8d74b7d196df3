//! Versions beside each other in a browser: the list of versions, the note on old ones, and the way without scripts.

use serde_json::json;
use thirtyfour::{By, Key};

use crate::{
    browser::{accessible::barriers, browser::Browser, phone::too_wide, site::serve_files},
    published::two_versions,
};

/// The path of the page that is open, without the folders above the versions.
async fn place(browser: &Browser) -> String {
    let path = browser.run("return location.pathname + location.hash", []).await;
    let parts: Vec<&str> = path.as_str().unwrap().split('/').collect();
    parts[parts.len() - 2..].join("/")
}

async fn arrives(browser: &Browser, place: &str) {
    // The interactive reference sets an anchor by itself.
    let script = "const [path, anchor] = arguments[0].split('#');
        return document.readyState === 'complete' && location.pathname.endsWith(path)
            && (!anchor || location.hash === `#${anchor}`)";
    browser.until(&format!("{place} is open"), script, [json!(format!("/{place}"))]).await;
}

const NOTE: &str = "return document.getElementById('old-version')?.innerText ?? ''";

#[tokio::test(flavor = "multi_thread")]
async fn an_old_page_leads_to_the_latest() {
    let Some(browser) = Browser::start().await else { return };
    let folder = two_versions(None);
    let homes = [serve_files(folder.path()).await, format!("file://{}/", folder.path().display())];
    for home in homes {
        let mut faults = Vec::new();
        for (page, expected, target) in [
            ("1.0/errors.html", "The same page in version", "latest/errors.html"),
            ("1.0/errors.html#success", "The same page in version", "latest/errors.html#success"),
            ("1.0/old.html", "which doesn't have this page", "latest/index.html"),
            ("1.0/reference.html", "The same page in version", "latest/reference.html"),
        ] {
            faults.extend(browser.open(&format!("{home}{page}")).await.faults(&home));
            let note = browser.run(NOTE, []).await;
            let note = note.as_str().unwrap();
            assert!(note.starts_with("This page is of version 1.0.") && note.contains(expected), "{page}: {note}");
            // The page is at its anchor, and the note above it.
            browser.run("scrollTo(0, 0)", []).await;
            browser.click("#old-version a").await;
            arrives(&browser, target).await;
            assert_eq!(browser.run(NOTE, []).await, json!(""), "the latest version has no note");
        }
        faults.extend(browser.open(&format!("{home}latest/old.html")).await.faults(&home));
        arrives(&browser, "1.0/old.html").await;
        let record = browser.open(&format!("{home}index.html")).await;
        faults.extend(record.faults(&home));
        arrives(&browser, "latest/index.html").await;
        assert_eq!(faults, [""; 0]);
    }
    for width in [1280, 360] {
        browser.resize(width, 740).await;
        let home = serve_files(folder.path()).await;
        for page in ["1.0/errors.html", "versions.html", "404.html"] {
            browser.open(&format!("{home}{page}")).await;
            assert_eq!(barriers(&browser).await, [""; 0], "{page} at {width} pixels");
            assert_eq!(too_wide(&browser).await, [""; 0], "{page} at {width} pixels");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_list_of_versions_leads_to_the_same_page_by_keyboard() {
    let Some(browser) = Browser::start().await else { return };
    let folder = two_versions(None);
    let home = serve_files(folder.path()).await;
    for (page, target) in [
        ("latest/errors.html", "1.0/errors.html"),
        ("latest/error-522.html", "1.0/index.html"),
        ("1.0/codes.html", "1.0/codes.html"),
    ] {
        browser.open(&format!("{home}{page}")).await;
        browser.run("document.querySelector('#versions summary').focus()", []).await;
        browser.press(Key::Enter).await;
        let shown =
            "return [...document.querySelectorAll('#versions a')].map((link) => [link.innerText, link.ariaCurrent])";
        let shown = browser.run(shown, []).await;
        let is_old = page.starts_with("1.0");
        let own = group_dispatch_docs::Edition::current(None).folder();
        let current = |is: bool| if is { json!("true") } else { json!(null) };
        let expected = json!([[format!("{own} (latest)"), current(!is_old)], ["1.0", current(is_old)]]);
        assert_eq!(shown, expected, "{page}");
        browser.press(Key::Tab).await;
        browser.press(Key::Tab).await;
        browser.press(Key::Enter).await;
        arrives(&browser, target).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_scripts_there_are_links() {
    let Some(browser) = Browser::start().await else { return };
    let folder = two_versions(None);
    let home = serve_files(folder.path()).await;
    browser.devtools("Emulation.setScriptExecutionDisabled", json!({ "value": true })).await;
    browser.driver.goto(&format!("{home}latest/errors.html")).await.unwrap();
    browser.click("#versions a").await;
    let old = browser.driver.find(By::LinkText("1.0")).await.unwrap();
    old.click().await.unwrap();
    assert!(browser.driver.current_url().await.unwrap().path().ends_with("/1.0/index.html"));
    browser.driver.goto(&format!("{home}1.0/codes.html")).await.unwrap();
    browser.click(".page-tools a").await;
    assert!(browser.driver.current_url().await.unwrap().path().ends_with("/1.0/codes.html.md"));
    browser.devtools("Emulation.setScriptExecutionDisabled", json!({ "value": false })).await;
}

/// The browser's parser of XML is another one than our tests'.
#[tokio::test(flavor = "multi_thread")]
async fn feed_and_sitemap_are_well_formed() {
    let Some(browser) = Browser::start().await else { return };
    let folder = two_versions(Some("https://docs.example.com/a/b/"));
    let home = serve_files(folder.path()).await;
    browser.open(&format!("{home}latest/codes.html")).await;
    let script = "const [name, done] = arguments;
        fetch(name).then((response) => response.text()).then((text) => {
            const read = new DOMParser().parseFromString(text, 'application/xml');
            done(!read.querySelector('parsererror') && read.querySelectorAll('entry, url').length > 3);
        });";
    for name in ["changelog.xml", "../sitemap.xml"] {
        browser.until_async(&format!("{name} is read"), script, [json!(name)]).await;
    }
    assert_eq!(place(&browser).await, "latest/codes.html");
}
