//! `icons`: `assets/quarterdeck.svg`, rendered in the sizes and wrappers that the platforms want. The results are
//! committed, so that nobody needs this to build; it is behind a feature, so that nobody waits for a renderer.

use crate::args::Args;
use anyhow::Result;
use std::process::ExitCode;

pub const USAGE: &str = "

Renders assets/quarterdeck.svg into src-tauri/icons: PNG, ICO and ICNS. Run it when the drawing changes.";

#[cfg(not(feature = "icons"))]
pub fn run(args: Args) -> Result<ExitCode> {
    args.end()?;
    // Itself once more, with the renderer.
    let mut cargo = crate::programs::cargo();
    crate::programs::must(cargo.args(["run", "--quiet", "--package", "xtask", "--features", "icons", "--", "icons"]))?;
    Ok(ExitCode::SUCCESS)
}

#[cfg(feature = "icons")]
pub use with_renderer::run;

#[cfg(feature = "icons")]
mod with_renderer {
    use super::{Args, ExitCode, Result};
    use crate::places;
    use anyhow::Context as _;
    use resvg::{tiny_skia, usvg};
    use std::fs;

    /// ICNS tags by the size of the PNG they hold (Apple's "Icon Services"; `ic11` to `ic14` are for double density).
    const ICNS: &[(&[u8; 4], u32)] =
        &[(b"ic11", 32), (b"ic12", 64), (b"ic07", 128), (b"ic13", 256), (b"ic08", 256), (b"ic14", 512), (b"ic09", 512)];

    pub fn run(args: Args) -> Result<ExitCode> {
        args.end()?;
        let drawing = fs::read(places::root().join("assets").join("quarterdeck.svg"))?;
        let tree = usvg::Tree::from_data(&drawing, &usvg::Options::default())?;
        let folder = places::root().join("src-tauri").join("icons");
        fs::create_dir_all(&folder)?;
        for (name, size) in [("32x32.png", 32), ("128x128.png", 128), ("128x128@2x.png", 256), ("icon.png", 512)] {
            fs::write(folder.join(name), png(&tree, size)?)?;
        }
        fs::write(folder.join("icon.ico"), ico(&tree)?)?;
        fs::write(folder.join("icon.icns"), icns(&tree)?)?;
        println!("Rendered into {}.", folder.display());
        Ok(ExitCode::SUCCESS)
    }

    fn png(tree: &usvg::Tree, size: u32) -> Result<Vec<u8>> {
        let mut picture = tiny_skia::Pixmap::new(size, size).context("an icon cannot be empty")?;
        #[allow(clippy::cast_precision_loss, reason = "icons are smaller than 2^24 pixels")]
        let scale = size as f32 / tree.size().width();
        resvg::render(tree, tiny_skia::Transform::from_scale(scale, scale), &mut picture.as_mut());
        Ok(picture.encode_png()?)
    }

    /// A directory of PNGs, as Windows reads it since Vista.
    fn ico(tree: &usvg::Tree) -> Result<Vec<u8>> {
        let sizes = [16_u32, 24, 32, 48, 64, 256];
        let mut head = vec![0, 0, 1, 0];
        head.extend(u16::try_from(sizes.len())?.to_le_bytes());
        let mut body = Vec::new();
        let first = 6 + 16 * sizes.len();
        for size in sizes {
            let png = png(tree, size)?;
            let side = u8::try_from(size).unwrap_or(0); // 0 stands for 256
            head.extend([side, side, 0, 0, 1, 0, 32, 0]);
            head.extend(u32::try_from(png.len())?.to_le_bytes());
            head.extend(u32::try_from(first + body.len())?.to_le_bytes());
            body.extend(png);
        }
        head.extend(body);
        Ok(head)
    }

    fn icns(tree: &usvg::Tree) -> Result<Vec<u8>> {
        let mut body = Vec::new();
        for (tag, size) in ICNS {
            let png = png(tree, *size)?;
            body.extend(*tag);
            body.extend(u32::try_from(png.len() + 8)?.to_be_bytes());
            body.extend(png);
        }
        let mut file = b"icns".to_vec();
        file.extend(u32::try_from(body.len() + 8)?.to_be_bytes());
        file.extend(body);
        Ok(file)
    }
}
