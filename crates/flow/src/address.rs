//! The server address: read as a browser's address bar reads it, in one canonical form made once.

use std::fmt;

use vestibule_protocol::{endpoint, is_invisible};

/// The longest text that is read as an address, in characters.
const MAX_CHARS: usize = 2048;

/// Schemes that are no web address even without two slashes behind them.
const OTHER_SCHEMES: [&str; 10] =
    ["about", "blob", "data", "file", "ftp", "javascript", "mailto", "sip", "sips", "tel"];

/// The parts of a URL, each as the parser of the WHATWG URL standard writes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UrlParts {
    /// Without the colon.
    pub scheme: String,
    /// User name or password are given.
    pub has_user: bool,
    /// Host, and the port where it is not the scheme's own. IPv6 in brackets, names in ASCII.
    pub host: String,
    /// Begins with a slash.
    pub path: String,
}

/// What the browser of the page has tables for, which the page would have to load otherwise. On the host there are crates.
pub trait Browser {
    /// Reads an absolute URL as the WHATWG URL standard does; `None` where it is none.
    fn parse(url: &str) -> Option<UrlParts>;

    /// Whether this is a letter or a numeral of any script ([`char::is_alphanumeric`]).
    fn is_alphanumeric(c: char) -> bool;
}

/// The base address of a server: `scheme://host[:port][/path]`, without a trailing slash.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServerAddress {
    scheme: Scheme,
    host: String,
    path: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Scheme {
    Http,
    Https,
}

/// Why a text is not a server address. Nothing is sent then.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AddressError {
    /// Nothing but blanks.
    Empty,
    /// More than 2,048 characters.
    TooLong,
    /// An e-mail address.
    EmailAddress,
    /// A user name or a password before the host.
    UserPart,
    /// A scheme that is neither `http` nor `https`.
    OtherScheme,
    /// A scheme twice, like `http://https://…`.
    DoubledScheme,
    /// No browser would take it for a host.
    NotAnAddress,
}

impl ServerAddress {
    /// Reads what was typed. Without a scheme it means `https`.
    ///
    /// # Errors
    /// [`AddressError`] says what is wrong with the text.
    pub fn parse<U: Browser>(typed: &str) -> Result<Self, AddressError> {
        if typed.chars().nth(MAX_CHARS).is_some() {
            return Err(AddressError::TooLong);
        }
        let text = tidy(typed);
        if text.is_empty() {
            return Err(AddressError::Empty);
        }
        let (scheme, rest) = match split_scheme(&text) {
            None => (None, text.as_str()),
            Some((scheme, rest)) => (Some(web_scheme(scheme, rest)?), rest),
        };
        let rest = rest.trim_start_matches(['/', '\\']);
        if let Some((again, after)) = split_scheme(rest)
            && (after.starts_with("//") || is_web(again))
        {
            return Err(AddressError::DoubledScheme);
        }
        if authority(rest).contains('@') {
            let is_email = scheme.is_none() && !authority(rest).contains(':');
            return Err(if is_email { AddressError::EmailAddress } else { AddressError::UserPart });
        }
        if ["http//", "https//"].iter().any(|typo| rest.to_ascii_lowercase().starts_with(typo)) {
            return Err(AddressError::NotAnAddress);
        }
        let url = format!("{}://{}", scheme.unwrap_or(Scheme::Https).as_str(), with_brackets(rest));
        Self::of_url::<U>(&url)
    }

    /// The base address in a URL that the browser has written, and nobody has typed.
    ///
    /// # Errors
    /// [`AddressError`] says why it names none.
    pub fn of_url<U: Browser>(url: &str) -> Result<Self, AddressError> {
        Self::from_parts(&U::parse(url).ok_or(AddressError::NotAnAddress)?)
    }

    /// Whether the text says which scheme it means.
    #[must_use]
    pub fn names_scheme(typed: &str) -> bool {
        split_scheme(&tidy(typed)).is_some()
    }

    fn from_parts(parts: &UrlParts) -> Result<Self, AddressError> {
        let scheme = match parts.scheme.as_str() {
            "http" => Scheme::Http,
            "https" => Scheme::Https,
            _ => return Err(AddressError::OtherScheme),
        };
        if parts.has_user {
            return Err(AddressError::UserPart);
        }
        // Some browsers write what no host can have in it, a blank say, as `%20`.
        if parts.host.is_empty() || parts.host.contains('%') {
            return Err(AddressError::NotAnAddress);
        }
        let path = parts.path.trim_end_matches('/').to_owned();
        Ok(Self { scheme, host: parts.host.clone(), path })
    }

    /// The base address that a discovery document was fetched from, after redirects.
    pub(crate) fn of_metadata_url<U: Browser>(url: &str) -> Option<Self> {
        let parts = U::parse(url)?;
        // To look for a slash takes less code than to look for a text.
        let (before, after) = parts.path.match_indices('/').find_map(|(at, _)| {
            let (before, rest) = parts.path.split_at_checked(at)?;
            Some((before, rest.strip_prefix(endpoint::METADATA)?))
        })?;
        Self::from_parts(&UrlParts { path: format!("{before}{after}"), ..parts }).ok()
    }

    /// Scheme, host and port.
    #[must_use]
    pub fn origin(&self) -> String {
        format!("{}://{}", self.scheme.as_str(), self.host)
    }

    /// The address of an endpoint below this one.
    #[must_use]
    pub fn join(&self, path: &str) -> String {
        format!("{self}{path}")
    }

