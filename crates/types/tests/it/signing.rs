//! The HMAC of calls that feed events, and tenant ids as they are signed.

use std::process::Command;

use group_dispatch_types::signing::{Credentials, FeedCall, TenantId, body_sha256, is_nonce};

const BODY: &str = r#"{"userId": 868024, "agentAccount": "lsl001", "whatsApp": "8618217331411", "source": 1, "detailStatus": 12, "createTime": 1720437931000}"#;
const BODY_SHA256: &str = "73a1888ef1203053a6f7adacf073b0c7ebd04808743b352939b09cde7a956576";
const HMAC: &str = "d254675826c9067cc7e0f269efae7b74d976c0bf49febb0c1b725b57210fb837";

/// The example of the contract.
const CALL: FeedCall<'_> = FeedCall {
    method: "POST",
    path_and_query: "/ingest/v1/status-events?order=newest-first",
    timestamp: "1710936559123",
    nonce: "4f1c2a9e0b7d4c6e8a5f3d2b1c0e9f8a",
    body_sha256: BODY_SHA256,
};

#[test]
fn the_example_of_the_contract_is_signed_as_it_says() {
    let contract = std::fs::read_to_string(test_support::workspace_root().join("openapi/ingest.yaml")).unwrap();
    for part in [CALL.timestamp, CALL.nonce, BODY, BODY_SHA256, HMAC, "`order=newest-first`", "`demo-api-key`"] {
        assert!(contract.contains(part), "{part}");
    }
    assert_eq!(body_sha256(BODY.as_bytes()), BODY_SHA256);
    assert_eq!(Credentials::new(1, "demo-api-key").hmac(&CALL), HMAC);
    let lines = "group-dispatch-hmac-sha256-1\nPOST\n/ingest/v1/status-events?order=newest-first\n1\n1710936559123\n\
                 4f1c2a9e0b7d4c6e8a5f3d2b1c0e9f8a\n73a1888ef1203053a6f7adacf073b0c7ebd04808743b352939b09cde7a956576";
    assert_eq!(CALL.text(1.into()), lines);
}

/// By other people's code, with keys that are short, longer than a block of SHA-256, and not ASCII.
#[test]
fn python_computes_the_same() {
    const PROGRAM: &str = "
import hashlib, hmac, sys
key, body, *parts = [part.encode() for part in sys.argv[1:]]
text = b'\\n'.join([*parts, hashlib.sha256(body).hexdigest().encode()])
print(hmac.new(key, text, hashlib.sha256).hexdigest(), end='')";
    if !Command::new("python3").arg("--version").output().is_ok_and(|output| output.status.success()) {
        return;
    }
    for key in ["demo-api-key", "", "the-right-k\u{e9}y", &"k".repeat(64), &"k".repeat(65), &"\u{591c}".repeat(50)] {
        let credentials = Credentials::new(18_446_744_073_709_551_615, key);
        let python = Command::new("python3")
            .args(["-c", PROGRAM, key, BODY, "group-dispatch-hmac-sha256-1", CALL.method, CALL.path_and_query])
            .args(["18446744073709551615", CALL.timestamp, CALL.nonce])
            .output()
            .unwrap();
        assert!(python.status.success(), "{}", String::from_utf8_lossy(&python.stderr));
        assert_eq!(String::from_utf8(python.stdout).unwrap(), credentials.hmac(&CALL), "{key}");
    }
}

#[test]
fn each_part_changes_the_hmac() {
    let credentials = Credentials::new(1, "demo-api-key");
    let calls = [
        FeedCall { method: "PUT", ..CALL },
        FeedCall { path_and_query: "/ingest/v1/status-events", ..CALL },
        FeedCall { timestamp: "1710936559124", ..CALL },
        FeedCall { nonce: "4f1c2a9e0b7d4c6e8a5f3d2b1c0e9f8b", ..CALL },
        FeedCall { body_sha256: &body_sha256(b""), ..CALL },
        // What moves from one part to the next.
        FeedCall { timestamp: "17109365591234", nonce: "f1c2a9e0b7d4c6e8a5f3d2b1c0e9f8a", ..CALL },
    ];
    let mut seen = vec![credentials.hmac(&CALL)];
    seen.extend(calls.iter().map(|call| credentials.hmac(call)));
    seen.push(Credentials::new(2, "demo-api-key").hmac(&CALL));
    seen.push(Credentials::new(1, "demo-api-kez").hmac(&CALL));
    for (place, hmac) in seen.iter().enumerate() {
        assert!(!seen[..place].contains(hmac), "{place}");
    }
}

#[test]
fn a_nonce_is_short_and_can_t_contain_a_line_feed() {
    for nonce in ["1", "a-nonce_1", &"x".repeat(64)] {
        assert!(is_nonce(nonce), "{nonce}");
    }
    for nonce in ["", "a\n", "a b", "\u{e9}", "a.b", &"x".repeat(65)] {
        assert!(!is_nonce(nonce), "{nonce:?}");
    }
}

/// The text of the header is signed: two texts for one tenant would be two signatures.
#[test]
fn a_tenant_id_has_one_text() {
    for text in ["0", "1", "500766", "18446744073709551615"] {
        assert_eq!(text.parse::<TenantId>().unwrap().to_string(), text);
    }
    for text in ["", "00", "01", "+1", "-1", " 1", "1 ", "1 1", "1.0", "\u{661}", "\u{ff11}", "18446744073709551616"] {
        let error = text.parse::<TenantId>().unwrap_err().to_string();
        assert_eq!(error, "expected a tenant id: a whole number without leading zeros", "{text:?}");
    }
}
