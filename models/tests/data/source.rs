//! What a user may write for a data source, and what is answered to anything else.

use std::fs;

use models::data::Source;

use crate::fixtures::{folder, write_small};

#[test]
fn every_kind_of_source_is_recognised() {
    let (root, mnist) = folder("mnist");
    let fashion = root.path().join("fashion_mnist");
    fs::create_dir(&fashion).unwrap();
    write_small(&mnist, false);
    write_small(&fashion, true);
    let npz = root.path().join("breastmnist.NPZ");
    fs::write(&npz, []).unwrap();
    let cases = [
        ("glyphs".to_string(), Source::Glyphs),
        (mnist.display().to_string(), Source::Idx(mnist.clone())),
        (npz.display().to_string(), Source::Medmnist(npz)),
        (format!("eureka:{}", root.path().display()), Source::Eureka { mnist, fashion }),
    ];
    for (text, expected) in cases {
        assert_eq!(Source::parse(&text).unwrap(), expected);
    }
}

#[test]
fn a_refusal_says_what_was_found_and_what_to_try() {
    let (root, mnist) = folder("mnist");
    let (empty, many) = (root.path().join("empty"), root.path().join("many"));
    fs::create_dir(&empty).unwrap();
    fs::create_dir(&many).unwrap();
    (0..10).for_each(|i| fs::write(many.join(format!("{i}.txt")), []).unwrap());
    write_small(&mnist, false);
    let inside = mnist.join("train-images-idx3-ubyte");
    let at = |path: &std::path::Path| path.display().to_string();
    let cases = [
        ("glyhps".to_string(), vec!["the data source glyhps is neither a file nor a folder".to_string()]),
        (at(&empty), vec!["a folder with nothing in it".into()]),
        (at(&many), vec!["a folder with 0.txt, 1.txt".into(), "7.txt and 2 more".into()]),
        (
            at(root.path()),
            vec!["a folder with empty, many, mnist".into(), format!("try {}", mnist.display())],
        ),
        (at(&inside), vec!["a file that does not end in .npz".into(), format!("try {}", mnist.display())]),
        (format!("eureka:{}", root.path().display()), vec!["folders mnist and fashion_mnist".into()]),
        ("eureka:/no/such".into(), vec!["is not a folder".into()]),
    ];
    for (text, expected) in cases {
        let message = Source::parse(&text).unwrap_err().to_string();
        for part in expected.iter().map(String::as_str).chain(["`glyphs`", "eureka:DIR", ".npz"]) {
            assert!(message.contains(part), "{message} lacks {part}");
        }
    }
}
