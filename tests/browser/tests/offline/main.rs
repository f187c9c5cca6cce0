//! Reading without a network, and going on while versions change: the service worker against a real server.

mod common;
mod installing;
mod opening;
mod saved;
mod versions;
