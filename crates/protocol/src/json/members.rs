use super::Json;

/// The members of an object, read one after the other. A member of a wrong shape reads as nothing, and is remembered:
/// then nothing of the object counts ([`Json::members`]). Members that nobody asks for are ignored.
pub struct Members<'a> {
    members: Vec<(String, Json<'a>)>,
    is_wrong: bool,
}

impl<'a> Members<'a> {
    pub(super) fn new(members: Vec<(String, Json<'a>)>) -> Self {
        Self { members, is_wrong: false }
    }

    pub(super) fn is_wrong(&self) -> bool {
        self.is_wrong
    }

    /// A member that has to be there.
    pub fn required<T>(&mut self, name: &str, read: fn(Json<'a>) -> Option<T>) -> Option<T> {
        let value = self.member(name).and_then(read);
        self.is_wrong |= value.is_none();
        value
    }

    /// A member that may be left out, or be null.
    pub fn optional<T>(&mut self, name: &str, read: fn(Json<'a>) -> Option<T>) -> Option<T> {
        let member = self.member(name).filter(|value| !value.is_null())?;
        let value = read(member);
        self.is_wrong |= value.is_none();
        value
    }

    /// A member for show only, that is left out where it has another shape than it should.
    pub fn lenient<T>(&mut self, name: &str, read: fn(Json<'a>) -> Option<T>) -> Option<T> {
        self.member(name).and_then(read)
    }

    /// A text that has to be there.
    pub fn text(&mut self, name: &str) -> String {
        self.required(name, Json::text).unwrap_or_default()
    }

    /// A text that may be left out, or be null.
    pub fn optional_text(&mut self, name: &str) -> Option<String> {
        self.optional(name, Json::text)
    }

    /// A number that has to be there.
    pub fn number(&mut self, name: &str) -> u64 {
        self.required(name, Json::number).unwrap_or_default()
    }

    /// A number that may be left out, or be null.
    pub fn optional_number(&mut self, name: &str) -> Option<u64> {
        self.optional(name, Json::number)
    }

    /// A truth value that has to be there.
    pub fn flag(&mut self, name: &str) -> bool {
        self.required(name, Json::flag).unwrap_or_default()
    }

    /// A truth value that is `false` where it is left out.
    pub fn flag_or_false(&mut self, name: &str) -> bool {
        self.member(name).is_some() && self.flag(name)
    }

    /// A list, empty where it is left out.
    pub fn list_or_empty<T>(&mut self, name: &str, read: fn(Json<'a>) -> Option<T>) -> Vec<T> {
        if self.member(name).is_some() { self.list(name, read) } else { Vec::new() }
    }

    /// A list that has to be there, of values of one kind.
    pub fn list<T>(&mut self, name: &str, read: fn(Json<'a>) -> Option<T>) -> Vec<T> {
        let items = self.required(name, Json::list).unwrap_or_default();
        let values: Option<Vec<T>> = items.into_iter().map(read).collect();
        self.is_wrong |= values.is_none();
        values.unwrap_or_default()
    }

    /// The member of this name. One that is there twice could mean either.
    fn member(&mut self, name: &str) -> Option<Json<'a>> {
        let mut found = self.members.iter().filter(|(own, _)| own == name);
        let member = found.next().map(|(_, value)| *value);
        self.is_wrong |= found.next().is_some();
        member
    }
}
