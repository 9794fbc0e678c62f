//! The architecture as a test: who may depend on whom, and what a source file may hold.

mod manifests;
mod sources;

use std::fs;
use std::path::{Path, PathBuf};

use manifests::{LAYERS, check_manifest};
use sources::{check_source, check_text};

#[test]
fn the_tree_is_tidy() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("testkit lies in the workspace");
    let mut faults = Vec::new();
    for (name, _) in LAYERS {
        faults.extend(check_manifest(name, &read(root, &Path::new(name).join("Cargo.toml"))));
        let sources = files(root, Path::new(name), "rs");
        assert!(!sources.is_empty(), "{name} has sources");
        sources.iter().for_each(|path| faults.extend(check_source(path, &read(root, path))));
    }
    let texts = ["rs", "toml", "md"].into_iter().flat_map(|kind| files(root, Path::new(""), kind));
    for path in texts.chain([PathBuf::from(".ci/run")]) {
        faults.extend(check_text(&path, &read(root, &path)));
    }
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
}

#[test]
fn every_folder_with_a_manifest_has_a_layer() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("testkit lies in the workspace");
    let manifest: toml::Table = read(root, Path::new("Cargo.toml")).parse().expect("the workspace manifest");
    let members = manifest["workspace"]["members"].as_array().expect("a list of members");
    let mut members: Vec<&str> = members.iter().filter_map(|member| member.as_str()).collect();
    let mut layers: Vec<&str> = LAYERS.iter().map(|(name, _)| *name).collect();
    members.sort_unstable();
    layers.sort_unstable();
    assert_eq!(members, layers);
}

/// Files below `folder` with the given extension, relative to `root`; build products and hidden folders
/// are left out.
fn files(root: &Path, folder: &Path, kind: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(root.join(folder)).expect("a folder") {
        let entry = entry.expect("an entry");
        let name = entry.file_name().into_string().expect("a plain name");
        let path = folder.join(&name);
        let skipped = name.starts_with('.') || ["target", "runs"].contains(&name.as_str());
        if entry.path().is_dir() && !skipped {
            found.extend(files(root, &path, kind));
        } else if path.extension().is_some_and(|extension| extension == kind) {
            found.push(path);
        }
    }
    found.sort();
    found
}

fn read(root: &Path, path: &Path) -> String {
    fs::read_to_string(root.join(path)).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}
