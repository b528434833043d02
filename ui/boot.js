// Starts the window. A module of its own, because the content security policy allows no inline script. The paths are
// absolute: a reload deep inside has the page's own address as its base.
import start from "/ui.js";

start({ module_or_path: "/ui_bg.wasm" });
