// The browser's database, where the page keeps what outlives it. What is there is looked for while the program is still
// on its way: to open a database takes a small device longer than to start the program.
self.vestibuleAfter(() => {
  "use strict";
  const DATABASE = "vestibule";
  const STORE = "records";
  // Milliseconds that it may take for each answer. Some browsers never answer where storage is switched off.
  const LIMIT = 1_500;

  // A server below a path has things of its own.
  const base = new URL(document.baseURI).pathname.replace(/\/+$/, "");

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
      return Promise.all(names.map((name) => finished(store.get(`${base}/${name}`))));
    }).catch(() => []);

  /** Ends when it is safe, with `true`, or cannot be: full, or switched off. */
  const change = (act, name, value, durability) =>
    inDatabase(
      (database) =>
        new Promise((resolve, reject) => {
          const transaction = database.transaction(STORE, "readwrite", { durability });
          transaction.objectStore(STORE)[act](value, `${base}/${name}`);
          // The request is done long before the transaction is safe.
          transaction.oncomplete = () => resolve(true);
          transaction.onerror = transaction.onabort = reject;
        }),
    ).catch(() => false);

  // The flow's record, what is half typed, and the key of this browser.
  const names = { record: "", draft: "draft", key: "key" };
  self.vestibuleDatabase = { names, get, change, found: get(names.draft, names.record) };
});
