//! Directions by their names, as scenarios and traces have them.

use serde::ser::{SerializeSeq, Serializer};

use crate::Directions;

/// `["read","write"]`, read first.
pub(super) fn directions<S: Serializer>(directions: &Directions, serializer: S) -> Result<S::Ok, S::Error> {
    let mut list = serializer.serialize_seq(None)?;
    if directions.read {
        list.serialize_element("read")?;
    }
    if directions.write {
        list.serialize_element("write")?;
    }
    list.end()
}
