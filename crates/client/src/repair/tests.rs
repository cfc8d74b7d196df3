//! What is repaired, what is left out, and what stays an error.

use group_dispatch_types::{
    ErrorResponse, QueryAllOlWhatsAppInfoResponse, QueryUserStatusLogResponse, QueryUserStatusResponse,
    QueryWhatsAppInfoResponse,
};
use proptest::{collection::vec, prelude::*, sample::select};
use serde::de::DeserializeOwned;
use serde_json::json;

use super::*;

/// Placeholder for a text until the JSON is written.
const MARK: &str = "@mark@";

/// Faulty texts as written between quotes, and what they are repaired to.
const BROKEN: [(&[u8], &str); 14] = [
    (br"jack \ud83d", "jack \u{fffd}"),
    (br"\ude00 jack", "\u{fffd} jack"),
    (br"\ud83d\ud83d\ude00", "\u{fffd}\u{1f600}"),
    (br"\ud83dx\ude00", "\u{fffd}x\u{fffd}"),
    (br"\ud83d\n", "\u{fffd}\n"),
    (b"jack \xff\xfe", "jack \u{fffd}\u{fffd}"),
    (b"\xe4\xb8", "\u{fffd}"),
    (b"line\nline\t", "line\u{fffd}line\u{fffd}"),
    (b"\x00\x1b[2J", "\u{fffd}\u{fffd}[2J"),
    (br"\x41", "\u{fffd}x41"),
    (br"\u12", "\u{fffd}12"),
    (br"\ud83d\u12g", "\u{fffd}\u{fffd}12g"),
    (b"\\\xff", "\u{fffd}\u{fffd}"),
    (b"\\\xe2\x82\xac", "\u{fffd}\u{20ac}"),
];

fn envelope(data: Value) -> Value {
    json!({ "code": 200, "message": "Success", "data": data })
}

/// Returns a body with these bytes in place of the mark.
fn body(answer: &Value, bytes: &[u8]) -> Vec<u8> {
    let text = answer.to_string();
    match text.split_once(MARK) {
        Some((before, after)) => [before.as_bytes(), bytes, after.as_bytes()].concat(),
        None => text.into_bytes(),
    }
}

/// Decodes a faulty body as `T`. Returns the response and what was repaired and left out.
fn decode_repaired<T: Envelope>(body: &[u8]) -> (T, Repairs) {
    assert!(serde_json::from_slice::<T>(body).is_err(), "the body has no fault");
    decode(body).unwrap_or_else(|_| panic!("not repaired: {}", String::from_utf8_lossy(body)))
}

fn strict<T: DeserializeOwned>(answer: Value) -> T {
    serde_json::from_value(answer).unwrap()
}

/// Replaces the mark by a text.
fn replaced(value: Value, text: &str) -> Value {
    match value {
        Value::String(string) if string == MARK => Value::String(text.to_owned()),
        Value::Array(list) => list.into_iter().map(|value| replaced(value, text)).collect(),
        Value::Object(members) => members.into_iter().map(|(name, value)| (name, replaced(value, text))).collect(),
        value => value,
    }
}

fn record(number: u64, name: &str) -> Value {
    json!({
        "whatsApp": number.to_string(), "name": name, "status": 20, "source": 2, "countryCode": "Colombia",
        "detailStatus": 42, "createTime": "2024-07-08 19:25:31",
    })
}

/// Returns a status log with these account numbers for each agent.
fn log(agents: &[Vec<u64>]) -> Value {
    let list = agents.iter().enumerate().map(|(id, numbers)| {
        let records: Vec<_> = numbers.iter().map(|number| record(*number, "jack \u{1f600} \"\\ ä")).collect();
        json!({ "userId": id + 1, "agentAccount": "br02", "whatsAppList": records })
    });
    envelope(list.collect())
}

