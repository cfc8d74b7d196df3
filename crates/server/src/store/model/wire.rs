use serde::Serialize;

/// JSON that is written piece by piece, as the contract has it: from what is known straight into the answer.
pub trait Wire {
    /// What stands there as it is.
    fn raw(&mut self, json: &str) -> &mut Self;

    /// A text, a number or a time.
    fn value(&mut self, value: &(impl Serialize + ?Sized)) -> &mut Self;

    /// A number as a text.
    fn digits(&mut self, number: u64) -> &mut Self;

    /// A member that there may be, and what comes after it.
    fn member(&mut self, name: &str, value: Option<&str>, after: &str) -> &mut Self;

    /// What comes between two elements, unless it is the first of its list that comes.
    fn next(&mut self) -> &mut Self;
}

impl Wire for Vec<u8> {
    fn raw(&mut self, json: &str) -> &mut Self {
        self.extend_from_slice(json.as_bytes());
        self
    }

    fn value(&mut self, value: &(impl Serialize + ?Sized)) -> &mut Self {
        // Neither memory nor such values ever fail.
        let _ = serde_json::to_writer(&mut *self, value);
        self
    }

    fn digits(&mut self, number: u64) -> &mut Self {
        self.raw("\"").value(&number).raw("\"")
    }

    fn member(&mut self, name: &str, value: Option<&str>, after: &str) -> &mut Self {
        match value {
            Some(value) => self.raw(name).value(value).raw(after),
            None => self,
        }
    }

    fn next(&mut self) -> &mut Self {
        if self.last() == Some(&b'[') { self } else { self.raw(",") }
    }
}
