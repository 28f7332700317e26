// The first screen before the page runs. What is typed stays where it is; an early Connect is kept for the page.
(() => {
  "use strict";
  // Milliseconds after which a first screen that was not painted is not waited for.
  const PAINTED = 500;
  const form = document.getElementById("connect");
  const input = form.elements.server;
  const [label, pending] = form.querySelector("[type=submit]").children;

  // The service as it was the last time, until the page knows better.
  const { name, logo } = self.vestibuleBrand?.latest ?? {};
  const [mark, title] = document.querySelector("header").children;
  if (name) title.textContent = name;
  if (logo) {
    const picture = Object.assign(new Image(), { src: logo, alt: title.textContent, referrerPolicy: "no-referrer" });
    const room = Object.assign(document.createElement("span"), { className: "logo" });
    room.append(picture);
    mark.replaceWith(room);
    title.ariaHidden = "true";
  }

  // The program is compiled once this is painted; a tab that is not looked at paints nothing.
  self.vestibuleShown = new Promise((shown) => {
    try {
      new PerformanceObserver(shown).observe({ type: "paint", buffered: true });
    } catch {
      // Then it is only waited for.
    }
    setTimeout(shown, PAINTED);
  });

  const setEarly = (isEarly) => {
    form.toggleAttribute("data-early", isEarly);
    label.parentElement.classList.toggle("pending", isEarly);
    label.hidden = isEarly;
    pending.hidden = !isEarly;
  };

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
  const asked = new URLSearchParams(location.search).get("server");
  if (asked !== null) {
    input.value = asked;
    history.replaceState(history.state, "", location.pathname + location.hash);
    if (takeEarly() === asked) setEarly(true);
  }
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (!form.hasAttribute("data-ready")) setEarly(true);
  });
  // Whoever goes on typing has not meant it yet.
  form.addEventListener("input", () => {
    if (form.hasAttribute("data-early")) setEarly(false);
  });
  // A reload must not cost what was typed, or tapped.
  self.vestibuleKeep = () => {
    if (!form.isConnected || !input.value) return;
    history.replaceState(history.state, "", `?${new URLSearchParams({ server: input.value })}`);
    if (!form.hasAttribute("data-early")) return;
    try {
      sessionStorage.setItem(EARLY, input.value);
    } catch {
      // Then it is tapped again.
    }
  };
})();
