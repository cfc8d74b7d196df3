//! The `Content-Encoding` of a request's body (D43), and decoding it within a limit.

use std::io::{ErrorKind, Read};

use axum::{
    body::{Body, Bytes},
    http::{HeaderMap, header::CONTENT_ENCODING},
};
use flate2::bufread::GzDecoder;
use group_dispatch_types::BusinessCode;
use http_body_util::{BodyExt, LengthLimitError, Limited};

use crate::http::error::ApiError;

/// The longest name of a coding that an error shows, in bytes.
const MAX_NAME_BYTES: usize = 32;
/// How many codings an error names.
const MAX_NAMES: usize = 4;

/// How a body is encoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ContentCoding {
    Identity,
    Gzip,
}

impl ContentCoding {
    /// Receives a whole body as it was sent. Decoded it may have `limit` bytes.
    ///
    /// # Errors
    /// When the body is too large, or the connection broke.
    pub async fn receive(self, body: Body, limit: usize) -> Result<Bytes, ApiError> {
        match Limited::new(body, self.encoded_limit(limit)).collect().await {
            Ok(body) => Ok(body.to_bytes()),
            Err(error) if error.is::<LengthLimitError>() => Err(too_large(limit)),
            Err(_) => Err(ApiError::bad_request("body: the connection broke before its end")),
        }
    }

    /// Reads it from the headers. `identity` is no coding.
    ///
    /// # Errors
    /// 415 for any other coding, and for several: the error names them.
    pub fn of(headers: &HeaderMap) -> Result<Self, ApiError> {
        if !headers.contains_key(CONTENT_ENCODING) {
            return Ok(Self::Identity);
        }
        let values = headers.get_all(CONTENT_ENCODING).iter();
        let codings = values.flat_map(|value| value.as_bytes().split(|byte| *byte == b',')).map(<[u8]>::trim_ascii);
        let codings: Vec<_> =
            codings.filter(|coding| !coding.is_empty() && !coding.eq_ignore_ascii_case(b"identity")).collect();
        match codings.as_slice() {
            [] => Ok(Self::Identity),
            // RFC 9110, 8.4.1.3: `x-gzip` is the same.
            [one] if one.eq_ignore_ascii_case(b"gzip") || one.eq_ignore_ascii_case(b"x-gzip") => Ok(Self::Gzip),
            _ => Err(unsupported(&codings)),
        }
    }

    /// Returns how long an encoded body can be if its content has at most `limit` bytes: gzip makes incompressible content a
    /// little longer. A longer body is not received, whatever its content is.
    pub fn encoded_limit(self, limit: usize) -> usize {
        match self {
            Self::Identity => limit,
            Self::Gzip => limit.saturating_add(limit / 256).saturating_add(1024),
        }
    }

    /// Returns the content of a body. Never decodes more than `limit` bytes and one.
    ///
    /// # Errors
    /// 413 if the content is longer than `limit`, 400 if the body is not valid gzip from its first byte to its last.
    pub fn decode(self, body: Bytes, limit: usize) -> Result<Bytes, ApiError> {
        match self {
            Self::Identity => Ok(body),
            // A request without content has no gzip header.
            Self::Gzip if body.is_empty() => Ok(body),
            Self::Gzip => gunzip(&body, limit).map(Bytes::from),
        }
    }
}

fn gunzip(body: &[u8], limit: usize) -> Result<Vec<u8>, ApiError> {
    let (mut content, mut rest) = (Vec::new(), body);
    // A gzip file is one or more members.
    while !rest.is_empty() {
        if !content_may_follow(rest, body) {
            return Err(ApiError::bad_request(
                "body: expected gzip, as Content-Encoding says, but there are other bytes after its end",
            ));
        }
        let mut member = GzDecoder::new(rest);
        let most = limit.saturating_sub(content.len()).saturating_add(1);
        let most = u64::try_from(most).unwrap_or(u64::MAX);
        member.by_ref().take(most).read_to_end(&mut content).map_err(|error| {
            ApiError::bad_request(match error.kind() {
                ErrorKind::UnexpectedEof => "body: expected gzip, as Content-Encoding says, but it ends in the middle",
                _ => "body: expected gzip, as Content-Encoding says, but it is no valid gzip",
            })
        })?;
        if content.len() > limit {
            return Err(too_large(limit));
        }
        rest = member.into_inner();
    }
    Ok(content)
}

/// Whether the rest is the whole body, or begins like a gzip member.
fn content_may_follow(rest: &[u8], body: &[u8]) -> bool {
    const MAGIC: &[u8] = b"\x1f\x8b";
    rest.len() == body.len() || rest.starts_with(MAGIC) || MAGIC.starts_with(rest)
}

