//! The echo server and its programs.
