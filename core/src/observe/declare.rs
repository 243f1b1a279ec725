//! How the kinds of steps are declared: each once, in the group of its [`Role`](super::Role), with its fields.
//!
//! What can be told of a kind from its declaration is derived here. The rest is held by the compiler: whoever matches
//! steps names one by one the kinds of those roles that matter to it, and the other roles with `of_roles!`.

/// Declares the enum of steps, and with it the pattern `of_role!(Loop)`: any step of that role.
///
/// A field's type is one word with at most one argument, so that [`field!`] can tell fields apart by it.
macro_rules! steps {
    (
        $(#[$attribute:meta])*
        pub enum $Step:ident {
            $($role:ident {
                $(
                    $(#[$doc:meta])*
                    $kind:ident $({ $($field:ident: $type:ident $(<$argument:ident>)?),* $(,)? })?,
                )*
            })*
        }
    ) => {
        $(#[$attribute])*
        pub enum $Step {
            $($($(#[$doc])* $kind $({ $($field: $type $(<$argument>)?),* })?,)*)*
        }

        #[cfg(feature = "serde")]
        impl $Step {
            /// The names of all kinds in JSON.
            pub const KINDS: &[&str] = <Self as strum::VariantNames>::VARIANTS;

            /// The role of each kind, in the order of [`Self::KINDS`].
            pub const ROLES: &[Role] = &[$($((stringify!($kind), Role::$role).1,)*)*];

            /// The names of each kind's own fields in JSON, in the order of [`Self::KINDS`].
            pub(crate) const FIELDS: &[&[&str]] = &[$($(&[$($(stringify!($field)),*)?],)*)*];

            /// What reads the fields of each kind, in the order of [`Self::KINDS`].
            pub(super) const READERS: &[fn(&mut super::json::Fields<'_>) -> serde_json::Result<Self>] = &[$($(
                |_fields| Ok(Self::$kind $({ $($field: _fields.take()?),* })?),
            )*)*];

            /// Its own fields in their order, for whoever writes them.
            pub(super) fn each_field<'a, E>(
                &'a self,
                write: &mut dyn FnMut(&'static str, super::field::Field<'a>) -> Result<(), E>,
            ) -> Result<(), E> {
                match self {
                    $($(Self::$kind $({ $($field),* })? => {
                        $($(write(stringify!($field), $field.into())?;)*)?
                    })*)*
                }
                Ok(())
            }

            /// The name of its kind in JSON.
            #[must_use]
            pub fn kind(&self) -> &'static str {
                self.into()
            }
        }

        #[expect(unused_variables, reason = "each function takes the fields of one type and leaves the others")]
        impl $Step {
            /// What steps of its kind are to whoever watches.
            #[must_use]
            pub const fn role(&self) -> Role {
                match self {
                    $($(Self::$kind { .. } => Role::$role,)*)*
                }
            }

            /// The internal event that the step is about.
            #[must_use]
            pub const fn event(&self) -> Option<EventName> {
                match self {
                    $($(Self::$kind $({ $($field),* })? => {
                        field!(EventName of $($($field: $type $(<$argument>)?,)*)?)
                    })*)*
                }
            }

            /// The bytes that the step carries.
            #[must_use]
            pub const fn payload(&self) -> Option<&Payload> {
                match self {
                    $($(Self::$kind $({ $($field),* })? => {
                        field!(Payload of $($($field: $type $(<$argument>)?,)*)?)
                    })*)*
                }
            }

            /// The kernel's queues after the step, where it tells.
            #[must_use]
            pub const fn tanks(&self) -> TanksAfter {
                match self {
                    $($(Self::$kind $({ $($field),* })? => {
                        field!(TanksAfter of $($($field: $type $(<$argument>)?,)*)?)
                    })*)*
                }
            }

            /// Which of several the step is about: an event, a callback, a buffer, a mark, a direction or a call.
            #[cfg(feature = "sim")]
            pub(crate) fn part(&self) -> Option<&dyn Debug> {
                match self {
                    $($(Self::$kind $({ $($field),* })? => {
                        field!(Part of $($($field: $type $(<$argument>)?,)*)?)
                    })*)*
                }
            }
        }

        /// The pattern of any step of a role.
        #[cfg(feature = "serde")]
        macro_rules! of_role {
            $(($role) => { $($crate::Step::$kind { .. })|* };)*
        }
        #[cfg(feature = "serde")]
        pub(crate) use of_role;
    };
}

/// Of a kind's fields the first that has this type; `Part` is any type that tells one of several.
macro_rules! field {
    ($wanted:ident of) => { None };
    (EventName of $field:ident: EventName, $($rest:tt)*) => { Some(*$field) };
    (Payload of $field:ident: Payload, $($rest:tt)*) => { Some($field) };
    (TanksAfter of $field:ident: TanksAfter, $($rest:tt)*) => { *$field };
    (Part of $field:ident: EventName, $($rest:tt)*) => { Some($field) };
    (Part of $field:ident: Callback, $($rest:tt)*) => { Some($field) };
    (Part of $field:ident: BufferName, $($rest:tt)*) => { Some($field) };
    (Part of $field:ident: MarkName, $($rest:tt)*) => { Some($field) };
    (Part of $field:ident: Direction, $($rest:tt)*) => { Some($field) };
    ($wanted:ident of $field:ident: $type:ident $(<$argument:ident>)?, $($rest:tt)*) => {
        field!($wanted of $($rest)*)
    };
}

/// The pattern of any step of these roles: `of_roles!(Loop | Decision)`.
#[cfg(feature = "serde")]
macro_rules! of_roles {
    ($($role:ident)|+) => { $($crate::observe::of_role!($role))|+ };
}

#[cfg(feature = "serde")]
pub(crate) use of_roles;
