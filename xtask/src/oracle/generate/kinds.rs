//! What the bufferevents of a scenario are made on.

use bufferevent::sim::{Connect, FilterKind, KernelSpec, KindSpec};

use super::Generator;
use super::random::Random;

pub(super) fn connect(random: &mut Random) -> Connect {
    random.pick(&[Connect::Pending, Connect::Pending, Connect::Accepted, Connect::Refused])
}

fn socket(values: &mut Generator) -> KindSpec {
    let kernel = KernelSpec { rx_capacity: values.capacity(), tx_capacity: values.capacity() };
    let connect = (!values.is_1_4 && values.random.percent(25)).then(|| connect(&mut values.random));
    KindSpec::Socket { kernel, connect }
}

pub(super) fn sockets(values: &mut Generator) -> Vec<KindSpec> {
    (0..values.random.pick(&[1, 1, 2, 3])).map(|_| socket(values)).collect()
}

/// One to four, in an order in which what a filter is over may come after it.
pub(super) fn kinds(values: &mut Generator) -> Vec<KindSpec> {
    let most = values.random.pick(&[1, 2, 2, 3, 3, 4]);
    let mut kinds: Vec<KindSpec> = Vec::new();
    while kinds.len() < most {
        let at = kinds.len();
        let is_bare = |under: &usize| {
            !kinds.iter().any(|kind| matches!(kind, KindSpec::Filter { over, .. } if over == under))
        };
        let bare: Vec<usize> = (0..at).filter(is_bare).collect();
        match values.random.below(100) {
            0..25 if at + 2 <= most => {
                kinds.extend([KindSpec::Pair { with: at + 1 }, KindSpec::Pair { with: at }]);
            }
            25..65 if at > 0 => kinds.push(KindSpec::Filter {
                over: values.random.pick(&bare),
                input: filter(&mut values.random),
                output: filter(&mut values.random),
            }),
            _ => kinds.push(socket(values)),
        }
    }
    if values.random.percent(20) {
        kinds = reversed(&kinds);
    }
    kinds
}

fn filter(random: &mut Random) -> FilterKind {
    random.pick(&[
        FilterKind::None,
        FilterKind::None,
        FilterKind::Rot13,
        FilterKind::Double,
        FilterKind::Frame,
        FilterKind::Hold,
    ])
}

fn reversed(kinds: &[KindSpec]) -> Vec<KindSpec> {
    let moved = |at: usize| kinds.len() - 1 - at;
    let kinds = kinds.iter().rev().map(|kind| match *kind {
        KindSpec::Socket { kernel, connect } => KindSpec::Socket { kernel, connect },
        KindSpec::Pair { with } => KindSpec::Pair { with: moved(with) },
        KindSpec::Filter { over, input, output } => KindSpec::Filter { over: moved(over), input, output },
    });
    kinds.collect()
}
