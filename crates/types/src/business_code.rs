//! The business codes, with the meaning, the remedy and the HTTP status of each.

open_code! {
    /// How a request ended: `code` in every response (developer guide, error codes; D11, D18).
    BusinessCode,
    "a code: an integer",
    "How a request ended. 200 and 0 are success; the codes from 500 on are the vendor's, those from 400 to 429 are added by group-dispatch-server (D18). A number in a string is accepted as well, and so are codes that are not listed (D11). `x-enum-transient` says of each whether the same request may succeed a little later, `x-enum-remedies` what to do about it, and `x-enum-http-statuses` with which HTTP status group-dispatch-server sends it (D19).",
    example 200 {
        Zero = 0, "zero", "Success, as the vendor's callbacks write it";
        Success = 200, "success", "Success";
        BadRequest = 400, "bad-request", "The request's body is malformed, or a value in it is missing or out of range";
        SignatureRefused = 401, "signature-refused", "The way of signing is not accepted, or one of its headers is missing or malformed";
        NotAllowed = 403, "not-allowed", "The key may not do this";
        UnknownPath = 404, "unknown-path", "No such path";
        MethodNotAllowed = 405, "method-not-allowed", "The method is not POST";
        RequestTimeout = 408, "request-timeout", "The request took too long to arrive";
        PositionLost = 410, "position-lost", "The position is not one of the log now";
        BodyTooLarge = 413, "body-too-large", "The request's body is over the limit";
        UnsupportedMediaType = 415, "unsupported-media-type", "The request's content type is not application/json, or its content encoding is not supported";
        TooManyRequests = 429, "too-many-requests", "More requests than the limit allows";
        InternalError = 500, "internal-error", "The service failed";
        AppSecretError = 501, "app-secret-error", "No such appSecret";
        TimestampTimeout = 502, "timestamp-timeout", "The request's timestamp is outside the accepted window";
        DatabaseError = 517, "database-error", "The database did not answer";
        TimestampMissing = 518, "timestamp-missing", "The timestamp header is missing";
        TimestampMalformed = 519, "timestamp-malformed", "The timestamp header can't be read";
        TokenWrong = 522, "token-wrong", "The token is wrong";
        TenantIdMissing = 523, "tenant-id-missing", "The tenant_id header is missing";
        TokenMissing = 525, "token-missing", "The token header is missing";
        UserNameUnknown = 530, "user-name-unknown", "The userName does not exist";
    }
    of each: {
        "x-enum-transient": Self::is_transient,
        "x-enum-remedies": Self::remedy,
        "x-enum-http-statuses": Self::http_status,
    }
}

impl BusinessCode {
    /// Returns whether the request succeeded: 200 and 0.
    #[must_use]
    pub const fn is_success(self) -> bool {
        matches!(self, Self::Success | Self::Zero)
    }

    /// Returns whether the same request may succeed a little later.
    #[must_use]
    pub const fn is_transient(self) -> bool {
        matches!(self, Self::RequestTimeout | Self::TooManyRequests | Self::InternalError | Self::DatabaseError)
    }

    /// Returns the page of the docs on it, such as `error-522.html`, which says more than [`remedy`](Self::remedy). It is in
    /// the folder `docs/` of a group-dispatch-server, and in the folder of each version that is published.
    #[must_use]
    pub fn docs_page(self) -> String {
        match self {
            Self::Unknown(_) => "error-unknown.html".to_owned(),
            listed => format!("error-{}.html", listed.code()),
        }
    }

    /// Returns what to do about it, in a few words.
    #[must_use]
    pub const fn remedy(self) -> &'static str {
        match self {
            Self::Zero | Self::Success => "nothing has to be done",
            Self::BadRequest => "mend the member that the message names",
            Self::SignatureRefused => "sign the call as the message says",
            Self::NotAllowed => "use a key of the tenant that may do this",
            Self::UnknownPath => "check the service's address",
            Self::MethodNotAllowed => "send POST, and check the service's address",
            Self::UnsupportedMediaType => {
                "send the body as application/json, uncompressed or with gzip alone, and check the service's address"
            }
            Self::RequestTimeout | Self::InternalError | Self::DatabaseError => "ask again a little later",
            Self::PositionLost => "begin again without a position",
            Self::BodyTooLarge => "send less",
            Self::TooManyRequests => "ask less often",
            Self::AppSecretError | Self::TokenWrong => "check the tenant's id and its key",
            Self::TimestampTimeout => "send the timestamp in milliseconds, and set this machine's clock right",
            Self::TimestampMissing | Self::TenantIdMissing | Self::TokenMissing => {
                "send the headers tenant_id, timestamp and token, and see that nothing on the way drops them"
            }
            Self::TimestampMalformed => {
                "send the timestamp in Unix epoch milliseconds, and see that nothing on the way changes it"
            }
            Self::UserNameUnknown => "check the agent's login account",
            Self::Unknown(_) => "see the vendor's list of error codes",
        }
    }

    /// Returns the `message` that belongs to the code: the vendor's own (error-code page; D12), and the description for a code
    /// that is not the vendor's.
    #[must_use]
    pub const fn message(self) -> &'static str {
        match self {
            Self::Zero | Self::Success => "success",
            Self::AppSecretError => "appSecret error",
            Self::TimestampTimeout => "timestamp timeout",
            Self::DatabaseError => "database error",
            Self::TimestampMissing => "timestamp is null",
            Self::TimestampMalformed => "timestamp is error",
            Self::TokenWrong => "accessToken is error",
            Self::TenantIdMissing => "tenantId is null",
            Self::TokenMissing => "token is null",
            Self::UserNameUnknown => "action username error",
            other => other.description(),
        }
    }

    /// Returns the HTTP status that group-dispatch-server sends with the code; the vendor always sends 200 (D19).
    #[must_use]
    pub const fn http_status(self) -> u16 {
        match self {
            Self::Zero | Self::Success => 200,
            Self::BadRequest => 400,
            Self::SignatureRefused
            | Self::AppSecretError
            | Self::TimestampTimeout
            | Self::TimestampMissing
            | Self::TimestampMalformed
            | Self::TokenWrong
            | Self::TenantIdMissing
            | Self::TokenMissing => 401,
            Self::NotAllowed => 403,
            Self::UnknownPath => 404,
            Self::MethodNotAllowed => 405,
            Self::RequestTimeout => 408,
            Self::PositionLost => 410,
            Self::BodyTooLarge => 413,
            Self::UnsupportedMediaType => 415,
            Self::TooManyRequests => 429,
            Self::InternalError | Self::DatabaseError | Self::UserNameUnknown | Self::Unknown(_) => 500,
        }
    }
}
