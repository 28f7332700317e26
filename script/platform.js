// What the program has the browser do: requests and their proofs, its key, storage, turns among tabs. `src/script.rs`
// puts this into the module that starts the program; what comes of anything is told by `tell`, and nothing else throws:
// an error of `tell` is a panic of the program, which `boot.js` is to see.
const platform = (() => {
  "use strict";
  // Milliseconds that storing the record may take, and all in all giving or taking a key: then the page has a key of its
  // own. Some browsers never answer where storage is switched off.
  const LIMIT = 1_500;
  const KEY_LIMIT = 2_000;
  // In the place of a status, where there is none.
  const [OFFLINE, NO_ANSWER, UNPROVEN] = [1, 2, 3];

  const base = new URL(document.baseURI).pathname.replace(/\/+$/, "");
  // A server below a path has a record, tabs and turns of its own.
  const NAME = `vestibule ${base}/`;

  const sleep = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

  /** Called with topic, number of the try, status, seconds of `Retry-After` or less than 0, and two texts. */
  let tell;

  // The store, written with strict durability: `localStorage` can lose its last seconds with the browser. Where there is
  // none, or it is full, the page works without: it only cannot go on after a reload.

  // What `database.js` has. The tests of single parts have none.
  const { names, get, change, found } = self.vestibuleDatabase ?? {
    names: {},
    get: async () => [],
    change: async () => false,
    found: Promise.resolve([]),
  };

  // What is stored, as far as this tab knows; nothing while that failed.
  let known;
  // The way to the other tabs: what one stores, it tells them. Where a browser has none, each tab finds out when it is
  // looked at again.
  let channel;

  const isNews = (record) => {
    const before = known;
    known = record;
    return record !== before;
  };

  // Ends once the latest record is stored. What it is about shows meanwhile, for the disk of a phone takes its time; but
  // nothing is sent, and no turn ends, before this tab would still know it after a crash.
  let storing = Promise.resolve();

  /** What another tab has stored, if this one does not know it yet. */
  const news = async () => {
    await storing;
    if (known === undefined) return undefined;
    const [record] = await get(names.record);
    return typeof record === "string" && isNews(record) ? record : undefined;
  };

  // What another tab has stored since it was looked for.
  let newer;
  try {
    channel = new BroadcastChannel(NAME);
    channel.onmessage = ({ data }) => (newer = data);
  } catch {
    // Not every browser has one.
  }

  const start = async (listener, started, elsewhere) => {
    tell = listener;
    const [draft, record] = await found;
    known = [newer, record].find((text) => typeof text === "string");
    if (channel) {
      channel.onmessage = ({ data }) => {
        if (typeof data === "string" && isNews(data)) tell(elsewhere, 0, 0, -1, data);
      };
    }
    restore(draft);
    tell(started, 0, 0, -1, known);
  };

  /** The page is seen again. Tabs that sleep hear nothing: what others have stored meanwhile comes first. */
  const look = async (returned, elsewhere) => {
    const record = await news();
    if (record !== undefined) tell(elsewhere, 0, 0, -1, record);
    tell(returned, 0, 0, -1);
  };

  const store = (record, canGoOn) => {
    // Tells the next start whether there may be something to go on with, before it can ask the database (`boot.js`).
    self.vestibuleRemember?.("begun", Number(canGoOn));
    known = record;
    storing = storing.then(async () => {
      const isStored = await Promise.race([change("put", names.record, record, "strict"), sleep(LIMIT)]);
      channel?.postMessage(record);
      if (!isStored && known === record) known = undefined;
    });
  };

  // Half-typed text outlives the page: a trip to another app must not cost it. Never a password.

  /** The path of a stage, and the values of its fields. */
  let [at, fields] = ["", {}];

  /** Takes what an earlier page had stored; what cannot be read is dropped in silence. */
  const restore = (text) => {
    // Nothing is no fault: to make an error of it takes a small device a third of a frame.
    if (typeof text !== "string") return;
    try {
      const [path, values] = JSON.parse(text);
      if (Object.values(values).every((value) => typeof value === "string")) [at, fields] = [path, values];
    } catch {
      // Then nothing was half typed.
    }
  };

  // Only the latest text counts: while one is being stored, those in between are skipped.
  let isLatest = true;
  let isKeeping = false;
  const keepDraft = async () => {
    isLatest = false;
    if (isKeeping) return;
    isKeeping = true;
    while (!isLatest) {
      isLatest = true;
      // Its last letters may be lost with the machine.
      await change("put", names.draft, JSON.stringify([at, fields]), "relaxed");
    }
    isKeeping = false;
  };

  const drafts = {
    /** What was half typed in a field of a stage. */
    draftOf: (path, field) => (at === path ? fields[field] : undefined),
    /** A field that was half typed at a stage. */
    latestDraft: (path) => (at === path ? Object.keys(fields).sort()[0] : undefined),
    keepDraft: (path, field, value) => {
      if (at !== path) [at, fields] = [path, {}];
      if (value) fields[field] = value;
      else delete fields[field];
      keepDraft();
    },
    /** Another stage shows: what was typed at an earlier one has been submitted, or is not wanted. */
    leaveDrafts: (path) => {
      if (at === path || !Object.keys(fields).length) return;
      [at, fields] = ["", {}];
      keepDraft();
    },
  };

  // The key of this browser: never extractable, kept for as long as the browser keeps its storage, and in memory where
  // it cannot be stored. Its thumbprint is what servers know this device by.

  const readKey = async () => {
    const [pair] = await get(names.key);
    return pair?.privateKey instanceof CryptoKey ? pair : undefined;
  };

  const addKey = async (pair) => {
    await change("add", names.key, pair, "strict");
    // Another tab may have been quicker, and some browsers cannot store keys: what is stored is what counts.
    return readKey();
  };

  const withinLimit = (work) => Promise.race([work, sleep(KEY_LIMIT)]);

  const findKey = async () => {
    // Absent where the page is not encrypted.
    const { subtle } = crypto;
    let kept = await withinLimit(readKey());
    let pair = kept;
    if (!kept) {
      pair = await subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, false, ["sign", "verify"]);
      kept = await withinLimit(addKey(pair));
      pair = kept ?? pair;
    }
    const { kty, crv, x, y } = await subtle.exportKey("jwk", pair.publicKey);
    return { privateKey: pair.privateKey, jwk: { kty, crv, x, y }, isKept: kept !== undefined };
  };

  // Made ready once for this page. Nobody may be waiting yet who could be told of a failure.
  let ready;
  const key = () => (ready ??= findKey().catch(() => undefined));

  /** Tells how long the key lives: 0 where there is none, 1 as long as the page, 2 longer. */
  const prepareKey = async (topic, number) => {
    const own = await key();
    tell(topic, number, own ? 1 + own.isKept : 0, -1);
  };

  // Proofs that a request comes from the holder of the key (RFC 9449).

  /** The latest nonce of each server, by its origin. */
  const nonces = new Map();

  const base64url = (bytes) =>
    btoa(String.fromCharCode(...new Uint8Array(bytes)))
      .replace(/=/g, "")
      .replace(/\+/g, "-")
      .replace(/\//g, "_");
  const octets = (text) => new TextEncoder().encode(text);
  const encoded = (part) => base64url(octets(JSON.stringify(part)));

  const proof = async (method, url, token) => {
    const { privateKey, jwk } = await key();
    const { subtle } = crypto;
    const claims = {
      jti: base64url(crypto.getRandomValues(new Uint8Array(32))),
      htm: method,
      htu: url.replace(/[?#].*/s, ""),
      // By the clock of the device, which may be wrong: the nonce is what counts.
      iat: Math.floor(Date.now() / 1000),
      nonce: nonces.get(new URL(url).origin),
      ath: token === undefined ? token : base64url(await subtle.digest("SHA-256", octets(token))),
    };
    const input = `${encoded({ typ: "dpop+jwt", alg: "ES256", jwk })}.${encoded(claims)}`;
    const signature = await subtle.sign({ name: "ECDSA", hash: "SHA-256" }, privateKey, octets(input));
    return `${input}.${base64url(signature)}`;
  };

  const ANOTHER = ["use_dpop_nonce", "invalid_dpop_proof"];
  const PROBLEM = "urn:vestibule:problem:";

  /**
   * Whether the same request may pass with another proof: the server wants its own nonce in it (RFC 9449 §8, §9), or has
   * seen this one before, because the browser itself sent the request twice over a broken connection.
   */
  const wantsAnother = ({ status, text }) => {
    if (status !== 400 && status !== 401) return false;
    try {
      const { error, type } = JSON.parse(text);
      return ANOTHER.some((name) => error === name || type === PROBLEM + name.replace(/_/g, "-"));
    } catch {
      return false;
    }
  };

  // Requests. One try is under way at a time: earlier ones are over when a new one begins.

  let current = {};
  const signalOf = (number) => {
    if (current.number !== number) current = { number, controller: new AbortController() };
    return current.controller.signal;
  };

  const abort = (number) => {
    if (current.number !== number) return;
    current.controller.abort();
    current = {};
  };

  const SEALED = { redirect: "error" };
  const OURS = { "x-vestibule": "1" };
  /** What carries a secret goes where it was meant to go: no redirect takes it along. */
  const MANNERS = {
    discover: { credentials: "omit", cache: "no-store" },
    // What an answer says, a browser keeps to itself.
    probe: { credentials: "omit", cache: "no-store", mode: "no-cors" },
    // Needs no preflight but for its proof.
    form: { ...SEALED, method: "POST" },
    // By this the page's own server knows it, on whose origin nothing needs a preflight.
    "own-form": { ...SEALED, method: "POST", headers: OURS },
  };

  const options = (manner, token, isBound, body) => {
    const known = MANNERS[manner];
    if (known) return { ...known, body: body && new URLSearchParams(body), headers: { ...known.headers } };
    const call = { ...SEALED, method: manner, cache: "no-store", body, headers: {} };
    if (body !== undefined) call.headers["content-type"] = "application/json";
    if (token === undefined) {
      // The cookie goes along by itself.
      call.headers = { ...call.headers, ...OURS };
    } else {
      call.credentials = "omit";
      call.headers.authorization = `${isBound ? "DPoP" : "Bearer"} ${token}`;
    }
    return call;
  };

  const seconds = (text) => (/^\s*\d+\s*$/.test(text) ? Number(text) : -1);

  const send = async (url, init) => {
    const response = await fetch(url, init);
    const { status, headers } = response;
    const nonce = headers.get("dpop-nonce");
    if (nonce !== null) nonces.set(new URL(response.url || url).origin, nonce);
    return { status, after: seconds(headers.get("retry-after")), text: await response.text(), url: response.url };
  };

  /** A request that is bound to the key is never sent without its proof. */
  const proven = async (url, token, init) => {
    try {
      init.headers.dpop = await proof(init.method, url, token);
    } catch {
      return { status: UNPROVEN };
    }
    return send(url, init);
  };

  const request = async (topic, number, manner, url, token, isBound, body) => {
    const signal = signalOf(number);
    let answer;
    try {
      const init = { ...options(manner, token, isBound, body), signal };
      await storing;
      answer = await (isBound ? proven(url, token, init) : send(url, init));
      if (isBound && wantsAnother(answer)) answer = await proven(url, token, init);
    } catch {
      answer = { status: navigator.onLine === false ? OFFLINE : NO_ANSWER };
    }
    // Whoever aborted it knows already.
    if (!signal.aborted) tell(topic, number, answer.status, answer.after ?? -1, answer.text, answer.url);
  };

  // Tabs take turns at what only one of them may do. Where a browser has no locks, each goes ahead: the server bears with
  // that. A tab that goes away loses its turn.

  let turn;

  /** The turn lasts for as long as the try of this number. */
  const keepTurn = (number) => {
    if (!turn || turn.number === number) return;
    storing.then(turn.release);
    turn = undefined;
  };

  const lock = async (topic, number) => {
    const signal = signalOf(number);
    const granted = new Promise((resolve, reject) => {
      // Held until the promise is settled that this gives back.
      const hold = () => new Promise(resolve);
      // Fails if the waiting is aborted.
      navigator.locks.request(NAME, { signal }, hold).catch(reject);
    });
    const release = await granted.catch(() => undefined);
    if (signal.aborted) {
      release?.();
      return;
    }
    if (turn) storing.then(turn.release);
    turn = release && { number, release };
    tell(topic, number, 0, -1, await news());
  };

  // Milliseconds after which a frame is not waited for.
  const FRAME = 200;
  // Between two things that can wait, in milliseconds.
  const PAUSE = 100;
  /** Does something, once, when what is to show now has been painted. */
  const afterFrame = (act) => {
    let isDone = false;
    const once = () => {
      if (isDone) return;
      isDone = true;
      act();
    };
    requestAnimationFrame(() => setTimeout(once));
    setTimeout(once, FRAME);
  };

  const focus = (element) => {
    // At once, or a phone takes its keyboard away in between. To scroll there the browser lays the page out, which it
    // does for the frame anyway.
    element.focus({ preventScroll: true });
    requestAnimationFrame(() => {
      if (document.activeElement !== element) return;
      element.scrollIntoView({ block: "nearest" });
      self.vestibuleReveal?.();
    });
  };

  // The URL follows what shows, once that is painted, for browsers lay the page out before they write it, and once it is
  // stored: what a URL leads to is never lost.
  let entries = [];
  const writeHistory = () => {
    for (const [act, url] of entries.splice(0)) {
      try {
        history[act](null, "", url);
      } catch {
        // A browser that finds a page to write too often lets the URL be; the stage shows all the same.
      }
    }
  };
  addEventListener("pagehide", writeHistory);

  const navigate = (url, isPush) => {
    const latest = entries.at(-1)?.[1] ?? location.href;
    // What is so already is not written: a person who goes back at once would have it written over where they went.
    if (!isPush && new URL(url, location.href).href === new URL(latest, location.href).href) return;
    entries.push([isPush ? "pushState" : "replaceState", url]);
    afterFrame(() => storing.then(writeHistory));
  };

  /** The path of the page's URL, below the base. */
  const route = () => {
    writeHistory();
    return location.pathname.startsWith(base) ? location.pathname.slice(base.length) : location.pathname;
  };

  /** What writes in the language of the page. To make it takes a small device longer than a frame: once for each. */
  const writers = new Map();
  const writer = (kind, make) => {
    const { lang } = document.documentElement;
    const key = `${kind} ${lang}`;
    if (!writers.has(key)) writers.set(key, make(lang));
    return writers.get(key);
  };
  /** A moment so many seconds ago, where the device is now. */
  const before = (ago) => new Date(Date.now() - ago * 1000);

  return {
    start,
    look,
    store,
    ...drafts,
    prepareKey,
    request,
    abort,
    lock,
    keepTurn,
    timer: (topic, number, limit) => setTimeout(() => tell(topic, number, 0, -1), limit),
    origin: () => location.origin,
    base: () => base,
    route,
    cookies: () => navigator.cookieEnabled === true,
    /** What the person reads, best first: the language of the page, then the browser's own. */
    languages: () => [document.documentElement.lang, ...(navigator.languages ?? [])].filter(Boolean).join(" "),
    /** Tells the lines of a language, or of the one that the page starts with; nothing where they do not come. */
    speak: async (listener, tag) => {
      let lines;
      try {
        const { ready, change } = self.vestibuleLanguage;
        lines = await (tag === undefined ? ready : change(tag));
        // At a first visit the program is begun in a task and brought to life in another: together they would hold up what
        // is typed. Who comes again has hardly begun to type.
        const pause = tag === undefined && self.vestibulePause?.();
        if (pause) await pause;
      } catch {
        // What shows then is the page's to know.
      }
      listener(lines);
    },
    language: () => document.documentElement.lang,
    plural: (count) => writer("plural", (lang) => new Intl.PluralRules(lang)).select(count),
    /** What `brand.js` has kept. The tests of single parts have none. */
    keptBrand: () => self.vestibuleBrand?.kept ?? undefined,
    showBrand: (brand) => self.vestibuleBrand?.show(brand),
    keepBrand: (brand) => self.vestibuleBrand?.keep(brand),
    /** Scheme, whether there is a user part, host and path, by lines. The browser's own parser: what its address bar takes. */
    parse: (text) => {
      try {
        const { protocol, username, password, host, pathname } = new URL(text);
        return [protocol.slice(0, -1), username + password && "1", host, pathname].join("\n");
      } catch {
        return undefined;
      }
    },
    afterFrame,
    focus,
    // Where a browser does not tell when it is idle, later is good enough.
    whenIdle: (act) => (self.requestIdleCallback ? requestIdleCallback(() => act()) : setTimeout(act, PAUSE)),
    /** Has the browser lay an element out that nobody sees: it loads the fonts for it. */
    layOut: (element) => {
      document.querySelector("main").append(element);
      element.getBoundingClientRect();
      element.remove();
    },
    isAlphanumeric: (character) => /[\p{Alphabetic}\p{N}]/u.test(character),
    navigate,
    /** Whether the browser came back to this URL, by a reload or through its history. */
    isReturn: () => ["reload", "back_forward"].includes(performance.getEntriesByType("navigation")[0]?.type),
    minutesOfDay: (ago) => {
      const date = before(ago);
      return date.getHours() * 60 + date.getMinutes();
    },
    /** With the digits of all other numbers here. */
    dateAndTime: (ago) => {
      const date = before(ago);
      const style = { dateStyle: "medium", timeStyle: "short" };
      const make = (lang) => new Intl.DateTimeFormat(`${lang}-u-nu-latn`, style);
      return writer(`moment ${date.getTimezoneOffset()}`, make).format(date);
    },
  };
})();
