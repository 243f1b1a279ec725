//! One libevent with rules of another: what decided that two of them part are the rules without which they do not.

use std::collections::BTreeMap;
use std::sync::Mutex;

use super::{Dialect, Rules};

/// What a libevent is called that there is not.
const MIXTURE: &str = "a mixture";

/// Writes the list of rules once: their names, which of them two libevents do not share, and taking one over. A rule that
/// is forgotten here does not compile.
macro_rules! rules {
    ($($field:ident: $rule:ident),* $(,)?) => {
        /// A point where the libevents part, by name.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "snake_case"))]
        #[cfg_attr(feature = "ts", derive(ts_rs::TS))]
        #[expect(missing_docs, reason = "each is what the field of its name in the rules says")]
        #[non_exhaustive]
        pub enum Rule {
            $($rule,)*
        }

        impl Rule {
            /// Those that two libevents do not share.
            #[must_use]
            pub fn between(one: Dialect, other: Dialect) -> Vec<Self> {
                let Rules { name: _, libevent: _, functions: _, $($field,)* } = one.rules();
                let other = other.rules();
                let mut rules = Vec::new();
                $(if *$field != other.$field { rules.push(Self::$rule); })*
                rules
            }
        }

        impl Rules {
            /// Whether there is such a libevent. What always holds in one need not hold in a mixture.
            pub(crate) fn is_real(&self) -> bool {
                self.name != MIXTURE
            }

            /// These rules with one of another's.
            fn with(&self, rule: Rule, other: &Self) -> Self {
                let mut rules = Self { name: MIXTURE, ..self.clone() };
                match rule {
                    $(Rule::$rule => rules.$field = other.$field,)*
                }
                rules
            }
        }
    };
}

rules! {
    io_events: IoEvents,
    ready_order: ReadyOrder,
    persistent_timer: PersistentTimer,
    arms_without_handle: ArmsWithoutHandle,
    preempts: Preempts,
    loop_exit: LoopExit,
    forgets_wishes: ForgetsWishes,
    high_mark: HighMark,
    mark_width: MarkWidth,
    read_limit: ReadLimit,
    write_limit: WriteLimit,
    retries_write_in_progress: RetriesWriteInProgress,
    refused_at_once: RefusedAtOnce,
    output_watch: OutputWatch,
    failure: Failure,
    full_input: FullInput,
    enabling: Enabling,
    no_timeout: NoTimeout,
    timeout_unit: TimeoutUnit,
    new_handle_resumes: NewHandleResumes,
    release: Release,
    event_callback_is_optional: EventCallbackIsOptional,
    freezes_own_ends: FreezesOwnEnds,
    since_2: Since2,
}

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
