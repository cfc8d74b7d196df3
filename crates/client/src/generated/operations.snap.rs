// Made by `cargo xtask codegen` from openapi/group-dispatch.yaml and openapi/ingest.yaml: change that file instead.

use crate::operation::Operation;
pub const QUERY_USER_STATUS: Operation = Operation {
    index: 0usize,
    id: "queryUserStatus",
    path: "/group-dispatch-api/user/queryUserStatus",
    is_idempotent: true,
    requests_per_second: 50u32,
};
pub const QUERY_ALL_OL_WHATS_APP_INFO: Operation = Operation {
    index: 1usize,
    id: "queryAllOlWhatsAppInfo",
    path: "/group-dispatch-api/user/queryAllOlWhatsAppInfo",
    is_idempotent: true,
    requests_per_second: 50u32,
};
pub const QUERY_WHATS_APP_INFO: Operation = Operation {
    index: 2usize,
    id: "queryWhatsAppInfo",
    path: "/group-dispatch-api/user/queryWhatsAppInfo",
    is_idempotent: true,
    requests_per_second: 50u32,
};
pub const QUERY_USER_STATUS_LOG: Operation = Operation {
    index: 3usize,
    id: "queryUserStatusLog",
    path: "/group-dispatch-api/user/queryUserStatusLog",
    is_idempotent: true,
    requests_per_second: 50u32,
};
pub const GET_LATEST_ONLINE_WHATS_ACCOUNT: Operation = Operation {
    index: 4usize,
    id: "getLatestOnlineWhatsAccount",
    path: "/group-dispatch-api/user/getLatestOnlineWhatsAccount",
    is_idempotent: true,
    requests_per_second: 50u32,
};
pub const STATUS_EVENTS: Operation = Operation {
    index: 5usize,
    id: "statusEvents",
    path: "/ingest/v1/status-events",
    is_idempotent: true,
    requests_per_second: 50u32,
};
pub const ALL: [Operation; 6usize] = [
    QUERY_USER_STATUS,
    QUERY_ALL_OL_WHATS_APP_INFO,
    QUERY_WHATS_APP_INFO,
    QUERY_USER_STATUS_LOG,
    GET_LATEST_ONLINE_WHATS_ACCOUNT,
    STATUS_EVENTS,
];
