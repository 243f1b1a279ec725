//! Puts an enum's variant into a map that is being written: its name as `kind`, then its fields.

use serde::ser::{Error as _, Impossible, Serialize, SerializeMap, SerializeStructVariant, Serializer};

/// Takes enums with named fields or none; nothing else is a step.
pub(super) struct Tagged<'a, M>(pub(super) &'a mut M);

macro_rules! refuse {
    ($($method:ident($($argument:ty),*) -> $result:ty;)*) => {
        $(fn $method(self, $(_: $argument),*) -> Result<$result, M::Error> {
            Err(M::Error::custom("a step is an enum with named fields"))
        })*
    };
}

type No<M> = Impossible<(), <M as SerializeMap>::Error>;

impl<'a, M: SerializeMap> Serializer for Tagged<'a, M> {
    type Ok = ();
    type Error = M::Error;
    type SerializeSeq = No<M>;
    type SerializeTuple = No<M>;
    type SerializeTupleStruct = No<M>;
    type SerializeTupleVariant = No<M>;
    type SerializeMap = No<M>;
    type SerializeStruct = No<M>;
    type SerializeStructVariant = Self;

    fn serialize_unit_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
    ) -> Result<(), Self::Error> {
        self.0.serialize_entry("kind", variant)
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Self, Self::Error> {
        self.0.serialize_entry("kind", variant)?;
        Ok(self)
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), Self::Error> {
        value.serialize(self)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        value: &T,
    ) -> Result<(), Self::Error> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: &T,
    ) -> Result<(), Self::Error> {
        Err(M::Error::custom("a step is an enum with named fields"))
    }

    refuse! {
        serialize_bool(bool) -> ();
        serialize_i8(i8) -> ();
        serialize_i16(i16) -> ();
        serialize_i32(i32) -> ();
        serialize_i64(i64) -> ();
        serialize_u8(u8) -> ();
        serialize_u16(u16) -> ();
        serialize_u32(u32) -> ();
        serialize_u64(u64) -> ();
        serialize_f32(f32) -> ();
        serialize_f64(f64) -> ();
        serialize_char(char) -> ();
        serialize_str(&str) -> ();
        serialize_bytes(&[u8]) -> ();
        serialize_none() -> ();
        serialize_unit() -> ();
        serialize_unit_struct(&'static str) -> ();
        serialize_seq(Option<usize>) -> No<M>;
        serialize_tuple(usize) -> No<M>;
        serialize_tuple_struct(&'static str, usize) -> No<M>;
        serialize_tuple_variant(&'static str, u32, &'static str, usize) -> No<M>;
        serialize_map(Option<usize>) -> No<M>;
        serialize_struct(&'static str, usize) -> No<M>;
    }
}

impl<M: SerializeMap> SerializeStructVariant for Tagged<'_, M> {
    type Ok = ();
    type Error = M::Error;

    fn serialize_field<T: Serialize + ?Sized>(
        &mut self,
        key: &'static str,
        value: &T,
    ) -> Result<(), Self::Error> {
        self.0.serialize_entry(key, value)
    }

    fn end(self) -> Result<(), Self::Error> {
        Ok(())
    }
}
