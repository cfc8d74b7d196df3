//! Clients that are configured by environment variables. Variables belong to the process, so each case starts this program
//! again as a child.

use std::{
    env,
    process::{Command, Output},
};

use crate::common::{KEY, credentials};
use group_dispatch_client::{Client, ClientBuilder, types::*};
use group_dispatch_httpmock::{httpmock::MockServer, *};

const IS_CHILD: &str = "GROUP_DISPATCH_TEST_CHILD";
const VARIABLES: [&str; 3] = ["GROUP_DISPATCH_URL", "GROUP_DISPATCH_TENANT_ID", "GROUP_DISPATCH_API_KEY"];

/// Sends a query as configured by the environment and prints the result.
#[tokio::test]
async fn a_child_queries_by_its_environment() {
    if env::var_os(IS_CHILD).is_none() {
        return;
    }
    let client = match Client::from_env() {
        Ok(client) => client,
        Err(error) => return println!("{error}\n{error:?}\n{:?}", ClientBuilder::from_env().err()),
    };
    println!("{:?} {client:?}", client.query(NoParameters).await.unwrap());
    let suffixed = ClientBuilder::from_env().unwrap().user_agent_suffix("more/1").build().unwrap();
    suffixed.all_online().await.unwrap();
}

/// Returns the output of the child with only these variables set.
fn child(variables: [Option<&str>; 3]) -> String {
    let mut command = Command::new(env::current_exe().unwrap());
    command.args(["--exact", "environment::a_child_queries_by_its_environment", "--nocapture"]).env(IS_CHILD, "1");
    for (name, value) in VARIABLES.into_iter().zip(variables) {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
    let Output { status, stdout, stderr } = command.output().unwrap();
    let text = format!("{}{}", String::from_utf8_lossy(&stdout), String::from_utf8_lossy(&stderr));
    assert!(status.success(), "{text}");
    text
}

#[test]
fn the_environment_has_address_and_credentials() {
    let server = MockServer::start();
    let calls = server.respond_to(QueryAllOlWhatsAppInfo, MockResponse::empty().signed_by(credentials()));
    let address = server.base_url();
    for (tenant, key) in [("500766", KEY), (" 500766\n", &format!("{KEY}\n"))] {
        let said = child([Some(&address), Some(tenant), Some(key)]);
        assert!(said.contains("[] Client") && !said.contains(KEY), "{said}");
    }
    let requests = calls.requests();
    assert_eq!(requests.len(), 4);
    assert!(requests[3].headers()["user-agent"].to_str().unwrap().ends_with(" more/1"));
}

#[test]
fn missing_and_invalid_variables_are_named() {
    let (address, tenant, key) = (Some("http://127.0.0.1:9"), Some("500766"), Some(KEY));
    for (variables, expected) in [
        ([None, tenant, key], "or not text: GROUP_DISPATCH_URL"),
        ([address, None, key], "or not text: GROUP_DISPATCH_TENANT_ID"),
        ([address, tenant, None], "or not text: GROUP_DISPATCH_API_KEY"),
        ([None, None, None], "not text: GROUP_DISPATCH_URL, GROUP_DISPATCH_TENANT_ID, GROUP_DISPATCH_API_KEY"),
        ([Some(" "), tenant, key], "or not text: GROUP_DISPATCH_URL"),
        ([address, tenant, Some("")], "or not text: GROUP_DISPATCH_API_KEY"),
        ([address, Some("jack"), key], "GROUP_DISPATCH_TENANT_ID: expected a tenant id: a whole number"),
        (
            [Some("127.0.0.1:9"), tenant, key],
            "the service's address must be a valid URL that begins with http:// or https://",
        ),
        ([Some("http://jack@127.0.0.1:9"), tenant, key], "the service's address must not contain a user"),
    ] {
        let said = child(variables);
        assert!(said.contains("invalid client configuration") && said.contains(expected), "{expected}: {said}");
        assert!(!said.contains(KEY) && !said.contains("jack"), "{said}");
    }
}
