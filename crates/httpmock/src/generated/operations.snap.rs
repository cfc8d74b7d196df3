// Made by `cargo xtask codegen` from openapi/group-dispatch.yaml: change that file instead.

pub mod operations {
    //! [`When`](::httpmock::When) and [`Then`](::httpmock::Then)
    //! wrappers for each operation. Each can be converted to
    //! its inner type with a call to `into_inner()`. This can
    //! be used to explicitly deviate from permitted values.
    use ::group_dispatch_types as types;
    pub struct QueryUserStatusWhen(::httpmock::When);
    impl QueryUserStatusWhen {
        pub fn new(inner: ::httpmock::When) -> Self {
            Self(
                inner
                    .method(::httpmock::Method::POST)
                    .path_matches(
                        regex::Regex::new("^/group-dispatch-api/user/queryUserStatus$")
                            .unwrap(),
                    ),
            )
        }
        pub fn into_inner(self) -> ::httpmock::When {
            self.0
        }
        pub fn body(self, value: &types::QueryUserStatusRequest) -> Self {
            Self(self.0.json_body_obj(value))
        }
    }
    pub struct QueryUserStatusThen(::httpmock::Then);
    impl QueryUserStatusThen {
        pub fn new(inner: ::httpmock::Then) -> Self {
            Self(inner)
        }
        pub fn into_inner(self) -> ::httpmock::Then {
            self.0
        }
        pub fn ok(self, value: &types::QueryUserStatusResponse) -> Self {
            Self(
                self
                    .0
                    .status(200u16)
                    .header("content-type", "application/json")
                    .json_body_obj(value),
            )
        }
        pub fn client_error(self, status: u16, value: &types::ErrorResponse) -> Self {
            assert_eq!(status / 100u16, 4u16);
            Self(
                self
                    .0
                    .status(status)
                    .header("content-type", "application/json")
                    .json_body_obj(value),
            )
        }
        pub fn server_error(self, status: u16, value: &types::ErrorResponse) -> Self {
            assert_eq!(status / 100u16, 5u16);
            Self(
                self
                    .0
                    .status(status)
                    .header("content-type", "application/json")
                    .json_body_obj(value),
            )
        }
    }
    pub struct QueryAllOlWhatsAppInfoWhen(::httpmock::When);
    impl QueryAllOlWhatsAppInfoWhen {
        pub fn new(inner: ::httpmock::When) -> Self {
            Self(
                inner
                    .method(::httpmock::Method::POST)
                    .path_matches(
                        regex::Regex::new(
                                "^/group-dispatch-api/user/queryAllOlWhatsAppInfo$",
                            )
                            .unwrap(),
                    ),
            )
        }
        pub fn into_inner(self) -> ::httpmock::When {
            self.0
        }
        pub fn body(self, value: &::group_dispatch_types::NoParameters) -> Self {
            Self(self.0.json_body_obj(value))
        }
    }
    pub struct QueryAllOlWhatsAppInfoThen(::httpmock::Then);
    impl QueryAllOlWhatsAppInfoThen {
        pub fn new(inner: ::httpmock::Then) -> Self {
            Self(inner)
        }
        pub fn into_inner(self) -> ::httpmock::Then {
            self.0
        }
        pub fn ok(self, value: &types::QueryAllOlWhatsAppInfoResponse) -> Self {
            Self(
                self
                    .0
                    .status(200u16)
                    .header("content-type", "application/json")
                    .json_body_obj(value),
            )
        }
        pub fn client_error(self, status: u16, value: &types::ErrorResponse) -> Self {
            assert_eq!(status / 100u16, 4u16);
            Self(
                self
                    .0
                    .status(status)
                    .header("content-type", "application/json")
                    .json_body_obj(value),
            )
        }
        pub fn server_error(self, status: u16, value: &types::ErrorResponse) -> Self {
            assert_eq!(status / 100u16, 5u16);
            Self(
                self
                    .0
                    .status(status)
                    .header("content-type", "application/json")
                    .json_body_obj(value),
            )
        }
    }
    pub struct QueryWhatsAppInfoWhen(::httpmock::When);
    impl QueryWhatsAppInfoWhen {
        pub fn new(inner: ::httpmock::When) -> Self {
            Self(
                inner
                    .method(::httpmock::Method::POST)
                    .path_matches(
                        regex::Regex::new("^/group-dispatch-api/user/queryWhatsAppInfo$")
                            .unwrap(),
                    ),
            )
        }
        pub fn into_inner(self) -> ::httpmock::When {
            self.0
        }
        pub fn body(self, value: &types::QueryWhatsAppInfoRequest) -> Self {
            Self(self.0.json_body_obj(value))
        }
    }
    pub struct QueryWhatsAppInfoThen(::httpmock::Then);
    impl QueryWhatsAppInfoThen {
        pub fn new(inner: ::httpmock::Then) -> Self {
            Self(inner)
        }
        pub fn into_inner(self) -> ::httpmock::Then {
            self.0
        }
        pub fn ok(self, value: &types::QueryWhatsAppInfoResponse) -> Self {
            Self(
                self
                    .0
                    .status(200u16)
                    .header("content-type", "application/json")
                    .json_body_obj(value),
            )
        }
        pub fn client_error(self, status: u16, value: &types::ErrorResponse) -> Self {
            assert_eq!(status / 100u16, 4u16);
            Self(
                self
                    .0
                    .status(status)
                    .header("content-type", "application/json")
                    .json_body_obj(value),
            )
        }
        pub fn server_error(self, status: u16, value: &types::ErrorResponse) -> Self {
            assert_eq!(status / 100u16, 5u16);
            Self(
                self
                    .0
                    .status(status)
                    .header("content-type", "application/json")
                    .json_body_obj(value),
            )
        }
    }
    pub struct QueryUserStatusLogWhen(::httpmock::When);
    impl QueryUserStatusLogWhen {
        pub fn new(inner: ::httpmock::When) -> Self {
            Self(
                inner
                    .method(::httpmock::Method::POST)
                    .path_matches(
                        regex::Regex::new(
                                "^/group-dispatch-api/user/queryUserStatusLog$",
                            )
                            .unwrap(),
                    ),
            )
        }
        pub fn into_inner(self) -> ::httpmock::When {
            self.0
        }
        pub fn body(self, value: &types::QueryUserStatusLogRequest) -> Self {
            Self(self.0.json_body_obj(value))
        }
    }
    pub struct QueryUserStatusLogThen(::httpmock::Then);
    impl QueryUserStatusLogThen {
        pub fn new(inner: ::httpmock::Then) -> Self {
            Self(inner)
        }
        pub fn into_inner(self) -> ::httpmock::Then {
            self.0
        }
        pub fn ok(self, value: &types::QueryUserStatusLogResponse) -> Self {
            Self(
                self
                    .0
                    .status(200u16)
                    .header("content-type", "application/json")
                    .json_body_obj(value),
            )
        }
        pub fn client_error(self, status: u16, value: &types::ErrorResponse) -> Self {
            assert_eq!(status / 100u16, 4u16);
            Self(
                self
                    .0
                    .status(status)
                    .header("content-type", "application/json")
                    .json_body_obj(value),
            )
        }
        pub fn server_error(self, status: u16, value: &types::ErrorResponse) -> Self {
            assert_eq!(status / 100u16, 5u16);
            Self(
                self
                    .0
                    .status(status)
                    .header("content-type", "application/json")
                    .json_body_obj(value),
            )
        }
    }
    pub struct GetLatestOnlineWhatsAccountWhen(::httpmock::When);
    impl GetLatestOnlineWhatsAccountWhen {
        pub fn new(inner: ::httpmock::When) -> Self {
            Self(
                inner
                    .method(::httpmock::Method::POST)
                    .path_matches(
                        regex::Regex::new(
                                "^/group-dispatch-api/user/getLatestOnlineWhatsAccount$",
                            )
                            .unwrap(),
                    ),
            )
        }
        pub fn into_inner(self) -> ::httpmock::When {
            self.0
        }
        pub fn body(self, value: &types::GetLatestOnlineWhatsAccountRequest) -> Self {
            Self(self.0.json_body_obj(value))
        }
    }
    pub struct GetLatestOnlineWhatsAccountThen(::httpmock::Then);
    impl GetLatestOnlineWhatsAccountThen {
        pub fn new(inner: ::httpmock::Then) -> Self {
            Self(inner)
        }
        pub fn into_inner(self) -> ::httpmock::Then {
            self.0
        }
        pub fn ok(self, value: &types::GetLatestOnlineWhatsAccountResponse) -> Self {
            Self(
                self
                    .0
                    .status(200u16)
                    .header("content-type", "application/json")
                    .json_body_obj(value),
            )
        }
        pub fn client_error(self, status: u16, value: &types::ErrorResponse) -> Self {
            assert_eq!(status / 100u16, 4u16);
            Self(
                self
                    .0
                    .status(status)
                    .header("content-type", "application/json")
                    .json_body_obj(value),
            )
        }
        pub fn server_error(self, status: u16, value: &types::ErrorResponse) -> Self {
            assert_eq!(status / 100u16, 5u16);
            Self(
                self
                    .0
                    .status(status)
                    .header("content-type", "application/json")
                    .json_body_obj(value),
            )
        }
    }
}
/// An extension trait for [`MockServer`](::httpmock::MockServer) that
/// adds a method for each operation. These are the equivalent of
/// type-checked [`mock()`](::httpmock::MockServer::mock) calls.
pub trait MockServerExt {
    fn query_user_status<F>(&self, config_fn: F) -> ::httpmock::Mock<'_>
    where
        F: FnOnce(operations::QueryUserStatusWhen, operations::QueryUserStatusThen);
    fn query_all_ol_whats_app_info<F>(&self, config_fn: F) -> ::httpmock::Mock<'_>
    where
        F: FnOnce(
            operations::QueryAllOlWhatsAppInfoWhen,
            operations::QueryAllOlWhatsAppInfoThen,
        );
    fn query_whats_app_info<F>(&self, config_fn: F) -> ::httpmock::Mock<'_>
    where
        F: FnOnce(operations::QueryWhatsAppInfoWhen, operations::QueryWhatsAppInfoThen);
    fn query_user_status_log<F>(&self, config_fn: F) -> ::httpmock::Mock<'_>
    where
        F: FnOnce(
            operations::QueryUserStatusLogWhen,
            operations::QueryUserStatusLogThen,
        );
    fn get_latest_online_whats_account<F>(&self, config_fn: F) -> ::httpmock::Mock<'_>
    where
        F: FnOnce(
            operations::GetLatestOnlineWhatsAccountWhen,
            operations::GetLatestOnlineWhatsAccountThen,
        );
}
impl MockServerExt for ::httpmock::MockServer {
    fn query_user_status<F>(&self, config_fn: F) -> ::httpmock::Mock<'_>
    where
        F: FnOnce(operations::QueryUserStatusWhen, operations::QueryUserStatusThen),
    {
        self.mock(|when, then| {
            config_fn(
                operations::QueryUserStatusWhen::new(when),
                operations::QueryUserStatusThen::new(then),
            )
        })
    }
    fn query_all_ol_whats_app_info<F>(&self, config_fn: F) -> ::httpmock::Mock<'_>
    where
        F: FnOnce(
            operations::QueryAllOlWhatsAppInfoWhen,
            operations::QueryAllOlWhatsAppInfoThen,
        ),
    {
        self.mock(|when, then| {
            config_fn(
                operations::QueryAllOlWhatsAppInfoWhen::new(when),
                operations::QueryAllOlWhatsAppInfoThen::new(then),
            )
        })
    }
    fn query_whats_app_info<F>(&self, config_fn: F) -> ::httpmock::Mock<'_>
    where
        F: FnOnce(operations::QueryWhatsAppInfoWhen, operations::QueryWhatsAppInfoThen),
    {
        self.mock(|when, then| {
            config_fn(
                operations::QueryWhatsAppInfoWhen::new(when),
                operations::QueryWhatsAppInfoThen::new(then),
            )
        })
    }
    fn query_user_status_log<F>(&self, config_fn: F) -> ::httpmock::Mock<'_>
    where
        F: FnOnce(
            operations::QueryUserStatusLogWhen,
            operations::QueryUserStatusLogThen,
        ),
    {
        self.mock(|when, then| {
            config_fn(
                operations::QueryUserStatusLogWhen::new(when),
                operations::QueryUserStatusLogThen::new(then),
            )
        })
    }
    fn get_latest_online_whats_account<F>(&self, config_fn: F) -> ::httpmock::Mock<'_>
    where
        F: FnOnce(
            operations::GetLatestOnlineWhatsAccountWhen,
            operations::GetLatestOnlineWhatsAccountThen,
        ),
    {
        self.mock(|when, then| {
            config_fn(
                operations::GetLatestOnlineWhatsAccountWhen::new(when),
                operations::GetLatestOnlineWhatsAccountThen::new(then),
            )
        })
    }
}
