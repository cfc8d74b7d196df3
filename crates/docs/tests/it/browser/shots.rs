//! Pictures of every page for those who look over a change: `target/site-shots/<page>-<theme>-<width>.png`.

use std::fs;

use crate::browser::{
    browser::Browser,
    record::Record,
    site::{Server, pages},
};

/// The reference is longer than anyone looks at in one picture.
const HIGHEST: u64 = 6000;

#[tokio::test(flavor = "multi_thread")]
async fn of_every_page_in_both_themes_and_two_widths() {
    let Some(browser) = Browser::start().await else { return };
    let server = Server::start().await;
    let folder = test_support::workspace_root().join("target/site-shots");
    fs::create_dir_all(&folder).unwrap();
    for page in pages() {
        browser.open(&format!("{}{page}", server.home())).await;
        let name = page.trim_end_matches(".html");
        for (width, height) in [(1280, 900), (390, 844)] {
            browser.resize(width, height).await;
            let whole = browser.run("return document.documentElement.scrollHeight", []).await.as_u64().unwrap();
            browser.resize(width, whole.clamp(height, HIGHEST)).await;
            let mut shots = Vec::new();
            for theme in ["light", "dark"] {
                browser.prefer(theme).await;
                browser.rest(&mut Record::default()).await;
                let shot = browser.driver.screenshot_as_png().await.unwrap();
                fs::write(folder.join(format!("{name}-{theme}-{width}.png")), &shot).unwrap();
                shots.push(shot);
            }
            assert_ne!(shots[0], shots[1], "{page} looks the same in both themes at {width} pixels");
        }
    }
}
