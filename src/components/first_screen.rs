//! The first screen as `index.html` has it, and how what stands there is brought to life.

use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, HtmlFormElement, HtmlInputElement};

use crate::dom::{El, Said, at_the_end, find, follow};

/// Set by `script/first.js` where Connect was tapped before this program was there.
const EARLY: &str = "data-early";
/// Set as long as this program listens to the form.
const READY: &str = "data-ready";
/// Set by `script/boot.js` where the first screen may not be what shows first.
const HOLD: &str = "data-hold";

/// How many places there are in the form where something may come to stand.
const SLOTS: u32 = 3;

/// The form of the first stage, with its parts.
#[derive(Clone)]
pub(crate) struct FirstScreen {
    pub(crate) form: HtmlFormElement,
    pub(crate) input: HtmlInputElement,
    pub(crate) cancel: HtmlElement,
}

impl FirstScreen {
    /// Finds it in the document. Nothing to be found is a fault of `index.html`.
    pub(crate) fn find() -> Option<Self> {
        let form: HtmlFormElement = find("#connect")?.dyn_into().ok()?;
        let part = |selector: &str| form.query_selector(selector).ok().flatten();
        Some(Self {
            input: part("input")?.dyn_into().ok()?,
            cancel: part(".cancel")?.dyn_into().ok()?,
            form: form.clone(),
        })
    }

    /// Has it listen for as long as its stage shows.
    pub(crate) fn show(&self) {
        if !self.is_standing() {
            // What was typed the last time has been connected to, or given up.
            self.input.set_value("");
        }
        drop(self.form.set_attribute(READY, ""));
        let screen = self.clone();
        at_the_end(move || {
            drop(screen.form.remove_attribute(READY));
            for index in 0..SLOTS {
                screen.slot(index).element().set_text_content(None);
            }
        });
    }

    /// Whether it stands in the document: one that has been left does not.
    fn is_standing(&self) -> bool {
        self.form.is_connected()
    }

    /// Whether people see it already, and may be about to type: nobody has had to wait for what shows first.
    pub(crate) fn is_seen(&self) -> bool {
        self.is_standing() && !find("html").is_some_and(|root| root.has_attribute(HOLD))
    }

    /// Takes it out of the document, where another stage is the first to show.
    pub(crate) fn hide(&self) {
        self.form.remove();
    }

    /// Whether Connect was tapped before this program was there: once.
    pub(crate) fn take_early_submit(&self) -> bool {
        let is_early = self.form.has_attribute(EARLY);
        drop(self.form.remove_attribute(EARLY));
        is_early
    }

    pub(crate) fn heading(&self) -> Element {
        self.form.query_selector("h1").ok().flatten().unwrap_or_else(|| self.form.clone().into())
    }

    /// The places where something may come to stand, from above.
    pub(crate) fn slot(&self, index: u32) -> El {
        let slots = self.form.query_selector_all(".slot").ok();
        let slot = slots.and_then(|slots| slots.item(index)).and_then(|slot| slot.dyn_into().ok());
        El::standing(&slot.unwrap_or_else(|| self.form.clone().into()))
    }

    /// Ties the field to what is wrong with it.
    pub(crate) fn follow_error(&self, error: Said) {
        let is_wrong = move || error().is_some();
        let described_by = {
            let is_wrong = is_wrong.clone();
            move || Some(if is_wrong() { "address-error address-hint" } else { "address-hint" }.to_owned())
        };
        El::standing(&self.input).attr_of("aria-describedby", described_by).attr_when("aria-invalid", is_wrong.clone());
        if let Some(field) = self.input.closest(".field").ok().flatten() {
            El::standing(&field).class_when("wrong", is_wrong);
        }
    }

    /// Has the buttons show what is under way.
    pub(crate) fn follow_pending(
        &self,
        is_pending: impl Fn() -> bool + Copy + 'static,
        is_busy: impl Fn() -> bool + 'static,
    ) {
        El::standing(&self.cancel).class_when("hidden", move || !is_busy()).words(|messages| messages.cancel);
        let Some(submit) = self.form.query_selector("[type=submit]").ok().flatten() else { return };
        El::standing(&submit).class_when("pending", is_pending).attr_when("aria-disabled", is_pending);
        follow(move || show_one_of(&submit, is_pending()));
    }

    /// Says what was understood, instead of what helps.
    pub(crate) fn follow_hint(&self, understood: Said) {
        let Some(hint) = self.form.query_selector("#address-hint").ok().flatten() else { return };
        follow(move || {
            let understood = understood();
            show_one_of(&hint, understood.is_some());
            if let Some(second) = hint.last_element_child() {
                second.set_text_content(understood.as_deref());
            }
        });
    }
}

/// Ends the wait for what shows first.
pub(crate) fn release() {
    if let Some(root) = find("html") {
        drop(root.remove_attribute(HOLD));
    }
}

/// Where the stages stand.
pub(crate) fn main() -> Option<HtmlElement> {
    find("main")?.dyn_into().ok()
}

/// Of two texts in an element, the first or the second.
fn show_one_of(element: &Element, is_second: bool) {
    for (child, is_shown) in [(element.first_element_child(), !is_second), (element.last_element_child(), is_second)] {
        if let Some(child) = child {
            drop(child.toggle_attribute_with_force("hidden", !is_shown));
        }
    }
}
