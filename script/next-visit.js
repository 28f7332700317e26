// What makes the next visit quicker, and possible without a network. `src/script.rs` puts this into the module that starts
// the program: nothing of it is needed before that has started.
addEventListener("TrunkApplicationStarted", () => {
  "use strict";
  // Milliseconds that it waits for a browser that is never idle: it would hold the start up.
  const LATEST = 5_000;

  // What says that something is stored outlives what says that it would.
  if (self.vestibuleRecall("stored")) self.vestibuleRemember("stored", 1);
  self.vestibuleRemember("visited", 1);

  const prepare = () => {
    // The browser fetches it at once.
    document.head.append(Object.assign(document.createElement("link"), { rel: "manifest", href: "manifest.webmanifest" }));
    const workers = navigator.serviceWorker;
    // Without it everything works, only not without a network.
    workers?.register(worker).catch(() => {});
    // One that takes over, or has done so already, keeps what it is asked for, for the next start without a network.
    const { fetchAgain } = self.vestibuleLanguage;
    workers?.addEventListener("controllerchange", fetchAgain);
    if (workers?.controller) fetchAgain();
  };
  // A page that is on the device already has no worker and no manifest.
  const { worker } = document.documentElement.dataset;
  if (worker) (self.requestIdleCallback ?? setTimeout)(prepare, { timeout: LATEST });
});
