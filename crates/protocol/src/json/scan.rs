//! Finds where values begin and end.

/// How deep values may be nested, so that no answer can use up the stack.
const MAX_DEPTH: u8 = 64;

/// A text is no JSON.
pub(super) struct Malformed;

/// Goes through a text. It is at the boundary of a character at all times, for it only steps over ASCII and whole texts.
pub(super) struct Scanner<'a> {
    text: &'a str,
    at: usize,
    depth: u8,
}

impl<'a> Scanner<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { text, at: 0, depth: 0 }
    }

    /// The one value that the text is, without the blanks around it.
    pub(super) fn only_value(&mut self) -> Result<&'a str, Malformed> {
        let value = self.value()?;
        match self.next() {
            None => Ok(value),
            Some(_) => Err(Malformed),
        }
    }

    /// Steps into a list or an object, and says what closes it.
    pub(super) fn open(&mut self, open: u8) -> Result<u8, Malformed> {
        self.expect(open)?;
        Ok(if open == b'{' { b'}' } else { b']' })
    }

    /// The next item of a list or an object, with its name as written, if it has one; `None` behind the last.
    pub(super) fn item(&mut self, close: u8, is_first: bool) -> Result<Option<(&'a str, &'a str)>, Malformed> {
        if self.next() == Some(close) {
            self.at += 1;
            return Ok(None);
        }
        if !is_first {
            self.expect(b',')?;
        }
        let mut name = "";
        if close == b'}' {
            self.next();
            name = self.string()?;
            self.expect(b':')?;
        }
        Ok(Some((name, self.value()?)))
    }

    fn value(&mut self) -> Result<&'a str, Malformed> {
        let first = self.next().ok_or(Malformed)?;
        let start = self.at;
        match first {
            b'{' | b'[' => {
                self.depth += 1;
                if self.depth > MAX_DEPTH {
                    return Err(Malformed);
                }
                let close = self.open(first)?;
                let mut is_first = true;
                while self.item(close, is_first)?.is_some() {
                    is_first = false;
                }
                self.depth -= 1;
            }
            b'"' => {
                self.string()?;
            }
            b't' => self.word("true")?,
            b'f' => self.word("false")?,
            b'n' => self.word("null")?,
            _ => self.number()?,
        }
        self.text.get(start..self.at).ok_or(Malformed)
    }

    /// What stands between the quotes.
    fn string(&mut self) -> Result<&'a str, Malformed> {
        self.take(b'"')?;
        let start = self.at;
        loop {
            match self.byte().ok_or(Malformed)? {
                b'"' => break,
                b'\\' => {
                    self.at += 1;
                    match self.byte().ok_or(Malformed)? {
                        b'u' => {
                            for _ in 0..4 {
                                self.at += 1;
                                self.byte().filter(u8::is_ascii_hexdigit).ok_or(Malformed)?;
                            }
                        }
                        b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => {}
                        _ => return Err(Malformed),
                    }
                }
                0..0x20 => return Err(Malformed),
                _ => {}
            }
            self.at += 1;
        }
        let text = self.text.get(start..self.at).ok_or(Malformed);
        self.at += 1;
        text
    }

    fn number(&mut self) -> Result<(), Malformed> {
        let _ = self.take(b'-');
        // No number begins with a zero but zero itself.
        if self.take(b'0').is_err() {
            self.digits()?;
        }
        if self.take(b'.').is_ok() {
            self.digits()?;
        }
        if matches!(self.byte(), Some(b'e' | b'E')) {
            self.at += 1;
            if matches!(self.byte(), Some(b'+' | b'-')) {
                self.at += 1;
            }
            self.digits()?;
        }
        Ok(())
    }

    fn digits(&mut self) -> Result<(), Malformed> {
        let start = self.at;
        while self.byte().is_some_and(|byte| byte.is_ascii_digit()) {
            self.at += 1;
        }
        if self.at > start { Ok(()) } else { Err(Malformed) }
    }

    fn word(&mut self, word: &str) -> Result<(), Malformed> {
        word.bytes().try_for_each(|byte| self.take(byte))
    }

    /// Steps over blanks and this byte.
    fn expect(&mut self, byte: u8) -> Result<(), Malformed> {
        self.next();
        self.take(byte)
    }

    /// Steps over blanks, to the byte that is returned.
    fn next(&mut self) -> Option<u8> {
        while matches!(self.byte(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
        self.byte()
    }

    fn take(&mut self, byte: u8) -> Result<(), Malformed> {
        if self.byte() != Some(byte) {
            return Err(Malformed);
        }
        self.at += 1;
        Ok(())
    }

    fn byte(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }
}
