//! Values of serde's data model as JSON text, as `serde_json` writes them.

use serde::Serialize;
use serde::ser::{
    Error as _, SerializeMap, SerializeSeq, SerializeStruct, SerializeStructVariant, SerializeTuple,
    SerializeTupleStruct, SerializeTupleVariant, Serializer,
};
use serde_json::{Error, Result};

use super::Text;

impl Text {
    fn begin(&mut self, bracket: u8) -> Items<'_> {
        self.byte(bracket);
        Items { text: self, any: false, ends: if bracket == b'{' { b"}" } else { b"]" } }
    }

    /// What is in the object of a variant, the only one in it.
    fn begin_variant(&mut self, variant: &'static str, bracket: u8) -> Items<'_> {
        self.byte(b'{');
        self.quoted(false, variant, true);
        Items { ends: if bracket == b'{' { b"}}" } else { b"]}" }, ..self.begin(bracket) }
    }
}

/// The items of a list, or the fields of an object, that is being written.
pub(crate) struct Items<'t> {
    text: &'t mut Text,
    /// One is there already.
    any: bool,
    ends: &'static [u8],
}

impl Items<'_> {
    fn next(&mut self) {
        if self.any {
            self.text.byte(b',');
        }
        self.any = true;
    }

    fn item(&mut self, value: &(impl Serialize + ?Sized)) -> Result<()> {
        self.next();
        self.text.add(value)
    }

    fn field(&mut self, name: &'static str, value: &(impl Serialize + ?Sized)) -> Result<()> {
        self.text.quoted(self.any, name, true);
        self.any = true;
        self.text.add(value)
    }

    fn close(self) -> Result<()> {
        self.text.raw(self.ends);
        Ok(())
    }
}

/// Smaller numbers go through the largest of their kind.
macro_rules! numbers {
    ($($method:ident: $type:ty => $largest:ident,)*) => {
        $(fn $method(self, number: $type) -> Result<()> {
            self.$largest(number.into())
        })*
    };
}

/// The library's own way with fractions, which are rare.
macro_rules! fractions {
    ($($method:ident: $type:ty,)*) => {
        $(fn $method(self, number: $type) -> Result<()> {
            self.raw(serde_json::to_string(&number)?.as_bytes());
            Ok(())
        })*
    };
}

impl<'t> Serializer for &'t mut Text {
    type Ok = ();
    type Error = Error;
    type SerializeSeq = Items<'t>;
    type SerializeTuple = Items<'t>;
    type SerializeTupleStruct = Items<'t>;
    type SerializeTupleVariant = Items<'t>;
    type SerializeMap = Items<'t>;
    type SerializeStruct = Items<'t>;
    type SerializeStructVariant = Items<'t>;

    numbers! {
        serialize_i8: i8 => serialize_i64,
        serialize_i16: i16 => serialize_i64,
        serialize_i32: i32 => serialize_i64,
        serialize_u8: u8 => serialize_u64,
        serialize_u16: u16 => serialize_u64,
        serialize_u32: u32 => serialize_u64,
    }

    fractions! {
        serialize_f32: f32,
        serialize_f64: f64,
    }

    fn serialize_bool(self, flag: bool) -> Result<()> {
        self.raw(if flag { b"true" } else { b"false" });
        Ok(())
    }

    fn serialize_i64(self, number: i64) -> Result<()> {
        if number < 0 {
            self.byte(b'-');
        }
        self.number(number.unsigned_abs());
        Ok(())
    }

    fn serialize_u64(self, number: u64) -> Result<()> {
        self.number(number);
        Ok(())
    }

    fn serialize_char(self, char: char) -> Result<()> {
        self.string(char.encode_utf8(&mut [0; 4]));
        Ok(())
    }

    fn serialize_str(self, text: &str) -> Result<()> {
        self.string(text);
        Ok(())
    }

    fn serialize_bytes(self, bytes: &[u8]) -> Result<()> {
        self.collect_seq(bytes)
    }

    fn serialize_none(self) -> Result<()> {
        self.serialize_unit()
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<()> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<()> {
        self.raw(b"null");
        Ok(())
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<()> {
        self.serialize_unit()
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, variant: &'static str) -> Result<()> {
        self.string(variant);
        Ok(())
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _: &'static str, value: &T) -> Result<()> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<()> {
        let mut object = self.begin(b'{');
        object.field(variant, value)?;
        object.close()
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Items<'t>> {
        Ok(self.begin(b'['))
    }

    fn serialize_tuple(self, _: usize) -> Result<Items<'t>> {
        Ok(self.begin(b'['))
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Items<'t>> {
        Ok(self.begin(b'['))
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Items<'t>> {
        Ok(self.begin_variant(variant, b'['))
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Items<'t>> {
        Ok(self.begin(b'{'))
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Items<'t>> {
        Ok(self.begin(b'{'))
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Items<'t>> {
        Ok(self.begin_variant(variant, b'{'))
    }
}

/// Each of serde's kinds of lists is one.
macro_rules! lists {
    ($($kind:ident::$item:ident,)*) => {
        $(impl $kind for Items<'_> {
            type Ok = ();
            type Error = Error;

            fn $item<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<()> {
                self.item(value)
            }

            fn end(self) -> Result<()> {
                self.close()
            }
        })*
    };
}

/// Each of its kinds of objects with fields.
macro_rules! objects {
    ($($kind:ident,)*) => {
        $(impl $kind for Items<'_> {
            type Ok = ();
            type Error = Error;

            fn serialize_field<T: Serialize + ?Sized>(&mut self, name: &'static str, value: &T) -> Result<()> {
                self.field(name, value)
            }

            fn end(self) -> Result<()> {
                self.close()
            }
        })*
    };
}

lists! {
    SerializeSeq::serialize_element,
    SerializeTuple::serialize_element,
    SerializeTupleStruct::serialize_field,
    SerializeTupleVariant::serialize_field,
}
objects! {
    SerializeStruct,
    SerializeStructVariant,
}

impl SerializeMap for Items<'_> {
    type Ok = ();
    type Error = Error;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<()> {
        self.next();
        let at = self.text.len;
        self.text.add(key)?;
        match self.text.as_bytes().get(at) {
            Some(b'"') => Ok(()),
            // A number or a flag: as a string it is a key.
            Some(b'-' | b'0'..=b'9' | b't' | b'f') => {
                let key = [b"\"", &self.text.as_bytes()[at..], b"\""].concat();
                self.text.len = at;
                self.text.raw(&key);
                Ok(())
            }
            _ => Err(Error::custom("key must be a string")),
        }
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<()> {
        self.text.byte(b':');
        self.text.add(value)
    }

    fn end(self) -> Result<()> {
        self.close()
    }
}
