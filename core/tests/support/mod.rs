//! What several of these tests need. Only what simulates needs the feature `sim`.

#[cfg(feature = "sim")]
mod lab;
#[cfg(feature = "sim")]
pub(crate) mod lessons;
#[cfg(feature = "sim")]
pub(crate) mod recorded;

use std::io::{IoSlice, IoSliceMut};

use bufferevent::{Errno, Handle, Kernel, Transfer};

#[cfg(feature = "sim")]
pub(crate) use self::lab::Lab;

/// A kernel that must not be asked.
pub(crate) struct NoKernel;

impl Kernel for NoKernel {
    fn receive(&mut self, handle: Handle, _: &mut [IoSliceMut<'_>]) -> Result<Transfer, Errno> {
        unreachable!("{handle:?} is no socket")
    }

    fn send(&mut self, handle: Handle, _: &[IoSlice<'_>]) -> Result<Transfer, Errno> {
        unreachable!("{handle:?} is no socket")
    }

    fn readable_bytes(&mut self, handle: Handle) -> Option<usize> {
        unreachable!("{handle:?} is no socket")
    }
}
