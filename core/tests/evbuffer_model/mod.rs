//! Random operations on two evbuffers, against two plain vectors.

mod ops;

use ops::{Op, World};
use proptest::collection::vec;
use proptest::prelude::*;

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(512) })]

    #[test]
    fn an_evbuffer_is_a_queue_of_bytes(
        ops in vec(any::<[u8; Op::SIZE]>().prop_map(Op::decode), 1..200)
    ) {
        let mut world = World::default();
        for op in ops {
            world.apply(op);
        }
    }
}
