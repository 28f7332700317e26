//! What needs a DOM to be tested: fields, the code input, messages. In a real browser.

use std::{cell::Cell, rc::Rc};

use crate::signals::*;
use vestibule_flow::{Event, State};
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};
use web_sys::{ClipboardEvent, ClipboardEventInit, DataTransfer, Element, HtmlElement, HtmlInputElement};

use crate::{
    components::{
        announcer::Announcer,
        code_input::code_input,
        field::{Kind, Parts, field},
        notice::{Tone, notice},
    },
    dom::{El, Said, el, once_shown, put_off},
    i18n::{ENGLISH, provide_language},
    rehearsal::{self, SCENES},
    runner::Flow,
};

wasm_bindgen_test_configure!(run_in_browser);

/// A part of the page, mounted with what parts expect around them.
struct Stage {
    root: HtmlElement,
    flow: Flow,
    // Dropping it would unmount the part.
    _mounted: Box<dyn std::any::Any>,
}

impl Stage {
    fn mount(part: impl FnOnce() -> El + 'static) -> Self {
        provide_platform();
        let root: HtmlElement = document().create_element("div").unwrap().dyn_into().unwrap();
        document().body().unwrap().append_child(&root).unwrap();
        let (send_flow, flow) = std::sync::mpsc::channel();
        let place = El::standing(&root);
        let mounted = live(move || {
            provide_language(&ENGLISH);
            provide_context(Announcer::mute());
            let flow = Flow::start();
            provide_context(flow);
            send_flow.send(flow).unwrap();
            drop(place.with(part()));
        });
        Self { root, flow: flow.recv().unwrap(), _mounted: Box::new(mounted) }
    }

    fn find(&self, selector: &str) -> Option<Element> {
        self.root.query_selector(selector).unwrap()
    }

    fn input(&self) -> HtmlInputElement {
        self.find("input").unwrap().dyn_into().unwrap()
    }

    fn type_in(&self, text: &str) {
        self.input().set_value(text);
        let init = web_sys::EventInit::new();
        init.set_bubbles(true);
        let event = web_sys::Event::new_with_event_init_dict("input", &init).unwrap();
        self.input().dispatch_event(&event).unwrap();
    }

    fn error(&self) -> Option<String> {
        self.find("[role=alert]").and_then(|error| error.text_content())
    }
}

/// The build of the page puts this into its module.
fn provide_platform() {
    thread_local! {
        static PROVIDED: std::cell::OnceCell<()> = const { std::cell::OnceCell::new() };
    }
    PROVIDED.with(|provided| {
        provided.get_or_init(|| {
            let script = document().create_element("script").unwrap();
            script.set_text_content(Some(include_str!("../script/platform.js")));
            document().head().unwrap().append_child(&script).unwrap();
        });
    });
}

/// Lets every effect run that is waiting to.
async fn settle() {
    for _ in 0..3 {
        JsFuture::from(js_sys::Promise::resolve(&wasm_bindgen::JsValue::NULL)).await.unwrap();
        any_frame().await;
    }
}

async fn any_frame() {
    let frame = js_sys::Promise::new(&mut |resolve, _| {
        window().request_animation_frame(&resolve).unwrap();
    });
    JsFuture::from(frame).await.unwrap();
}

fn no_error() -> Said {
    Rc::new(|| None)
}

fn username(value: &str, error: Said, hint: Option<Said>) -> El {
    let label = |messages: &crate::i18n::Messages| messages.account.username;
    field(Parts { id: "address", label, kind: Kind::USERNAME, value: value.to_owned(), error, hint, beside: None }).root
}

#[wasm_bindgen_test]
fn what_is_put_off_is_done_once_and_never_after_what_is_around_it_has_ended() {
    for (is_ended, expected) in [(false, 1), (true, 0)] {
        let done = Rc::new(Cell::new(0));
        let counted = Rc::clone(&done);
        let (owner, ask) = live(move || put_off(move || counted.set(counted.get() + 1)));
        if is_ended {
            owner.cleanup();
        }
        ask();
        ask();
        assert_eq!(done.get(), expected);
    }
}

