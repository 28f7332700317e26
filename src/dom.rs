//! Elements, and what in them follows the signals.
//!
//! Leptos' signals, owners and effects with elements of our own: its `view!` writes code for the type of every element
//! and every closure, which is most of what a page weighs (see `docs/decisions/0023-diet.md`). Here each thing is made
//! by one function for all.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use crate::signals::*;
use vestibule_flow::State;
use wasm_bindgen::{JsCast, closure::Closure, prelude::wasm_bindgen};
use web_sys::{Element, Event, EventTarget, HtmlInputElement, Node, Text};

use crate::{
    i18n::{Messages, Pick, use_messages},
    runner::use_flow,
};

/// Something to be said, where there is something.
pub(crate) type Said = Rc<dyn Fn() -> Option<String>>;

/// What is to be said of the state, in the language of the page.
pub(crate) fn said(of: fn(&State, &Messages) -> Option<String>) -> Said {
    let (flow, messages) = (use_flow(), use_messages());
    Rc::new(move || {
        let messages = messages.get();
        flow.see(|state| of(state, messages))
    })
}

#[wasm_bindgen]
extern "C" {
    // The names are ours, and valid: nothing is to be caught.
    #[wasm_bindgen(js_namespace = document, js_name = createElement)]
    fn create_element(name: &str) -> Element;
    #[wasm_bindgen(js_namespace = document, js_name = createTextNode)]
    fn create_text(text: &str) -> Text;
    #[wasm_bindgen(js_namespace = document, js_name = querySelector)]
    pub(crate) fn find(selector: &str) -> Option<Element>;

    #[wasm_bindgen(extends = Element)]
    #[derive(Clone)]
    type Place;
    #[wasm_bindgen(method, js_name = setAttribute)]
    fn write(this: &Place, name: &str, value: &str);
    #[wasm_bindgen(method, js_name = insertBefore)]
    fn insert(this: &Place, node: &Node, before: &Node);
    #[wasm_bindgen(method, js_name = appendChild)]
    fn append(this: &Place, node: &Node);
    #[wasm_bindgen(method, js_name = addEventListener)]
    fn hear(this: &Place, event: &str, listener: &Closure<dyn FnMut(Event)>);
    #[wasm_bindgen(method, js_name = removeEventListener)]
    fn unhear(this: &Place, event: &str, listener: &Closure<dyn FnMut(Event)>);
}

/// An element while it is put together.
#[derive(Clone)]
pub(crate) struct El(Place);

/// A new element.
pub(crate) fn el(name: &str) -> El {
    El(create_element(name).unchecked_into())
}

/// A new element of a class.
pub(crate) fn classed(name: &str, class: &str) -> El {
    el(name).attr("class", class)
}

/// A button that submits nothing.
pub(crate) fn button(class: &str, on_click: impl Fn() + 'static) -> El {
    classed("button", class).attr("type", "button").on("click", move |_| on_click())
}

impl El {
    /// One that stands already.
    pub(crate) fn standing(element: &Element) -> Self {
        Self(element.clone().unchecked_into())
    }

    pub(crate) fn attr(self, name: &str, value: &str) -> Self {
        self.0.write(name, value);
        self
    }

    /// A text after what is there.
    pub(crate) fn text(self, text: &str) -> Self {
        self.0.append(&create_text(text));
        self
    }

    /// An element after what is there.
    #[expect(clippy::needless_pass_by_value, reason = "children are made where they are put")]
    pub(crate) fn with(self, child: Self) -> Self {
        self.0.append(&child.0);
        self
    }

    /// A message, in the language of the page.
    pub(crate) fn words(self, pick: Pick) -> Self {
        let messages = use_messages();
        self.says(move || pick(messages.get()).to_owned())
    }

    /// A text that follows what it is made of; nothing else is in the element.
    pub(crate) fn says(self, text: impl Fn() -> String + 'static) -> Self {
        self.follow_text(Box::new(text));
        self
    }

    /// An attribute that follows what it is made of, and is not there for `None`.
    pub(crate) fn attr_of(self, name: &'static str, value: impl Fn() -> Option<String> + 'static) -> Self {
        self.follow_attr(name, Box::new(value));
        self
    }

    /// An attribute that is `true`, or not there.
    pub(crate) fn attr_when(self, name: &'static str, is_there: impl Fn() -> bool + 'static) -> Self {
        self.attr_of(name, move || is_there().then(|| "true".to_owned()))
    }

    /// A class that is there or not.
    pub(crate) fn class_when(self, name: &'static str, is_there: impl Fn() -> bool + 'static) -> Self {
        self.follow_class(name, Box::new(is_there));
        self
    }

    /// Hears an event for as long as what is around it lives.
    pub(crate) fn on(self, event: &'static str, hear: impl FnMut(Event) + 'static) -> Self {
        listen(&self.0, event, hear);
        self
    }

    /// An element that is there or not, after what is there.
    pub(crate) fn when(self, is_there: impl Fn() -> bool + 'static, build: impl Fn() -> Self + 'static) -> Self {
        let keys = move || if is_there() { vec![String::new()] } else { Vec::new() };
        self.each(keys, move |_| build())
    }

    /// An element for each key, after what is there. Those whose keys stay are left alone.
    pub(crate) fn each(self, keys: impl Fn() -> Vec<String> + 'static, build: impl Fn(&str) -> Self + 'static) -> Self {
        follow_keys(&self.0, Box::new(keys), Box::new(build));
        self
    }

