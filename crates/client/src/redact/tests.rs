//! Which parts of responses are shown.

use super::*;

#[test]
fn a_message_has_no_numbers_keys_and_addresses() {
    for (text, clean) in [
        ("accessToken is error", "accessToken is error"),
        ("no agent 868024", "no agent 868024"),
        ("account 8618217331411 is unknown", "account *** is unknown"),
        ("line\r\n\x1b[2Jnext", "line   [2Jnext"),
        ("token a35aadc4da20a17e393fbc84321d55fc", "token ***"),
        ("account +86 182-1733-1411 unknown", "account +*** unknown"),
        ("861 821 733 1411, 12", "***, 12"),
        ("(55) 11.9876/54321", "(***"),
        ("８６１８２１７３３１４１１", "***"),
        ("key 6f9619ff-8b86-d011-b42d-00cf4fc964ff!", "key ***!"),
        ("8 apples, 127.0.0.1:80 - 99", "8 apples, 127.0.0.1:80 - 99"),
        ("no mailbox jack.secret+x@mail.example.com, sorry", "no mailbox ***, sorry"),
        ("8618217331411@c.us jack＠example．com", "*** ***"),
        ("哥伦比亚", "哥伦比亚"),
        ("", ""),
    ] {
        assert_eq!(message(text), clean);
    }
}

#[test]
fn a_long_message_is_shortened() {
    assert_eq!(message(&"no ".repeat(1_000_000)).chars().count(), MAX_MESSAGE_LENGTH + 1);
    assert_eq!(message(&"ä".repeat(MAX_READ_BYTES)), MASK);
}

#[test]
fn of_html_the_text_is_shown() {
    let page =
        b"<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body class=\"x\">\r\n<hr>nginx/1.25</body></html>";
    assert_eq!(body_start(page), "502 Bad Gateway nginx/1.25");
    assert_eq!(body_start(b"upstream connect error"), "upstream connect error");
    assert_eq!(body_start("ä ".repeat(500).as_bytes()), "ä ".repeat(MAX_EXCERPT_LENGTH / 2) + ELLIPSIS);
    assert_eq!(body_start(b""), "");
}

