//! JSON (RFC 8259) as the page reads and writes it: a small reader of its own, for a program that is loaded over the
//! network before it can do anything. The server uses serde, and the tests compare both.

mod members;
mod scan;
mod write;

pub use members::Members;
pub use write::JsonWriter;

use scan::{Malformed, Scanner};

/// One value: a piece of text that is known to be JSON.
///
/// It has no `Debug`, for what servers answer holds secrets.
#[derive(Clone, Copy)]
pub struct Json<'a>(&'a str);

impl<'a> Json<'a> {
    /// Takes a text that is one value and nothing else; `None` where it is none, or nested deeper than anything that is
    /// ever said here.
    #[must_use]
    pub fn parse(text: &'a str) -> Option<Self> {
        Scanner::new(text).only_value().ok().map(Self)
    }

    /// The text, where it is one. One that holds half of a surrogate pair is none.
    #[must_use]
    pub fn text(self) -> Option<String> {
        decoded(self.0.strip_prefix('"')?.strip_suffix('"')?)
    }

    /// The number, where it is one, written without sign, fraction and exponent, and not larger than `u64::MAX`.
    #[must_use]
    pub fn number(self) -> Option<u64> {
        self.0.parse().ok()
    }

    /// The truth value, where it is one.
    #[must_use]
    pub fn flag(self) -> Option<bool> {
        match self.0 {
            "true" => Some(true),
            "false" => Some(false),
            _ => None,
        }
    }

    /// The values of a list.
    #[must_use]
    pub fn list(self) -> Option<Vec<Json<'a>>> {
        let items = self.items(b'[').ok()?;
        Some(items.into_iter().map(|(_, value)| value).collect())
    }

    /// The members of an object, in their order.
    #[must_use]
    pub fn object(self) -> Option<Vec<(String, Json<'a>)>> {
        let items = self.items(b'{').ok()?;
        items.into_iter().map(|(name, value)| Some((decoded(name)?, value))).collect()
    }

    /// Reads the members of an object; `None` where this is no object, or `read` met a member of a wrong shape.
    pub fn members<T>(self, read: impl FnOnce(&mut Members<'a>) -> Option<T>) -> Option<T> {
        let mut members = Members::new(self.object()?);
        read(&mut members).filter(|_| !members.is_wrong())
    }

    fn is_null(self) -> bool {
        self.0 == "null"
    }

    /// What a list or an object holds, with names as they are written; those of a list are empty.
    fn items(self, open: u8) -> Result<Vec<(&'a str, Json<'a>)>, Malformed> {
        let mut scanner = Scanner::new(self.0);
        let close = scanner.open(open)?;
        let mut items = Vec::new();
        while let Some((name, value)) = scanner.item(close, items.is_empty())? {
            items.push((name, Self(value)));
        }
        Ok(items)
    }
}

/// A text without its escapes.
fn decoded(written: &str) -> Option<String> {
    let mut text = String::with_capacity(written.len());
    let mut chars = written.chars();
    while let Some(c) = chars.next() {
        let c = match c {
            '\\' => match chars.next()? {
                'b' => '\u{8}',
                'f' => '\u{c}',
                'n' => '\n',
                'r' => '\r',
                't' => '\t',
                'u' => escaped(&mut chars)?,
                c => c,
            },
            c => c,
        };
        text.push(c);
    }
    Some(text)
}

/// The character behind `\u`: one code unit of UTF-16, or a pair of them.
fn escaped(chars: &mut std::str::Chars<'_>) -> Option<char> {
    let first = code_unit(chars)?;
    if !(0xd800..0xdc00).contains(&first) {
        return char::from_u32(first);
    }
    if (chars.next()?, chars.next()?) != ('\\', 'u') {
        return None;
    }
    let second = code_unit(chars)?.checked_sub(0xdc00).filter(|low| *low < 0x400)?;
    char::from_u32(0x1_0000 + ((first - 0xd800) << 10) + second)
}

fn code_unit(chars: &mut std::str::Chars<'_>) -> Option<u32> {
    let mut unit = 0;
    for _ in 0..4 {
        unit = unit << 4 | chars.next()?.to_digit(16)?;
    }
    Some(unit)
}

#[cfg(test)]
mod tests;