#[test]
fn each_broken_text_is_repaired() {
    for (bytes, text) in BROKEN {
        let mut given = log(&[vec![573_125_704_139], vec![573_125_704_140, 573_125_704_141]]);
        given["data"][1]["whatsAppList"][0]["name"] = MARK.into();
        let (answer, repairs) = decode_repaired::<QueryUserStatusLogResponse>(&body(&given, bytes));
        assert_eq!(answer, strict(replaced(given, text)), "{text}");
        assert_eq!(repairs.repaired.paths(), ["data[1].whatsAppList[0].name"], "{text}");
        assert!(repairs.left_out.is_empty());
    }
}

#[test]
fn long_texts_around_a_fault_are_kept() {
    let long = "x".repeat(100_000);
    let mut given = log(&[vec![573_125_704_139, 573_125_704_140]]);
    given["message"] = long.clone().into();
    given["data"][0]["agentAccount"] = long.into();
    given["data"][0]["whatsAppList"][0]["name"] = MARK.into();
    let (answer, repairs) = decode_repaired::<QueryUserStatusLogResponse>(&body(&given, b"\xff"));
    assert_eq!(answer, strict(replaced(given, "\u{fffd}")));
    assert_eq!(repairs.repaired.count(), 1);
}

#[test]
fn a_byte_order_mark_is_removed() {
    let given = log(&[vec![573_125_704_139]]);
    let (answer, repairs) =
        decode_repaired::<QueryUserStatusLogResponse>(&[b"\xef\xbb\xbf", &*body(&given, b"")].concat());
    assert_eq!(answer, strict(given));
    assert!(repairs.repaired.is_empty() && repairs.left_out.is_empty());
}

#[test]
fn values_that_are_not_texts_become_empty_or_digits() {
    for (name, expected) in [(json!(null), ""), (json!(12345), "12345"), (json!(true), "true")] {
        let mut given = log(&[vec![573_125_704_139, 573_125_704_140]]);
        given["data"][0]["agentAccount"] = name.clone();
        let (answer, repairs) = decode_repaired::<QueryUserStatusLogResponse>(&body(&given, b""));
        given["data"][0]["agentAccount"] = expected.into();
        assert_eq!(answer, strict(given), "{name}");
        assert_eq!(repairs.repaired.paths(), ["data[0].agentAccount"]);
    }
    // A missing text counts as null.
    let mut given = log(&[vec![573_125_704_139]]);
    given["data"][0].as_object_mut().unwrap().remove("agentAccount");
    given["message"] = Value::Null;
    let (answer, repairs) = decode_repaired::<QueryUserStatusLogResponse>(&body(&given, b""));
    assert_eq!((answer.message.as_str(), answer.data[0].agent_account.as_str()), ("", ""));
    assert_eq!(repairs.repaired.count(), 2);
}

#[test]
fn faulty_elements_are_left_out_and_their_places_reported() {
    let given = json!([
        { "source": 1, "list": [
            { "userId": "x", "agentAccount": "a", "userName": "", "whatsAppList": [{ "whatsApp": "8618217331411" }] },
            { "userId": 2, "agentAccount": "b", "userName": "", "whatsAppList": [
                { "whatsApp": null }, { "whatsApp": "8618217331412" }, { "whatsApp": "@lid" }, { "name": "jack" },
            ] },
        ] },
        { "source": 2, "list": {} },
        { "source": {}, "list": [] },
    ]);
    let (answer, repairs) = decode_repaired::<QueryAllOlWhatsAppInfoResponse>(&body(&envelope(given), b""));
    let rest = json!([
        { "source": 1, "list": [
            { "userId": 2, "agentAccount": "b", "userName": "", "whatsAppList": [{ "whatsApp": "8618217331412" }] },
        ] },
        { "source": 2, "list": [] },
    ]);
    assert_eq!(answer, strict(envelope(rest)));
    assert_eq!(
        repairs.left_out.paths(),
        [
            "data[0].list[0]",
            "data[0].list[1].whatsAppList[0]",
            "data[0].list[1].whatsAppList[2]",
            "data[0].list[1].whatsAppList[3]",
            "data[2]",
        ]
    );
    assert_eq!(repairs.incomplete_lists, [vec![0], vec![0, 0], vec![]]);
    assert!(repairs.repaired.is_empty());
}

