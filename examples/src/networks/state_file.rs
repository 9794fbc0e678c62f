//! Matrix product states in `.npz` files: one array per site, `site_000`, `site_001`, .., legs `vL s vR`.

use std::fs::File;
use std::io::{Cursor, Read, Write};
use std::path::Path;

use ketwork::circuit::C64;
use ketwork::tensornet::Mps;
use ndarray::Array3;
use ndarray_npy::{ReadNpyExt, WriteNpyExt};
use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

use crate::error::CliError;
use crate::run_dir::write_atomically;

/// Writes a state.
///
/// # Errors
/// The operating system refuses.
pub fn write(path: &Path, state: &Mps) -> Result<(), CliError> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for (k, site) in state.sites().iter().enumerate() {
        let mut bytes = Vec::new();
        site.write_npy(&mut bytes).expect("memory takes any array");
        let name = format!("site_{k:03}.npy");
        let options = SimpleFileOptions::default().large_file(true);
        archive
            .start_file(name, options)
            .and_then(|()| archive.write_all(&bytes).map_err(Into::into))
            .expect("memory takes any archive");
    }
    let bytes = archive.finish().expect("memory takes any archive").into_inner();
    write_atomically(path, &bytes)
}

/// Reads a state.
///
/// # Errors
/// The file is no archive of complex site tensors that form a chain.
pub fn read(path: &Path) -> Result<Mps, CliError> {
    let file = File::open(path).map_err(CliError::io(path))?;
    let wrong = |why: String| {
        CliError::Data(format!(
            "{}: {why}; expected arrays site_000, site_001, .. of complex numbers with legs vL s vR",
            path.display()
        ))
    };
    let mut archive = ZipArchive::new(file).map_err(|error| wrong(error.to_string()))?;
    let mut names: Vec<String> = archive.file_names().map(str::to_owned).collect();
    names.sort();
    let mut sites = Vec::with_capacity(names.len());
    for name in &names {
        let mut entry = archive.by_name(name).map_err(|error| wrong(format!("{name}: {error}")))?;
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes).map_err(CliError::io(path))?;
        let site = Array3::<C64>::read_npy(bytes.as_slice());
        sites.push(site.map_err(|error| wrong(format!("{name}: {error}")))?);
    }
    Mps::from_sites(sites).map_err(|error| wrong(error.to_string()))
}
