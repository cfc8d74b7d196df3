//! Numbers as people write them and as phones, spreadsheets and chat libraries pass them on (D4, D34).

use group_dispatch_types::*;

/// Parses a text as both types of a number.
fn read(typed: &str) -> Result<u64, String> {
    let number = typed.parse::<WhatsAppNumber>().map_err(|error| error.to_string());
    let integer = typed.parse::<WhatsAppNumberInteger>().map_err(|error| error.to_string());
    assert_eq!(integer, number.clone().map(WhatsAppNumberInteger), "{typed:?}");
    number.map(WhatsAppNumber::get)
}

fn all_read(texts: &[&str], number: u64) {
    for typed in texts {
        assert_eq!(read(typed), Ok(number), "{typed:?}");
    }
}

/// Checks that each text is rejected with this reason, and that the message repeats no part that may be personal data.
fn all_refused(rows: &[(&str, &str)]) {
    const EXPECTED: &str = "expected a WhatsApp account: a phone number of 1 to 15 digits with its country calling code, such as 8618217331411";
    for (typed, reason) in rows {
        assert_eq!(read(typed), Err(format!("{EXPECTED}; found {reason}")), "{typed:?}");
    }
}

#[test]
fn whatsapp_numbers() -> Result<(), Box<dyn std::error::Error>> {
    all_read(
        &[
            "8618217331412",
            "+8618217331412",
            "+86 182-1733-1412",
            "+86 (182) 1733.1412",
            "+86.18217331412",
            " 86 182 1733 1412\u{a0}",
        ],
        8_618_217_331_412,
    );
    all_read(&["1"], 1);
    all_read(&["999999999999999"], WhatsAppNumber::MAX.get());
    let character = "a character that is not part of a phone number";
    let zero = "a zero before the country calling code";
    let trunk = "a zero in brackets, which is not dialed from abroad";
    all_refused(&[
        (" ", "no digit"),
        ("+", "no digit"),
        ("-", "no digit"),
        ("-1.5", "a minus sign before the number"),
        ("\u{2212}8618217331411", "a minus sign before the number"),
        ("0", zero),
        ("08618217331412", zero),
        ("008618217331412", zero),
        ("00 86 182 1733 1412", zero),
        ("8618217331412.0", "a decimal number"),
        ("+8618217331412.0", "a decimal number"),
        ("8618217331412．00", "a decimal number"),
        ("8.618217331412e12", character),
        ("44 ( 0 )20 7946 0000", trunk),
        ("+44 (0)20 7946 0958", trunk),
        ("+44 （０）20 7946 0958", trunk),
        ("1000000000000000", "more than 15 digits"),
        ("8618217331412 8618217331413", "more than 15 digits"),
        ("86/18217331412", character),
        ("++8618217331412", character),
        ("86+18217331412", character),
        ("+86 182 1733 1412 ext. 5", character),
        ("+86 182 1733 1412x5", character),
        ("+86 182 1733 1412;5", character),
        ("+86 182 1733 1412,5", character),
        ("tel:+86-182-1733-1412;ext=5", character),
        ("jack", character),
        ("八六", character),
    ]);
    assert!(read("").is_err());
    assert!(WhatsAppNumber::new(0).is_err());
    assert!(WhatsAppNumber::new(WhatsAppNumber::MAX.get() + 1).is_err());
    Ok(())
}

#[test]
fn numbers_as_phones_copy_them() {
    all_read(
        &[
            // Contacts of iOS, and contacts in right-to-left text.
            "\u{202d}+86 182 1733 1412\u{202c}",
            "\u{2066}+86 182 1733 1412\u{2069}",
            "\u{200e}+86\u{a0}182\u{a0}1733\u{a0}1412\u{200e}",
            "\u{61c}+86 182 1733 1412\u{200f}",
            "\u{feff}8618217331412",
            "86\u{200b}182\u{2060}1733\u{ad}1412",
            // Typographic spaces and hyphens.
            "+86\u{202f}182\u{2009}1733\u{3000}1412",
            "+86‑182‐1733–1412",
            "+86−182—1733－1412",
            "+86﹣182―1733ー1412",
            // Full-width forms.
            "＋８６（１８２）１７３３－１４１２",
            "+８６ 182 1733 1412",
        ],
        8_618_217_331_412,
    );
    // Other scripts.
    all_read(
        &["٨٦١٨٢١٧٣٣١٤١٢", "+۸۶ ۱۸۲ ۱۷۳۳ ۱۴۱۲", "+८६ १८२ १७३३ १४१२", "৮৬১৮২১৭৩৩১৪১২", "၈၆၁၈၂၁၇၃၃၁၄၁၂"],
        8_618_217_331_412,
    );
    all_refused(&[
        ("٨٦ 182 1733 1412", "digits of two scripts"),
        ("+۸۶ ١٨٢ ١٧٣٣ ١٤١٢", "digits of two scripts"),
        ("²³⁴", "a character that is not part of a phone number"),
    ]);
}

