//! [`JsonBody`]: the response of an operation, `{code, message, data}` as JSON.

use std::{iter, marker::PhantomData};

use axum::{
    body::Bytes,
    http::{
        HeaderValue, Response,
        header::{AGE, CONTENT_TYPE},
    },
};
use bytes::Buf;
use serde::Serialize;

use super::{
    age::Age,
    body::{Chunks, ResponseBody},
    error::ApiError,
    permits::Permit,
};

/// The capacity of a new body, in bytes: few responses about one agent or account are longer, apart from logs.
const SHORT_BODY_BYTES: usize = 1024;
/// A longer body can stay in memory for as long as its client reads: the kernel need not buffer so much for a connection.
const SOCKET_BUFFER_BYTES: usize = 64 * 1024;

const BEFORE_DATA: &[u8] = br#"{"code":200,"data":"#;

fn after_data(message: &str) -> [&str; 3] {
    [r#","message":""#, message, r#""}"#]
}

/// The JSON of a response with status 200, of the type `T`. The type is a promise of the handler: most bodies are written
/// straight from the presence index, and tests validate them against the contract.
pub struct JsonBody<T = ()> {
    chunks: Chunks,
    /// The header `Age`, if a mirror looks at what the response is about (D57).
    age: Option<Age>,
    of: PhantomData<fn() -> T>,
}

impl<T> JsonBody<T> {
    fn new(chunks: Chunks) -> Self {
        Self { chunks, age: None, of: PhantomData }
    }

    /// Makes the envelope around `data`, which `write_data` writes as JSON. The message is written as it is.
    pub fn success(message: &str, write_data: impl FnOnce(&mut Vec<u8>)) -> Self {
        let mut json = Vec::with_capacity(SHORT_BODY_BYTES);
        json.extend_from_slice(BEFORE_DATA);
        write_data(&mut json);
        for part in after_data(message) {
            json.extend_from_slice(part.as_bytes());
        }
        Self::new(Chunks::from_iter([Bytes::from(json)]))
    }

    /// Makes the envelope around data that is there already, in chunks.
    pub fn success_of_chunks(message: &str, data: &[Bytes]) -> Self {
        let (before, after) = (Bytes::from_static(BEFORE_DATA), after_data(message).concat().into());
        let mut chunks = Chunks::from_iter(iter::once(before).chain(data.iter().cloned()).chain([after]));
        let length = chunks.remaining();
        if length > SOCKET_BUFFER_BYTES {
            Self::new(chunks)
        } else {
            Self::new(Chunks::from_iter([chunks.copy_to_bytes(length)]))
        }
    }

    /// Whether the body is so large that it must hold a permit until it is sent.
    pub fn is_large(&self) -> bool {
        self.chunks.remaining() > SOCKET_BUFFER_BYTES
    }

    /// Lets a large body hold the permit until it is sent. Of any other body the permit is released now.
    pub fn hold(mut self, permit: Permit) -> Self {
        if self.is_large() {
            self.chunks.hold(permit);
        }
        self
    }

    pub fn with_age(self, age: Option<Age>) -> Self {
        Self { age, ..self }
    }

    /// Forgets the type.
    pub fn into_any(self) -> JsonBody {
        JsonBody { chunks: self.chunks, age: self.age, of: PhantomData }
    }

    pub fn into_response(self) -> Response<ResponseBody> {
        let mut response = Response::new(self.chunks.into());
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        if let Some(age) = self.age {
            response.headers_mut().insert(AGE, age.into());
        }
        response
    }
}

impl<T: Serialize> JsonBody<T> {
    /// Serializes a whole response.
    ///
    /// # Errors
    /// When `T` can't be serialized.
    pub fn of(response: &T) -> Result<Self, ApiError> {
        let json = serde_json::to_vec(response).map_err(|_| ApiError::internal())?;
        Ok(Self::new(Chunks::from_iter([Bytes::from(json)])))
    }
}
