//! What screens share, one file each.
