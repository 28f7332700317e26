//! Messages that depend on a number.

use super::catalogue::catalogue;

catalogue! {
    /// One form for each plural category of Unicode (UTS #35, Language Plural Rules). A form that a language does not
    /// use is empty.
    struct Plural {
        zero: &'static str,
        one: &'static str,
        two: &'static str,
        few: &'static str,
        many: &'static str,
        other: &'static str,
    }
}

impl Plural {
    /// The form that every language has.
    pub(super) const fn of(other: &'static str) -> Self {
        Self { zero: "", one: "", two: "", few: "", many: "", other }
    }

    /// The message for a number, with the number filled in.
    #[cfg(target_arch = "wasm32")]
    pub(crate) fn fill(&self, count: u64) -> String {
        #[expect(clippy::cast_precision_loss, reason = "tries and mails are counted on two hands")]
        let category = crate::browser::plural(count as f64);
        let form = match category.as_str() {
            "zero" => self.zero,
            "one" => self.one,
            "two" => self.two,
            "few" => self.few,
            "many" => self.many,
            _ => self.other,
        };
        let form = if form.is_empty() { self.other } else { form };
        let (before, after) = super::around(form);
        [before, &count.to_string(), after].concat()
    }
}
