//! Half-typed text outlives the page: a trip to another app must not cost it. Never a password. `script/platform.js` keeps
//! it.

use vestibule_flow::Stage;
use wasm_bindgen::prelude::wasm_bindgen;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = platform, js_name = draftOf)]
    fn draft_of(path: &str, field: &str) -> Option<String>;
    #[wasm_bindgen(js_namespace = platform, js_name = latestDraft)]
    fn latest_draft(path: &str) -> Option<String>;
    #[wasm_bindgen(js_namespace = platform, js_name = keepDraft)]
    fn keep_draft(path: &str, field: &str, value: &str);
    #[wasm_bindgen(js_namespace = platform, js_name = leaveDrafts)]
    fn leave_drafts(path: &str);
}

/// What was half typed in this field.
pub(crate) fn of(stage: Stage, field: &str) -> Option<String> {
    draft_of(stage.path(), field)
}

/// A field that was half typed at this stage.
pub(crate) fn latest(stage: Stage) -> Option<String> {
    latest_draft(stage.path())
}

/// Keeps what is in a field now.
pub(crate) fn keep(stage: Stage, field: &str, value: &str) {
    keep_draft(stage.path(), field, value);
}

/// Another stage shows: what was typed at an earlier one has been submitted, or is not wanted.
pub(crate) fn leave(stage: Stage) {
    leave_drafts(stage.path());
}
