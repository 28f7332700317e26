/// Writes a list or an object, one item after the other.
pub struct JsonWriter {
    text: String,
    close: char,
}

impl JsonWriter {
    /// A list.
    #[must_use]
    pub fn list() -> Self {
        Self { text: "[".to_owned(), close: ']' }
    }

    /// An object.
    #[must_use]
    pub fn object() -> Self {
        Self { text: "{".to_owned(), close: '}' }
    }

    /// Adds a text to a list.
    pub fn item(&mut self, text: &str) {
        self.separate();
        self.quote(text);
    }

    /// Adds a value to a list.
    pub fn item_json(&mut self, json: &str) {
        self.separate();
        self.text.push_str(json);
    }

    /// Adds a text to an object.
    pub fn member(&mut self, name: &str, text: &str) {
        self.item(name);
        self.text.push(':');
        self.quote(text);
    }

    /// Adds a text to an object, or null where there is none.
    pub fn optional(&mut self, name: &str, text: Option<&str>) {
        match text {
            Some(text) => self.member(name, text),
            None => self.member_json(name, "null"),
        }
    }

    /// Adds a value to an object.
    pub fn member_json(&mut self, name: &str, json: &str) {
        self.item(name);
        self.text.push(':');
        self.text.push_str(json);
    }

    /// The text of the whole.
    #[must_use]
    pub fn finish(mut self) -> String {
        self.text.push(self.close);
        self.text
    }

    fn separate(&mut self) {
        if self.text.len() > 1 {
            self.text.push(',');
        }
    }

    fn quote(&mut self, text: &str) {
        self.text.push('"');
        for c in text.chars() {
            match c {
                '"' | '\\' => self.text.push('\\'),
                '\0'..' ' => {
                    self.text.push_str("\\u00");
                    self.text.push(char::from_digit(u32::from(c) >> 4, 16).unwrap_or_default());
                    self.text.push(char::from_digit(u32::from(c) & 15, 16).unwrap_or_default());
                    continue;
                }
                _ => {}
            }
            self.text.push(c);
        }
        self.text.push('"');
    }
}