#[wasm_bindgen_test]
async fn an_error_is_tied_to_its_field_and_takes_the_focus_to_it() {
    let error = RwSignal::new(None::<String>);
    let stage = Stage::mount(move || {
        username("typed", Rc::new(move || error.get()), Some(Rc::new(|| Some("Help".to_owned()))))
    });
    settle().await;
    let input = stage.input();
    assert_eq!(input.get_attribute("aria-describedby").as_deref(), Some("address-hint"));
    assert_eq!(input.get_attribute("aria-invalid"), None);
    assert_eq!(input.value(), "typed");

    error.set(Some("Wrong".to_owned()));
    // The flow refuses an empty address of its own: that is what moves the focus.
    stage.flow.send(Event::Connect("ftp://x".to_owned()));
    settle().await;
    assert_eq!(input.get_attribute("aria-invalid").as_deref(), Some("true"));
    let described_by = input.get_attribute("aria-describedby").unwrap();
    let texts: Vec<_> =
        described_by.split(' ').map(|id| stage.find(&format!("#{id}")).unwrap().text_content().unwrap()).collect();
    assert_eq!(texts, ["Wrong", "Help"]);
    assert_eq!(document().active_element(), Some(input.into()));
    stage.root.remove();
}

#[wasm_bindgen_test]
async fn the_label_belongs_to_the_field() {
    let stage = Stage::mount(|| username("", no_error(), None));
    settle().await;
    let label = stage.find("label").unwrap();
    assert_eq!(label.get_attribute("for"), Some(stage.input().id()));
    for (attribute, value) in [("autocapitalize", "none"), ("autocorrect", "off"), ("autocomplete", "username")] {
        assert_eq!(stage.input().get_attribute(attribute).as_deref(), Some(value));
    }
    stage.root.remove();
}

fn awaiting_code() -> Stage {
    Stage::mount(|| code_input(|| 6, no_error()).root)
}

#[wasm_bindgen_test]
async fn letters_are_told_at_once_and_missing_digits_are_not() {
    let stage = awaiting_code();
    settle().await;
    stage.type_in("12");
    settle().await;
    assert_eq!(stage.error(), None);
    stage.type_in("12a");
    settle().await;
    assert!(stage.error().unwrap().contains('a'));
    stage.type_in("123456");
    settle().await;
    assert_eq!(stage.error(), None);
    stage.root.remove();
}

#[wasm_bindgen_test]
async fn the_code_is_found_in_a_pasted_mail() {
    let stage = awaiting_code();
    settle().await;
    let data = DataTransfer::new().unwrap();
    data.set_data("text", "Your access code is 012345 (reference KX), good for 10 minutes.").unwrap();
    let init = ClipboardEventInit::new();
    init.set_clipboard_data(Some(&data));
    init.set_bubbles(true);
    init.set_cancelable(true);
    let paste = ClipboardEvent::new_with_event_init_dict("paste", &init).unwrap();
    stage.input().dispatch_event(&paste).unwrap();
    assert_eq!((stage.input().value().as_str(), paste.default_prevented()), ("012345", true));
    stage.root.remove();
}

#[wasm_bindgen_test]
async fn only_what_went_wrong_is_said_at_once() {
    for (tone, is_said) in [(Tone::Alert, true), (Tone::Status, false)] {
        let stage = Stage::mount(move || notice(tone, || "Told".to_owned()));
        settle().await;
        assert_eq!(stage.find(".notice p").unwrap().text_content().as_deref(), Some("Told"));
        assert_eq!(stage.find("[role=alert]").is_some(), is_said);
        stage.root.remove();
    }
}