#[test]
fn only_the_first_paths_are_kept() {
    let agents: Vec<_> = (0..150).map(|_| json!({ "userId": null })).collect();
    let (answer, repairs) = decode_repaired::<QueryUserStatusResponse>(&body(&envelope(agents.into()), b""));
    assert_eq!(answer.data, []);
    assert_eq!((repairs.left_out.count(), repairs.left_out.paths().len()), (150, 100));
    assert_eq!(repairs.left_out.to_string(), "data[0], data[1], data[2] and 147 more");
}

#[test]
fn member_names_that_may_be_personal_data_are_masked() {
    let body = b"{\"code\": 200, \"message\": \"\", \"data\": [], \"573125704139\": \"\x01\"}";
    let (_, repairs) = decode_repaired::<QueryUserStatusResponse>(body);
    assert_eq!(repairs.repaired.paths(), ["***"]);
}

#[test]
fn faults_of_the_envelope_stay_errors() {
    for (body, is_cut) in [
        (&br#"{"message": "\ud83d", "data": []}"#[..], false),
        (br#"{"code": null, "message": "", "data": []}"#, false),
        (br#"{"code": {}, "message": "", "data": []}"#, false),
        (br#"{"code": 200, "message": "", "data": 7}"#, false),
        (br#"{"code": 200, "message": "", "data": [7]}"#, false),
        (
            br#"{"code": 200, "message": "", "data": [{"userId": 1, "agentAccount": "", "whatsAppList": [null]}]}"#,
            false,
        ),
        (b"<p>\xff</p>", false),
        (b"\xef\xbb\xbf<p>no</p>", false),
        (b"\xff\xfe{\0}\0", false),
        (b"{\"code\": 200, \"message\": \"\x01\", \"data\": [{\"userId\"", true),
        (b"{\"code\": 200, \"message\": \"\x01", true),
        (b"{\"code\": 200, \"message\": \"\xff\\ud83", true),
        // A duplicate member stays an error: which of the two is right is unknown.
        (br#"{"code": 200, "code": 200, "message": "", "data": []}"#, false),
    ] {
        let unrepairable = decode::<QueryUserStatusResponse>(body).err().unwrap();
        assert_eq!(unrepairable.is_cut, is_cut, "{}", String::from_utf8_lossy(body));
    }
}

#[test]
fn only_elements_of_lists_are_left_out() {
    let place = |id: Value| {
        let data = json!({ "userId": "7", "agentAccount": null, "source": 1, "whatsApp": id });
        body(&envelope(data), b"")
    };
    // Without the element the response would say that the account is not online.
    assert!(decode::<QueryWhatsAppInfoResponse>(&place(json!("x"))).is_err());
    let (answer, repairs) = decode_repaired::<QueryWhatsAppInfoResponse>(&place(json!("8618217331411")));
    assert_eq!(answer.data.unwrap().agent_account, "");
    assert_eq!(repairs.repaired.paths(), ["data.agentAccount"]);
}

#[test]
fn the_message_of_an_error_is_repaired() {
    let body = b"\xef\xbb\xbf{\"code\": 501, \"message\": \"no \xff\", \"data\": null}";
    let error: ErrorResponse = serde_json::from_str(&text(body).unwrap()).unwrap();
    assert_eq!(error.message, "no \u{fffd}");
    assert_eq!(text(br#"{"code": 501}"#), None);
}

#[test]
fn many_faults_take_no_more_time_than_few() {
    let agents: Vec<_> = (0..300).map(|_| (0..30).map(|number| 573_125_704_000 + number).collect()).collect();
    let mut given = log(&agents);
    for agent in given["data"].as_array_mut().unwrap() {
        for record in agent["whatsAppList"].as_array_mut().unwrap() {
            record["countryCode"] = Value::Null;
        }
    }
    let (answer, repairs) = decode_repaired::<QueryUserStatusLogResponse>(&body(&given, b""));
    assert_eq!(answer.data.iter().map(|agent| agent.whats_app_list.len()).sum::<usize>(), 9_000);
    assert_eq!(repairs.repaired.count(), 9_000);
}

fn agents() -> impl Strategy<Value = Vec<Vec<u64>>> {
    vec(vec(1_000_000_000_u64..999_999_999_999, 1..5), 1..5)
}

proptest! {
    #[test]
    fn one_broken_text_leaves_the_rest_unchanged(
        agents in agents(), places in any::<(prop::sample::Index, prop::sample::Index)>(),
        member in select(vec!["name", "countryCode", "agentAccount"]), fault in select(BROKEN.to_vec()),
    ) {
        let mut given = log(&agents);
        let (agent, record) = (places.0.index(agents.len()), 0);
        let record = if member == "agentAccount" { record } else { places.1.index(agents[agent].len()) };
        let agent = &mut given["data"][agent];
        match member {
            "agentAccount" => agent[member] = MARK.into(),
            _ => agent["whatsAppList"][record][member] = MARK.into(),
        }
        let (answer, repairs) = decode_repaired::<QueryUserStatusLogResponse>(&body(&given, fault.0));
        prop_assert_eq!(answer, strict(replaced(given, fault.1)));
        prop_assert_eq!((repairs.repaired.count(), repairs.left_out.count()), (1, 0));
    }

    #[test]
    fn one_bad_record_leaves_the_rest_unchanged(
        agents in agents(), places in any::<(prop::sample::Index, prop::sample::Index)>(),
        member in select(vec!["whatsApp", "detailStatus", "createTime"]),
        value in select(vec![json!(null), json!("x"), json!({}), json!([]), json!(true), json!(""), json!("\u{fffd}")]),
        is_missing in any::<bool>(),
    ) {
        let mut given = log(&agents);
        let (agent, record) = (places.0.index(agents.len()), 0);
        let record = record + places.1.index(agents[agent].len());
        let mut rest = given.clone();
        rest["data"][agent]["whatsAppList"].as_array_mut().unwrap().remove(record);
        let faulty = given["data"][agent]["whatsAppList"][record].as_object_mut().unwrap();
        if is_missing {
            faulty.remove(member);
        } else {
            faulty.insert(member.to_owned(), value);
        }
        let (answer, repairs) = decode_repaired::<QueryUserStatusLogResponse>(&body(&given, b""));
        prop_assert_eq!(answer, strict(rest));
        let path = format!("data[{agent}].whatsAppList[{record}]");
        prop_assert_eq!(repairs.left_out.paths(), [path]);
        prop_assert_eq!(repairs.left_out.count(), 1);
    }

    #[test]
    fn one_bad_agent_leaves_the_rest_unchanged(
        agents in agents(), place in any::<prop::sample::Index>(),
        value in select(vec![json!(null), json!("x"), json!({}), json!(-1), json!(1.5), json!(true)]),
    ) {
        let mut given = log(&agents);
        let agent = place.index(agents.len());
        let mut rest = given.clone();
        rest["data"].as_array_mut().unwrap().remove(agent);
        given["data"][agent]["userId"] = value;
        let (answer, repairs) = decode_repaired::<QueryUserStatusLogResponse>(&body(&given, b""));
        prop_assert_eq!(answer, strict(rest));
        prop_assert_eq!(repairs.left_out.paths(), [format!("data[{agent}]")]);
        prop_assert_eq!(repairs.incomplete_lists, [Vec::<usize>::new()]);
    }

    #[test]
    fn any_bytes_are_decoded_or_rejected(bytes in vec(any::<u8>(), 0..200)) {
        let _ = decode::<QueryUserStatusLogResponse>(&bytes);
        let in_string = [br#"{"code": 200, "message": ""#, &*bytes].concat();
        let _ = decode::<QueryUserStatusLogResponse>(&in_string);
    }

    #[test]
    fn texts_without_faults_are_not_changed(texts in vec(any::<String>(), 0..5)) {
        let body = json!({ "data": texts }).to_string();
        prop_assert_eq!(text(body.as_bytes()), None);
    }
}