    pub(crate) fn element(&self) -> &Element {
        &self.0
    }

    /// The element as the field that it is.
    pub(crate) fn input(&self) -> HtmlInputElement {
        self.0.unchecked_ref::<HtmlInputElement>().clone()
    }

    fn follow_text(&self, text: Box<dyn Fn() -> String>) {
        let element: Place = self.0.clone();
        let mut before = None;
        follow(move || {
            let text = Some(text());
            if text != before {
                element.set_text_content(text.as_deref());
                before = text;
            }
        });
    }

    fn follow_attr(&self, name: &'static str, value: Box<dyn Fn() -> Option<String>>) {
        let element: Place = self.0.clone();
        let mut before = None;
        follow(move || {
            let value = value();
            if before.as_ref() != Some(&value) {
                // Something may stand there from the last time.
                match &value {
                    Some(value) => element.write(name, value),
                    None => drop(element.remove_attribute(name)),
                }
                before = Some(value);
            }
        });
    }

    fn follow_class(&self, name: &'static str, is_there: Box<dyn Fn() -> bool>) {
        let classes = self.0.class_list();
        follow(move || drop(classes.toggle_with_force(name, is_there())));
    }
}

/// Does something now, and again whenever a signal that it has read changes, for as long as what is around it lives.
pub(crate) fn follow(act: impl FnMut() + 'static) {
    follow_boxed(Box::new(act));
}

fn follow_boxed(mut act: Box<dyn FnMut()>) {
    StoredValue::new_local(RenderEffect::new(move |_: Option<()>| act()));
}

/// Does something once what is being put together now stands in the document.
pub(crate) fn once_shown(act: impl FnOnce() + 'static) {
    let mut act: Option<Box<dyn FnOnce()>> = Some(Box::new(act));
    Effect::new(move |_: Option<()>| {
        if let Some(act) = act.take() {
            untrack(act);
        }
    });
}

/// What is brought to life once, and only if it is asked for while what is around it lives.
pub(crate) fn put_off(act: impl FnOnce() + 'static) -> impl Fn() + Clone + 'static {
    let home = Owner::current().unwrap_or_default();
    let act: Box<dyn FnOnce()> = Box::new(act);
    let act = Rc::new(Cell::new(Some(act)));
    let given_up = Rc::clone(&act);
    at_the_end(move || drop(given_up.take()));
    move || {
        if let Some(act) = act.take() {
            home.with(|| untrack(act));
        }
    }
}

/// Does something when what is around it ends.
pub(crate) fn at_the_end(act: impl FnOnce() + 'static) {
    let act: StoredValue<Option<Box<dyn FnOnce()>>, LocalStorage> = StoredValue::new_local(Some(Box::new(act)));
    on_cleanup(move || {
        if let Some(Some(act)) = act.try_update_value(Option::take) {
            act();
        }
    });
}

/// Hears an event for as long as what is around it lives.
pub(crate) fn listen(target: &EventTarget, event: &'static str, hear: impl FnMut(Event) + 'static) {
    listen_boxed(target, event, Box::new(hear));
}

fn listen_boxed(target: &EventTarget, event: &'static str, hear: Box<dyn FnMut(Event)>) {
    let target: Place = target.clone().unchecked_into();
    let listener = Closure::wrap(hear);
    target.hear(event, &listener);
    at_the_end(move || target.unhear(event, &listener));
}

/// An element that stands for a key.
struct Row {
    key: String,
    node: Place,
    /// What lives as long as the element.
    owner: Owner,
}

fn follow_keys(parent: &Place, keys: Box<dyn Fn() -> Vec<String>>, build: Box<dyn Fn(&str) -> El>) {
    let end = create_text("");
    parent.append(&end);
    let home = Owner::current().unwrap_or_default();
    let mut rows: Vec<Row> = Vec::new();
    let leaving: Rc<RefCell<Vec<Place>>> = Rc::default();
    let parent = parent.clone();
    follow(move || {
        let keys = keys();
        // An element may come back that has not left yet.
        remove(&leaving);
        rows.retain(|row| {
            let stays = keys.contains(&row.key);
            if !stays {
                row.owner.cleanup();
                leaving.borrow_mut().push(row.node.clone());
            }
            stays
        });
        for (index, key) in keys.iter().enumerate() {
            if rows.get(index).is_some_and(|row| row.key == *key) {
                continue;
            }
            let row = if let Some(further_down) = rows.iter().position(|row| row.key == *key) {
                rows.remove(further_down)
            } else {
                let owner = home.child();
                let node = owner.with(|| untrack(|| build(key))).0;
                Row { key: key.clone(), node, owner }
            };
            // What stands there already is not taken out: it may have the focus, or an input method in mid-word.
            if row.node.parent_node().as_ref() != Some(&parent) || rows.len() > index {
                let next = rows.get(index).map_or(end.unchecked_ref::<Node>(), |row| &row.node);
                parent.insert(&row.node, next);
            }
            rows.insert(index, row);
        }
        if !leaving.borrow().is_empty() {
            // In this task still, but after what has come has taken the focus. From an element that has left it cannot be
            // taken over: a phone puts its keyboard away, and browsers style the page once more.
            let leaving = Rc::clone(&leaving);
            once_shown(move || remove(&leaving));
        }
    });
}

fn remove(leaving: &RefCell<Vec<Place>>) {
    for node in leaving.take() {
        node.remove();
    }
}
