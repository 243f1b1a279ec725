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
    let memory = Memory::new(Form::Chains(chains));
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
    before.prepend_buffer(&mut Chains::of(3));
    before.drain(9);
    assert_eq!(lens(&before), [1]);
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

#[test]
fn few_bytes_in_much_of_a_chain_are_moved_to_its_front_and_others_stay() {
    let shapes_after = |len, drained, added| {
        let mut chains = Chains::of(len);
        chains.drain(drained);
        let copied = chains.copied();
        chains.add(added);
        (shapes(chains.slices()), chains.copied() - copied)
    };
    assert_eq!(shapes_after(900, 800, 100), (vec![[976, 0, 200]], 200));
    assert_eq!(shapes_after(900, 800, 900), (vec![[976, 800, 176], [2000, 0, 824]], 900), "they do not fit");
    assert_eq!(
        shapes_after(976, 488, 100),
        (vec![[976, 488, 488], [2000, 0, 100]], 100),
        "half of it is used"
    );
    assert_eq!(
        shapes_after(8000, 5000, 200),
        (vec![[8144, 5000, 3144], [8144, 0, 56]], 200),
        "2048 bytes are the most that are moved"
    );
    let mut chains = Chains::of(900);
    chains.drain(800);
    chains.add(100);
    chains.drain(150);
    assert_eq!(shapes(chains.slices()), [[976, 150, 50]]);
}

#[test]
fn a_chain_that_is_added_is_twice_as_large_up_to_4096_bytes() {
    let mut chains = Chains::of(976);
    [1, 1999, 1, 4047, 1].into_iter().for_each(|n| chains.add(n));
    assert_eq!(shapes(chains.slices()), [[976, 0, 976], [2000, 0, 2000], [4048, 0, 4048], [4048, 0, 1]]);
}

#[test]
fn nothing_has_no_chain_and_no_block() {
    assert_eq!(lens(&Chains::of(0)), [] as [usize; 0]);
    assert_eq!(shapes(Block::of(0).slices()), [] as [[usize; 3]; 0]);
    assert_eq!(shapes(Block::of(3).slices()), [[256, 0, 3]]);
}

#[test]
fn room_that_a_read_left_goes_where_a_buffer_is_added_or_whole_chains_are_moved_and_stays_where_a_part_is_copied()
 {
    let with_room = || {
        let mut chains = Chains::of(960);
        chains.expand(100);
        chains.commit(3);
        assert_eq!(shapes(chains.slices()), [[976, 0, 963], [976, 0, 0]]);
        chains
    };
    let mut into = with_room();
    into.add_buffer(&mut Chains::of(5));
    assert_eq!(lens(&into), [963, 5]);
    let (mut into, mut from) = (with_room(), Chains::of(5));
    from.add_buffer(&mut Chains::of(7));
    from.move_front(&mut into, from.front(5));
    assert_eq!((lens(&into), lens(&from)), (vec![963, 5], vec![7]));
    let (mut into, mut from) = (with_room(), Chains::of(5));
    from.move_front(&mut into, from.front(2));
    assert_eq!(lens(&into), [965, 0]);
}

#[test]
fn whole_chains_are_moved_uncopied_and_what_comes_next_is_added_behind_them() {
    let mut from = Chains::of(3);
    [5, 7].into_iter().for_each(|len| from.add_buffer(&mut Chains::of(len)));
    let mut into = Chains::of(1);
    let copied = into.copied();
    assert_eq!((from.front(7).whole, from.front(7).part), (3, 4));
    assert_eq!((from.front(8).whole, from.front(8).part), (8, 0));
    let front = from.front(8);
    from.move_front(&mut into, front);
    from.consume(front.chain, front.part);
    assert_eq!((lens(&from), lens(&into), into.copied() - copied), (vec![7], vec![1, 3, 5], 0));
    into.add(2);
    assert_eq!(lens(&into), [1, 3, 7]);
    into.drain(10);
    assert_eq!(lens(&into), [1]);
    from.drain(6);
    assert_eq!(lens(&from), [1]);
}

/// What a callback drains while a part is moved can leave the first chain empty.
#[test]
fn an_emptied_chain_is_moved_as_the_others_and_what_is_added_goes_behind_the_last_with_payload() {
    let emptied = || {
        let mut chains = Chains::of(3);
        [5, 7].into_iter().for_each(|len| chains.add_buffer(&mut Chains::of(len)));
        let front = chains.front(2);
        chains.move_front(&mut Chains::default(), front);
        chains.drain(1);
        chains.consume(front.chain, front.part);
        assert_eq!(lens(&chains), [0, 5, 7]);
        chains
    };
    for (moved, left, expected) in [(5, [7].as_slice(), [1, 0, 7].as_slice()), (2, &[5, 7], &[5, 0])] {
        let (mut from, mut into) = (emptied(), Chains::of(1));
        from.move_front(&mut into, from.front(moved));
        into.add(2);
        assert_eq!((lens(&from).as_slice(), lens(&into).as_slice()), (left, expected), "{moved}");
    }
}

