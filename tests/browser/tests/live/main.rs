//! Following a live blog, in every browser that there is, while the desk posts into the folder that is served.

mod common;
mod faults;
mod following;
mod reading;
