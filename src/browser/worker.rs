//! The service worker: having it, giving it orders, and letting a newer one in.
//!
//! What is said is text, a line a thing, and what comes back too; `public/sw.js` has the list of orders.

use std::cell::{Cell, RefCell};
use std::future::poll_fn;
use std::rc::Rc;
use std::task::{Poll, Waker};

use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{ServiceWorker, ServiceWorkerContainer, ServiceWorkerRegistration};

/// After so many milliseconds without a word the worker is taken to be gone. It gives a sign of life every 10 seconds.
const PATIENCE: i32 = 45_000;

/// What takes the worker's words.
pub type Heard = Box<dyn FnMut(&str)>;

thread_local! {
    static REGISTRATION: RefCell<Option<ServiceWorkerRegistration>> = const { RefCell::new(None) };
}

/// What there is only where the page came safely, and not in the private windows of some browsers.
fn container() -> Option<ServiceWorkerContainer> {
    let navigator = super::window()?.navigator();
    super::property(&navigator, "serviceWorker").map(JsCast::unchecked_into)
}

fn registration() -> Option<ServiceWorkerRegistration> {
    REGISTRATION.with_borrow(Clone::clone)
}

/// Has the browser have the worker at an address. `newer` is called whenever a newer version than this tab's is
/// ready, `heard` with what the worker tells by itself, and `ready` when there is one to give orders to.
pub fn start(
    script: &str,
    newer: Rc<dyn Fn()>,
    heard: impl Fn(&str) + 'static,
    ready: impl FnOnce() + 'static,
) {
    let Some(container) = container() else { return };
    super::listen(&container, "message", move |event: &web_sys::MessageEvent| {
        heard(&event.data().as_string().unwrap_or_default());
    });
    let options = web_sys::RegistrationOptions::new();
    options.set_update_via_cache(web_sys::ServiceWorkerUpdateViaCache::None);
    let registered = JsFuture::from(container.register_with_options(script, &options));
    spawn_local(async move {
        // Refused where there is none at the address, or where the browser keeps nothing.
        if let Ok(registration) = registered.await {
            watch(&container, &registration.unchecked_into(), newer);
            ready();
        }
    });
}

fn watch(container: &ServiceWorkerContainer, registration: &ServiceWorkerRegistration, newer: Rc<dyn Fn()>) {
    REGISTRATION.set(Some(registration.clone()));
    let mut order = "started".to_owned();
    // Without one before it, the one that waits is the first, and about to begin.
    if registration.waiting().is_some() && registration.active().is_some() {
        newer();
    }
    if registration.active().is_none() || container.controller().is_none() {
        // A first visit, whose worker is no newer one. What was loaded before it was there is for it to keep.
        loaded(&mut order);
    } else {
        let newer = Rc::clone(&newer);
        // Another tab has let it in.
        super::listen(container, "controllerchange", move |_: &JsValue| newer());
    }
    let found = registration.clone();
    super::listen(registration, "updatefound", move |_: &JsValue| {
        let Some(installing) = found.installing().filter(|_| found.active().is_some()) else { return };
        let (worker, newer) = (installing.clone(), Rc::clone(&newer));
        super::listen(&installing, "statechange", move |_: &JsValue| {
            if worker.state() == web_sys::ServiceWorkerState::Installed {
                newer();
            }
        });
    });
    tell(&order);
}

/// Tells the worker that the file at an address has come past it, for it to keep.
pub fn has_come(address: &str) {
    tell(&format!("loaded\n{address}"));
}

fn tell(order: &str) {
    if let Some(worker) = worker() {
        // Refused only for what can't be copied.
        let _ = worker.post_message(&order.into());
    }
}

/// The worker to give orders to: on a first visit that one takes them which is still being installed.
fn worker() -> Option<ServiceWorker> {
    // Early on it is not known by more than what it answers.
    let Some(registration) = registration() else { return container()?.controller() };
    registration.active().or_else(|| registration.installing()).or_else(|| registration.waiting())
}

/// Adds the addresses of this page and of what it has loaded, a line each.
fn loaded(lines: &mut String) {
    let Some(window) = super::window() else { return };
    if let Ok(address) = window.location().href() {
        lines.push('\n');
        lines.push_str(&address);
    }
    let Some(performance) = window.performance() else { return };
    for entry in performance.get_entries_by_type("resource").iter() {
        if let Some(address) = super::property(&entry, "name").and_then(|name| name.as_string()) {
            lines.push('\n');
            lines.push_str(&address);
        }
    }
}

/// Looks whether there is a newer version; the browser does so by itself only when a page is opened.
pub fn look() {
    if let Some(Ok(looking)) = registration().map(|registration| registration.update()) {
        let looking = JsFuture::from(looking);
        spawn_local(async move {
            // Without a network there is none.
            let _ = looking.await;
        });
    }
}

/// Opens this page anew, by the newer version where one is ready.
pub fn reload() {
    let open_anew = || {
        if let Some(window) = super::window() {
            // Refused only where a page may not navigate itself.
            let _ = window.location().reload();
        }
    };
    match (registration().and_then(|registration| registration.waiting()), container()) {
        (Some(waiting), Some(container)) => {
            super::listen(&container, "controllerchange", move |_: &JsValue| open_anew());
            // Refused only for what can't be copied.
            let _ = waiting.post_message(&"update".into());
        }
        _ => open_anew(),
    }
}

/// Gives the worker an order. `heard` is called with each thing that it says to it; whether it came to the end of
/// that.
pub async fn ask(order: &str, heard: Heard) -> bool {
    let end: Rc<Cell<Option<bool>>> = Rc::default();
    let waker: Rc<RefCell<Option<Waker>>> = Rc::default();
    let (ended, woken) = (Rc::clone(&end), Rc::clone(&waker));
    give(order, heard, move |well| {
        ended.set(ended.get().or(Some(well)));
        if let Some(waker) = woken.take() {
            waker.wake();
        }
    });
    poll_fn(move |context| match end.get() {
        Some(well) => Poll::Ready(well),
        None => {
            waker.replace(Some(context.waker().clone()));
            Poll::Pending
        }
    })
    .await
}

/// As [`ask`]; `ended` is called at the end, and may be called once more some time after it.
pub fn give(order: &str, heard: Heard, ended: impl Fn(bool) + 'static) {
    give_boxed(order, heard, Rc::new(ended));
}

fn give_boxed(order: &str, mut heard: Heard, ended: Rc<dyn Fn(bool)>) {
    let (Some(worker), Ok(channel)) = (worker(), web_sys::MessageChannel::new()) else { return ended(false) };
    let port = channel.port1();
    let count = Rc::new(Cell::new(0_u32));
    let (counted, end) = (Rc::clone(&count), Rc::clone(&ended));
    super::listen(&port, "message", move |event: &web_sys::MessageEvent| {
        counted.set(counted.get().wrapping_add(1));
        match event.data().as_string().unwrap_or_default().as_str() {
            "" => end(true),
            // It is at it still.
            "." => {}
            words => heard(words),
        }
    });
    port.start();
    // Refused only for what can't be copied.
    let _ = worker.post_message_with_transferable(&order.into(), &js_sys::Array::of1(&channel.port2()));
    await_silence(count, 0, ended);
}

/// Ends with a no, once nothing more has come in a while.
fn await_silence(count: Rc<Cell<u32>>, before: u32, end: Rc<dyn Fn(bool)>) {
    super::clock::after(PATIENCE, move || match count.get() {
        now if now == before => end(false),
        now => await_silence(count, now, end),
    });
}
