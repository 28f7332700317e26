//! The first screen as `index.html` has it, and how what stands there is brought to life.

use leptos::{prelude::*, tachys::view::Mountable};
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{Element, EventTarget, HtmlElement, HtmlFormElement, HtmlInputElement};

use crate::i18n::text;

/// Set by `script/first.js` where Connect was tapped before this program was there.
const EARLY: &str = "data-early";
/// Set as long as this program listens to the form.
const READY: &str = "data-ready";
/// Set by `script/boot.js` where the first screen may not be what shows first.
const HOLD: &str = "data-hold";

/// The form of the first stage, with its parts.
#[derive(Clone)]
pub(crate) struct FirstScreen {
    pub(crate) form: HtmlFormElement,
    pub(crate) input: HtmlInputElement,
    pub(crate) cancel: HtmlElement,
}

/// The form while it is out of the document.
#[derive(Clone, Copy)]
struct Kept(StoredValue<FirstScreen, LocalStorage>);

/// Finds the form for everything below. Nothing to be found is a fault of `index.html`.
pub(crate) fn provide_first_screen() {
    if let Some(screen) = FirstScreen::find() {
        provide_context(Kept(StoredValue::new_local(screen)));
    }
}

impl FirstScreen {
    fn find() -> Option<Self> {
        let form: HtmlFormElement = document().get_element_by_id("connect")?.dyn_into().ok()?;
        let part = |selector: &str| form.query_selector(selector).ok().flatten();
        Some(Self {
            input: part("input")?.dyn_into().ok()?,
            cancel: part(".cancel")?.dyn_into().ok()?,
            form: form.clone(),
        })
    }

    /// The one that [`provide_first_screen`] has found.
    pub(crate) fn of_this_page() -> Self {
        expect_context::<Kept>().0.get_value()
    }

    /// Has it in the document for as long as its stage shows.
    pub(crate) fn show(&self) {
        if !self.form.is_connected()
            && let Some(main) = main()
        {
            // What was typed the last time has been connected to, or given up.
            self.input.set_value("");
            drop(main.append_child(&self.form));
        }
        let form = self.form.clone();
        drop(form.set_attribute(READY, ""));
        let form = StoredValue::new_local(form);
        on_cleanup(move || {
            if let Some(form) = form.try_get_value() {
                drop(form.remove_attribute(READY));
                form.remove();
            }
        });
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
    pub(crate) fn slot(&self, index: u32) -> Element {
        self.form
            .query_selector_all(".slot")
            .ok()
            .and_then(|slots| slots.item(index))
            .map_or_else(|| self.form.clone().into(), JsCast::unchecked_into)
    }

    /// Ties the field to what is wrong with it.
    pub(crate) fn follow_error(&self, error: Signal<Option<String>>) {
        let (input, field) = (self.input.clone(), self.input.closest(".field").ok().flatten());
        Effect::new(move |_| {
            let is_wrong = error.with(Option::is_some);
            let described_by = if is_wrong { "address-error address-hint" } else { "address-hint" };
            drop(input.set_attribute("aria-describedby", described_by));
            set(&input, "aria-invalid", is_wrong);
            if let Some(field) = &field {
                drop(field.class_list().toggle_with_force("wrong", is_wrong));
            }
        });
    }

    /// Has the buttons show what is under way.
    pub(crate) fn follow_pending(&self, is_pending: Memo<bool>, is_busy: Memo<bool>) {
        let cancel = self.cancel.clone();
        let cancel_label = text(|messages| messages.cancel);
        Effect::new(move |_| {
            drop(cancel.class_list().toggle_with_force("hidden", !is_busy.get()));
            cancel.set_text_content(Some(cancel_label()));
        });
        let Some(submit) = self.form.query_selector("[type=submit]").ok().flatten() else { return };
        Effect::new(move |_| {
            let is_pending = is_pending.get();
            drop(submit.class_list().toggle_with_force("pending", is_pending));
            set(&submit, "aria-disabled", is_pending);
            show_one_of(&submit, is_pending);
        });
    }

    /// Says what was understood, instead of what helps.
    pub(crate) fn follow_hint(&self, understood: Memo<Option<String>>) {
        let Some(hint) = self.form.query_selector("#address-hint").ok().flatten() else { return };
        Effect::new(move |_| {
            let understood = understood.get();
            show_one_of(&hint, understood.is_some());
            if let Some(second) = hint.last_element_child() {
                second.set_text_content(understood.as_deref());
            }
        });
    }
}

/// Ends the wait for what shows first.
pub(crate) fn release() {
    if let Some(root) = document().document_element() {
        drop(root.remove_attribute(HOLD));
    }
}

/// Where the stages stand.
pub(crate) fn main() -> Option<HtmlElement> {
    document().query_selector("main").ok().flatten()?.dyn_into().ok()
}

fn set(element: &Element, attribute: &str, is_true: bool) {
    // These names are valid ones.
    drop(if is_true { element.set_attribute(attribute, "true") } else { element.remove_attribute(attribute) });
}

/// Of two texts in an element, the first or the second.
fn show_one_of(element: &Element, is_second: bool) {
    for (child, is_shown) in [(element.first_element_child(), !is_second), (element.last_element_child(), is_second)] {
        if let Some(child) = child {
            drop(child.toggle_attribute_with_force("hidden", !is_shown));
        }
    }
}

/// Renders something into an element that stands already, for as long as the component lives.
pub(crate) fn within<V: IntoView + 'static>(element: &Element, children: impl FnOnce() -> V) {
    let mut state = children().into_view().build();
    state.mount(element, None);
    let state = StoredValue::new_local(Some(state));
    on_cleanup(move || {
        if let Some(Some(mut state)) = state.try_update_value(Option::take) {
            state.unmount();
        }
    });
}

/// Hears an event of an element that stands already, for as long as the component lives.
pub(crate) fn listen(target: &EventTarget, event: &'static str, hear: impl FnMut(web_sys::Event) + 'static) {
    let hear = Closure::<dyn FnMut(web_sys::Event)>::new(hear);
    let listener = hear.as_ref().unchecked_ref::<js_sys::Function>().clone();
    // Only an event without a name could not be listened to.
    drop(target.add_event_listener_with_callback(event, &listener));
    let kept = StoredValue::new_local((target.clone(), hear));
    on_cleanup(move || {
        kept.try_with_value(|(target, hear)| {
            drop(target.remove_event_listener_with_callback(event, hear.as_ref().unchecked_ref()));
        });
    });
}
