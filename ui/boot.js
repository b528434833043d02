// Starts the window. A module of its own, because the content security policy allows no inline script. The paths are
// absolute: a reload deep inside has the page's own address as its base. The WASM compiles while its script is read.

// What is shown where the window cannot start, or its program has panicked (`src/panicked.rs`): never a blank window. It
// needs nothing of the program's, for WASM cannot go on after a panic.
function broken(text) {
  if (document.getElementById("broken")) return;
  const make = (name, text) => Object.assign(document.createElement(name), { textContent: text });
  const page = make("section", "");
  page.id = "broken";
  page.setAttribute("role", "alert");
  const again = make("button", "Load the window again");
  again.className = "btn go";
  again.onclick = () => location.reload();
  page.append(
    make("h2", "The window has failed"),
    make("p", "Operations belong to the core and go on. What the window's program said:"),
    make("pre", text),
    again,
  );
  document.body.append(page);
}
addEventListener("panicked", (event) => broken(event.detail));

try {
  const compiled = WebAssembly.compileStreaming(fetch("/ui_bg.wasm"));
  const { default: start } = await import("/ui.js");
  const module_or_path = await compiled;
  // An asynchronous module may run before the body was read, and the window is mounted there.
  if (!document.body) await new Promise((read) => addEventListener("DOMContentLoaded", read, { once: true }));
  await start({ module_or_path });
} catch (error) {
  broken(String(error));
  throw error;
}
