// Made by `cargo xtask codegen` from openapi/group-dispatch.yaml: change that file instead.

use httpmock::When;
use crate::{generated::operations, operation::{MockOperation, Requests}};
/// Online agents and their WhatsApp accounts.
#[derive(Clone, Copy, Debug)]
pub struct QueryUserStatus;
impl MockOperation for QueryUserStatus {
    type Data = Vec<::group_dispatch_types::OnlineAgent>;
}
impl Requests for QueryUserStatus {
    fn requests(self, when: When) -> When {
        operations::QueryUserStatusWhen::new(when).into_inner()
    }
}
/// All online agents and WhatsApp accounts, by source.
#[derive(Clone, Copy, Debug)]
pub struct QueryAllOlWhatsAppInfo;
impl MockOperation for QueryAllOlWhatsAppInfo {
    type Data = Vec<::group_dispatch_types::SourceGroup>;
}
impl Requests for QueryAllOlWhatsAppInfo {
    fn requests(self, when: When) -> When {
        operations::QueryAllOlWhatsAppInfoWhen::new(when).into_inner()
    }
}
/// Where one WhatsApp account is online.
#[derive(Clone, Copy, Debug)]
pub struct QueryWhatsAppInfo;
impl MockOperation for QueryWhatsAppInfo {
    type Data = Option<::group_dispatch_types::AccountLocation>;
}
impl Requests for QueryWhatsAppInfo {
    fn requests(self, when: When) -> When {
        operations::QueryWhatsAppInfoWhen::new(when).into_inner()
    }
}
/// Status logs of agents' WhatsApp accounts.
#[derive(Clone, Copy, Debug)]
pub struct QueryUserStatusLog;
impl MockOperation for QueryUserStatusLog {
    type Data = Vec<::group_dispatch_types::AgentStatusLog>;
}
impl Requests for QueryUserStatusLog {
    fn requests(self, when: When) -> When {
        operations::QueryUserStatusLogWhen::new(when).into_inner()
    }
}
/// The WhatsApp accounts that came online last.
#[derive(Clone, Copy, Debug)]
pub struct GetLatestOnlineWhatsAccount;
impl MockOperation for GetLatestOnlineWhatsAccount {
    type Data = Vec<::group_dispatch_types::AgentRecentAccounts>;
}
impl Requests for GetLatestOnlineWhatsAccount {
    fn requests(self, when: When) -> When {
        operations::GetLatestOnlineWhatsAccountWhen::new(when).into_inner()
    }
}
