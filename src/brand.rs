//! The brand of the service: its name, picture and colours, the last taken over only where they can be read.
//! `script/brand.js` paints them, and has done so before the page runs with what was kept from the last visit.

use crate::signals::*;
use vestibule_flow::{Server, State};
use vestibule_protocol::{Colour, Json, JsonWriter, Scheme};
use wasm_bindgen::prelude::wasm_bindgen;

use crate::{browser, context::context, runner::Flow};

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = platform, js_name = keptBrand)]
    fn kept() -> Option<String>;
    #[wasm_bindgen(js_namespace = platform, js_name = showBrand)]
    fn show(brand: &str);
    #[wasm_bindgen(js_namespace = platform, js_name = keepBrand)]
    fn keep(brand: &str);
}

/// What the service looks like, as it is kept for the next visit.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Brand {
    pub(crate) name: Option<String>,
    pub(crate) logo: Option<String>,
    light: Option<Colours>,
    dark: Option<Colours>,
}

/// The service's colours in one scheme.
#[derive(Clone, Debug, PartialEq)]
struct Colours {
    accent: Colour,
    accent_ink: Colour,
    background: Colour,
}

/// The brand that shows.
#[derive(Clone, Copy)]
struct Shown(RwSignal<Brand>);

/// Makes the brand known to all of the page: what was kept, until a server has told.
pub(crate) fn provide_brand() {
    let kept = kept().and_then(|text| Brand::read(Json::parse(&text)?));
    provide_context(Shown(RwSignal::new(kept.unwrap_or_default())));
}

/// The brand that shows.
pub(crate) fn use_brand() -> ReadSignal<Brand> {
    context::<Shown>().0.read_only()
}

/// Shows the brand of the service that is connected to, else of the page's own; that is what is kept, where there is one,
/// for the next visit begins there.
pub(crate) fn follow(flow: Flow) {
    let Shown(shown) = context();
    at_each_new(flow, State::service, move |brand| {
        show(&brand.write());
        shown.set(brand.clone());
    });
    at_each_new(flow, |state| state.own().or(state.server()), |brand| keep(&brand.write()));
}

/// Does something with the brand of a server, once it is known and whenever it is another one.
fn at_each_new(flow: Flow, server: fn(&State) -> Option<&Server>, act: impl Fn(&Brand) + 'static) {
    let mut before = None;
    crate::dom::follow(move || {
        let now = flow.see(|state| server(state).map(Brand::of));
        if let Some(brand) = &now
            && now != before
        {
            act(brand);
        }
        before = now;
    });
}

impl Brand {
    fn of(server: &Server) -> Self {
        let colours = |scheme: Scheme, accent: Colour, background: Colour| {
            let is_readable =
                scheme.check_background(background).is_ok() && scheme.check_accent(accent, background).is_ok();
            is_readable.then(|| Colours { accent, accent_ink: accent.ink(), background })
        };
        let theme = server.theme;
        Self {
            name: server.service_name.clone(),
            logo: server.logo_uri.clone().filter(|uri| may_be_shown(uri)),
            light: theme.and_then(|theme| colours(Scheme::LIGHT, theme.accent_light, theme.background_light)),
            dark: theme.and_then(|theme| colours(Scheme::DARK, theme.accent_dark, theme.background_dark)),
        }
    }

    fn read(json: Json<'_>) -> Option<Self> {
        json.members(|members| {
            Some(Self {
                name: members.optional_text("name"),
                logo: members.optional_text("logo"),
                light: members.optional("light", Colours::read),
                dark: members.optional("dark", Colours::read),
            })
        })
    }

    fn write(&self) -> String {
        let mut json = JsonWriter::object();
        json.optional("name", self.name.as_deref());
        json.optional("logo", self.logo.as_deref());
        for (scheme, colours) in [("light", &self.light), ("dark", &self.dark)] {
            if let Some(colours) = colours {
                json.member_json(scheme, &colours.write());
            }
        }
        json.finish()
    }
}

impl Colours {
    fn read(json: Json<'_>) -> Option<Self> {
        json.members(|members| {
            Some(Self {
                accent: members.required("accent", Colour::read)?,
                accent_ink: members.required("accent-ink", Colour::read)?,
                background: members.required("background", Colour::read)?,
            })
        })
    }

    fn write(&self) -> String {
        let mut json = JsonWriter::object();
        for (part, colour) in
            [("accent", self.accent), ("accent-ink", self.accent_ink), ("background", self.background)]
        {
            json.member(part, &colour.to_string());
        }
        json.finish()
    }
}

/// What the page's policy lets through.
fn may_be_shown(uri: &str) -> bool {
    uri.starts_with("https://") || uri.strip_prefix(&browser::origin()).is_some_and(|path| path.starts_with('/'))
}
