//! A catalogue as lines of text: how the languages that are loaded on demand come to the page.

/// Something that a catalogue has one or more lines for.
pub(crate) trait Texts: Sized {
    /// Takes its lines from the front of those that are left; `None` where they end too early.
    #[cfg(target_arch = "wasm32")]
    fn read(lines: &mut dyn Iterator<Item = &'static str>) -> Option<Self>;

    /// Appends its lines, each with the name of its field.
    #[cfg(not(target_arch = "wasm32"))]
    fn write(&self, name: &'static str, lines: &mut Vec<(&'static str, &'static str)>);
}

impl Texts for &'static str {
    #[cfg(target_arch = "wasm32")]
    fn read(lines: &mut dyn Iterator<Item = &'static str>) -> Option<Self> {
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
            fn read(lines: &mut dyn Iterator<Item = &'static str>) -> Option<Self> {
                Some(Self { $($field: $crate::i18n::catalogue::Texts::read(lines)?),+ })
            }

            #[cfg(not(target_arch = "wasm32"))]
            fn write(&self, _: &'static str, lines: &mut Vec<(&'static str, &'static str)>) {
                $($crate::i18n::catalogue::Texts::write(&self.$field, stringify!($field), lines);)+
            }
        }
    )+};
}

pub(crate) use catalogue;
