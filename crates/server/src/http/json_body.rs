//! What a query answers: `{code, message, data}` as JSON.

use std::iter;

use axum::{
    Extension,
    body::Bytes,
    http::{HeaderValue, header::CONTENT_TYPE},
    response::{IntoResponse, Response},
};
use bytes::Buf;

use super::body::pieces::Pieces;

/// Few answers about one agent or account are longer, apart from logs.
const SHORT: usize = 1024;

/// A longer one may be in memory for as long as its client reads: the system may not hold so much for a connection.
const FITS_A_CONNECTION: usize = 64 * 1024;

/// An answer as it goes over the wire.
pub enum Rendered {
    Short(Bytes),
    Long(Pieces),
}

impl Rendered {
    /// What was asked for: `data` writes it as JSON. The message is written as it is.
    pub fn success(message: &str, data: impl FnOnce(&mut Vec<u8>)) -> Self {
        let mut json = Vec::with_capacity(SHORT);
        json.extend_from_slice(BEFORE_DATA);
        data(&mut json);
        for piece in after_data(message) {
            json.extend_from_slice(piece.as_bytes());
        }
        let json = Bytes::from(json);
        if json.len() > FITS_A_CONNECTION { Self::Long(Pieces::from_iter([json])) } else { Self::Short(json) }
    }

    /// The same of data that lies ready, in pieces.
    pub fn success_in_pieces(message: &str, data: &[Bytes]) -> Self {
        let (before, after) = (Bytes::from_static(BEFORE_DATA), after_data(message).concat().into());
        let mut pieces = Pieces::from_iter(iter::once(before).chain(data.iter().cloned()).chain([after]));
        let length = pieces.remaining();
        if length > FITS_A_CONNECTION { Self::Long(pieces) } else { Self::Short(pieces.copy_to_bytes(length)) }
    }
}

const BEFORE_DATA: &[u8] = br#"{"code":200,"data":"#;

fn after_data(message: &str) -> [&str; 3] {
    [r#","message":""#, message, r#""}"#]
}

impl IntoResponse for Rendered {
    fn into_response(self) -> Response {
        let json = [(CONTENT_TYPE, HeaderValue::from_static("application/json"))];
        match self {
            Self::Short(body) => (json, body).into_response(),
            Self::Long(pieces) => (json, Extension(pieces)).into_response(),
        }
    }
}
