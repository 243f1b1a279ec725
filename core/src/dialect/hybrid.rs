//! One libevent with rules of another: what decided that two of them part are the rules without which they do not.

use std::fmt;

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
            #[cfg(feature = "sim")]
            pub(super) fn with(&self, rule: Rule, other: &Self) -> Self {
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

/// Its name, as in JSON: `high_mark`.
impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut name = String::new();
        for (at, letter) in format!("{self:?}").char_indices() {
            if at > 0 && letter.is_ascii_uppercase() {
                name.push('_');
            }
            name.push(letter.to_ascii_lowercase());
        }
        f.pad(&name)
    }
}
