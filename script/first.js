// The first screen before the page runs. What is typed stays where it is; an early Connect is kept for the page. Before it
// is painted comes nothing but that, and the question what else may wait: on a small device it would hold the paint up.
(() => {
  "use strict";
  const form = document.getElementById("connect");
  const input = form.elements.server;
  const isEarly = () => form.hasAttribute("data-early");
  // How an early Connect looks comes after the paint.
  let showEarly = () => {};
  const setEarly = (isNow) => {
    form.toggleAttribute("data-early", isNow);
    showEarly();
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (!form.hasAttribute("data-ready")) setEarly(true);
  });
  // Whoever goes on typing has not meant it yet.
  form.addEventListener("input", () => {
    if (isEarly()) setEarly(false);
  });

  // Set for a reload in this tab alone: no link can ask for it.
  const EARLY = "vestibule-early";
  const takeEarly = () => {
    try {
      const early = sessionStorage.getItem(EARLY);
      sessionStorage.removeItem(EARLY);
      return early;
    } catch {
      return null;
    }
  };
  // The form was submitted before this script was here, or a link says where to connect to: it is never done unasked.
  const asked = location.search === "" ? null : new URLSearchParams(location.search).get("server");
  if (asked !== null) {
    input.value = asked;
    history.replaceState(history.state, "", location.pathname + location.hash);
    if (takeEarly() === asked) setEarly(true);
  }

  const { pathname, protocol } = new URL(document.baseURI);
  /** The path of the page's first address, which ends in a slash. A server below a path has things of its own. */
  self.vestibuleHome = pathname;
  /** Whether the page began there, not at the address of a later stage. */
  self.vestibuleIsAtHome = location.pathname === pathname;

  // Whoever was here before may have something that shows before the first screen does, and has the program at hand. Cookies
  // say so. To look at them the browser asks another process, and a small device waits: the server sends back with the
  // document what came with the request for it. A document that is shown once more says what was so the last time.

  // In seconds: how far its time and that of the device may be apart.
  const FRESH = 5;
  const sentBack = () => {
    const [visit] = performance.getEntriesByType("navigation");
    const { description } = visit?.serverTiming?.find(({ name }) => name === "cookies") ?? {};
    const isFresh = Math.abs(Date.now() / 1000 - parseInt(description, 10)) < FRESH;
    return isFresh && visit.type !== "back_forward" ? description.replace(/^\d+(; )?/, "") : undefined;
  };
  const look = () => {
    try {
      return document.cookie;
    } catch {
      // Then there are none.
      return "";
    }
  };
  const remembered = sentBack() ?? look();
  // A year, in seconds.
  const KEPT = 31_536_000;
  /** What is to be known at the next start, before anything else is. */
  self.vestibuleRemember = (name, value) => {
    const secure = protocol === "https:" ? "; Secure" : "";
    try {
      document.cookie = `${name}=${value}; Path=${pathname}; Max-Age=${KEPT}; SameSite=Lax${secure}`;
    } catch {
      // Then the next start is as the first one was.
    }
  };
  /** What is remembered by this name: as it was when the page began, or among these cookies. */
  self.vestibuleRecall = (name, cookies = remembered) => {
    // The first is that of the longest path, a page's own.
    const found = cookies.split("; ").find((cookie) => cookie.startsWith(`${name}=`));
    return found?.slice(name.length + 1);
  };

  /** Whether the first screen is what this browser is to show, as it is. */
  const isPlain = () => {
    const primary = (tag) => tag?.split("-")[0];
    const isRead = primary(navigator.language) === primary(document.documentElement.lang);
    return remembered === "" && self.vestibuleIsAtHome && !isEarly() && isRead;
  };
  // Milliseconds after which a first screen that was not painted is not waited for: a tab that nobody sees paints none.
  const PAINTED = 500;
  let turn = isPlain()
    ? new Promise((resolve) => {
        requestAnimationFrame(() => setTimeout(resolve));
        setTimeout(resolve, PAINTED);
        try {
          // Later than the frame, but by another clock.
          new PerformanceObserver(resolve).observe({ type: "paint", buffered: true });
        } catch {
          // Then the others tell.
        }
      })
    : undefined;
  const inAnotherTask = () =>
    new Promise((resolve) => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = resolve;
      port2.postMessage(0);
    });
  /** Runs what is not the first screen: after the paint each in a task of its own, between which the browser takes what is typed. */
  self.vestibuleAfter = (run) => {
    if (!turn) return run();
    const done = turn.then(run);
    turn = turn.then(inAnotherTask);
    return done;
  };
  /** For what is too long for one task: what to wait for at a visit on which the first screen is painted first. */
  self.vestibulePause = () => turn && inAnotherTask();

  self.vestibuleAfter(() => {
    const [label, pending] = form.querySelector("[type=submit]").children;
    showEarly = () => {
      label.parentElement.classList.toggle("pending", isEarly());
      label.hidden = isEarly();
      pending.hidden = !isEarly();
    };
    if (isEarly()) showEarly();

    // A reload must not cost what was typed, or tapped.
    self.vestibuleKeep = () => {
      if (!form.isConnected || !input.value) return;
      history.replaceState(history.state, "", `?${new URLSearchParams({ server: input.value })}`);
      if (!isEarly()) return;
      try {
        sessionStorage.setItem(EARLY, input.value);
      } catch {
        // Then it is tapped again.
      }
    };
  });
})();
