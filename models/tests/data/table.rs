//! Series from tables: every dialect of text, every type of array, gaps, and what is refused.

use std::fs;
use std::path::{Path, PathBuf};

use models::data::load_series;
use ndarray::{Array1, Array2, Array3, ShapeBuilder};
use ndarray_npy::WriteNpyExt;
use tempfile::TempDir;
use testkit::data_dir;

use crate::fixtures::gzip;

fn file(content: impl AsRef<[u8]>) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("table");
    fs::write(&path, content).unwrap();
    (folder, path)
}

fn series(content: impl AsRef<[u8]>, column: Option<&str>) -> Vec<f64> {
    let (_folder, path) = file(content);
    load_series(&path, column).unwrap()
}

#[track_caller]
fn refused(content: impl AsRef<[u8]>, column: Option<&str>, words: &[&str]) {
    let (_folder, path) = file(content);
    let message = load_series(&path, column).unwrap_err().to_string();
    for word in words.iter().copied().chain([path.to_str().unwrap()]) {
        assert!(message.contains(word), "{word:?} is not in {message:?}");
    }
}

#[test]
fn every_dialect_of_text() {
    for text in [
        "1.5,-2\n2.5,3e2\n",
        "t,y\n1.5,-2\n2.5,3e2\n",
        "t;y\r\n1.5;-2\r\n2.5;3e2\r\n",
        "t\ty\n1.5\t-2\n2.5\t3e2",
        "  t   y\n 1.5  -2\n 2.5   3e2  \n",
        "# measured, in haste\n\n\"t\",\"y\"\n1.5 , -2 # odd\n\n\"2.5\",3e2\n",
        "\u{feff}t,\"y\"\n1.5,-2\n2.5,3e2\n",
        "1.5\t\"-2\"\n2.5\t300\n",
    ] {
        for content in [text.as_bytes().to_vec(), gzip(text.as_bytes())] {
            assert_eq!(series(&content, None), [-2.0, 300.0], "{text:?}");
            assert_eq!(series(&content, Some("1")), [-2.0, 300.0], "{text:?}");
            assert_eq!(series(&content, Some("0")), [1.5, 2.5], "{text:?}");
        }
    }
}

#[test]
fn columns_are_named_numbered_or_the_last_of_numbers() {
    let table = "date,\"level, \"\"m\"\"\",flow,remark\n2020-01-01,1,10,dry\n2020-01-02,2,20,\n";
    for (column, expected) in [
        (None, [10.0, 20.0]),
        (Some("level, \"m\""), [1.0, 2.0]),
        (Some("flow"), [10.0, 20.0]),
        (Some("1"), [1.0, 2.0]),
        (Some("2"), [10.0, 20.0]),
    ] {
        assert_eq!(series(table, column), expected, "{column:?}");
    }
    assert_eq!(series("first\n4\n5\n", None), [4.0, 5.0]);
    assert_eq!(series("2020-01-01,7\n2020-01-02,8\n", None), [7.0, 8.0]); // dates are no names
    assert_eq!(series(",y\n0,7\n1,8\n", None), [7.0, 8.0]); // a column of row numbers
}

#[test]
fn gaps_and_words_are_named_by_row_and_column() {
    for (cell, got) in [("", "is empty"), ("NA", "\"NA\""), ("nan", "\"nan\""), ("-", "\"-\"")] {
        let table = format!("# note\nyear,level\n2000,1.5\n2001,{cell}\n");
        refused(table, None, &["row 4, column 2 (level)", got, "a finite number", "fill the gap"]);
    }
    refused("t\ty\n1\t2\n3\t\n", None, &["row 3, column 2 (y)", "is empty"]);
    refused("1,2\n3,inf\n", None, &["row 2, column 2 of", "\"inf\"", "finite"]);
    refused("a,b\n1,2\n1.2.3,4\n", Some("a"), &["row 3, column 1 (a)", "\"1.2.3\"", "name another column"]);
    refused("1;2\n3;4,5\n", None, &["row 2, column 2", "\"4,5\""]);
    refused("2020-01-01,\n2020-01-02,5\n", None, &["row 1, column 2", "empty"]); // no row is taken for names
}

#[test]
fn tables_that_are_none_are_refused() {
    refused("level,flow\n1,2\n", Some("levle"), &["levle", "level, flow", "0 to 1", "did you mean level?"]);
    refused("1,2\n", Some("2"), &["the column of", "a number from 0 to 1", "name another column"]);
    refused("a,b\n1,2\n3\n", None, &["row 3", "is 1", "2 as in the first row"]);
    refused("", None, &["no column of numbers"]);
    refused("a,b\n", Some("a"), &["no row of numbers"]);
    refused("a,b\nc,d\n", None, &["no column of numbers", "decimal point"]);
    refused([0x31, 0x0a, 0xff, 0xfe], None, &["byte 2", "neither text nor a NumPy array"]);
    let packed = gzip(b"1\n2\n");
    refused(&packed[..packed.len() - 6], None, &["broken gzip"]);
    let missing = load_series(Path::new("no/such.csv"), None).unwrap_err().to_string();
    assert!(missing.contains("no/such.csv"), "{missing}");
}

fn npy(array: &impl WriteNpyExt) -> Vec<u8> {
    let mut bytes = Vec::new();
    array.write_npy(&mut bytes).unwrap();
    bytes
}

