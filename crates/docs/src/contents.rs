//! The table of contents of a long page, made from its headings with an anchor. `site` adds it to finished pages.

/// The length from which a page gets a table of contents, in bytes of HTML.
const LONG_PAGE_BYTES: usize = 8_000;
/// The fewest headings for which a table of contents is useful.
const MIN_HEADINGS: usize = 4;

struct Heading<'a> {
    is_sub: bool,
    anchor: &'a str,
    /// HTML, because titles may contain code.
    title: &'a str,
}

/// Returns a long page with a table of contents below its title and lead. Returns `None` for a short page.
pub fn with_contents(html: &str) -> Option<String> {
    let start = html.find("<main")?;
    let end = start + html[start..].find("</main>")?;
    let main = &html[start..end];
    let headings = headings(main);
    if main.len() < LONG_PAGE_BYTES || headings.len() < MIN_HEADINGS {
        return None;
    }
    let title = start + main.find("</h1>")? + "</h1>".len();
    let rest = html[title..].trim_start();
    let lead = if rest.starts_with("<p class=\"lead\"") { html[title..].find("</p>")? + "</p>".len() } else { 0 };
    let at = title + lead;
    Some(format!("{}\n{}{}", &html[..at], list(&headings), &html[at..]))
}

/// Returns the headings of the second and third level that have an anchor.
fn headings(main: &str) -> Vec<Heading<'_>> {
    let starts = main.match_indices("<h").map(|(at, _)| &main[at..]);
    starts.filter_map(heading).collect()
}

fn heading(html: &str) -> Option<Heading<'_>> {
    let is_sub = html.starts_with("<h3 ");
    if !is_sub && !html.starts_with("<h2 ") {
        return None;
    }
    let (tag, rest) = html.split_once('>')?;
    let anchor = tag.split_once("id=\"")?.1.split_once('"')?.0;
    let title = rest.split_once(if is_sub { "</h3>" } else { "</h2>" })?.0;
    Some(Heading { is_sub, anchor, title })
}

fn list(headings: &[Heading<'_>]) -> String {
    let mut list = String::from("<nav class=\"contents\" aria-label=\"On this page\">\n<p>On this page</p>\n<ul>\n");
    let mut headings = headings.iter().peekable();
    while let Some(heading) = headings.next() {
        list.push_str(&format!("<li>{}", link(heading)));
        let mut is_open = false;
        while let Some(sub) = headings.next_if(|next| next.is_sub) {
            list.push_str(if is_open { "" } else { "\n<ul>\n" });
            is_open = true;
            list.push_str(&format!("<li>{}</li>\n", link(sub)));
        }
        list.push_str(if is_open { "</ul></li>\n" } else { "</li>\n" });
    }
    list + "</ul>\n</nav>"
}

fn link(heading: &Heading<'_>) -> String {
    format!("<a href=\"#{}\">{}</a>", heading.anchor, heading.title)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_pages_have_contents_below_their_lead() {
        let text = "x".repeat(LONG_PAGE_BYTES);
        let page = format!(
            "<main><h1>T</h1>\n<p class=\"lead\">L</p><h2 id=\"a\">A <code>b</code></h2><h3 id=\"c\">C</h3><h2>no</h2>\
             <h2 id=\"d\">D</h2><h3 id=\"e\">E</h3>{text}</main>"
        );
        let contents = with_contents(&page).unwrap_or_default();
        let expected = "<p class=\"lead\">L</p>\n<nav class=\"contents\" aria-label=\"On this page\">\n<p>On this page</p>\n\
                        <ul>\n<li><a href=\"#a\">A <code>b</code></a>\n<ul>\n<li><a href=\"#c\">C</a></li>\n</ul></li>\n\
                        <li><a href=\"#d\">D</a>\n<ul>\n<li><a href=\"#e\">E</a></li>\n</ul></li>\n</ul>\n</nav><h2";
        assert!(contents.contains(expected), "{}", &contents[..400]);
        assert_eq!(with_contents(&page.replace(&text, "")), None, "a short page has none");
        assert_eq!(with_contents(&page.replace("id=", "class=")), None, "without anchors there is nothing to link to");
    }
}
