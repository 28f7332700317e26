// Watches the start of the page, which is WebAssembly, and says what is missing where it cannot start. Loading once
// more helps against a stale file or a panic: that is done once, by itself, and never in a circle.
self.vestibuleAfter(() => {
  "use strict";
  const MARK = "vestibule-reloaded";
  // Milliseconds: when a start without an end is told, and after how long one that went well is trusted.
  const PATIENCE = 20_000;
  const CALM = 10_000;

  // A sign-in may be on its way: the page looks for it before the first screen shows.
  const mayGoOn = !self.vestibuleIsAtHome || self.vestibuleRecall("begun") === "1";
  document.documentElement.toggleAttribute("data-hold", mayGoOn);

  let isStarted = false;
  let isOver = false;

  /** Whether this page is here because it reloaded itself; where that cannot be known, it never does. */
  const mark = {
    isSet: () => {
      try {
        return sessionStorage.getItem(MARK) !== null;
      } catch {
        return true;
      }
    },
    set: () => {
      try {
        sessionStorage.setItem(MARK, "1");
        return true;
      } catch {
        return false;
      }
    },
    clear: () => {
      try {
        sessionStorage.removeItem(MARK);
      } catch {
        // Then it was never set.
      }
    },
  };

  const whenParsed = (act) =>
    document.readyState === "loading" ? document.addEventListener("DOMContentLoaded", act, { once: true }) : act();

  const reload = () => {
    self.vestibuleKeep?.();
    location.reload();
  };

  const show = (cause) =>
    whenParsed(() => {
      const screen = document.getElementById("trouble");
      for (const section of screen.children) section.hidden = section.dataset.cause !== cause;
      document.body.classList.add("troubled");
      screen.hidden = false;
      const button = screen.querySelector("section:not([hidden]) button");
      button.onclick = reload;
      if (cause === "offline") addEventListener("online", reload, { once: true });
      // Nobody is taken away from a field.
      if (!document.activeElement?.matches("input")) button.focus();
    });

  const hide = () => {
    document.body.classList.remove("troubled");
    document.getElementById("trouble").hidden = true;
    removeEventListener("online", reload);
  };

  /** Whatever an earlier version has left behind is fetched anew. */
  const forget = async () => {
    const workers = (await navigator.serviceWorker?.getRegistrations()) ?? [];
    await Promise.all(workers.filter((worker) => document.baseURI.startsWith(worker.scope)).map((worker) => worker.unregister()));
    const caches = self.caches ? await self.caches.keys() : [];
    await Promise.all(caches.filter((name) => name.startsWith("vestibule-")).map((name) => self.caches.delete(name)));
  };

  const fail = async (cause) => {
    if (isOver) return;
    isOver = true;
    // Nothing is made ready for the next visit (`next-visit.js`).
    delete document.documentElement.dataset.worker;
    if (cause !== "panic" && navigator.onLine === false) return show("offline");
    if (mark.isSet() || !mark.set()) return show(cause);
    if (cause !== "panic") await forget().catch(() => {});
    reload();
  };

  if (typeof WebAssembly !== "object" || typeof WebAssembly.instantiate !== "function") {
    isOver = true;
    return show("unsupported");
  }

  /** Engines say in these words that what came is no module at all, but somebody else's page in its place. */
  const IS_NO_MODULE = /magic|\\0asm/;

  const judge = (error) => {
    if (error instanceof WebAssembly.RuntimeError) {
      fail("panic");
    } else if (!isStarted) {
      const isRefused = error instanceof WebAssembly.CompileError && !IS_NO_MODULE.test(error.message);
      fail(isRefused ? "blocked" : "missing");
    }
  };
  /** For the script that starts the program: it did not come. Nothing comes after that. */
  self.vestibuleMissing = () => {
    fail("missing");
    return new Promise(() => {});
  };
  addEventListener(
    "error",
    (event) => {
      // A file that did not come has no error of its own.
      if (event.target !== window) {
        if (!isStarted && event.target.localName === "script") fail("missing");
      } else {
        judge(event.error);
      }
    },
    true,
  );
  addEventListener("unhandledrejection", (event) => judge(event.reason));

  const late = setTimeout(() => {
    if (!isOver) show(navigator.onLine === false ? "offline" : "slow");
  }, PATIENCE);

  addEventListener("TrunkApplicationStarted", () => {
    isStarted = true;
    clearTimeout(late);
    // Whatever the program needs may be here before the end of the document is.
    whenParsed(() => {
      document.getElementById("starting").remove();
      if (isOver) return;
      hide();
      setTimeout(() => {
        if (!isOver) mark.clear();
      }, CALM);
    });
  });
});
