//! The signature files: ours, in the program, and those of a folder.

use std::path::Path;
use std::{fs, io};

macro_rules! ours {
    ($name:literal) => {
        (concat!($name, ".toml"), include_str!(concat!("../../../../../assets/signatures/", $name, ".toml")))
    };
}

/// `assets/signatures`, by family.
pub const BUILTIN: &[(&str, &str)] = &[
    ours!("memory"),
    ours!("executors"),
    ours!("disk"),
    ours!("spark"),
    ours!("data"),
    ours!("s3"),
    ours!("permissions"),
    ours!("python"),
    ours!("packaging"),
    ours!("delta"),
    ours!("iceberg"),
    ours!("hudi"),
    ours!("capacity"),
    ours!("emr"),
    ours!("glue"),
    ours!("lambda"),
    ours!("sagemaker"),
    ours!("containers"),
    ours!("kubernetes"),
    ours!("workflow"),
    ours!("network"),
    ours!("database"),
    ours!("redshift"),
    ours!("dms"),
    ours!("noise"),
];

/// Every `*.toml` directly in `folder`, by name, in the order of names. A file that cannot be read is an error of its own.
pub fn files_in(folder: &Path) -> io::Result<Vec<(String, io::Result<String>)>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|end| end.eq_ignore_ascii_case("toml")) {
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            files.push((name, fs::read_to_string(&path)));
        }
    }
    files.sort_by(|one, other| one.0.cmp(&other.0));
    Ok(files)
}
