//! What has a number and is kept by it, as a list in JSON: the order is the numbers'.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::object::Object;

pub(super) trait Numbered {
    fn number(&self) -> u64;
}

pub(super) fn serialize<T: Serialize, S: Serializer>(
    map: &BTreeMap<u64, T>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(map.values())
}

pub(super) fn deserialize<'de, T: Deserialize<'de> + Numbered, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<BTreeMap<u64, T>, D::Error> {
    let list = Vec::<Object<T>>::deserialize(deserializer)?;
    // One by one: `collect` would sort them first, with a sorting that is compiled for each type.
    let mut map = BTreeMap::new();
    map.extend(list.into_iter().map(|Object(item)| (item.number(), item)));
    Ok(map)
}
