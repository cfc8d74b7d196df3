//! A page as Markdown, made from its HTML: what stands in `main`, without buttons and navigation. Readers and programs get it
//! at the page's address with `.md`.
//!
//! The HTML is our own: of the templates and of pulldown-cmark. A converter of any HTML would bring a parser with a dozen
//! dependencies into the server, and would still need rules for our code blocks, tabs and tables. The tests render the Markdown
//! again and compare its words with the page's.

mod blocks;
mod html;
mod inline;

pub use self::inline::EXTENSION;
use crate::File;

/// Returns a page of the site as Markdown.
pub fn page(page: &File) -> File {
    let html = String::from_utf8_lossy(&page.bytes);
    let main = html.split_once("<main").and_then(|(_, rest)| rest.split_once('>'));
    let main = main.and_then(|(_, rest)| rest.split_once("</main>")).map_or("", |(main, _)| main);
    let main = main.replace("href=\"#", &format!("href=\"{}#", page.path));
    File::new(format!("{}{EXTENSION}", page.path), blocks::document(&html::parse(&main)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn converted(main: &str) -> String {
        let file = page(&File::new("a.html", format!("<body><nav>no</nav><main id=\"content\">{main}</main></body>")));
        assert_eq!(file.path, "a.html.md");
        String::from_utf8(file.bytes.into_owned()).unwrap()
    }

    #[test]
    fn text_keeps_its_meaning() {
        for (html, expected) in [
            ("<h1>A <code>b</code></h1>\n<p>c\n d</p>", "# A `b`\n\nc d\n"),
            (
                "<p>a_b *c* _d_ &lt;e&gt; &amp;lt; f[0](g) x\\y `</p>",
                "a_b \\*c\\* \\_d\\_ \\<e> \\&lt; f[0]\\(g) x\\\\y \\`\n",
            ),
            ("<p># a</p><p>1. b</p><p>- c</p><p>+d</p>", "\\# a\n\n1\\. b\n\n\\- c\n\n\\+d\n"),
            ("<p><strong>a</strong> <em>b</em> <code>`c</code><wbr>d</p>", "**a** *b* `` `c ``d\n"),
            (
                "<p><a href=\"errors.html#code-522\">a</a> <a href=\"openapi.yaml\">b</a></p>",
                "[a](errors.html.md#code-522) [b](openapi.yaml)\n",
            ),
            (
                "<p><a href=\"#x\">a</a> <a href=\"https://e.com/b.html\">b</a></p>",
                "[a](a.html.md#x) [b](https://e.com/b.html)\n",
            ),
            ("<p>a <span class=\"unseen\">no</span><button>no</button></p>", "a\n"),
        ] {
            assert_eq!(converted(html), expected, "{html}");
        }
    }

    #[test]
    fn lists_tables_and_code_keep_their_form() {
        for (html, expected) in [
            ("<ul><li>a<ul><li>b</li></ul></li><li><p>c</p><p>d</p></li></ul>", "- a\n  - b\n- c\n\n  d\n"),
            ("<ol><li>a</li><li>b</li></ol>", "1. a\n2. b\n"),
            ("<dl><div><dt>a</dt><dd>b</dd></div><dt>c</dt><dd>d</dd></dl>", "- a: b\n- c: d\n"),
            (
                "<div class=\"scroll\"><table><thead><tr><th>A</th><th>B</th></tr></thead><tbody><tr><th><code>a|b</code></th>\
                 <td>c<dl><div><dt>d</dt><dd>e</dd></div></dl></td></tr></tbody></table></div>",
                "| A | B |\n| --- | --- |\n| `a\\|b` | c; d: e |\n",
            ),
            (
                "<figure class=\"code\" data-copy><figcaption>a.py</figcaption><pre><code>if a:\n  ```\n</code></pre></figure>",
                "a.py:\n\n````python\nif a:\n  ```\n````\n",
            ),
            ("<figure><figcaption>Rust</figcaption><pre><code>a\n</code></pre></figure>", "```rust\na\n```\n"),
            ("<label>Key <input value=\"1\"></label>", "- Key: `1`\n"),
        ] {
            assert_eq!(converted(html), expected, "{html}");
        }
    }
}
