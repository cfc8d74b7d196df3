//! Samples: tabs are walked through with arrows, the language that was chosen stays, and what is copied is what is shown.

use serde_json::json;
use thirtyfour::{By, Key};

use crate::browser::{
    browser::Browser,
    site::{Server, serve_files, written},
};

/// Of the first tabs on the page: which tab is chosen, which has the focus, and which panels are seen.
const TABS: &str = r#"
    const tabs = [...document.querySelector("[role=tablist]").querySelectorAll("[role=tab]")];
    const panel = (tab) => document.getElementById(tab.getAttribute("aria-controls"));
    const which = (is) => tabs.flatMap((tab, at) => is(tab) ? [at] : []);
    return {
        count: tabs.length,
        chosen: which((tab) => tab.getAttribute("aria-selected") === "true"),
        reached: which((tab) => tab.tabIndex === 0),
        shown: which((tab) => panel(tab).checkVisibility()),
        focus: tabs.indexOf(document.activeElement),
    };
"#;

#[tokio::test(flavor = "multi_thread")]
async fn tabs_are_walked_through_with_arrows() {
    let Some(browser) = Browser::start().await else { return };
    let server = Server::start().await;
    browser.open(&format!("{}queryUserStatus.html", server.home())).await;
    let count = browser.run(TABS, []).await["count"].as_u64().unwrap();
    assert!(count > 1, "there are samples in several languages");
    browser.run("document.querySelector('[role=tab]').focus()", []).await;
    let walk = [
        (Key::Right, 1),
        (Key::Left, 0),
        (Key::Left, count - 1),
        (Key::Right, 0),
        (Key::End, count - 1),
        (Key::Home, 0),
        (Key::Right, 1),
    ];
    for (key, at) in walk {
        browser.press(key.clone()).await;
        let expected = json!({ "count": count, "chosen": [at], "reached": [at], "shown": [at], "focus": at });
        assert_eq!(browser.run(TABS, []).await, expected, "after {key:?}");
    }
    browser.open(&format!("{}queryUserStatusLog.html", server.home())).await;
    assert_eq!(browser.run(TABS, []).await["shown"], json!([1]), "the language stays on the next page");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_copied_is_what_is_shown() {
    let Some(browser) = Browser::start().await else { return };
    let folder = written();
    let home = serve_files(folder.path()).await;
    for page in ["getting-started.html", "queryUserStatus.html"] {
        browser.open(&format!("{home}{page}")).await;
        let origin = browser.run("return location.origin", []).await;
        let permissions = json!({ "origin": origin, "permissions": ["clipboardReadWrite", "clipboardSanitizedWrite"] });
        browser.devtools("Browser.grantPermissions", permissions).await;
        browser.devtools("Emulation.setFocusEmulationEnabled", json!({ "enabled": true })).await;
        let mut copied = 0;
        for figure in browser.driver.find_all(By::Css("[data-copy]")).await.unwrap() {
            if !figure.is_displayed().await.unwrap() {
                continue;
            }
            figure.find(By::Css("button")).await.unwrap().click().await.unwrap();
            let shown =
                browser.run("return arguments[0].querySelector('code').textContent", [figure.to_json().unwrap()]).await;
            assert_ne!(shown, "", "{page}: a sample is empty");
            browser.until_async(
                &format!("{page}: the clipboard has {shown}"),
                "const [text, done] = arguments; navigator.clipboard.readText().then((copied) => done(copied === text))",
                [shown.clone()],
            ).await;
            copied += 1;
        }
        assert!(copied > 1, "{page} has samples to copy");
    }
}
