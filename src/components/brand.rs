//! The service that is signed in to, by its own name and picture once they are known.

use crate::signals::*;

use crate::{
    brand::use_brand,
    dom::{El, classed, el},
    i18n::use_messages,
};

/// In the place of a picture: that there is none, and that it does not come. No picture has such an address.
const NONE: &str = "";
const MISSING: &str = "-";

/// The name of the service, else of this product.
pub(crate) fn use_service_name() -> impl Fn() -> String + Copy + 'static {
    let (brand, messages) = (use_brand(), use_messages());
    move || brand.with(|brand| brand.name.clone()).unwrap_or_else(|| messages.get().product.to_owned())
}

/// Picture and name, above every stage. A picture that does not come leaves the name and the room.
pub(crate) fn show_brand(header: &El) {
    let brand = use_brand();
    let name = use_service_name();
    let missing = RwSignal::new(None::<String>);
    let picture = move || {
        let logo = brand.with(|brand| brand.logo.clone());
        match logo {
            None => NONE.to_owned(),
            logo if logo == missing.get() => MISSING.to_owned(),
            Some(logo) => logo,
        }
    };
    let is_shown = move || ![NONE, MISSING].contains(&picture().as_str());
    let build = move |picture: &str| match picture {
        NONE => mark(),
        MISSING => classed("span", "logo").with(mark()),
        logo => {
            let source = logo.to_owned();
            let image = el("img")
                .attr("referrerpolicy", "no-referrer")
                .attr("src", logo)
                .attr_of("alt", move || Some(name()))
                .on("error", move |_| missing.set(Some(source.clone())));
            classed("span", "logo").with(image)
        }
    };
    // What the picture says already is not said again.
    let title = el("span").attr("dir", "auto").attr_when("aria-hidden", is_shown).says(name);
    header.clone().each(move || vec![picture()], build).with(title);
}

fn mark() -> El {
    classed("span", "mark").attr("aria-hidden", "true")
}
