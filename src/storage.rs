//! The flow's record and the browser's key in `IndexedDB`, written with strict durability: `localStorage` can lose its
//! last seconds with the browser.
//!
//! Where there is no storage, or it is full, the page works without: it only cannot go on after a reload.

use js_sys::{Function, Promise, Reflect};
use leptos::prelude::window;
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use wasm_bindgen_futures::JsFuture;
use web_sys::{IdbDatabase, IdbObjectStore, IdbOpenDbRequest, IdbRequest};

use crate::browser;

const DATABASE: &str = "vestibule";
const STORE: &str = "records";
/// The flow's record.
const RECORD: &str = "";
/// What is half typed.
const DRAFT: &str = "draft";
/// The key of this browser.
const KEY: &str = "key";
/// How long the database may take, in milliseconds. Some browsers never answer where storage is switched off.
const LIMIT: i32 = 1_500;

/// The stored record, if there is one that can be read.
pub(crate) async fn read() -> Option<String> {
    get(RECORD).await
}

/// Stores the record. When this ends, it is safe, or cannot be: full, or switched off.
pub(crate) async fn write(record: &str) -> Result<(), JsValue> {
    put(RECORD, record, "strict").await
}

/// Tells the next start whether there may be something to go on with, before it can ask the database
/// (`script/boot.js`). Where that cannot be kept, the first screen shows for a moment.
pub(crate) fn mark_begun(is_begun: bool) {
    if let Ok(Some(marks)) = window().local_storage() {
        let name = format!("vestibule-begun {}/", browser::base());
        drop(if is_begun { marks.set_item(&name, "1") } else { marks.remove_item(&name) });
    }
}

/// What was half typed, if that can be read.
pub(crate) async fn read_draft() -> Option<String> {
    get(DRAFT).await
}

/// Stores what is half typed. Its last letters may be lost with the machine.
pub(crate) async fn write_draft(draft: &str) {
    // Nothing that a person could do about it here.
    drop(put(DRAFT, draft, "relaxed").await);
}

/// The key pair that is stored, if there is one.
pub(crate) async fn read_key() -> Option<JsValue> {
    get_value(KEY).await.filter(JsValue::is_object)
}

/// Stores a key pair where there is none yet. When this ends, it is safe, or cannot be.
pub(crate) async fn add_key(pair: &JsValue) {
    // Whoever reads it back finds out.
    drop(change(|store| store.add_with_key(pair, &key(KEY)), "strict").await);
}

async fn get(name: &str) -> Option<String> {
    get_value(name).await?.as_string()
}

async fn get_value(name: &str) -> Option<JsValue> {
    let database = open().await.ok()?;
    let value = read_from(&database, name).await;
    database.close();
    value.ok()
}

async fn put(name: &str, text: &str, durability: &str) -> Result<(), JsValue> {
    change(|store| store.put_with_key(&text.into(), &key(name)), durability).await
}

async fn change(
    act: impl FnOnce(&IdbObjectStore) -> Result<IdbRequest, JsValue>,
    durability: &str,
) -> Result<(), JsValue> {
    let database = open().await?;
    let changed = change_in(&database, act, durability).await;
    database.close();
    changed.map(drop)
}

async fn read_from(database: &IdbDatabase, name: &str) -> Result<JsValue, JsValue> {
    let transaction = database.transaction_with_str(STORE)?;
    finished(&transaction.object_store(STORE)?.get(&key(name))?).await
}

async fn change_in(
    database: &IdbDatabase,
    act: impl FnOnce(&IdbObjectStore) -> Result<IdbRequest, JsValue>,
    durability: &str,
) -> Result<JsValue, JsValue> {
    let options = js_sys::Object::new();
    Reflect::set(&options, &"durability".into(), &durability.into())?;
    let begin: Function = Reflect::get(database, &"transaction".into())?.dyn_into()?;
    let transaction = begin.call3(database, &STORE.into(), &"readwrite".into(), &options)?;
    let transaction: web_sys::IdbTransaction = transaction.dyn_into()?;
    act(&transaction.object_store(STORE)?)?;
    // The request is done long before the transaction is safe.
    JsFuture::from(Promise::new(&mut |resolve, reject| {
        transaction.set_oncomplete(Some(&resolve));
        transaction.set_onerror(Some(&reject));
        transaction.set_onabort(Some(&reject));
    }))
    .await
}

async fn open() -> Result<IdbDatabase, JsValue> {
    let factory = window().indexed_db()?.ok_or(JsValue::NULL)?;
    let request: IdbOpenDbRequest = factory.open_with_u32(DATABASE, 1)?;
    let opening = request.clone();
    let create = Closure::once(move || {
        if let Some(database) = opening.result().ok().and_then(|result| result.dyn_into::<IdbDatabase>().ok()) {
            // Failing leaves a database without the store, and every use of it fails too.
            drop(database.create_object_store(STORE));
        }
    });
    request.set_onupgradeneeded(Some(create.as_ref().unchecked_ref()));
    finished(&request).await?.dyn_into()
}

async fn finished(request: &IdbRequest) -> Result<JsValue, JsValue> {
    JsFuture::from(Promise::new(&mut |resolve, reject| {
        request.set_onsuccess(Some(&resolve));
        request.set_onerror(Some(&reject));
        // A rejection that comes after the result changes nothing.
        drop(window().set_timeout_with_callback_and_timeout_and_arguments_0(&reject, LIMIT));
    }))
    .await?;
    request.result()
}

/// A server below a path has a record of its own.
fn key(name: &str) -> JsValue {
    format!("{}/{name}", browser::base()).into()
}