/// The error for a body that is longer than the limit, encoded or not.
pub fn too_large(limit: usize) -> ApiError {
    ApiError::new(BusinessCode::BodyTooLarge, format!("body: expected at most {limit} bytes"))
}

fn unsupported(codings: &[&[u8]]) -> ApiError {
    let names: Vec<_> = codings.iter().take(MAX_NAMES).map(|coding| name(coding)).collect();
    let more = if codings.len() > MAX_NAMES { ", ..." } else { "" };
    let message = format!("Content-Encoding: expected gzip or identity, found {}{more}", names.join(", "));
    ApiError::unsupported_coding(message)
}

/// Returns a coding as an error shows it: its name, if it is a valid one.
fn name(coding: &[u8]) -> String {
    let is_name_byte = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_.+*".contains(byte);
    if coding.len() <= MAX_NAME_BYTES && coding.iter().all(is_name_byte) {
        String::from_utf8_lossy(coding).to_ascii_lowercase()
    } else {
        "an invalid name".to_owned()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::io::Write;

    use axum::http::HeaderValue;
    use flate2::{Compression, write::GzEncoder};

    use super::*;

    fn coding(values: &[&'static str]) -> Result<ContentCoding, String> {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(CONTENT_ENCODING, HeaderValue::from_static(value));
        }
        ContentCoding::of(&headers).map_err(|failure| failure.message().to_owned())
    }

    fn gzip(content: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(content).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn gzip_and_identity_are_accepted_and_other_codings_are_named() {
        for values in [&[][..], &[""], &["identity"], &["Identity, identity"], &[" , "]] {
            assert_eq!(coding(values), Ok(ContentCoding::Identity), "{values:?}");
        }
        for values in [&["gzip"][..], &["GZIP"], &["x-gzip"], &["identity", "gzip"], &["gzip, identity"]] {
            assert_eq!(coding(values), Ok(ContentCoding::Gzip), "{values:?}");
        }
        for (values, found) in [
            (&["br"][..], "br"),
            (&["Deflate"], "deflate"),
            (&["gzip, gzip"], "gzip, gzip"),
            (&["gzip", "br"], "gzip, br"),
            (&["8618217331411 jack"], "an invalid name"),
            (&["a,b,c,d,e"], "a, b, c, d, ..."),
        ] {
            let message = format!("Content-Encoding: expected gzip or identity, found {found}");
            assert_eq!(coding(values), Err(message), "{values:?}");
        }
    }

    #[test]
    fn the_content_of_all_members_is_decoded_up_to_the_limit() {
        let body = [gzip(b"{\"source\""), gzip(b""), gzip(b": 1}")].concat();
        let decode = |body: &[u8], limit| ContentCoding::Gzip.decode(Bytes::copy_from_slice(body), limit);
        assert_eq!(decode(&body, 13).unwrap(), &b"{\"source\": 1}"[..]);
        assert_eq!(decode(&body, 12).unwrap_err().message(), "body: expected at most 12 bytes");
        assert_eq!(decode(b"", 12).unwrap(), &b""[..]);
    }

    #[test]
    fn invalid_gzip_is_rejected_wherever_it_is_damaged() {
        let whole = gzip(b"{\"source\": 1}");
        let decode = |body: &[u8]| ContentCoding::Gzip.decode(Bytes::copy_from_slice(body), 1000);
        for length in 1..whole.len() {
            let message = decode(&whole[..length]).unwrap_err().message().to_owned();
            assert!(message.ends_with("it ends in the middle"), "{length}: {message}");
        }
        let checksum = whole.len() - 8;
        let mut changed = whole.clone();
        changed[checksum] ^= 1;
        for body in [b"{\"source\": 1}".to_vec(), changed] {
            let message = decode(&body).unwrap_err().message().to_owned();
            assert!(message.ends_with("it is no valid gzip"), "{message}");
        }
        let trailing = [&whole[..], b"what comes after it"].concat();
        let message = decode(&trailing).unwrap_err().message().to_owned();
        assert!(message.ends_with("there are other bytes after its end"), "{message}");
    }

    #[test]
    fn incompressible_content_fits_into_the_encoded_limit() {
        for length in [0, 1, 1000, 65_536, 8 * 1024 * 1024] {
            let content: Vec<u8> = std::iter::repeat_with(|| fastrand::u8(..)).take(length).collect();
            let mut encoder = GzEncoder::new(Vec::new(), Compression::none());
            encoder.write_all(&content).unwrap();
            assert!(encoder.finish().unwrap().len() <= ContentCoding::Gzip.encoded_limit(length), "{length}");
        }
    }
}
