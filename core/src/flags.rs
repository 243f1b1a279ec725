//! libevent's flag words, with libevent's numbers.

use std::fmt;
use std::ops::{BitOr, BitOrAssign};

macro_rules! flag_word {
    ($(#[$doc:meta])* $name:ident: $word:ty { $($(#[$flag_doc:meta])* $flag:ident = $bit:literal, $text:literal;)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, Default)]
        #[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(transparent))]
        #[cfg_attr(feature = "ts", derive(ts_rs::TS))]
        pub struct $name($word);

        impl $name {
            /// No flag.
            pub const NONE: Self = Self(0);
            $($(#[$flag_doc])* pub const $flag: Self = Self($bit);)*

            /// Each flag with its name, in the order of their numbers.
            pub const NAMED: &'static [(Self, &'static str)] = &[$((Self::$flag, $text)),*];

            /// The number, as libevent has it.
            #[must_use]
            pub const fn bits(self) -> $word {
                self.0
            }

            /// Whether every flag of `other` is set.
            #[must_use]
            pub const fn contains(self, other: Self) -> bool {
                self.0 & other.0 == other.0
            }

            /// Whether any flag of `other` is set.
            #[must_use]
            pub const fn intersects(self, other: Self) -> bool {
                self.0 & other.0 != 0
            }

            /// Whether no flag is set.
            #[must_use]
            pub const fn is_empty(self) -> bool {
                self.0 == 0
            }

            /// The flags of both.
            #[must_use]
            pub const fn union(self, other: Self) -> Self {
                Self(self.0 | other.0)
            }

            /// The flags that both have.
            #[must_use]
            pub const fn intersection(self, other: Self) -> Self {
                Self(self.0 & other.0)
            }

            /// The flags that `other` lacks.
            #[must_use]
            pub const fn without(self, other: Self) -> Self {
                Self(self.0 & !other.0)
            }
        }

        impl BitOr for $name {
            type Output = Self;

            fn bitor(self, other: Self) -> Self {
                self.union(other)
            }
        }

        impl BitOrAssign for $name {
            fn bitor_assign(&mut self, other: Self) {
                *self = self.union(other);
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                let mut separator = "";
                $(if self.contains(Self::$flag) {
                    write!(f, "{separator}{}", $text)?;
                    separator = "|";
                })*
                if separator.is_empty() { f.write_str("none") } else { Ok(()) }
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }
    };
}

flag_word! {
    /// What an event waits for, and what woke it: the EV_ flags.
    EventFlags: u8 {
        /// EV_TIMEOUT: its time came.
        TIMEOUT = 0x01, "timeout";
        /// EV_READ: its handle is readable.
        READ = 0x02, "read";
        /// EV_WRITE: its handle is writable.
        WRITE = 0x04, "write";
        /// EV_PERSIST: it stays pending when it runs.
        PERSIST = 0x10, "persist";
    }
}

flag_word! {
    /// What happened to a bufferevent: the EVBUFFER_ flags of 1.4, BEV_EVENT_ in 2.x, with the same numbers.
    What: u16 {
        /// It happened while reading.
        READING = 0x01, "reading";
        /// It happened while writing.
        WRITING = 0x02, "writing";
        /// End of file.
        EOF = 0x10, "eof";
        /// An error.
        ERROR = 0x20, "error";
        /// A timeout.
        TIMEOUT = 0x40, "timeout";
        /// A connection was made (2.x).
        CONNECTED = 0x80, "connected";
    }
}

flag_word! {
    /// Why 2.x suspends a direction, whatever `enabled` says: the BEV_SUSPEND_ bits.
    SuspendBits: u16 {
        /// BEV_SUSPEND_WM: input has reached its high watermark.
        WATERMARK = 0x01, "watermark";
        /// BEV_SUSPEND_FILT_READ: the filter over it reads nothing.
        FILTER = 0x10, "filter";
    }
}
