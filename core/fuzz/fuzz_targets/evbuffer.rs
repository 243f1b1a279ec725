//! Any bytes are a list of operations on two evbuffers, which do what two vectors do.
#![no_main]

#[path = "../../tests/evbuffer_model/ops.rs"]
mod ops;

use libfuzzer_sys::fuzz_target;
use ops::{Op, World};

fuzz_target!(|bytes: &[u8]| {
    let mut world = World::default();
    for &op in bytes.as_chunks::<{ Op::SIZE }>().0.iter().take(1000) {
        world.apply(Op::decode(op));
    }
});
