//! Finds what cargo does not bring, and installs it where it can.
