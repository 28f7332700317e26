// The browser's database, where the page keeps what outlives it. What is there is looked for while the program is still
// on its way: to open a database takes a small device longer than to start the program.
self.vestibuleAfter(() => {
  "use strict";
  const DATABASE = "vestibule";
  const STORE = "records";
  // Milliseconds that it may take for each answer. Some browsers never answer where storage is switched off.
  const LIMIT = 1_500;

  const own = (name) => self.vestibuleHome + name;

  const finished = (request) =>
    new Promise((resolve, reject) => {
      request.onsuccess = () => resolve(request.result);
      request.onerror = reject;
      // A rejection that comes after the result changes nothing.
      setTimeout(reject, LIMIT);
    });

  const inDatabase = async (work) => {
    const request = indexedDB.open(DATABASE, 1);
    request.onupgradeneeded = () => {
      try {
        request.result.createObjectStore(STORE);
      } catch {
        // That leaves a database without the store, and every use of it fails too.
      }
    };
    const database = await finished(request);
    try {
      return await work(database);
    } finally {
      database.close();
    }
  };

  /** What is stored by these names, nothing where it cannot be had. */
  const get = (...names) =>
    inDatabase((database) => {
      const store = database.transaction(STORE).objectStore(STORE);
      return Promise.all(names.map((name) => finished(store.get(own(name)))));
    }).catch(() => []);

  // The flow's record, what is half typed, and the key of this browser.
  const names = { record: "", draft: "draft", key: "key" };
  const find = () => get(names.draft, names.record);

  // Whoever has been here, and has never had anything stored, does not wait for the database. Cookies can be lost with the
  // browser's last seconds, and what is stored is not: it is looked for all the same, once the page has started, and before
  // anything is written over it. A page of an earlier build has written `begun` with every record.
  const has = (name, cookies) => self.vestibuleRecall(name, cookies) !== undefined;
  let isMarked = has("stored");
  const isLikelyEmpty = self.vestibuleIsAtHome && has("visited") && !isMarked && !has("begun");
  const lookLate = async () => {
    // A link may have filled the field in. What the program does to it later, nobody has typed.
    let isTyped = Boolean(document.getElementById("address")?.value);
    addEventListener("input", () => (isTyped = true), { once: true });
    await new Promise((resolve) => addEventListener("TrunkApplicationStarted", resolve, { once: true }));
    const found = await find();
    if (found.every((text) => text === undefined)) return;
    self.vestibuleRemember("stored", 1);
    try {
      if (isTyped) self.vestibuleKeep();
    } catch {
      // What is stored counts for more than what is half typed.
    }
    // As at a first start: after a reload the person would stay at the first stage. Where the cookie was refused, the page
    // would come back here without an end.
    if (has("stored", document.cookie)) location.replace(location.pathname + location.search);
    // Nothing is written over what is there.
    await new Promise(() => {});
  };
  const found = isLikelyEmpty ? [] : find();
  const isLookedAt = isLikelyEmpty && lookLate();

  /** Ends when it is safe, with `true`, or cannot be: full, or switched off. */
  const change = async (act, name, value, durability) => {
    await isLookedAt;
    if (!isMarked) self.vestibuleRemember("stored", 1);
    isMarked = true;
    return inDatabase(
      (database) =>
        new Promise((resolve, reject) => {
          const transaction = database.transaction(STORE, "readwrite", { durability });
          transaction.objectStore(STORE)[act](value, own(name));
          // The request is done long before the transaction is safe.
          transaction.oncomplete = () => resolve(true);
          transaction.onerror = transaction.onabort = reject;
        }),
    ).catch(() => false);
  };

  self.vestibuleDatabase = { names, get, change, found };
});
