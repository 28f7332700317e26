//! What the parts of the page find around them.

use crate::signals::use_context;

/// Something that the page, or a test, has provided.
#[expect(clippy::expect_used, reason = "whatever is asked for is provided before the first part is made")]
pub(crate) fn context<T: Clone + 'static>() -> T {
    // Leptos' `expect_context` names type and place in its message, and so has the page load how texts are quoted for
    // developers, with the tables for that.
    use_context().expect("a context")
}
