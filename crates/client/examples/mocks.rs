//! Tests a program against mocks of the service, which also fail.
//!
//! cargo test -p group-dispatch-client --example mocks
//! cargo run -p group-dispatch-client --example mocks -- 12
#![allow(clippy::print_stdout)]

use group_dispatch_client::{Client, Error, Source, UserId};

/// The code under test: returns how many accounts an agent has online at PC and mobile together.
async fn accounts_online(client: &Client, agent: UserId) -> Result<usize, Error> {
    let mut count = 0;
    for source in [Source::Pc, Source::Mobile] {
        for agent in client.online_agents(source).user_id(agent).await? {
            count += agent.whats_app_list.len();
        }
    }
    Ok(count)
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let agent = std::env::args().nth(1).as_deref().unwrap_or("12").parse()?;
    println!("{}", accounts_online(&Client::from_env()?, agent).await?);
    Ok(())
}

#[cfg(test)]
mod tests {
    use group_dispatch_client::{Credentials, types::*};
    use group_dispatch_httpmock::{httpmock::MockServer, *};

    use super::*;

    fn client(server: &MockServer) -> Result<Client, Error> {
        Client::builder().base_url(server.base_url()).credentials(Credentials::new(1, "key")).build()
    }

    #[tokio::test]
    async fn accounts_of_both_sources_are_counted() -> Result<(), Error> {
        let server = MockServer::start_async().await;
        for (source, numbers) in [(Source::Pc, ["111", "222"]), (Source::Mobile, ["333", "444"])] {
            let data = vec![online_agent(12, "u1", numbers)];
            // A mock for one request only: any other agent or source gets 404.
            server.query_user_status(|when, then| {
                when.body(&QueryUserStatusRequest { source, user_id: Some(12.into()), user_name: None });
                then.ok(&QueryUserStatusResponse { code: BusinessCode::Success, message: String::new(), data });
            });
        }
        assert_eq!(accounts_online(&client(&server)?, 12.into()).await?, 4);
        Ok(())
    }

    #[tokio::test]
    async fn a_temporary_failure_is_retried() -> Result<(), Error> {
        let server = MockServer::start_async().await;
        let calls = server.respond_to(
            QueryUserStatus,
            [MockResponse::business(BusinessCode::DatabaseError), MockResponse::ok([online_agent(12, "u1", ["111"])])],
        );
        assert_eq!(accounts_online(&client(&server)?, 12.into()).await?, 2);
        assert_eq!(calls.count(), 3);
        Ok(())
    }

    #[tokio::test]
    async fn a_wrong_key_is_an_error() -> Result<(), Error> {
        let server = MockServer::start_async().await;
        server.respond_to(AnyOperation, MockResponse::empty().signed_by(Credentials::new(1, "another key")));
        let result = accounts_online(&client(&server)?, 12.into()).await;
        assert_eq!(result.err().and_then(|error| error.code()), Some(BusinessCode::TokenWrong));
        Ok(())
    }
}
