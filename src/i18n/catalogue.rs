//! A catalogue as lines of text: how the languages that are loaded on demand come to the page.

/// The lines of a catalogue that are not read yet.
#[cfg(target_arch = "wasm32")]
pub(crate) struct Lines {
    left: std::str::Lines<'static>,
    are_short: bool,
}

#[cfg(target_arch = "wasm32")]
impl Lines {
    pub(crate) fn of(text: &'static str) -> Self {
        Self { left: text.lines(), are_short: false }
    }

    /// The next one; an empty one after the last. Two hundred places call it: none is to have a copy of it.
    #[inline(never)]
    fn next(&mut self) -> &'static str {
        self.left.next().unwrap_or_else(|| {
            self.are_short = true;
            ""
        })
    }

    /// Whether there was a line for all that was read.
    pub(crate) fn were_enough(&self) -> bool {
        !self.are_short
    }
}

/// Something that a catalogue has one or more lines for.
pub(crate) trait Texts: Sized {
    /// Takes its lines from the front of those that are left.
    #[cfg(target_arch = "wasm32")]
    fn read(lines: &mut Lines) -> Self;

    /// Appends its lines, each with the name of its field.
    #[cfg(not(target_arch = "wasm32"))]
    fn write(&self, name: &'static str, lines: &mut Vec<(&'static str, &'static str)>);
}

impl Texts for &'static str {
    #[cfg(target_arch = "wasm32")]
    fn read(lines: &mut Lines) -> Self {
        lines.next()
    }

    #[cfg(not(target_arch = "wasm32"))]
    fn write(&self, name: &'static str, lines: &mut Vec<(&'static str, &'static str)>) {
        lines.push((name, self));
    }
}

/// Structs of messages that can be written as lines and read from them, in the order of their fields.
///
/// They stay plain structs: a language that lacks a message does not build, and neither does a message that no part
/// of the page uses.
macro_rules! catalogue {
    ($($(#[$about:meta])* struct $name:ident { $($(#[$doc:meta])* $field:ident: $kind:ty,)+ })+) => {$(
        $(#[$about])*
        pub(crate) struct $name {
            $($(#[$doc])* pub(crate) $field: $kind,)+
        }

        impl $crate::i18n::catalogue::Texts for $name {
            #[cfg(target_arch = "wasm32")]
            fn read(lines: &mut $crate::i18n::catalogue::Lines) -> Self {
                Self { $($field: $crate::i18n::catalogue::Texts::read(lines)),+ }
            }

            #[cfg(not(target_arch = "wasm32"))]
            fn write(&self, _: &'static str, lines: &mut Vec<(&'static str, &'static str)>) {
                $($crate::i18n::catalogue::Texts::write(&self.$field, stringify!($field), lines);)+
            }
        }
    )+};
}

pub(crate) use catalogue;
