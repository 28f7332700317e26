// The brand of the service as it was the last time, shown before the page runs, so that nothing changes under the eyes.
self.vestibuleAfter(() => {
  "use strict";
  const KEY = `vestibule-brand:${self.vestibuleHome}`;
  const COLOUR = /^#[0-9a-f]{6}$/;
  const { style } = document.documentElement;
  // With their colours before a brand changes them.
  let bars;

  const read = (text) => {
    try {
      return JSON.parse(text);
    } catch {
      return null;
    }
  };

  /** Colours of a scheme that the brand does not have are the page's own. */
  const paint = (brand) => {
    // To paint the page's own colours over themselves takes a small device half a frame.
    if (!(brand?.light ?? brand?.dark ?? bars)) return;
    for (const scheme of ["light", "dark"]) {
      for (const part of ["accent", "accent-ink", "background"]) {
        const colour = brand?.[scheme]?.[part];
        if (COLOUR.test(colour)) style.setProperty(`--service-${part}-${scheme}`, colour);
        else style.removeProperty(`--service-${part}-${scheme}`);
      }
    }
    bars ??= [...document.querySelectorAll("meta[name=theme-color]")].map((bar) => [bar, bar.content]);
    for (const [bar, own] of bars) {
      const scheme = bar.getAttribute("media").includes("dark") ? "dark" : "light";
      bar.content = brand?.[scheme]?.background ?? own;
    }
  };

  const [mark, title] = document.querySelector("header").children;
  const own = title.textContent;
  /** Whether it is another than the page's own. */
  const isBrand = (brand) => Object.entries(brand ?? {}).some(([part, is]) => is !== null && !(part === "name" && is === own));

  // Whether there is one is remembered apart: where there is none, nobody waits for `localStorage`.
  let isKept = self.vestibuleRecall("brand") === "1";
  let kept = null;
  try {
    if (isKept) kept = localStorage.getItem(KEY);
  } catch {
    // Then the first answer of the server tells.
  }
  const latest = read(kept);
  paint(latest);
  if (latest?.name) title.textContent = latest.name;
  if (latest?.logo) {
    const picture = Object.assign(new Image(), { src: latest.logo, alt: title.textContent, referrerPolicy: "no-referrer" });
    const room = Object.assign(document.createElement("span"), { className: "logo" });
    room.append(picture);
    mark.replaceWith(room);
    title.ariaHidden = "true";
  }
  self.vestibuleBrand = {
    kept,
    show: (text) => paint(read(text)),
    /** Keeps a brand for the next visit, or that there is none. */
    keep: (text) => {
      const wasKept = isKept;
      isKept = isBrand(read(text));
      if (!isKept && !wasKept) return;
      self.vestibuleRemember("brand", Number(isKept));
      try {
        if (isKept) localStorage.setItem(KEY, text);
        else localStorage.removeItem(KEY);
      } catch {
        // Then the next visit begins in the page's own colours.
      }
    },
  };
});
