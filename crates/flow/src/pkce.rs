//! Proof Key for Code Exchange (RFC 7636), S256 only. In Rust, because plain http has no `crypto.subtle`.

use sha2::{Digest, Sha256};
use vestibule_protocol::Secret;

/// A verifier of 43 characters out of 256 random bits (RFC 7636 §4.1).
pub(crate) fn verifier(random: &[u8; 32]) -> Secret {
    base64url(random).into()
}

/// The challenge of a verifier (RFC 7636 §4.2).
pub(crate) fn challenge(verifier: &Secret) -> String {
    base64url(&Sha256::digest(verifier.expose()))
}

/// Base64 for URLs, without padding (RFC 4648 §5). A crate for it is 2 kB of the page.
fn base64url(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let octets = [0, 1, 2].map(|index| chunk.get(index).map_or(0, |octet| u32::from(*octet)));
        let bits = octets[0] << 16 | octets[1] << 8 | octets[2];
        // One character more than octets: what is left of the last one has no bits of its own.
        for index in 0..=chunk.len() {
            text.push(ALPHABET[(bits >> (18 - 6 * index) & 63) as usize].into());
        }
    }
    text
}

/// Whether a text can be a verifier (RFC 7636 §4.1).
pub(crate) fn is_verifier(text: &str) -> bool {
    (43..=128).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._~".contains(&b))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_base64_of_the_standard_comes_out() {
        for (bytes, text) in
            [("", ""), ("f", "Zg"), ("fo", "Zm8"), ("foo", "Zm9v"), ("foob", "Zm9vYg"), ("fooba", "Zm9vYmE")]
        {
            assert_eq!(base64url(bytes.as_bytes()), text);
        }
        assert_eq!(base64url(&[0xff, 0xfe, 0xfb]), "__77", "none of the characters that URLs have another use for");
    }

    #[test]
    fn the_example_of_the_standard_comes_out() {
        let octets = [
            116, 24, 223, 180, 151, 153, 224, 37, 79, 250, 96, 125, 216, 173, 187, 186, 22, 212, 37, 77, 105, 214, 191,
            240, 91, 88, 5, 88, 83, 132, 141, 121,
        ];
        let verifier = verifier(&octets);
        assert_eq!(verifier.expose(), "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk");
        assert!(is_verifier(verifier.expose()));
        assert_eq!(challenge(&verifier), "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
    }
}