#[test]
fn of_another_services_error_the_message_is_shown() {
    assert_eq!(body_start(br#"{"message": "no route for 8618217331411", "id": 7}"#), "no route for ***");
    assert_eq!(body_start(br#"{"error": "not found"}"#), "not found");
    assert_eq!(body_start(br#"{"error": {"name": "jack"}}"#), r#"{"error":{"name":"***"}}"#);
}

#[test]
fn of_json_the_structure_is_shown() {
    for (json, shape) in [
        (
            r#"{"data": [{"userId": 12, "agentAccount": "u1", "name": "ja\"ck", "whatsApp": 8618217331411}], "ok": true}"#,
            r#"{"data":[{"userId":12,"agentAccount":"***","name":"***","whatsApp":***}],"ok":true}"#,
        ),
        ("[861 821 733 1411]", "[***]"),
        (r#"{"name": "jack"#, r#"{"name":"***""#),
        (r#"{"8618217331411": {"jack the customer": 1}}"#, r#"{"***":{"***":1}}"#),
        (r#"[jack, -1.5, 8618217331411x]"#, "[***,***,***]"),
        (r#""jack""#, r#""***""#),
        ("[\"a\\\\\", \"jack\"]", r#"["***","***"]"#),
    ] {
        assert_eq!(body_start(json.as_bytes()), shape);
    }
}

#[test]
fn what_leads_to_a_fault_is_shown() {
    let body = format!("{{\"data\": [\n{}\n7]}}", "{\"name\": \"jack\"},".repeat(100));
    let excerpt = body_before(body.as_bytes(), 3, 1);
    assert!(excerpt.starts_with(ELLIPSIS) && excerpt.ends_with(r#"{"name":"***"},7"#), "{excerpt}");
    assert_eq!(excerpt.chars().count(), MAX_EXCERPT_LENGTH + 1);
    assert_eq!(body_before(b"{\"code\": 200, \"data\": \"jack\"}", 1, 22), r#"{"code":200,"data":"#);
    assert_eq!(body_before(b"<p>Log in</p>", 1, 1), "Log in");
    assert_eq!(body_before(b"{", 99, 99), "{");
}

#[test]
fn scripts_and_encoded_digits_of_html_are_not_shown() {
    for (page, words) in [
        ("<html><script>var x = {\"name\": \"Jack\"}; a < b</script><p>Log in</html>", "Log in"),
        ("<html><SCRIPT src=x>Jack</Script ><style>Jack{}</style>Log in", "Log in"),
        ("<html><!-- Jack > Secret -->Log in", "Log in"),
        ("<html><script>Jack", ""),
        ("<p>&#56;&#54;&#x31;&#56;&#50;&#49;&#55; &amp; &#65 &#xFFFFFFFF; &#", "*** &amp; A &#xFFFFFFFF; &#"),
        ("<?xml version='1.0'?>\n<!-- x --><!DOCTYPE html PUBLIC 'x'><title>Log in</title>", "Log in"),
    ] {
        assert_eq!(body_start(page.as_bytes()), words, "{page}");
    }
}

#[test]
fn other_bodies_are_named_and_not_shown() {
    let json = r#"{"data":{"whatsApp":"8618217331411","name":"Jo"#;
    let utf16 = |bytes: fn(u16) -> [u8; 2], mark: &str| -> Vec<u8> {
        format!("{mark}{json}").encode_utf16().flat_map(bytes).collect()
    };
    let utf32 = |bytes: fn(u32) -> [u8; 4], mark: &str| -> Vec<u8> {
        format!("{mark}{json}").chars().map(u32::from).flat_map(bytes).collect()
    };
    let mut cases = vec![
        (b"\x1f\x8b\x08\0\0Jo".to_vec(), "gzip data"),
        (b"\x28\xb5\x2f\xfd8618217331411".to_vec(), "zstd data"),
        (b"\x8b\x02\x808618217331411 Jo\x03".to_vec(), "binary data"),
        (b"a\x01\0Jo".to_vec(), "binary data"),
        (b"\xbd\xdc\xbf\xcb,Jo".to_vec(), "text in another encoding than UTF-8"),
        (b"<name>Jo Secret</name>".to_vec(), "XML or other markup than HTML"),
        (b"<?xml version='1.0'?><html-list>Jo".to_vec(), "XML or other markup than HTML"),
        (b"<table><tr><td>Jo".to_vec(), "XML or other markup than HTML"),
    ];
    for mark in ["", "\u{feff}"] {
        cases.push((utf16(u16::to_le_bytes, mark), "text in UTF-16"));
        cases.push((utf16(u16::to_be_bytes, mark), "text in UTF-16"));
        cases.push((utf32(u32::to_le_bytes, mark), "text in UTF-32"));
        cases.push((utf32(u32::to_be_bytes, mark), "text in UTF-32"));
    }
    for (body, name) in cases {
        let expected = format!("{name}{NOT_SHOWN}");
        assert_eq!((body_start(&body), body_before(&body, 1, 1)), (expected.clone(), expected), "{body:?}");
    }
    for text in ["8618217331411,Jack Secret", "callback({\"name\": \"Jack\"})", "name: Jack", "\u{feff}Jack"] {
        assert_eq!(body_before(text.as_bytes(), 1, 1), format!("neither JSON nor an HTML page{NOT_SHOWN}"), "{text}");
    }
    // A character that is truncated at the limit is no other encoding.
    let long = format!("x{}", "ä ".repeat(MAX_READ_BYTES));
    assert!(body_start(long.as_bytes()).starts_with("xä ä"), "{long}");
}
