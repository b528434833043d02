// Starts the window. A module of its own, because the content security policy allows no inline script. The paths are
// absolute: a reload deep inside has the page's own address as its base. The WASM compiles while its script is read.
const compiled = WebAssembly.compileStreaming(fetch("/ui_bg.wasm"));
const { default: start } = await import("/ui.js");
await start({ module_or_path: await compiled });
