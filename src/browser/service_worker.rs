//! The service worker: registration, orders, and updates.
//!
//! Orders and replies are JSON texts. `public/sw-saved.js` has the list; this file knows only the few that
//! have constants here.

use std::rc::Rc;

use futures_channel::mpsc;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{ServiceWorker, ServiceWorkerContainer, ServiceWorkerRegistration};

use super::Listener;
use super::timer::{self, Timeout};

/// After this many milliseconds without a reply, the worker counts as gone. It sends a sign of life every 10
/// seconds.
const SILENCE: u32 = 45_000;
/// How long to wait for a newer worker to take over, in milliseconds.
const TAKING_OVER: u32 = 3_000;

/// The order that activates a newer worker.
const UPDATE: &str = r#""update""#;
/// The replies about the progress of an order.
const END: &str = r#""end""#;
const ALIVE: &str = r#""alive""#;
const UNKNOWN: &str = r#""unknown""#;
/// The last reply of a worker of the version before, which sends text lines and does not know JSON.
const END_OF_LINES: &str = "";

/// How an order ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outcome {
    Done,
    /// The worker is older than this page, and does not know the order.
    Unknown,
    Silence,
}

/// The service worker of this page. A newer one may take its place.
#[derive(Clone, Debug)]
pub struct Worker {
    container: ServiceWorkerContainer,
    registration: ServiceWorkerRegistration,
}

/// The browser's API. Absent on insecure pages, and in private windows of some browsers.
fn container() -> Option<ServiceWorkerContainer> {
    let navigator = super::window()?.navigator();
    super::property(&navigator, "serviceWorker").map(JsCast::unchecked_into)
}

/// Registers the worker at an address. `on_newer` is called whenever a newer version than this tab's is
/// ready, and `on_message` with the worker's unasked messages. `None` if there is no worker at the address,
/// or the browser has no service workers.
pub async fn start(
    script: &str,
    on_newer: impl Fn() + 'static,
    on_message: impl Fn(&str) + 'static,
) -> Option<Worker> {
    let container = container()?;
    // The listener lives as long as the page.
    Listener::new(&container, "message", move |event| on_message(&text_of(event))).forget();
    let options = web_sys::RegistrationOptions::new();
    options.set_update_via_cache(web_sys::ServiceWorkerUpdateViaCache::None);
    let registration = JsFuture::from(container.register_with_options(script, &options)).await.ok()?;
    let worker = Worker { container, registration: registration.unchecked_into() };
    worker.watch(on_newer);
    Some(worker)
}

/// Gives the worker of this page an order, as [`Worker::ask`] does. False if there is no worker.
pub async fn ask(order: &str, on_reply: impl FnMut(&str) + 'static) -> bool {
    match Worker::find().await {
        Some(worker) => worker.ask(order, on_reply).await,
        None => false,
    }
}

/// Gives the worker of this page an order, if there is one, without waiting for replies.
pub fn tell(order: &str) {
    let order = order.to_owned();
    spawn_local(async move {
        if let Some(worker) = Worker::find().await {
            worker.tell(&order);
        }
    });
}

impl Worker {
    /// The worker of this page, if one has been registered, in this tab or another.
    pub async fn find() -> Option<Self> {
        let container = container()?;
        let base = super::document()?.base_uri().ok()??;
        let nearest = JsFuture::from(container.get_registration()).await.ok()?;
        let nearest: ServiceWorkerRegistration = nearest.dyn_into().ok()?;
        let registration = if nearest.scope() == base {
            nearest
        } else {
            // It is the one of a publication around this one, whose own is still being installed. (This is not asked
            // otherwise: where there is no worker at all, WebKit may never answer.)
            let all = JsFuture::from(container.get_registrations()).await.ok()?;
            let is_own = |registration: &ServiceWorkerRegistration| registration.scope() == base;
            js_sys::Array::from(&all).iter().map(JsCast::unchecked_into).find(is_own)?
        };
        Some(Self { container, registration })
    }

    /// The worker to give orders to. On a first visit it may still be installing.
    fn current(&self) -> Option<ServiceWorker> {
        self.registration.active().or_else(|| self.newest())
    }

    /// The worker that is about to take over.
    fn newest(&self) -> Option<ServiceWorker> {
        self.registration.installing().or_else(|| self.registration.waiting())
    }

