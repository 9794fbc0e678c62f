//! Saving and restoring a trainer, bit for bit, as one safetensors buffer.
//!
//! Parameters are stored as `param/NAME`, moments as `first/NAME` and `second/NAME`. The metadata
//! hold one entry, `ketwork`: the SHA-256 digest of everything else, a space, and a JSON record of
//! configuration, data fingerprint and place. One entry, because a map of several has no fixed order, and
//! equal trainers are to give equal bytes.

use std::collections::HashMap;

use burn::tensor::{DType, TensorData};
use safetensors::tensor::TensorView;
use safetensors::{Dtype, SafeTensors};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::optimiser::Optimiser;
use super::parameters::{self, Named, rewrite};
use super::trainer::{Place, Trainer};
use super::Problem;
use crate::Error;

const ENTRY: &str = "ketwork";
const FORMAT: u32 = 1;

/// What a snapshot says beside its tensors.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Record {
    format: u32,
    config: Value,
    data: String,
    place: Place,
    updates: u64,
}

impl<P: Problem> Trainer<P> {
    /// Everything needed to go on later, as safetensors bytes; equal trainers give equal bytes.
    ///
    /// # Errors
    ///
    /// [`Error::Snapshot`] if the configuration cannot be written as JSON.
    pub fn snapshot(&self) -> Result<Vec<u8>, Error> {
        let tensors = self.tensors();
        let record = serde_json::to_string(&self.record()?).map_err(|error| unusable(error.to_string()))?;
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

    /// Puts the trainer into the state that [`snapshot`](Self::snapshot) saved; the next steps are those
    /// that the saved trainer would have made, bit for bit. After an error the trainer is unchanged.
    ///
    /// # Errors
    ///
    /// [`Error::Snapshot`] for bytes that are truncated or changed, for another configuration (the message
    /// names the setting) and for other data.
    pub fn restore(&mut self, bytes: &[u8]) -> Result<(), Error> {
        let (record, mut tensors) = read(bytes)?;
        self.accepts(&record)?;
        let mut take = |kind: &str, (name, like): &Named| -> Result<Option<TensorData>, Error> {
            let Some(found) = tensors.remove(&format!("{kind}/{name}")) else { return Ok(None) };
            if found.shape() == like.shape() && found.dtype() == like.dtype() {
                return Ok(Some(found));
            }
            let (found, like) = (found.shape(), like.shape());
            Err(unusable(format!("{name} has shape {found:?} instead of {like:?}")))
        };
        let (mut values, mut moments) = (Vec::new(), std::collections::BTreeMap::new());
        for named in parameters::values(&self.network) {
            let missing = || unusable(format!("the parameter {} is missing", named.0));
            values.push(take("param", &named)?.ok_or_else(missing)?);
            if let (Some(first), Some(second)) = (take("first", &named)?, take("second", &named)?) {
                moments.insert(named.0, [first, second]);
            }
        }
        if let Some(name) = tensors.keys().next() {
            return Err(unusable(format!("it has a tensor {name} that the model has not")));
        }
        let mut values = values.into_iter();
        let next = "one value per parameter";
        self.network = rewrite(self.network.clone(), |_, value| *value = values.next().expect(next));
        self.optimiser = Optimiser { moments, updates: record.updates };
        self.place = record.place;
        self.reorder();
        Ok(())
    }

    fn tensors(&self) -> Vec<Named> {
        let values = parameters::values(&self.network).into_iter();
        let mut tensors: Vec<Named> = values.map(|(name, value)| (format!("param/{name}"), value)).collect();
        for (name, [first, second]) in &self.optimiser.moments {
            tensors.push((format!("first/{name}"), first.clone()));
            tensors.push((format!("second/{name}"), second.clone()));
        }
        tensors.sort_by(|(a, _), (b, _)| a.cmp(b));
        tensors
    }

    fn record(&self) -> Result<Record, Error> {
        Ok(Record {
            format: FORMAT,
            config: as_json(self.problem.config())?,
            data: self.problem.fingerprint(),
            place: self.place,
            updates: self.optimiser.updates,
        })
    }

    /// Whether a snapshot belongs to this configuration and these data.
    fn accepts(&self, record: &Record) -> Result<(), Error> {
        if record.format != FORMAT {
            return Err(unusable(format!(
                "its format is {}, but this program reads {FORMAT}",
                record.format
            )));
        }
        if let Some(difference) = difference("", &record.config, &as_json(self.problem.config())?) {
            return Err(unusable(format!("it was made with another configuration: {difference}")));
        }
        if record.data != self.problem.fingerprint() {
            return Err(unusable("it was made with other data"));
        }
        if record.place.batch >= self.steps_per_epoch() || record.place.epoch > self.plan.epochs as u64 {
            return Err(unusable(format!("its place in the data is impossible: {:?}", record.place)));
        }
        Ok(())
    }
}

fn unusable(problem: impl Into<String>) -> Error {
    Error::Snapshot { problem: problem.into() }
}

/// The tensors of a snapshot by name, and its record, after checking the digest.
fn read(bytes: &[u8]) -> Result<(Record, HashMap<String, TensorData>), Error> {
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
