//! Output for spreadsheets: workbooks, read by another library, and CSV without formulas.

use std::io::Cursor;

use crate::common::{Server, TestStore};
use calamine::{Data, Reader, Xlsx};
use serde_json::json;

/// Names that spreadsheets run as formulas: with ASCII and full-width signs, and with characters that are skipped
/// before them.
const FORMULAS: [&str; 9] = ["=1+1", "+1+1", "-1+1", "@SUM(1)", "＝1+1", "＋1", "－1", "＠SUM(1)", " =1+1"];
const HARMLESS: [&str; 4] = ["jack", "哥伦比亚", "0012", "1e5"];

fn filled() -> (TestStore, Server) {
    let store = TestStore::new();
    let names = FORMULAS.iter().chain(&HARMLESS).chain(&["\t=1+1", "\r=1+1"]);
    let event = |(number, name): (usize, &&str)| {
        json!({ "userId": 9_007_199_254_740_u64, "agentAccount": "u", "userName": "U", "source": 1, "detailStatus": 12,
            "whatsApp": (861_821_371_272_000_u64 + number as u64).to_string(), "name": name, "countryCode": "",
            "createTime": "2024-07-08 19:25:31" })
        .to_string()
    };
    let lines: Vec<_> = names.enumerate().map(event).collect();
    assert_eq!(store.import(&store.file("events.ndjson", &lines.join("\n"))).status, 0);
    let server = store.serve();
    (store, server)
}

fn worksheet(server: &Server, arguments: &[&str]) -> Vec<Vec<Data>> {
    let output = server.command(arguments).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let mut workbook = Xlsx::new(Cursor::new(output.stdout)).unwrap();
    let range = workbook.worksheet_range_at(0).unwrap().unwrap();
    let formulas = workbook.worksheet_formula(&workbook.sheet_names()[0].clone()).unwrap();
    assert!(formulas.cells().all(|(_, _, formula)| formula.is_empty()), "{formulas:?}");
    range.rows().map(<[Data]>::to_vec).collect()
}

#[test]
fn a_workbook_keeps_all_digits_and_has_no_formulas() {
    let (_store, server) = filled();
    for form in ["excel", "xlsx"] {
        let rows = worksheet(&server, &["online", "--source", "pc", "--output", form]);
        let heading: Vec<_> = rows[0].iter().map(Data::to_string).collect();
        assert_eq!(heading, ["userId", "agentAccount", "source", "sourceName", "whatsApp", "name"]);
        assert_eq!(rows.len(), 1 + FORMULAS.len() + HARMLESS.len() + 2);
        for (number, row) in rows[1..].iter().enumerate() {
            assert_eq!(row[0], Data::String("9007199254740".to_owned()), "more than 11 digits");
            assert_eq!(row[2], Data::Float(1.0));
            assert_eq!(row[4], Data::String(format!("{}", 861_821_371_272_000_u64 + number as u64)));
        }
        let names: Vec<_> = rows[1..].iter().map(|row| row[5].clone()).collect();
        let expected = FORMULAS.iter().chain(&HARMLESS).chain(&["\u{fffd}=1+1", "\u{fffd}=1+1"]);
        let expected: Vec<_> = expected.map(|name| Data::String((*name).to_owned())).collect();
        assert_eq!(names, expected);
    }
    for question in [
        &["all"][..],
        &["account", "861821371272000"],
        &["log", "--source", "pc"],
        &["recent", "--source", "pc"],
        &["history", "--all"],
    ] {
        let rows = worksheet(&server, &[question, &["--output", "excel"]].concat());
        let at = rows[0].iter().position(|cell| *cell == Data::String("whatsApp".to_owned())).unwrap();
        assert!(matches!(&rows[1][at], Data::String(number) if number.len() == 15), "{question:?}: {:?}", rows[1]);
    }
}

#[test]
fn csv_has_no_formulas() {
    let (_store, server) = filled();
    let result = server.ask(&["online", "--source", "pc", "--output", "csv"]);
    let names: Vec<_> =
        result.out.lines().skip(1).map(|line| line.rsplit(',').next().unwrap().trim_matches('"')).collect();
    let (formulas, others) = names.split_at(FORMULAS.len());
    assert_eq!(formulas, FORMULAS.map(|name| format!("'{name}")));
    assert_eq!(others, [&HARMLESS[..], &["'\u{fffd}=1+1", "'\u{fffd}=1+1"]].concat());
}
