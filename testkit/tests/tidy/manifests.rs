//! Rules of manifests: the layers, and one version of every dependency.

/// Each member and the members its library may import; development dependencies may also be `testkit`.
pub const LAYERS: [(&str, &[&str]); 9] = [
    ("circuit", &[]),
    ("sim", &["circuit"]),
    ("tensornet", &["circuit"]),
    ("models", &["circuit", "sim"]),
    ("viz", &[]),
    ("ketwork", &["circuit", "sim", "tensornet", "models", "viz"]),
    ("testkit", &["circuit"]),
    ("examples", &["circuit", "sim", "tensornet", "models", "viz", "ketwork"]),
    ("benches", &["circuit", "sim", "tensornet", "models", "viz", "ketwork"]),
];

/// What is wrong with the manifest of member `name`.
pub fn check_manifest(name: &str, text: &str) -> Vec<String> {
    let table: toml::Table = text.parse().unwrap_or_else(|e| panic!("{name}/Cargo.toml: {e}"));
    let mut faults = Vec::new();
    for (section, extra) in
        [("dependencies", None), ("build-dependencies", None), ("dev-dependencies", Some("testkit"))]
    {
        let Some(dependencies) = table.get(section).and_then(toml::Value::as_table) else { continue };
        for (dependency, source) in dependencies {
            if !is_allowed(name, dependency, extra) {
                faults.push(format!("{name} must not depend on {dependency} in [{section}]"));
            }
            if source.get("workspace").and_then(toml::Value::as_bool) != Some(true) {
                faults.push(format!("{name}: take the version of {dependency} from the workspace"));
            }
        }
    }
    if table.get("target").is_some() {
        faults.push(format!("{name}: dependencies by platform hide from the table of layers"));
    }
    if table.get("lints").and_then(|lints| lints.get("workspace")).is_none() {
        faults.push(format!("{name}: share the lints of the workspace"));
    }
    faults
}

fn is_allowed(name: &str, dependency: &str, extra: Option<&str>) -> bool {
    let below = LAYERS.iter().find(|layer| layer.0 == name).map_or(&[][..], |layer| layer.1);
    let is_member = LAYERS.iter().any(|layer| layer.0 == dependency) || dependency.starts_with("ketwork");
    !is_member || below.contains(&dependency) || extra == Some(dependency)
}

#[test]
fn every_rule_of_manifests_can_fail() {
    let lints = "[lints]\nworkspace = true\n";
    let uses = |section: &str, name: &str| format!("{lints}[{section}]\n{name}.workspace = true\n");
    let table = [
        ("models", uses("dependencies", "sim"), 0),
        ("models", uses("dev-dependencies", "testkit"), 0),
        ("models", uses("dependencies", "testkit"), 1),
        ("models", uses("dependencies", "tensornet"), 1),
        ("models", uses("dev-dependencies", "tensornet"), 1),
        ("models", uses("build-dependencies", "viz"), 1),
        ("circuit", uses("dependencies", "sim"), 1),
        ("tensornet", uses("dependencies", "sim"), 1),
        ("viz", uses("dependencies", "circuit"), 1),
        ("ketwork", uses("dependencies", "examples"), 1),
        ("circuit", uses("dependencies", "ketwork-sim"), 1),
        ("circuit", format!("{lints}[dependencies]\nrand = \"0.9\"\n"), 1),
        ("circuit", format!("{lints}[target.'cfg(unix)'.dependencies]\nsim.workspace = true\n"), 1),
        ("circuit", String::new(), 1),
    ];
    for (name, text, expected) in table {
        assert_eq!(check_manifest(name, &text).len(), expected, "{name}: {text}");
    }
}
