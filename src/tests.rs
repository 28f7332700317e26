//! What needs a DOM to be tested: fields, the code input, messages. In a real browser.

use leptos::{html::Input, mount::mount_to, prelude::*};
use vestibule_flow::Event;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};
use web_sys::{ClipboardEvent, ClipboardEventInit, DataTransfer, Element, HtmlElement, HtmlInputElement};

use crate::{
    components::{
        announcer::Announcer,
        code_input::CodeInput,
        field::{Field, Kind},
        notice::{Notice, Tone},
    },
    drafts::Drafts,
    i18n::{ENGLISH, provide_language},
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
    fn mount<V: IntoView + 'static>(part: impl FnOnce() -> V + 'static) -> Self {
        let root: HtmlElement = document().create_element("div").unwrap().dyn_into().unwrap();
        document().body().unwrap().append_child(&root).unwrap();
        let (send_flow, flow) = std::sync::mpsc::channel();
        let mounted = mount_to(root.clone(), move || {
            provide_language(&ENGLISH);
            provide_context(Announcer::new());
            provide_context(Drafts::new());
            let flow = Flow::start();
            provide_context(flow);
            send_flow.send(flow).unwrap();
            part()
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

fn input_ref() -> NodeRef<Input> {
    NodeRef::new()
}

fn no_error() -> Signal<Option<String>> {
    Signal::derive(|| None)
}

#[wasm_bindgen_test]
async fn an_error_is_tied_to_its_field_and_takes_the_focus_to_it() {
    let error = RwSignal::new(None::<String>);
    let stage = Stage::mount(move || {
        let hint = Signal::derive(|| "Help".to_owned());
        view! {
            <Field
                id="address"
                label=|messages| messages.account.username
                kind=Kind::USERNAME
                input=input_ref()
                value="typed"
                error
                hint
            />
        }
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
    let stage = Stage::mount(|| {
        view! {
            <Field
                id="username"
                label=|messages| messages.account.username
                kind=Kind::USERNAME
                input=input_ref()
                error=no_error()
            />
        }
    });
    settle().await;
    let label = stage.find("label").unwrap();
    assert_eq!(label.get_attribute("for"), Some(stage.input().id()));
    for (attribute, value) in [("autocapitalize", "none"), ("autocorrect", "off"), ("autocomplete", "username")] {
        assert_eq!(stage.input().get_attribute(attribute).as_deref(), Some(value));
    }
    stage.root.remove();
}

fn code_input() -> Stage {
    Stage::mount(|| {
        let length = Signal::derive(|| 6_usize);
        view! { <CodeInput input=input_ref() length error=no_error()/> }
    })
}

#[wasm_bindgen_test]
async fn letters_are_told_at_once_and_missing_digits_are_not() {
    let stage = code_input();
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
    let stage = code_input();
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
        let stage = Stage::mount(move || view! { <Notice tone message="Told"/> });
        settle().await;
        assert_eq!(stage.find(".notice p").unwrap().text_content().as_deref(), Some("Told"));
        assert_eq!(stage.find("[role=alert]").is_some(), is_said);
        stage.root.remove();
    }
}
