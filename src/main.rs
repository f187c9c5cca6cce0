//! Mounts the app.

fn main() {
    dateline::app::mount();
}
