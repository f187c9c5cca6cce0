//! Converters (to come).
