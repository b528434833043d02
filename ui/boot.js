// Starts the window. A module of its own, because the content security policy allows no inline script.
import start from "./ui.js";

// The theme that the system asks for, before the first paint. The settings, once the core has told them, have the word.
const asks = (query) => matchMedia(query).matches;
document.documentElement.dataset.theme =
  asks("(prefers-contrast: more)") ? "contrast" : asks("(prefers-color-scheme: light)") ? "light" : "dark";

start({ module_or_path: "./ui_bg.wasm" });
