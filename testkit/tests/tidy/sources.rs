//! Rules of source files.
//!
//! Formatted code is assumed (the checks run after `cargo fmt --check`): an item ends at the first closing
//! brace as far left as its first line.

use std::path::Path;

const MAX_LINES: usize = 400;
const MAX_FUNCTION: usize = 60;

/// Members whose sources may not touch the terminal, the clock, the environment or global state.
const LIBRARIES: [&str; 6] = ["circuit", "sim", "tensornet", "models", "viz", "ketwork"];
const FORBIDDEN: [&str; 10] = [
    "println!",
    "eprintln!",
    "std::env",
    "std::fs",
    "std::process",
    "Instant::now",
    "SystemTime",
    "rand::rng",
    "thread_rng",
    "StdRng",
];

const REDUCTIONS: [&str; 5] = [".sum(", ".sum::", ".reduce(", ".reduce_with(", ".product("];

/// What is wrong with a Rust file.
pub fn check_source(path: &Path, text: &str) -> Vec<String> {
    let code = code_lines(text);
    let mut faults = long_functions(&code);
    if !text.starts_with("//! ") {
        faults.push("begins without a module comment".into());
    }
    if text.lines().count() > MAX_LINES {
        faults.push(format!("has {} lines, more than {MAX_LINES}", text.lines().count()));
    }
    if code.iter().any(|line| has_word(line, concat!("un", "safe"))) && !path.starts_with("sim/src/kernels") {
        faults.push("leaves safe Rust outside the kernels".into());
    }
    faults.extend(unordered_reductions(&code.concat()));
    if is_library(path) {
        let product = without_tests(&code);
        let may_read = path.starts_with("models/src/data");
        let banned = FORBIDDEN.into_iter().filter(|&word| !(may_read && word == "std::fs"));
        let used = banned.filter(|word| mentions(&product, word));
        faults.extend(used.map(|word| format!("uses {word} in a library")));
    }
    faults.into_iter().map(|fault| format!("{} {fault}", path.display())).collect()
}

/// What is wrong with any text file: unfinished work, and paths of one machine.
pub fn check_text(path: &Path, text: &str) -> Vec<String> {
    let unfinished = [concat!("TO", "DO"), concat!("FIX", "ME"), concat!("XX", "X")];
    let folders = ["home", "Users", "root", "work", "tmp", "mnt"].map(|folder| format!("/{folder}/"));
    let is_rooted = |line: &str, folder: &str| {
        line.match_indices(folder).any(|(at, _)| {
            let before = line[..at].chars().next_back();
            !before.is_some_and(|c| c.is_alphanumeric() || "._-}>".contains(c))
        })
    };
    let fault = |(number, line): (usize, &str)| {
        let word = unfinished.iter().find(|word| has_word(line, word));
        let folder = folders.iter().find(|folder| is_rooted(line, folder));
        let what = word.map(|w| w.to_string()).or(folder.cloned())?;
        Some(format!("{}:{} contains {what}", path.display(), number + 1))
    };
    text.lines().enumerate().filter_map(fault).collect()
}

fn is_library(path: &Path) -> bool {
    let is_test = path.file_stem().is_some_and(|stem| stem == "tests");
    !is_test && LIBRARIES.iter().any(|name| path.starts_with(format!("{name}/src")))
}

/// Lines without comments; indentation is kept.
fn code_lines(text: &str) -> Vec<&str> {
    let code = text.lines().filter(|line| !line.trim_start().starts_with("//"));
    code.map(|line| line.split("// ").next().unwrap_or_default()).collect()
}

/// True if the code mentions `word`, be it as `use std::{..}`.
fn mentions(code: &[&str], word: &str) -> bool {
    let text = code.join("\n");
    let in_group = |item: &str| {
        let groups = text.split("use std::{").skip(1).filter_map(|rest| rest.split(';').next());
        groups.into_iter().any(|group| has_word(group, item))
    };
    has_word(&text, word) || word.strip_prefix("std::").is_some_and(in_group)
}

fn has_word(line: &str, word: &str) -> bool {
    let joins = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
    line.match_indices(word).any(|(at, _)| {
        let (before, after) = (line[..at].chars().next_back(), line[at + word.len()..].chars().next());
        !joins(before) && !joins(after)
    })
}

/// Number of lines of the item that begins at the first line of `lines`.
fn item_length(lines: &[&str]) -> usize {
    let indent = |line: &str| line.len() - line.trim_start().len();
    let closes = |line: &str| line.trim_start().starts_with('}') || line.trim_end().ends_with([';', '}']);
    let ends = |line: &&str| indent(line) == indent(lines[0]) && closes(line);
    lines.iter().position(ends).map_or(lines.len(), |last| last + 1)
}

fn long_functions(code: &[&str]) -> Vec<String> {
    let is_function = |line: &str| has_word(line, "fn") && line.contains("fn ");
    let lengths = code.iter().enumerate().filter(|(_, line)| is_function(line)).map(|(start, line)| {
        let name = line.trim().split(['(', '<']).next().unwrap_or_default();
        (name, item_length(&code[start..]))
    });
    lengths
        .filter(|&(_, length)| length > MAX_FUNCTION)
        .map(|(name, length)| format!("has '{name}' of {length} lines, more than {MAX_FUNCTION}"))
        .collect()
}

