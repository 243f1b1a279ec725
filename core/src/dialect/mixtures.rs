//! Mixtures of two libevents' rules, each made once.

use std::collections::BTreeMap;
use std::sync::Mutex;

use super::{Dialect, Rule, Rules};

/// So many mixtures are made and kept; nobody asks for as many.
const MOST: usize = 4096;

type Mixture = (&'static str, &'static str, Vec<Rule>);

/// Those that were asked for, kept for ever.
static MIXTURES: Mutex<BTreeMap<Mixture, &'static Rules>> = Mutex::new(BTreeMap::new());

impl Dialect {
    /// The rules of this libevent, but for those that are another's. None once too many were asked for.
    pub(crate) fn with(self, rules: &[Rule], of: Self) -> Option<&'static Rules> {
        let mut mixtures = MIXTURES.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let key = (self.as_str(), of.as_str(), rules.to_vec());
        if let Some(there) = mixtures.get(&key) {
            return Some(there);
        }
        if mixtures.len() >= MOST {
            return None;
        }
        let mixed = rules.iter().fold(self.rules().clone(), |mixed, rule| mixed.with(*rule, of.rules()));
        let kept = &*Box::leak(Box::new(mixed));
        mixtures.insert(key, kept);
        Some(kept)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_libevent_with_all_rules_of_another_is_the_other() {
        for (one, other) in [(Dialect::V1_4, Dialect::V2_1), (Dialect::V2_1, Dialect::V2_2)] {
            let rules = Rule::between(one, other);
            assert!(!rules.is_empty(), "{one} and {other}");
            let all = rules.iter().fold(one.rules().clone(), |mixed, rule| mixed.with(*rule, other.rules()));
            let mut expected = other.rules().clone();
            (expected.name, expected.libevent) = (all.name, all.libevent);
            expected.functions = all.functions.clone();
            assert_eq!(format!("{all:?}"), format!("{expected:?}"));
        }
        assert_eq!(Rule::between(Dialect::V2_1, Dialect::V2_1), []);
    }

    #[test]
    fn a_mixture_is_made_once() {
        let mixture = || Dialect::V2_1.with(&[Rule::ReadLimit], Dialect::V2_2).unwrap();
        let first = mixture();
        assert!(std::ptr::eq(first, mixture()));
        assert_eq!(first.read_limit, Dialect::V2_2.rules().read_limit);
        assert_eq!(first.refused_at_once, Dialect::V2_1.rules().refused_at_once);
    }
}
