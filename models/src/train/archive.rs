//! What a snapshot is made of: a record and named tensors as one safetensors buffer, with a digest over both.
//!
//! Parameters are stored as `param/NAME`, moments as `first/NAME` and `second/NAME`. The metadata
//! hold one entry, `ketwork`: the SHA-256 digest of everything else, a space, and a JSON record of
//! configuration, data fingerprint and place. One entry, because a map of several has no fixed order, and
//! equal runs are to give equal bytes.

use std::collections::{BTreeMap, HashMap};

use burn::module::Module;
use burn::tensor::{DType, TensorData};
use safetensors::tensor::TensorView;
use safetensors::{Dtype, SafeTensors};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::optimiser::Optimiser;
use super::parameters::{Named, rewrite, values};
use crate::Error;

const ENTRY: &str = "ketwork";
const FORMAT: u32 = 1;

/// What a snapshot says beside its tensors; `P` is how far the run has come.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Record<P> {
    format: u32,
    config: Value,
    data: String,
    place: P,
    updates: u64,
}

/// The tensors of a snapshot that nobody has taken yet.
pub(crate) struct Tensors(HashMap<String, TensorData>);

/// The bytes of a run with these settings on these data, at this place.
///
/// # Errors
/// [`Error::Snapshot`] if the record cannot be written as JSON.
pub(crate) fn save(
    config: &impl Serialize,
    data: String,
    place: &impl Serialize,
    optimiser: &Optimiser,
    mut tensors: Vec<Named>,
) -> Result<Vec<u8>, Error> {
    for (name, [first, second]) in &optimiser.moments {
        tensors.push((format!("first/{name}"), first.clone()));
        tensors.push((format!("second/{name}"), second.clone()));
    }
    tensors.sort_by(|(a, _), (b, _)| a.cmp(b));
    let config = as_json(config)?;
    let record = Record { format: FORMAT, config, data, place, updates: optimiser.updates };
    let record = serde_json::to_string(&record).map_err(|error| unusable(error.to_string()))?;
    let entry = format!("{} {record}", digest(&record, &tensors));
    let views = tensors.iter().map(|(name, data)| {
        let dtype = if data.dtype() == DType::F64 { Dtype::F64 } else { Dtype::F32 };
        let view = TensorView::new(dtype, data.shape().to_vec(), data.as_bytes());
        view.map(|view| (name, view)).map_err(|error| unusable(error.to_string()))
    });
    let views = views.collect::<Result<Vec<_>, _>>()?;
    let metadata = HashMap::from([(ENTRY.to_owned(), entry)]);
    safetensors::serialize(views, Some(metadata)).map_err(|error| unusable(error.to_string()))
}

/// Place, number of updates and tensors of a snapshot, after checking that it belongs to these settings and data.
///
/// # Errors
/// [`Error::Snapshot`] for bytes that are truncated or changed, for another configuration (the message
/// names the setting) and for other data.
pub(crate) fn load<P: DeserializeOwned>(
    bytes: &[u8],
    config: &impl Serialize,
    data: &str,
) -> Result<(P, u64, Tensors), Error> {
    let (record, tensors) = read::<P>(bytes)?;
    if record.format != FORMAT {
        let format = record.format;
        return Err(unusable(format!("its format is {format}, but this program reads {FORMAT}")));
    }
    if let Some(difference) = difference("", &record.config, &as_json(config)?) {
        return Err(unusable(format!("it was made with another configuration: {difference}")));
    }
    if record.data != data {
        return Err(unusable("it was made with other data"));
    }
    Ok((record.place, record.updates, Tensors(tensors)))
}

/// All parameters of a network as tensors `KIND/NAME`.
pub(crate) fn parameters(kind: &str, network: &impl Module) -> Vec<Named> {
    values(network).into_iter().map(|(name, value)| (format!("{kind}/{name}"), value)).collect()
}

impl Tensors {
    /// `network` with its parameters replaced by the tensors `KIND/NAME`.
    pub(crate) fn network<M: Module>(&mut self, kind: &str, network: &M) -> Result<M, Error> {
        let mut found = Vec::new();
        for (name, like) in values(network) {
            let missing = || unusable(format!("the parameter {name} is missing"));
            found.push(self.take(kind, &name, &like)?.ok_or_else(missing)?);
        }
        let mut found = found.into_iter();
        Ok(rewrite(network.clone(), |_, value| *value = found.next().expect("one value per parameter")))
    }

