//! Signals and stores: the only room that turns events into signals.
