//! One record in `IndexedDB`, written with strict durability: `localStorage` can lose its last seconds with the browser.
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
/// How long the database may take, in milliseconds. Some browsers never answer where storage is switched off.
const LIMIT: i32 = 1_500;

/// The stored record, if there is one that can be read.
pub(crate) async fn read() -> Option<String> {
    let database = open().await.ok()?;
    let record = read_from(&database).await;
    database.close();
    record.ok()?.as_string()
}

/// Stores the record. When this ends, it is safe, or cannot be.
pub(crate) async fn write(record: &str) {
    let Ok(database) = open().await else { return };
    // Full, or switched off: nothing that a person could do about it here.
    drop(write_to(&database, record).await);
    database.close();
}

async fn read_from(database: &IdbDatabase) -> Result<JsValue, JsValue> {
    let transaction = database.transaction_with_str(STORE)?;
    finished(&transaction.object_store(STORE)?.get(&key())?).await
}

async fn write_to(database: &IdbDatabase, record: &str) -> Result<JsValue, JsValue> {
    let options = js_sys::Object::new();
    Reflect::set(&options, &"durability".into(), &"strict".into())?;
    let begin: Function = Reflect::get(database, &"transaction".into())?.dyn_into()?;
    let transaction = begin.call3(database, &STORE.into(), &"readwrite".into(), &options)?;
    let transaction: web_sys::IdbTransaction = transaction.dyn_into()?;
    let store: IdbObjectStore = transaction.object_store(STORE)?;
    store.put_with_key(&record.into(), &key())?;
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
fn key() -> JsValue {
    format!("{}/", browser::base()).into()
}