    fn watch(&self, on_newer: impl Fn() + 'static) {
        let Self { container, registration } = self;
        let on_newer = Rc::new(on_newer);
        // Without an active worker, the waiting one is the first and about to be activated.
        if registration.waiting().is_some() && registration.active().is_some() {
            on_newer();
        }
        // A version may come at any time, so these listeners live as long as the page.
        if !self.is_first_visit() {
            let on_newer = Rc::clone(&on_newer);
            // Another tab has activated it.
            Listener::new(container, "controllerchange", move |_| on_newer()).forget();
        }
        let found = registration.clone();
        Listener::new(registration, "updatefound", move |_| {
            let Some(installing) = found.installing().filter(|_| found.active().is_some()) else { return };
            let (worker, on_newer) = (installing.clone(), Rc::clone(&on_newer));
            Listener::new(&installing, "statechange", move |_| {
                if worker.state() == web_sys::ServiceWorkerState::Installed {
                    on_newer();
                }
            })
            .forget();
        })
        .forget();
    }

    /// Whether this page was loaded without the worker.
    fn is_first_visit(&self) -> bool {
        self.registration.active().is_none() || self.container.controller().is_none()
    }

    /// The addresses of this page and of the files that it loaded before the worker was there; none if it was
    /// there.
    #[must_use]
    pub fn loaded_before(&self) -> Vec<String> {
        let Some(window) = super::window().filter(|_| self.is_first_visit()) else { return Vec::new() };
        let page = window.location().href().ok();
        let entries = window.performance().map(|performance| performance.get_entries_by_type("resource"));
        let names = entries.iter().flat_map(js_sys::Array::iter);
        let files = names.filter_map(|entry| super::property(&entry, "name")?.as_string());
        page.into_iter().chain(files).collect()
    }

    /// Looks for a newer version. (The browser itself does this only when a page is opened.)
    pub fn look_for_update(&self) {
        let registration = self.registration.clone();
        spawn_local(async move {
            // Without a network this fails.
            let _ = update(&registration).await;
        });
    }

    /// Reloads this page, with the newer version if one is ready.
    pub fn reload(&self) {
        let load = || {
            if let Some(window) = super::window() {
                // Fails only if the page may not navigate.
                let _ = window.location().reload();
            }
        };
        let Some(waiting) = self.registration.waiting() else { return load() };
        // The listener and the timer end with this page.
        Listener::new(&self.container, "controllerchange", move |_| load()).forget();
        timer::after(TAKING_OVER, load);
        // Fails only for values that can't be cloned.
        let _ = waiting.post_message(&UPDATE.into());
    }

    /// Gives an order without waiting for replies.
    pub fn tell(&self, order: &str) {
        if let Some(worker) = self.current() {
            // Fails only for values that can't be cloned.
            let _ = worker.post_message(&order.into());
        }
    }

    /// Gives an order, and calls `on_reply` with each reply. Returns whether the worker completed the order.
    ///
    /// If the worker is older than this page and does not know the order, the newer worker gets it.
    pub async fn ask(&self, order: &str, mut on_reply: impl FnMut(&str) + 'static) -> bool {
        let Some(worker) = self.current() else { return false };
        match send(&worker, order, &mut on_reply).await {
            Outcome::Done => true,
            Outcome::Silence => false,
            Outcome::Unknown => {
                if self.newest().is_none() && update(&self.registration).await.is_none() {
                    return false;
                }
                let Some(newer) = self.newest() else { return false };
                send(&newer, order, &mut on_reply).await == Outcome::Done
            }
        }
    }
}

/// Makes the browser look for a newer version. Afterwards it can be given orders.
async fn update(registration: &ServiceWorkerRegistration) -> Option<JsValue> {
    JsFuture::from(registration.update().ok()?).await.ok()
}

/// Sends an order to a worker, and receives its replies to the end.
async fn send(worker: &ServiceWorker, order: &str, on_reply: &mut impl FnMut(&str)) -> Outcome {
    let Ok(channel) = web_sys::MessageChannel::new() else { return Outcome::Silence };
    let port = channel.port1();
    // Replies from the port; `None` after a time without any.
    let (sender, mut replies) = mpsc::unbounded();
    let heard = sender.clone();
    let _listener = Listener::new(&port, "message", move |event| {
        // The receiver lives longer than this listener.
        let _ = heard.unbounded_send(Some(text_of(event)));
    });
    port.start();
    let end = js_sys::Array::of1(&channel.port2());
    if worker.post_message_with_transferable(&order.into(), &end).is_err() {
        return Outcome::Silence;
    }
    loop {
        let silent = sender.clone();
        // Dropped, and so cancelled, when a reply arrives.
        let _silence = Timeout::new(SILENCE, move || {
            let _ = silent.unbounded_send(None);
        });
        let Ok(Some(reply)) = replies.recv().await else { break Outcome::Silence };
        match reply.as_str() {
            END => break Outcome::Done,
            ALIVE => {}
            UNKNOWN | END_OF_LINES => break Outcome::Unknown,
            reply => on_reply(reply),
        }
    }
}

fn text_of(event: &web_sys::Event) -> String {
    event.unchecked_ref::<web_sys::MessageEvent>().data().as_string().unwrap_or_default()
}