#[test]
fn invisible_characters_are_named_and_digits_are_not_shown() {
    let invisible = "an invisible character that is not part of a phone number";
    all_refused(&[
        ("\u{202e}8618217331412", &format!("{invisible} (the text has the invisible character U+202E)")),
        ("8618217331412\t8618217331413", &format!("{invisible} (the text has the invisible character U+0009)")),
        ("8618217331412\n5", &format!("{invisible} (the text has the invisible character U+000A)")),
        ("86182\u{0}17331412", &format!("{invisible} (the text has the invisible character U+0000)")),
        ("8618217331412\u{e0031}", &format!("{invisible} (the text has the invisible character U+E0031)")),
        // An ignored mark is named as well: it may be the reason why the text looks right.
        (
            "\u{200e}08618217331412",
            "a zero before the country calling code (the text has the invisible character U+200E)",
        ),
        ("\u{200b}", "no digit (the text has the invisible character U+200B)"),
    ]);
}

#[test]
fn links_and_prefixes() {
    all_read(
        &[
            "whatsapp:+8618217331412",
            "WhatsApp: +86 182 1733 1412",
            "tel:+86-182-1733-1412",
            "wa.me/8618217331412",
            "https://wa.me/8618217331412",
            "HTTPS://WA.ME/8618217331412/",
            "https://wa.me/+8618217331412?text=hello%20there",
            "https://api.whatsapp.com/send?phone=8618217331412&text=5",
            "https://api.whatsapp.com/send/?phone=8618217331412",
            "whatsapp://send?phone=8618217331412",
            "https://api.whatsapp.com/send?phone=%2B8618217331412",
            "sms:+8618217331412",
            "callto:+8618217331412",
            "8618217331412＠ｃ．ｕｓ",
        ],
        8_618_217_331_412,
    );
    let character = "a character that is not part of a phone number";
    all_refused(&[
        ("whatsapp:", "no digit"),
        ("tel:008618217331412", "a zero before the country calling code"),
        ("https://wa.me/message/ABC5", character),
        ("https://example.com/8618217331412", character),
        ("https://wa.me/8618217331412/5", character),
        ("whatsapp:whatsapp:8618217331412", character),
        ("whatsapp:8618217331412@c.us", "an account id behind a prefix"),
    ]);
}

/// As Baileys (`user_domain:device`), whatsmeow (`user.domain:device`), WAHA (`@c.us`) and Evolution API write them.
#[test]
fn a_decimal_number_of_json_is_named_as_a_decimal_text_is() {
    let error = |json: &str| serde_json::from_str::<WhatsAppNumber>(json).unwrap_err().to_string();
    for json in ["8618217331412.0", "8.618217331412e12", "-1.5", "\"8618217331412.0\""] {
        let error = error(json);
        assert!(error.contains("; found a decimal number"), "{json}: {error}");
        assert!(!error.contains("8618") || error.contains("8618217331411"), "{json}: {error}");
    }
}

#[test]
fn account_ids() {
    all_read(
        &[
            "8618217331412@s.whatsapp.net",
            "8618217331412@c.us",
            "8618217331412@C.US",
            "\u{200e}8618217331412@s.whatsapp.net ",
            "8618217331412:12@s.whatsapp.net",
            "8618217331412:0@c.us",
            "8618217331412.0:12@s.whatsapp.net",
            "8618217331412_0:12@s.whatsapp.net",
            "+8618217331412@c.us",
        ],
        8_618_217_331_412,
    );
    let unknown = "an id of an unknown kind";
    let domain = "an account id of another domain";
    let device = "an account id with a device that is not a number";
    let character = "a character that is not part of a phone number";
    all_refused(&[
        ("8618217331412-1581234048@g.us", "the id of a group (@g.us)"),
        ("120363043968066561@g.us", "the id of a group (@g.us)"),
        ("120650379300963@lid", "a hidden id (@lid), which is not a phone number"),
        ("120650379300963:5@lid", "a hidden id (@lid), which is not a phone number"),
        ("120650379300963:99@hosted.lid", "a hidden id (@lid), which is not a phone number"),
        ("status@broadcast", "the id of a broadcast (@broadcast)"),
        ("1581234048@broadcast", "the id of a broadcast (@broadcast)"),
        ("120363171743427809@newsletter", "the id of a channel (@newsletter)"),
        ("8618217331412@hosted", unknown),
        ("8618217331412@bot", unknown),
        ("8618217331412@example.com", unknown),
        ("8618217331412@", unknown),
        ("8618217331412@c.us@c.us", unknown),
        // In whatsmeow's and Baileys' ids the domain 1 is that of hidden ids.
        ("120650379300963.1:5@s.whatsapp.net", domain),
        ("120650379300963_1:5@s.whatsapp.net", domain),
        ("8618217331412.0@c.us", domain),
        ("8618217331412:@s.whatsapp.net", device),
        ("8618217331412:+1@s.whatsapp.net", device),
        ("8618217331412:99999@s.whatsapp.net", device),
        ("8618217331412-1581234048@c.us", character),
        ("86 182 1733 1412@c.us", character),
        ("true_8618217331412@c.us_3EB0", unknown),
        ("server@c.us", character),
        ("0@c.us", "a zero before the country calling code"),
        ("@c.us", "no digit"),
    ]);
}
