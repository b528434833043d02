//! From the linker's WASM to what WebKit loads: cut into parts, and bound to JavaScript.
//!
//! The first part goes through wasm-bindgen, which gives it `ui.js`. The others import from the first what they share
//! with it (memory, stack, function table), and need no JavaScript but the few lines of `parts.js` that load them.

use anyhow::{Context as _, Result, anyhow};
use std::{fs, path::Path};
use wasm_bindgen_cli_support::Bindgen;
use wasm_split_cli_support::{Options, transform};

/// Fills the folder `made`: `ui.js` and `ui_bg.wasm`, `parts.js` and the parts that it loads.
pub fn split_and_bind(linked: &Path, made: &Path) -> Result<()> {
    fs::create_dir_all(made)?;
    let whole = fs::read(linked).with_context(|| format!("{} cannot be read", linked.display()))?;
    let first = linked.with_file_name("ui-first.wasm");
    let mut options = Options::new(&whole);
    options.output_dir = made;
    options.main_out_path = &first;
    options.link_name = "./parts.js";
    options.main_module = "./ui.js";
    let split = transform(options).map_err(|error| anyhow!("the WASM cannot be split: {error:#}"))?;
    for part in split.split_modules {
        let stripped = strip(&fs::read(&part)?).with_context(|| format!("{} is no WASM", part.display()))?;
        fs::write(part, stripped)?;
    }

    let mut bindgen = Bindgen::new();
    bindgen.input_path(&first).out_name("ui").web(true)?.typescript(false).keep_debug(false);
    bindgen.remove_name_section(true).remove_producers_section(true);
    // Among them the function table, by which the parts call each other.
    bindgen.keep_lld_exports(true);
    bindgen.generate(made)
}

/// The module without its custom sections: names of functions, a third of the size. `None` if it is no module.
fn strip(module: &[u8]) -> Option<Vec<u8>> {
    let (header, mut rest) = module.split_at_checked(8)?;
    let mut kept = header.to_vec();
    while let Some((kind, after)) = rest.split_first() {
        let (length, body) = leb128(after)?;
        let section = rest.len() - body.len() + length;
        let (section, next) = rest.split_at_checked(section)?;
        if *kind != 0 {
            kept.extend_from_slice(section);
        }
        rest = next;
    }
    Some(kept)
}

/// A number of WASM's binary format, and what follows it.
fn leb128(bytes: &[u8]) -> Option<(usize, &[u8])> {
    let mut value = 0;
    for (place, byte) in bytes.iter().enumerate().take(5) {
        value |= usize::from(byte & 0x7f) << (7 * place);
        if byte & 0x80 == 0 {
            return Some((value, bytes.get(place + 1..)?));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn custom_sections_go_and_the_others_stay() {
        let header = *b"\0asm\x01\0\0\0";
        let long = [&[0, 0x80, 0x01, 4][..], b"name", &[7; 123]].concat();
        let module = [&header[..], &[1, 1, 0], &long, &[10, 0x82, 0x80, 0, 1, 2]].concat();
        assert_eq!(strip(&module).unwrap(), [&header[..], &[1, 1, 0, 10, 0x82, 0x80, 0, 1, 2]].concat());
        assert_eq!(strip(&module[..module.len() - 1]), None);
    }
}
