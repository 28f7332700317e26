// The page without a network. A file whose name carries its content can come from the cache for ever; the document
// comes from the network first; everything else, the API above all, is left alone.
"use strict";

// Filled in by the release build: the files that this version of the page is made of, and a hash over them all.
const FILES = ["{files}"];
// And the languages that it can be read in: each is kept once it has been asked for.
const LANGUAGES = ["{languages}"];
const VERSION = "{version}";

const BASE = new URL(registration.scope).pathname;
const FAMILY = `vestibule-${BASE}-`;
const CACHE = FAMILY + VERSION;
const DOCUMENT = BASE;
const ROUTES = new Set(["", "account", "credentials", "code", "user"].map((route) => BASE + route));
// Milliseconds that the network may take for the document before the one that is here is shown.
const PATIENCE = 4_000;
const CARRIES_ITS_CONTENT = /-[0-9a-f]{16}\.[a-z0-9]+$/;

addEventListener("install", (event) => event.waitUntil(install()));
addEventListener("activate", (event) => event.waitUntil(activate()));
addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== "GET" || url.origin !== location.origin) return;
  if (event.request.mode === "navigate") {
    if (ROUTES.has(url.pathname)) event.respondWith(page(event));
  } else if (url.pathname.startsWith(BASE) && CARRIES_ITS_CONTENT.test(url.pathname)) {
    event.respondWith(file(event.request));
  }
});

async function install() {
  // In the page's own language, whatever the person reads now: `script/language.js` changes it from what is kept.
  const plain = { cache: "no-cache", credentials: "omit", headers: { "accept-language": "en" } };
  const answer = await fetch(DOCUMENT, plain);
  const text = await answer.clone().text();
  const isOurs = answer.ok && FILES.filter((name) => /\.(js|css)$/.test(name)).every((name) => text.includes(name));
  // The document of another version than this worker's: that version's own worker is on its way.
  if (!isOurs) throw new Error("another version is being deployed");
  const cache = await caches.open(CACHE);
  await cache.addAll([...FILES, ...(await spoken())].map((name) => BASE + name));
  await cache.put(DOCUMENT, answer);
  await skipWaiting();
}

/** This version's files of the languages that the open pages have loaded, and the versions before this one. */
async function spoken() {
  const tag = (name) => name.replace(/-[0-9a-f]{16}\.txt$/, "");
  const kept = await Promise.all((await caches.keys()).map(async (name) => (await caches.open(name)).keys()));
  const names = kept.flat().map((request) => request.url);
  return LANGUAGES.filter((language) => names.some((name) => tag(name).endsWith(`/${tag(language)}`)));
}

async function activate() {
  await registration.navigationPreload?.enable();
  // Tabs of the version before this one may still be open.
  const family = (await caches.keys()).filter((name) => name.startsWith(FAMILY) && name !== CACHE);
  await Promise.all(family.slice(0, -1).map((name) => caches.delete(name)));
  await clients.claim();
}

async function page(event) {
  const fromNetwork = (async () => (await event.preloadResponse) ?? (await fetch(event.request)))();
  const tooLate = new Promise((resolve) => setTimeout(resolve, PATIENCE));
  const answer = await Promise.race([fromNetwork.catch(() => undefined), tooLate]);
  if (answer !== undefined && answer.status < 500) return answer;
  const cache = await caches.open(CACHE);
  return (await cache.match(DOCUMENT, { ignoreVary: true })) ?? fromNetwork;
}

async function file(request) {
  const kept = await caches.match(request.url, { ignoreVary: true });
  if (kept !== undefined) return kept;
  const answer = await fetch(request);
  if (answer.ok && LANGUAGES.some((name) => request.url.endsWith(`/${name}`))) {
    const cache = await caches.open(CACHE);
    await cache.put(request.url, answer.clone());
  }
  return answer;
}
