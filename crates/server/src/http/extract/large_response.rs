//! The permit for an answer that may be large.

use axum::{extract::FromRequestParts, http::request::Parts};

use crate::http::{error::Failure, state::Call};

/// For handlers whose answers may be big.
pub struct BigAnswers(Call);

impl BigAnswers {
    /// Waits until one more answer that may be big may be made. If it is, it counts as long as its bytes are in memory,
    /// however slowly they are read.
    ///
    /// # Errors
    /// When too many are on their way.
    pub async fn begin(&self) -> Result<(), Failure> {
        let Call { app, notes } = &self.0;
        notes.set_big_answer(app.load.begin_big_answer(notes.tenant()).await?);
        Ok(())
    }
}

impl FromRequestParts<Call> for BigAnswers {
    type Rejection = Failure;

    async fn from_request_parts(_: &mut Parts, call: &Call) -> Result<Self, Failure> {
        Ok(Self(call.clone()))
    }
}
