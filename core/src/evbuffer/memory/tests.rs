use super::*;

/// What is in each chain.
fn lens(chains: &Chains) -> Vec<usize> {
    chains.slices().concat().iter().map(|chain| chain.len).collect()
}

#[test]
fn chains_have_the_sizes_that_2_1_was_seen_to_use() {
    let mut chains = Chains::of(1);
    [975, 2000, 5000, 1000].into_iter().for_each(|n| chains.add(n));
    // Of 1024, 2048 and 8192 bytes, 48 of them libevent's own.
    assert_eq!(lens(&chains), [976, 2000, 6000]);
}

#[test]
fn what_is_moved_keeps_its_chain_however_short() {
    let mut chains = Chains::default();
    (0..3).for_each(|_| chains.add_buffer(&mut Chains::of(1)));
    chains.add(10);
    assert_eq!(lens(&chains), [1, 1, 11]);
    let memory = Memory::Chains(chains);
    assert_eq!((memory.first(2), memory.first(9)), (2, 13));
}

#[test]
fn a_part_is_there_until_it_is_consumed() {
    let (mut from, mut into) = (Chains::of(3), Chains::default());
    from.add_buffer(&mut Chains::of(5));
    let front = from.front(4);
    assert_eq!((front.whole, front.part), (3, 1));
    from.move_front(&mut into, front);
    assert_eq!((lens(&from), lens(&into)), (vec![5], vec![4]));
    from.consume(front.chain, front.part);
    assert_eq!(lens(&from), [4]);
    from.prepend_buffer(&mut Chains::of(2));
    from.consume(front.chain, 1);
    assert_eq!(lens(&from), [2, 3], "it is no longer the first");
    from.pullup(5);
    from.drain(1);
    from.consume(front.chain, 1);
    assert_eq!(lens(&from), [3], "it was pulled up into another");
}

#[test]
fn a_read_leaves_the_room_that_it_did_not_fill() {
    let mut chains = Chains::of(970);
    chains.expand(100);
    chains.commit(3);
    assert_eq!(lens(&chains), [973, 0]);
    chains.expand(100);
    chains.commit(100);
    assert_eq!(lens(&chains), [976, 97]);
    chains.drain(1073);
    assert!(lens(&chains).is_empty());
    chains.expand(1);
    chains.drain(1);
    chains.add(977);
    assert_eq!(lens(&chains), [976, 1], "room that a read has left is there, with nothing to drain");
}

#[test]
fn a_prepend_uses_the_room_before_and_then_a_chain_of_its_own() {
    let mut chains = Chains::of(10);
    chains.drain(4);
    chains.prepend(3);
    assert_eq!(lens(&chains), [9]);
    chains.prepend(5);
    assert_eq!(lens(&chains), [4, 10]);
    chains.prepend(2);
    assert_eq!(lens(&chains), [6, 10]);
}

/// Size, misalignment and payload of each chain.
fn shapes(chains: [&[Chain]; 2]) -> Vec<[usize; 3]> {
    chains.concat().iter().map(|chain| [chain.size, chain.misalign, chain.len]).collect()
}

#[test]
fn a_pullup_copies_what_follows_where_the_first_chain_has_room_and_all_where_it_has_not() {
    let mut chains = Chains::of(6);
    chains.add_buffer(&mut Chains::of(5));
    let before = chains.copied();
    chains.pullup(6);
    assert_eq!((lens(&chains), chains.copied() - before), (vec![6, 5], 0), "they are in one piece");
    chains.pullup(8);
    assert_eq!((shapes(chains.slices()), chains.copied() - before), (vec![[976, 0, 8], [976, 2, 3]], 2));
    chains.pullup(11);
    assert_eq!((lens(&chains), chains.copied() - before), (vec![11], 5));
    let mut chains = Chains::of(970);
    chains.add_buffer(&mut Chains::of(100));
    let (before, first) = (chains.copied(), chains.slices()[0].first().map(|chain| chain.number));
    chains.pullup(1000);
    assert_eq!(
        (shapes(chains.slices()), chains.copied() - before),
        (vec![[2000, 0, 1000], [976, 30, 70]], 1000)
    );
    assert_ne!(chains.slices()[0].first().map(|chain| chain.number), first);
}

