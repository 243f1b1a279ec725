//! Scenarios in, traces out.
