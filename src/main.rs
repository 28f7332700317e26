//! The sign-in page. Everything in it runs in the browser; on the host this program writes
//! the page's languages, and completes its script.

#[cfg(target_arch = "wasm32")]
mod api;
#[cfg(target_arch = "wasm32")]
mod app;
#[cfg(target_arch = "wasm32")]
mod brand;
#[cfg(target_arch = "wasm32")]
mod browser;
#[cfg(target_arch = "wasm32")]
mod components;
#[cfg(target_arch = "wasm32")]
mod context;
#[cfg(target_arch = "wasm32")]
mod dom;
#[cfg(target_arch = "wasm32")]
mod drafts;
mod i18n;
#[cfg(target_arch = "wasm32")]
mod pages;
#[cfg(target_arch = "wasm32")]
mod platform;
#[cfg(target_arch = "wasm32")]
mod rehearsal;
#[cfg(target_arch = "wasm32")]
mod runner;
#[cfg(not(target_arch = "wasm32"))]
mod script;
#[cfg(target_arch = "wasm32")]
mod signals;
#[cfg(target_arch = "wasm32")]
#[cfg(test)]
mod tests;

/// The standard library's takes seven kilobytes.
#[cfg(target_arch = "wasm32")]
#[global_allocator]
static ALLOCATOR: rlsf::SmallGlobalTlsf = rlsf::SmallGlobalTlsf::new();

#[cfg(target_arch = "wasm32")]
fn main() {
    i18n::ready(|messages| {
        if let Some(main) = components::first_screen::main() {
            let (owner, ()) = signals::live(|| app::app(&dom::El::standing(&main), messages));
            // For as long as the page is open.
            std::mem::forget(owner);
        }
    });
}

/// Started by Trunk after it has built the page, with the folder that the page is put together in.
#[cfg(not(target_arch = "wasm32"))]
fn main() -> std::io::Result<()> {
    let folder = std::env::var_os("TRUNK_STAGING_DIR").ok_or(std::io::ErrorKind::NotFound)?;
    i18n::files::write(folder.as_ref())?;
    script::complete(folder.as_ref())
}
