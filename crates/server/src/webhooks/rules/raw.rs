//! Forms of ids in the state of rules: as numbers. Their own forms accept numbers and texts, which the format of the state
//! can't express.

pub mod user_id {
    use group_dispatch_types::UserId;
    use serde::{Deserialize as _, Deserializer, Serializer, de::Error as _};

    pub fn serialize<S: Serializer>(id: &UserId, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u64(id.get())
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<UserId, D::Error> {
        UserId::new(u64::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}

pub mod whats_app {
    use group_dispatch_types::WhatsAppNumber;
    use serde::{Deserialize as _, Deserializer, Serializer, de::Error as _};

    pub fn serialize<S: Serializer>(number: &WhatsAppNumber, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u64(number.get())
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<WhatsAppNumber, D::Error> {
        WhatsAppNumber::new(u64::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}

pub mod source {
    use group_dispatch_types::Source;
    use serde::{Deserialize as _, Deserializer, Serializer};

    pub fn serialize<S: Serializer>(source: &Source, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_i32(source.code())
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Source, D::Error> {
        i32::deserialize(deserializer).map(Source::from)
    }
}