/// The lines outside items marked `#[cfg(test)]`.
fn without_tests<'a>(code: &[&'a str]) -> Vec<&'a str> {
    let mut kept = Vec::new();
    let mut at = 0;
    while at < code.len() {
        if code[at].trim() == "#[cfg(test)]" {
            at += 1 + item_length(&code[at + 1..]);
        } else {
            kept.push(code[at]);
            at += 1;
        }
    }
    kept
}

/// Parallel iterators that end in a reduction, whose order depends on the number of threads.
fn unordered_reductions(code: &str) -> Vec<String> {
    let starts = [".par_iter()", ".into_par_iter()", ".par_chunks", ".par_bridge()", ".par_iter_mut()"];
    let chains = starts.iter().flat_map(|start| code.match_indices(start));
    let unordered = chains.filter(|&(at, _)| is_reduced(&code[at..]));
    unordered.map(|(_, start)| format!("reduces {start} without order")).collect()
}

/// True if the chain of calls at the start of `code` has a reduction among its own links.
fn is_reduced(code: &str) -> bool {
    let mut depth = 0_i32;
    for (at, c) in code.char_indices() {
        depth += i32::from("([{".contains(c)) - i32::from(")]}".contains(c));
        if depth < 0 || (depth == 0 && ";,".contains(c)) {
            return false;
        }
        if depth == 0 && REDUCTIONS.iter().any(|reduction| code[at..].starts_with(reduction)) {
            return true;
        }
    }
    false
}

#[test]
fn every_rule_of_sources_can_fail() {
    let long_function =
        format!("//! A\nimpl A {{\n    fn f() {{\n{}    }}\n}}\n", "        x();\n".repeat(59));
    let short_function = long_function.replacen("        x();\n", "", 1);
    let block = concat!("//! A\nun", "safe { x() }\n");
    let talk = concat!("//! A\n#![deny(un", "safe_code)]\n/// un", "safe\nfn f() {} // un", "safe\n");
    let chain = |rest: &str| format!("//! A\nlet s = v.par_{}", rest);
    let in_test = |code: &str| format!("//! A\nfn f() {{}}\n#[cfg(test)]\nmod tests {{\n    {code}\n}}\n");
    let table = [
        ("sim/src/a.rs", "//! A\nfn f() {}\n".to_string(), 0),
        ("sim/src/a.rs", "// A\nfn f() {}\n".into(), 1),
        ("sim/src/a.rs", format!("//! A\n{}", "use a;\n".repeat(400)), 1),
        ("sim/tests/a.rs", format!("//! A\n{}", "use a;\n".repeat(399)), 0),
        ("sim/src/a.rs", long_function, 1),
        ("sim/src/a.rs", short_function, 0),
        ("sim/src/a.rs", block.into(), 1),
        ("examples/src/a.rs", block.into(), 1),
        ("sim/src/kernels/a.rs", block.into(), 0),
        ("sim/src/a.rs", talk.into(), 0),
        ("models/src/a.rs", "//! A\nuse std::fs::File;\n".into(), 1),
        ("models/src/a.rs", "//! A\nuse std::{\n    fs::File,\n    path::Path,\n};\n".into(), 1),
        ("models/src/data/a.rs", "//! A\nuse std::fs::File;\n".into(), 0),
        ("models/src/data/a.rs", "//! A\nuse std::env;\n".into(), 1),
        ("sim/src/a.rs", in_test("use std::fs;"), 0),
        ("sim/src/a.rs", format!("{}use std::fs;\n", in_test("use std::fs;")), 1),
        ("sim/src/a.rs", chain("iter()\n    .map(|x| f(x))\n    .sum::<f64>();\n"), 1),
        ("sim/src/a.rs", chain("iter().map(|x| x.iter().sum()).collect();\n"), 0),
        ("sim/src/a.rs", chain("iter().map(g), w.iter().sum());\n"), 0),
    ];
    for (path, text, expected) in table {
        let faults = check_source(Path::new(path), &text);
        assert_eq!(faults.len(), expected, "{path}: {text}{faults:?}");
    }
    for word in FORBIDDEN {
        let text = format!("//! A\nfn f() {{\n    {word}(1);\n}}\n");
        assert_eq!(check_source(Path::new("circuit/src/a.rs"), &text).len(), 1, "{word}");
        assert_eq!(check_source(Path::new("examples/src/a.rs"), &text).len(), 0, "{word}");
    }
}

#[test]
fn every_rule_of_texts_can_fail() {
    let rooted = |folder: &str| format!("see \"/{folder}/me/data\"");
    let table = [
        ("see ../shared/data".to_string(), 0),
        ("https://example.org/home/page".into(), 0),
        (concat!("TO", "DO: all").into(), 1),
        (concat!("a FIX", "ME").into(), 1),
        (rooted("home"), 1),
        (rooted("Users"), 1),
        (rooted("tmp"), 1),
        (format!("first\n{}\n{}", rooted("work"), rooted("root")), 2),
    ];
    for (text, expected) in table {
        assert_eq!(check_text(Path::new("a.md"), &text).len(), expected, "{text}");
    }
}