#[wasm_bindgen_test]
async fn only_what_has_no_key_any_more_goes_and_the_rest_is_left_alone() {
    let keys = RwSignal::new(vec!["a", "b", "c"]);
    let stage = Stage::mount(move || {
        let keys = move || keys.get().into_iter().map(str::to_owned).collect();
        el("ul").text("before").each(keys, |key| el("li").attr("tabindex", "0").text(key)).text("after")
    });
    settle().await;
    let text = || stage.root.text_content().unwrap();
    assert_eq!(text(), "beforeabcafter");
    let b: HtmlElement = stage.find("li:nth-child(2)").unwrap().dyn_into().unwrap();
    b.focus().unwrap();
    for (these, shown) in [(vec!["b", "c"], "bc"), (vec!["x", "b"], "xb"), (vec!["b", "x"], "bx"), (vec![], "")] {
        let stays = these.contains(&"b");
        keys.set(these);
        settle().await;
        assert_eq!(text(), format!("before{shown}after"));
        assert_eq!(b.is_connected(), stays);
    }
    stage.root.remove();
}

#[wasm_bindgen_test]
async fn the_focus_stays_where_a_row_stays() {
    let keys = RwSignal::new(vec!["a", "b"]);
    let stage = Stage::mount(move || {
        let keys = move || keys.get().into_iter().map(str::to_owned).collect();
        el("ul").each(keys, |key| el("li").attr("tabindex", "0").text(key))
    });
    settle().await;
    let b: HtmlElement = stage.find("li:nth-child(2)").unwrap().dyn_into().unwrap();
    b.focus().unwrap();
    for these in [vec!["b"], vec!["new", "b"], vec!["new", "b", "c"]] {
        keys.set(these);
        settle().await;
        assert_eq!(document().active_element().as_ref(), Some(b.as_ref()));
    }
    stage.root.remove();
}

#[wasm_bindgen_test]
async fn what_comes_takes_the_focus_over_before_what_goes_has_left() {
    let key = RwSignal::new("first");
    let beside = Rc::new(Cell::new(0));
    let seen = Rc::clone(&beside);
    let stage = Stage::mount(move || {
        el("div").each(
            move || vec![key.get().to_owned()],
            move |key| {
                let field = el("input").attr("id", key);
                let (input, seen) = (field.input(), Rc::clone(&seen));
                once_shown(move || {
                    input.focus().unwrap();
                    seen.set(input.parent_element().unwrap().child_element_count());
                });
                field
            },
        )
    });
    settle().await;
    assert_eq!(beside.get(), 1);
    key.set("second");
    settle().await;
    assert_eq!(beside.get(), 2);
    assert!(stage.find("#first").is_none());
    assert_eq!(document().active_element(), stage.find("#second"));
    stage.root.remove();
}

#[wasm_bindgen_test]
async fn what_comes_back_before_it_has_left_stays() {
    let key = RwSignal::new("first");
    let first = el("input").element().clone();
    let kept = first.clone();
    let stage = Stage::mount(move || {
        el("div").each(
            move || vec![key.get().to_owned()],
            move |shown| {
                if shown == "first" {
                    return El::standing(&kept);
                }
                key.set("first");
                el("p")
            },
        )
    });
    settle().await;
    key.set("second");
    settle().await;
    assert!(first.is_connected());
    assert!(stage.find("p").is_none());
    stage.root.remove();
}

#[wasm_bindgen_test]
async fn a_rehearsed_sign_in_gets_to_its_end() {
    let stage = Stage::mount(|| {
        let flow = rehearsal::begin();
        for (stage, event, _) in SCENES {
            rehearsal::play(flow, event());
            assert_eq!(flow.now(State::stage), stage);
        }
        el("p").text(&flow.now(|state| state.me().map(|me| me.name.clone())).unwrap())
    });
    settle().await;
    assert_eq!(stage.root.text_content().unwrap(), "Ada");
}
