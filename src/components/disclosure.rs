//! The button that shows and hides what comes after it.

use crate::{
    dom::{El, button},
    i18n::Pick,
};

/// A button that says whether what comes after it is shown.
pub(crate) fn disclosure(label: Pick, is_open: impl Fn() -> bool + 'static, on_toggle: impl Fn() + 'static) -> El {
    button("plain disclosure", on_toggle)
        .attr_of("aria-expanded", move || Some(if is_open() { "true" } else { "false" }.to_owned()))
        .words(label)
}