#[test]
fn after_a_pullup_bytes_are_added_behind_the_last() {
    let mut chains = Chains::of(3);
    (0..3).for_each(|_| chains.add_buffer(&mut Chains::of(2)));
    chains.pullup(6);
    chains.add(4);
    assert_eq!(lens(&chains), [6, 1, 6]);
    chains.pullup(13);
    chains.expand(2000);
    chains.pullup(13);
    chains.add(1);
    assert_eq!(lens(&chains), [14, 0]);
}

#[test]
fn buffers_that_are_prepended_keep_their_chains() {
    let mut chains = Chains::of(3);
    let mut before = Chains::of(2);
    before.add_buffer(&mut Chains::of(1));
    let copied = chains.copied();
    chains.prepend_buffer(&mut before);
    chains.add(1);
    assert_eq!((lens(&chains), lens(&before), chains.copied() - copied), (vec![2, 1, 4], vec![], 1));
    before.prepend_buffer(&mut chains);
    assert_eq!((lens(&chains), lens(&before)), (vec![], vec![2, 1, 4]));
}

#[test]
fn a_move_of_everything_copies_nothing_and_a_move_of_a_part_copies_the_part() {
    let (mut from, mut into) = (Chains::of(10), Chains::of(1));
    let (number, copied) = (from.slices()[0].first().map(|chain| chain.number), into.copied());
    let front = from.front(4);
    from.move_front(&mut into, front);
    from.consume(front.chain, front.part);
    assert_eq!((shapes(from.slices()), into.copied() - copied), (vec![[976, 4, 6]], 4));
    into.add_buffer(&mut from);
    assert_eq!((lens(&into), into.copied() - copied), (vec![5, 6], 4));
    assert_eq!(into.slices().concat().last().map(|chain| chain.number), number);
}

/// As 1.4.15's `struct evbuffer` was seen to be: `totallen`, `misalign`, `off`.
#[test]
fn a_block_is_used_aligned_and_grown_as_1_4_was_seen_to_do_it() {
    let (mut a, mut b) = (Block::default(), Block::default());
    let steps: [(&str, usize, [usize; 3]); 8] = [
        ("add", 10, [256, 0, 10]),
        ("drain", 4, [256, 4, 6]),
        ("add", 240, [256, 4, 246]),
        ("add", 8, [256, 0, 254]),
        ("add", 300, [1024, 0, 554]),
        ("drain", 100, [1024, 100, 454]),
        ("add", 200, [1024, 100, 654]),
        ("drain", 9999, [1024, 0, 0]),
    ];
    for (step, n, expected) in steps {
        if step == "add" {
            a.add(n);
        } else {
            a.drain(n);
        }
        assert_eq!(shapes(a.slices()), [expected], "{step} {n}");
    }
    assert_eq!(a.copied(), 10 + 240 + (246 + 8) + 300 + 200);
    a.add(5);
    b.add_buffer(&mut a);
    assert_eq!(
        (shapes(b.slices()), shapes(a.slices())),
        (vec![[1024, 0, 5]], vec![]),
        "the blocks change places"
    );
    a.add(7);
    b.add_buffer(&mut a);
    assert_eq!(
        (shapes(b.slices()), shapes(a.slices())),
        (vec![[1024, 0, 12]], vec![[256, 0, 0]]),
        "it is copied"
    );
    b.drain(2);
    b.commit(600, 600);
    b.commit(300, 300);
    assert_eq!((shapes(b.slices()), b.copied()), (vec![[1024, 2, 910]], 7));
}