    /// Where discovery is to be found: RFC 8414 §3.1 puts it before the path; below the path is tried second.
    pub(crate) fn metadata_urls(&self) -> (String, Option<String>) {
        let below = (!self.path.is_empty()).then(|| self.join(endpoint::METADATA));
        (format!("{}{}{}", self.origin(), endpoint::METADATA, self.path), below)
    }

    /// Whether the connection is encrypted.
    #[must_use]
    pub fn is_encrypted(&self) -> bool {
        self.scheme == Scheme::Https
    }

    /// The same address over the encrypted scheme.
    #[must_use]
    pub fn encrypted(&self) -> Self {
        Self { scheme: Scheme::Https, ..self.clone() }
    }

    /// The same address over the scheme without encryption.
    #[must_use]
    pub fn unencrypted(&self) -> Self {
        Self { scheme: Scheme::Http, ..self.clone() }
    }

    /// Whether the host is this very machine: browsers trust it even without encryption.
    #[must_use]
    pub fn is_loopback(&self) -> bool {
        match self.ip() {
            Some(Ip::V4([first, ..])) => first == 127,
            Some(Ip::V6(_)) => self.name() == "[::1]",
            None => self.name().rsplit('.').next() == Some("localhost"),
        }
    }

    /// Whether the host can only be in a local network, for which browsers ask the person's permission.
    #[must_use]
    pub fn is_private(&self) -> bool {
        self.is_loopback()
            || match self.ip() {
                // RFC 1918, and the link-local ones of RFC 3927.
                Some(Ip::V4([first, second, ..])) => {
                    matches!((first, second), (10, _) | (172, 16..=31) | (192, 168) | (169, 254))
                }
                // The unique local ones of RFC 4193, and the link-local ones of RFC 4291.
                Some(Ip::V6(first)) => first & 0xfe00 == 0xfc00 || first & 0xffc0 == 0xfe80,
                None => self.name().rsplit('.').next() == Some("local"),
            }
    }

    fn name(&self) -> &str {
        match self.host.rsplit_once(':') {
            Some((name, port)) if port.bytes().all(|b| b.is_ascii_digit()) => name,
            _ => &self.host,
        }
    }

    fn ip(&self) -> Option<Ip> {
        let name = self.name();
        if let Some(ip) = name.strip_prefix('[') {
            // An address that begins with colons begins with zeros.
            let first = ip.split(':').next().and_then(|first| u16::from_str_radix(first, 16).ok());
            return Some(Ip::V6(first.unwrap_or(0)));
        }
        let mut numbers = name.split('.').map(|number| number.parse().ok());
        let ip = [numbers.next()??, numbers.next()??, numbers.next()??, numbers.next()??];
        numbers.next().is_none().then_some(Ip::V4(ip))
    }
}

/// An IP address of which the parser of URLs has made the canonical form.
enum Ip {
    V4([u8; 4]),
    /// The first of its groups.
    V6(u16),
}

impl Scheme {
    fn as_str(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Https => "https",
        }
    }
}

impl fmt::Display for ServerAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}{}", self.scheme.as_str(), self.host, self.path)
    }
}

/// Without what keyboards and clipboards add around it, and without the line breaks that URL parsers drop inside.
fn tidy(typed: &str) -> String {
    typed.trim_matches(|c: char| c.is_whitespace() || c.is_control() || is_invisible(c)).replace(['\t', '\n', '\r'], "")
}

/// The scheme and what follows its colon, where the text begins with one rather than with a host and its port.
fn split_scheme(text: &str) -> Option<(&str, &str)> {
    let (scheme, rest) = text.split_once(':')?;
    let is_scheme = scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.bytes().all(|b| b.is_ascii_alphanumeric() || b"+-.".contains(&b));
    let port = authority(rest);
    let is_port = port.bytes().all(|b| b.is_ascii_digit()) && !rest.starts_with("//");
    let is_bare_ipv6 = is_ipv6(authority(text));
    (is_scheme && !is_bare_ipv6 && (!is_port || (port.is_empty() && is_web(scheme)))).then_some((scheme, rest))
}

fn web_scheme(scheme: &str, rest: &str) -> Result<Scheme, AddressError> {
    if scheme.eq_ignore_ascii_case("http") {
        Ok(Scheme::Http)
    } else if scheme.eq_ignore_ascii_case("https") {
        Ok(Scheme::Https)
    } else if rest.starts_with("//") || OTHER_SCHEMES.contains(&scheme.to_ascii_lowercase().as_str()) {
        Err(AddressError::OtherScheme)
    } else if authority(rest).contains('@') {
        Err(AddressError::UserPart)
    } else {
        Err(AddressError::NotAnAddress)
    }
}

fn is_web(scheme: &str) -> bool {
    scheme.eq_ignore_ascii_case("http") || scheme.eq_ignore_ascii_case("https")
}

/// Everything before the path, the query or the fragment.
fn authority(text: &str) -> &str {
    text.split(['/', '\\', '?', '#']).next().unwrap_or_default()
}

fn is_ipv6(authority: &str) -> bool {
    authority.matches(':').count() > 1 && authority.bytes().all(|b| b.is_ascii_hexdigit() || b":.".contains(&b))
}

/// An IPv6 address may be typed without brackets; URLs need them.
fn with_brackets(rest: &str) -> String {
    let authority = authority(rest);
    match rest.strip_prefix(authority) {
        Some(path) if is_ipv6(authority) => format!("[{authority}]{path}"),
        _ => rest.to_owned(),
    }
}

#[cfg(test)]
mod tests;
