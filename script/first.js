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

  // How the form was left for a reload, under a number that the address of that reload has: no link can ask for it.
  const LEFT = "vestibule-left";
  const take = (number) => {
    const head = `${number}:`;
    try {
      const left = sessionStorage.getItem(LEFT) ?? "";
      sessionStorage.removeItem(LEFT);
      return left.startsWith(head) ? left.slice(head.length) : undefined;
    } catch {
      return undefined;
    }
  };
  // The form was submitted before this script was here, or a link says where to connect to: it is never done unasked.
  const query = location.search === "" ? null : new URLSearchParams(location.search);
  const asked = query?.get("server");
  if (typeof asked === "string") {
    const left = take(query.get("left"));
    input.value = left?.slice(1) ?? asked;
    history.replaceState(history.state, "", location.pathname + location.hash);
    if (left?.[0] === "1") setEarly(true);
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

    const number = Math.random();
    const keep = () => {
      try {
        sessionStorage.setItem(LEFT, `${number}:${Number(isEarly())}${input.value}`);
      } catch {
        // Then the address has what was typed so far.
      }
    };
    // A reload costs nothing that was typed or tapped before it, and nothing that is before the next document is here.
    self.vestibuleKeep = () => {
      // What nobody sees (`boot.js`) nobody types in.
      if (!form.isConnected || document.documentElement.hasAttribute("data-hold")) return;
      history.replaceState(history.state, "", `?${new URLSearchParams({ server: input.value, left: number })}`);
      // Nothing comes of a tap on this page any more.
      form.removeAttribute("data-ready");
      keep();
      addEventListener("pagehide", keep);
    };
  });
})();