/// An array by hand, with the type and the order of bytes that NumPy writes.
fn handmade(version: u8, descr: &str, shape: &str, data: &[u8]) -> Vec<u8> {
    let header = format!("{{'descr': '{descr}', 'fortran_order': False, 'shape': {shape}, }}\n");
    let length = (header.len() as u32).to_le_bytes();
    let width = if version == 1 { 2 } else { 4 };
    [b"\x93NUMPY", &[version, 0][..], &length[..width], header.as_bytes(), data].concat()
}

#[test]
fn every_type_of_element() {
    let expected = [100.0, 7.0, 0.0];
    let bytes = [
        npy(&Array1::from_vec(vec![100_f64, 7.0, 0.0])),
        npy(&Array1::from_vec(vec![100_f32, 7.0, 0.0])),
        npy(&Array1::from_vec(vec![100_i64, 7, 0])),
        npy(&Array1::from_vec(vec![100_i32, 7, 0])),
        npy(&Array1::from_vec(vec![100_i16, 7, 0])),
        npy(&Array1::from_vec(vec![100_i8, 7, 0])),
        npy(&Array1::from_vec(vec![100_u64, 7, 0])),
        npy(&Array1::from_vec(vec![100_u32, 7, 0])),
        npy(&Array1::from_vec(vec![100_u16, 7, 0])),
        npy(&Array1::from_vec(vec![100_u8, 7, 0])),
        handmade(2, ">i2", "(3,)", &[0, 100, 0, 7, 0, 0]),
        handmade(3, ">f4", "(3, 1)", &[100_f32, 7.0, 0.0].map(f32::to_be_bytes).concat()),
    ];
    for (k, content) in bytes.iter().enumerate() {
        assert_eq!(series(content, None), expected, "array {k}");
        assert_eq!(series(gzip(content), Some("0")), expected, "array {k}");
    }
    for content in [npy(&Array1::from_vec(vec![-100_i8, -7])), npy(&Array1::from_vec(vec![-100_i64, -7])), {
        handmade(1, ">i4", "(2,)", &[-100_i32, -7].map(i32::to_be_bytes).concat())
    }] {
        assert_eq!(series(content, None), [-100.0, -7.0]);
    }
}

#[test]
fn columns_of_matrices_in_either_order() {
    let rows = Array2::from_shape_fn((3, 2), |(row, column)| (10 * row + column) as f64);
    let mut columns = Array2::zeros((3, 2).f());
    columns.assign(&rows);
    for matrix in [rows, columns] {
        let content = npy(&matrix);
        assert_eq!(series(&content, Some("0")), [0.0, 10.0, 20.0]);
        assert_eq!(series(&content, None), [1.0, 11.0, 21.0]);
        refused(&content, Some("2"), &["the column of", "from 0 to 1"]);
    }
}

#[test]
fn broken_arrays_are_refused() {
    let good = npy(&Array1::from_vec(vec![1.0, 2.0]));
    refused(npy(&Array1::from_vec(vec![1.0, f64::NAN])), None, &["row 2, column 1", "NaN", "fill the gap"]);
    refused(npy(&Array3::<f64>::zeros((1, 1, 1))), None, &["[1, 1, 1]", "one or two dimensions"]);
    refused(npy(&Array1::from_vec(vec![true])), None, &["'|b1'", "f8, f4"]);
    refused(npy(&Array1::<f64>::zeros(0)), None, &["no row of numbers"]);
    refused(&good[..good.len() - 1], None, &["byte 128", "15 bytes for shape [2] of f8"]);
    refused(handmade(1, "<f8", "(4611686018427387904, 2)", &[0; 16]), None, &["16 bytes for shape"]);
    refused(handmade(1, "<f8", "(x,)", &[]), None, &["lacks shape"]);
    for length in 6..good.len() {
        let (_folder, path) = file(&good[..length]);
        assert!(load_series(&path, None).is_err(), "cut to {length} bytes");
    }
}

/// File, column, number of values, first and last, or what is said of a gap.
type Published = (&'static str, Option<&'static str>, Result<(usize, f64, f64), &'static str>);

#[test]
fn published_series() {
    let Some(folder) = data_dir().map(|dir| dir.join("timeseries")) else { return };
    let table: [Published; 6] = [
        ("statsmodels_sunspots.csv", None, Ok((309, 5.0, 2.9))),
        ("statsmodels_sunspots.csv", Some("YEAR"), Ok((309, 1700.0, 2008.0))),
        ("statsmodels_nile.csv", Some("volume"), Ok((100, 1120.0, 740.0))),
        ("statsmodels_co2.csv", Some("date"), Ok((2284, 19580329.0, 20011229.0))),
        ("statsmodels_co2.csv", None, Err("row 8, column 2 (co2)")),
        ("mackey_glass_t17.npy", None, Ok((10_000, 0.1220639965678425, -0.10034541264476471))),
    ];
    for (name, column, expected) in table {
        match (load_series(&folder.join(name), column), expected) {
            (Ok(values), Ok(expected)) => {
                assert_eq!((values.len(), values[0], values[values.len() - 1]), expected, "{name}");
            }
            (Err(error), Err(words)) => assert!(error.to_string().contains(words), "{error}"),
            (found, _) => panic!("{name}, {column:?}: {found:?}"),
        }
    }
}