/// A read makes room in four chains at most.
#[test]
fn of_the_room_for_a_read_no_more_than_four_chains_are_kept() {
    let mut chains = Chains::of(973);
    let steps: [(usize, &[[usize; 3]]); 4] = [
        (100, &[[976, 0, 973], [976, 0, 0]]),
        (2000, &[[976, 0, 973], [976, 0, 0], [2000, 0, 0]]),
        (8000, &[[976, 0, 973], [976, 0, 0], [2000, 0, 0], [8144, 0, 0]]),
        (11_123, &[[976, 0, 973], [976, 0, 0], [2000, 0, 0], [8144, 0, 0]]),
    ];
    for (n, expected) in steps {
        chains.expand(n);
        assert_eq!(shapes(chains.slices()), expected, "{n}");
    }
    for (n, size) in [(11_124, 16_336), (32_723, 32_720), (32_724, 65_488)] {
        let mut chains = chains.clone();
        chains.expand(n);
        assert_eq!(shapes(chains.slices()), [[976, 0, 973], [size, 0, 0]], "{n}: 3 bytes of it are there");
    }
}

#[test]
fn a_full_chain_is_none_of_the_four_of_a_read() {
    let mut chains = Chains::of(976);
    [100, 2000, 8000, 11_121].into_iter().for_each(|n| chains.expand(n));
    let sizes: Vec<_> = chains.slices().concat().iter().map(|chain| chain.size).collect();
    assert_eq!(sizes, [976, 976, 2000, 8144, 976]);
}

#[test]
fn four_chains_without_a_byte_are_all_given_back_for_a_larger_one() {
    let mut chains = Chains::default();
    [100, 2000, 8000, 20_000].into_iter().for_each(|n| chains.expand(n));
    assert_eq!(lens(&chains), [0; 4]);
    chains.expand(60_000);
    assert_eq!(shapes(chains.slices()), [[65_488, 0, 0]]);
}

#[test]
fn room_before_the_bytes_is_no_room_for_a_read() {
    let mut chains = Chains::of(900);
    chains.drain(10);
    chains.expand(80);
    assert_eq!(shapes(chains.slices()), [[976, 10, 890], [976, 0, 0]]);
    chains.expand(1052);
    chains.commit(1052);
    assert_eq!(shapes(chains.slices()), [[976, 10, 966], [976, 0, 976]]);
}

#[test]
fn a_prepend_into_a_full_chain_lies_at_the_end_of_a_new_one() {
    let mut chains = Chains::of(10);
    chains.prepend(5);
    chains.add(1);
    assert_eq!((shapes(chains.slices()), chains.copied()), (vec![[976, 971, 5], [976, 0, 11]], 16));
}

#[test]
fn a_pullup_counts_no_room_before_the_bytes() {
    let mut chains = Chains::of(10);
    chains.drain(4);
    chains.add_buffer(&mut Chains::of(1000));
    let copied = chains.copied();
    chains.pullup(975);
    assert_eq!(
        (shapes(chains.slices()), chains.copied() - copied),
        (vec![[976, 0, 975], [2000, 969, 31]], 975)
    );
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

#[cfg(feature = "sim")]
#[test]
fn what_changes_the_chains_has_a_number_that_no_other_memory_has() {
    type Does = fn(&mut Evbuffer, &mut Evbuffer);
    const CHANGES: [Does; 7] = [
        |a, _| a.add(b"abc").expect("it is not frozen"),
        |a, _| a.prepend(b"abc").expect("it is not frozen"),
        |a, _| a.drain(1).map(|_| ()).expect("it is not frozen"),
        |a, _| assert!(a.pullup(4).is_some()),
        |a, b| a.add_buffer(b).expect("neither is frozen"),
        |a, b| a.prepend_buffer(b).expect("neither is frozen"),
        |a, b| a.remove_buffer(b, 3).map(|_| ()).expect("neither is frozen"),
    ];
    for (which, change) in CHANGES.into_iter().enumerate() {
        let [mut a, mut b] = [(); 2].map(|()| {
            let mut buffer = Evbuffer::new();
            buffer.follow_chains();
            for bytes in [b"ab", b"cd"] {
                let mut piece = Evbuffer::from(bytes.as_slice());
                buffer.add_buffer(&mut piece).expect("neither is frozen");
            }
            buffer
        });
        let before = [a.chains_changed(), b.chains_changed()];
        let was = [a.chain_slices().concat(), b.chain_slices().concat()];
        assert_ne!(before[0], before[1]);
        change(&mut a, &mut b);
        let now = [a.chain_slices().concat(), b.chain_slices().concat()];
        assert_ne!(now[0], was[0], "change {which}");
        for (at, buffer) in [&a, &b].into_iter().enumerate() {
            let counted = !before.contains(&buffer.chains_changed());
            assert!(counted || now[at] == was[at], "change {which}");
        }
    }
}
