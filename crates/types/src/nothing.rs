//! Bodies without content: the data of an error, and the request of queryAllOlWhatsAppInfo.

use std::fmt;

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{IgnoredAny, MapAccess, Visitor},
    ser::SerializeMap,
};

/// The `data` of an error response. Serialized as `null`; any value is accepted and ignored (D7).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct NoData;

impl Serialize for NoData {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_unit()
    }
}

impl<'de> Deserialize<'de> for NoData {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        IgnoredAny::deserialize(deserializer).map(|_| Self)
    }
}

/// The body of a request without parameters. Serialized as `{}`; any object is accepted and its members are ignored (D13).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct NoParameters;

impl Serialize for NoParameters {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_map(Some(0))?.end()
    }
}

impl<'de> Deserialize<'de> for NoParameters {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(AnyObject)
    }
}

struct AnyObject;

impl<'de> Visitor<'de> for AnyObject {
    type Value = NoParameters;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<NoParameters, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(NoParameters)
    }
}

#[cfg(any(feature = "utoipa", feature = "schemars"))]
mod schemas {
    /// Inline, because the contract has no component for it (D6).
    #[cfg(feature = "utoipa")]
    impl utoipa::PartialSchema for super::NoData {
        fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
            use utoipa::openapi::schema::{ObjectBuilder, OneOfBuilder, SchemaType, Type};
            let null = SchemaType::Array(vec![Type::String, Type::Null]);
            let null = ObjectBuilder::new().schema_type(null).enum_values(Some([serde_json::Value::Null]));
            OneOfBuilder::new().item(ObjectBuilder::new().schema_type(Type::Object)).item(null).into()
        }
    }

    #[cfg(feature = "utoipa")]
    impl utoipa::ToSchema for super::NoData {}

    #[cfg(feature = "schemars")]
    impl schemars::JsonSchema for super::NoData {
        fn inline_schema() -> bool {
            true
        }

        fn schema_name() -> std::borrow::Cow<'static, str> {
            "NoData".into()
        }

        fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
            schemars::json_schema!({ "type": "null" })
        }
    }

    described!(super::NoParameters, {
        "description": "No parameters. An empty body and any object are accepted as well (D13).",
        "type": "object",
        "maxProperties": 0,
        "example": {},
    });
}

#[cfg(test)]
mod arbitrary {
    use proptest::{prelude::*, strategy::Just};

    impl Arbitrary for super::NoData {
        type Parameters = ();
        type Strategy = Just<Self>;
        fn arbitrary_with((): ()) -> Self::Strategy {
            Just(Self)
        }
    }

    impl Arbitrary for super::NoParameters {
        type Parameters = ();
        type Strategy = Just<Self>;
        fn arbitrary_with((): ()) -> Self::Strategy {
            Just(Self)
        }
    }
}