    /// The optimiser of `network`.
    pub(crate) fn optimiser(&mut self, network: &impl Module, updates: u64) -> Result<Optimiser, Error> {
        let mut moments = BTreeMap::new();
        for (name, like) in values(network) {
            if let (Some(first), Some(second)) =
                (self.take("first", &name, &like)?, self.take("second", &name, &like)?)
            {
                moments.insert(name, [first, second]);
            }
        }
        Ok(Optimiser { moments, updates })
    }

    /// An error if a tensor is left.
    pub(crate) fn finish(self) -> Result<(), Error> {
        match self.0.keys().next() {
            Some(name) => Err(unusable(format!("it has a tensor {name} that the model has not"))),
            None => Ok(()),
        }
    }

    fn take(&mut self, kind: &str, name: &str, like: &TensorData) -> Result<Option<TensorData>, Error> {
        let Some(found) = self.0.remove(&format!("{kind}/{name}")) else { return Ok(None) };
        if found.shape() == like.shape() && found.dtype() == like.dtype() {
            return Ok(Some(found));
        }
        let (found, like) = (found.shape(), like.shape());
        Err(unusable(format!("{name} has shape {found:?} instead of {like:?}")))
    }
}

pub(crate) fn unusable(problem: impl Into<String>) -> Error {
    Error::Snapshot { problem: problem.into() }
}

/// The tensors of a snapshot by name, and its record, after checking the digest.
fn read<P: DeserializeOwned>(bytes: &[u8]) -> Result<(Record<P>, HashMap<String, TensorData>), Error> {
    let file = SafeTensors::deserialize(bytes).map_err(|error| unusable(error.to_string()))?;
    let (_, metadata) = SafeTensors::read_metadata(bytes).map_err(|error| unusable(error.to_string()))?;
    let entry = metadata.metadata().as_ref().and_then(|entries| entries.get(ENTRY));
    let entry = entry.ok_or_else(|| unusable("it has no record of a training run"))?;
    let (expected, record) = entry.split_once(' ').ok_or_else(|| unusable("its record has no digest"))?;
    let mut tensors = Vec::new();
    for (name, view) in file.iter() {
        let known = [(Dtype::F32, DType::F32), (Dtype::F64, DType::F64)];
        let dtype = known.into_iter().find(|(stored, _)| *stored == view.dtype());
        let (_, dtype) = dtype.ok_or_else(|| unusable(format!("{name} holds {:?}", view.dtype())))?;
        let data = TensorData::from_bytes_vec(view.data().to_vec(), view.shape().to_vec(), dtype);
        tensors.push((name.to_owned(), data));
    }
    tensors.sort_by(|(a, _), (b, _)| a.cmp(b));
    if digest(record, &tensors) != expected {
        return Err(unusable("its content does not match its digest"));
    }
    let record = serde_json::from_str(record).map_err(|error| unusable(error.to_string()))?;
    Ok((record, tensors.into_iter().collect()))
}

/// SHA-256 of the record and of all names, shapes and bytes of tensors, which are in order of name.
fn digest(record: &str, tensors: &[Named]) -> String {
    let mut hash = Sha256::new();
    hash.update(record);
    for (name, data) in tensors {
        hash.update(format!("\n{name} {:?} {:?}\n", data.dtype(), data.shape()));
        hash.update(data.as_bytes());
    }
    hex(&hash.finalize())
}

/// SHA-256 of the parts one after the other, in hexadecimal digits.
pub(crate) fn fingerprint(parts: &[&[u8]]) -> String {
    let mut hash = Sha256::new();
    parts.iter().for_each(|part| hash.update(part));
    hex(&hash.finalize())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The value as it is after having been written and read, so that numbers compare equal.
fn as_json(value: &impl Serialize) -> Result<Value, Error> {
    let text = serde_json::to_string(value).map_err(|error| unusable(error.to_string()))?;
    serde_json::from_str(&text).map_err(|error| unusable(error.to_string()))
}

/// The first setting in which two configurations differ, with both values.
fn difference(path: &str, saved: &Value, own: &Value) -> Option<String> {
    if let (Value::Object(saved), Value::Object(own)) = (saved, own)
        && saved.keys().eq(own.keys())
    {
        let mut pairs = saved.iter().zip(own.values());
        return pairs.find_map(|((key, saved), own)| difference(&format!("{path}.{key}"), saved, own));
    }
    let path = path.trim_start_matches('.');
    (saved != own).then(|| format!("{path} was {saved}, but is {own}"))
}
