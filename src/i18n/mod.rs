//! Everything that a person reads, one catalogue a language. English is in the page; the others are files that it loads
//! on demand, written by this package's program for the host (see `files`).

mod catalogue;
mod en;
#[cfg(target_arch = "wasm32")]
mod failure;
#[cfg(any(target_arch = "wasm32", test))]
mod filled;
mod messages;
mod plural;
#[cfg(target_arch = "wasm32")]
mod spoken;

#[cfg(not(target_arch = "wasm32"))]
mod ar;
#[cfg(not(target_arch = "wasm32"))]
mod de;
#[cfg(not(target_arch = "wasm32"))]
mod es;
#[cfg(not(target_arch = "wasm32"))]
pub(crate) mod files;
#[cfg(not(target_arch = "wasm32"))]
mod fr;
#[cfg(not(target_arch = "wasm32"))]
mod it;
#[cfg(not(target_arch = "wasm32"))]
mod nl;
#[cfg(not(target_arch = "wasm32"))]
mod pl;
#[cfg(not(target_arch = "wasm32"))]
mod pt_br;

#[cfg(all(target_arch = "wasm32", test))]
pub(crate) use en::MESSAGES as ENGLISH;
#[cfg(target_arch = "wasm32")]
pub(crate) use failure::failure;
#[cfg(target_arch = "wasm32")]
pub(crate) use filled::{around, fill, fill_number, minutes, time_of_day};
#[cfg(target_arch = "wasm32")]
pub(crate) use messages::Messages;
#[cfg(target_arch = "wasm32")]
pub(crate) use spoken::{LANGUAGES, Pick, change, language, provide_language, ready, use_messages};
