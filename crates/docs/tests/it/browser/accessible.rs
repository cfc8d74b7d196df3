//! The pages work by keyboard and with a screen reader: everything has a name, headings are in order, and focus is visible.

use serde_json::{Value, json};
use thirtyfour::Key;

use crate::browser::{
    browser::Browser,
    site::{Server, pages},
};

const MARKUP: &str = include_str!("scripts/markup.js");
/// What nobody knows who can't hear its name.
const NAMED: [&str; 14] = [
    "button",
    "checkbox",
    "combobox",
    "dialog",
    "heading",
    "image",
    "link",
    "listbox",
    "navigation",
    "region",
    "searchbox",
    "tab",
    "tabpanel",
    "textbox",
];

/// What is wrong with the page's markup, and with the tree that the browser makes of it for screen readers: the names in
/// it are the browser's own reckoning.
pub async fn barriers(browser: &Browser) -> Vec<String> {
    let markup = browser.run(MARKUP, []).await;
    let mut faults: Vec<String> = serde_json::from_value(markup).unwrap();
    let tree = browser.devtools("Accessibility.getFullAXTree", json!({})).await;
    let nodes: Vec<(&str, &str, &Value)> = tree["nodes"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|node| node["ignored"] != true)
        .map(|node| (text(&node["role"]), text(&node["name"]), node))
        .collect();
    for (role, name, node) in &nodes {
        if NAMED.contains(role) && name.trim().is_empty() {
            faults.push(format!("a {role} has no name: {}", node["properties"]));
        }
    }
    let levels: Vec<u64> = nodes.iter().filter(|(role, ..)| *role == "heading").map(|(.., node)| level(node)).collect();
    if levels.iter().filter(|level| **level == 1).count() != 1 {
        faults.push(format!("there is not one heading of level 1: {levels:?}"));
    }
    if levels.windows(2).any(|pair| pair[1] > pair[0] + 1) {
        faults.push(format!("the headings skip a level: {levels:?}"));
    }
    for landmark in ["banner", "main"] {
        if nodes.iter().filter(|(role, ..)| *role == landmark).count() != 1 {
            faults.push(format!("there is not one {landmark}"));
        }
    }
    faults
}

fn text(property: &Value) -> &str {
    property["value"].as_str().unwrap_or_default()
}

fn level(heading: &Value) -> u64 {
    let properties = heading["properties"].as_array().unwrap();
    let level = properties.iter().find(|property| property["name"] == "level");
    level.and_then(|level| level.pointer("/value/value")).and_then(Value::as_u64).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_page_can_be_read_by_ear() {
    let Some(browser) = Browser::start().await else { return };
    let server = Server::start().await;
    let mut faults = Vec::new();
    for page in pages() {
        browser.open(&format!("{}{page}", server.home())).await;
        // What Scalar makes is Scalar's.
        browser.run("document.querySelector('#reference')?.replaceChildren()", []).await;
        faults.extend(barriers(&browser).await.into_iter().map(|fault| format!("{page}: {fault}")));
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_keyboard_skips_to_the_content() {
    let Some(browser) = Browser::start().await else { return };
    let server = Server::start().await;
    for page in pages() {
        browser.open(&format!("{}{page}", server.home())).await;
        browser.press(Key::Tab).await;
        let skip = r#"
            const link = document.activeElement;
            const box = link.getBoundingClientRect();
            return link.hash === '#content' && box.top >= 0 && box.left >= 0 && box.height > 0 && box.right <= innerWidth;
        "#;
        browser.until(&format!("{page}: the first Tab shows the link to the content"), skip, []).await;
        browser.press(Key::Enter).await;
        let there = "return document.querySelector('main').contains(document.activeElement)";
        browser.until(&format!("{page}: the link leads to the content"), there, []).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_focus_is_seen_wherever_it_goes() {
    let Some(browser) = Browser::start().await else { return };
    let server = Server::start().await;
    for page in ["index.html", "getting-started.html"] {
        browser.open(&format!("{}{page}", server.home())).await;
        let stops =
            browser.run("return document.querySelectorAll('a, button, input, [tabindex=\"0\"]').length", []).await;
        let seen = r#"
            const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(document.activeElement);
            return (outlineStyle !== "none" && parseFloat(outlineWidth) > 0) || boxShadow !== "none";
        "#;
        for _ in 0..stops.as_u64().unwrap() {
            browser.press(Key::Tab).await;
            let element = browser.run("return document.activeElement.outerHTML.slice(0, 100)", []).await;
            if element.as_str().unwrap().starts_with("<body") {
                break;
            }
            assert_eq!(browser.run(seen, []).await, json!(true), "{page}: no focus is seen at {element}");
        }
    }
}
