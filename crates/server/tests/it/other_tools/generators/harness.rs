//! A program over a generated client is asked for all that a client is tested for.
//!
//! Every program takes the address of a server, a tenant and its key, and prints a line for each step: its name, `: ` and the
//! values, read from the client's types; or `failed: ` and the reason. The steps are the queries by their operation, and
//! [`Ability`] by its name.

use std::{collections::BTreeMap, path::Path, process::Command};

use group_dispatch_docs::clients::{self, Ability, Failures};
use group_dispatch_server::{Config, HttpStatus};
use serde_json::json;
use tempfile::TempDir;

use crate::{
    common::{TestServer, credentials, start, start_with},
    other_tools::{
        contract_copy::{Fault, broken, contract, reader_edition},
        toolbox::run,
    },
};

/// What the programs print when all goes well, with the events of [`feed`].
const EXPECTED: [(&str, Ability, &str); 8] = [
    ("queryUserStatus", Ability::FiveQueries, "12 br02 8618217331411 jack"),
    ("queryAllOlWhatsAppInfo", Ability::FiveQueries, "1 12 br02 Ana 8618217331411"),
    ("queryWhatsAppInfo", Ability::FiveQueries, "12 br02 8618217331411 1"),
    ("queryUserStatusLog", Ability::FiveQueries, "12 573125704139 40 42 2024-07-08 19:30:00"),
    ("getLatestOnlineWhatsAccount", Ability::FiveQueries, "12 573125704139 40"),
    ("not online", Ability::NotOnline, "200 nothing"),
    ("unknown code", Ability::UnknownCode, "10 77"),
    ("error", Ability::Error, "522 accessToken is error"),
];

/// Makes a program of a document in a folder that is empty: generates the client, and compiles or checks it. The error is
/// what the generator or the compiler found wrong.
pub type Build<'a> = dyn Fn(&Path, &Path) -> Result<Command, String> + 'a;

/// The name of a document, as that of a folder of consumers: `contract`, also where it is a broken one, or `reader`.
pub fn edition(document: &Path) -> &'static str {
    if document == reader_edition() { "reader" } else { "contract" }
}

/// What a generator makes works as far as its row on the docs page says.
pub async fn works_as_documented(generator: &str, scratch: impl Fn() -> TempDir, build: &Build<'_>) {
    let row = clients::rows().unwrap().into_iter().find(|row| row.generator == generator);
    let row = row.unwrap_or_else(|| panic!("clients.json has no row for {generator}"));
    let servers = Servers::start().await;
    for (document, documented) in [(contract(), row.contract), (reader_edition(), row.reader)] {
        let failures = failures(&document, scratch().path(), build, &servers).await;
        let abilities = |failures: &Failures| failures.keys().copied().collect::<Vec<_>>();
        assert_eq!(
            abilities(&failures),
            abilities(&documented),
            "{generator} over {}: what does not work, and what clients.json says of it\n{failures:#?}\n{documented:#?}",
            document.display()
        );
    }
}

/// The programs notice what is wrong: other types in the contract, and a server without events.
pub async fn notices_faults(scratch: impl Fn() -> TempDir, build: &Build<'_>) {
    let folder = tempfile::tempdir().unwrap();
    let Err(complaint) = build(&broken(folder.path(), &[ID_AS_FLAG]), scratch().path()) else {
        panic!("{ID_AS_FLAG:?} passes")
    };
    assert!(complaint.to_lowercase().contains("userid"), "{complaint}");

    let folder = scratch();
    let mut program = build(&contract(), folder.path()).unwrap();
    let said = ask(&mut program, &start().await);
    let mut failures = Failures::new();
    compare(&said, Ability::Error, &mut failures);
    let failed: Vec<_> = failures.into_keys().collect();
    assert_eq!(failed, [Ability::FiveQueries, Ability::UnknownCode], "{said}");
}

/// An agent's id, which the programs know as a number or a text, is a flag.
const ID_AS_FLAG: Fault = Fault(
    "type: integer\n      format: int64\n      minimum: 0\n      maximum: 9007199254740991\n      example: 868024",
    "type: boolean\n      example: true",
);

/// A server of each kind: errors have an HTTP status of their own, or 200 as the vendor's.
struct Servers {
    mirrored: TestServer,
    vendor: TestServer,
}

impl Servers {
    async fn start() -> Self {
        let mirrored = start().await;
        let vendor = start_with(Config { http_status: HttpStatus::Vendor, ..Config::default() }).await;
        feed(&mirrored).await;
        feed(&vendor).await;
        Self { mirrored, vendor }
    }
}

/// The events that the programs ask about.
async fn feed(server: &TestServer) {
    for (user, account, number, name, source, detail, time) in [
        (12, "br02", "8618217331411", "jack", 1, 12, "19:25:31"),
        (12, "br02", "573125704139", "", 2, 13, "19:25:31"),
        (12, "br02", "573125704139", "", 2, 42, "19:30:00"),
        // With a detail that the contract does not list.
        (13, "br03", "4915123456789", "", 3, 77, "19:30:00"),
    ] {
        let mut event = json!({
            "userId": user, "agentAccount": account, "userName": "Ana", "whatsApp": number, "name": name, "source": source,
            "countryCode": "哥伦比亚", "detailStatus": detail, "createTime": format!("2024-07-08 {time}"),
        });
        if detail == 77 {
            event["status"] = 10.into();
        }
        server.feed(1, &[&event.to_string()]).await;
    }
}

async fn failures(document: &Path, folder: &Path, build: &Build<'_>, servers: &Servers) -> Failures {
    let mut failures = Failures::new();
    match build(document, folder) {
        Err(complaint) => drop(failures.insert(Ability::Compiles, complaint)),
        Ok(mut program) => {
            compare(&ask(&mut program, &servers.mirrored), Ability::Error, &mut failures);
            compare(&ask(&mut program, &servers.vendor), Ability::ErrorWithStatus200, &mut failures);
        }
    }
    failures
}

/// Asks as tenant 1. Programs end well whatever the client answers.
fn ask(program: &mut Command, server: &TestServer) -> String {
    let mut again = Command::new(program.get_program());
    again.args(program.get_args());
    for (name, value) in program.get_envs() {
        again.env(name, value.unwrap_or_default());
    }
    again.args([&server.url, "1", credentials(1).api_key().expose()]);
    run(&mut again).unwrap_or_else(|said| panic!("{again:?}\n{said}"))
}

/// Adds what is not as expected.
fn compare(said: &str, error: Ability, failures: &mut Failures) {
    let lines: BTreeMap<_, _> = said.lines().filter_map(|line| line.split_once(": ")).collect();
    for (step, ability, expected) in EXPECTED {
        let ability = if ability == Ability::Error { error } else { ability };
        let found = lines.get(step).unwrap_or_else(|| panic!("no line for {step}:\n{said}"));
        if *found != expected {
            failures.entry(ability).or_insert_with(|| format!("{step}: {found}"));
        }
    }
}
