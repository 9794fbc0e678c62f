//! The order of a contraction as a binary tree over the tensors, whose nodes know their legs.
//!
//! Two tensors share every leg, so that the legs of a node are those that an odd number of its tensors have: sets as
//! bits, joined by exclusive or. A product of two nodes sums over what both have and costs `2^|a ∪ b|` multiply-adds.

/// A set of legs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Legs(Vec<u64>);

impl Legs {
    /// None, of legs numbered below `n`.
    fn none(n: usize) -> Self {
        Self(vec![0; n.div_ceil(64)])
    }

    fn toggle(&mut self, leg: usize) {
        self.0[leg / 64] ^= 1 << (leg % 64);
    }

    pub(super) fn insert(&mut self, leg: usize) {
        self.0[leg / 64] |= 1 << (leg % 64);
    }

    pub(super) fn contains(&self, leg: usize) -> bool {
        self.0[leg / 64] >> (leg % 64) & 1 == 1
    }

    pub(super) fn len(&self) -> usize {
        self.0.iter().map(|word| word.count_ones() as usize).sum()
    }

    /// How many are in either.
    pub(super) fn joint(&self, other: &Self) -> usize {
        self.0.iter().zip(&other.0).map(|(a, b)| (a | b).count_ones() as usize).sum()
    }

    /// Whether a leg is in both.
    pub(super) fn meets(&self, other: &Self) -> bool {
        self.0.iter().zip(&other.0).any(|(a, b)| a & b != 0)
    }

    /// Those in one of the two alone.
    pub(super) fn xor(&self, other: &Self) -> Self {
        Self(self.0.iter().zip(&other.0).map(|(a, b)| a ^ b).collect())
    }

    /// Those in either.
    pub(super) fn or(&self, other: &Self) -> Self {
        Self(self.0.iter().zip(&other.0).map(|(a, b)| a | b).collect())
    }

    /// Those not in the other.
    pub(super) fn without(&self, other: &Self) -> Self {
        Self(self.0.iter().zip(&other.0).map(|(a, b)| a & !b).collect())
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = usize> {
        (0..64 * self.0.len()).filter(|&leg| self.contains(leg))
    }
}

/// A binary tree; nodes below the number of leaves are tensors, the others products of their two children. The last
/// node is the root.
#[derive(Clone, Debug)]
pub(super) struct Tree {
    pub(super) n_leaves: usize,
    /// Of node `n_leaves + k`.
    pub(super) children: Vec<[usize; 2]>,
    pub(super) legs: Vec<Legs>,
}

impl Tree {
    /// The tree of tensors with these legs that are contracted pair by pair, each result behind all there are.
    pub(super) fn new(tensors: &[&[usize]], pairs: &[[usize; 2]]) -> Self {
        let n_legs = tensors.iter().copied().flatten().max().map_or(0, |leg| leg + 1);
        let mut legs: Vec<Legs> = Vec::with_capacity(tensors.len() + pairs.len());
        legs.extend(tensors.iter().map(|own| {
            let mut set = Legs::none(n_legs);
            own.iter().for_each(|&leg| set.toggle(leg));
            set
        }));
        for &[a, b] in pairs {
            legs.push(legs[a].xor(&legs[b]));
        }
        Self { n_leaves: tensors.len(), children: pairs.to_vec(), legs }
    }

    /// The empty set of its legs.
    pub(super) fn no_legs(&self) -> Legs {
        Legs(vec![0; self.legs.first().map_or(0, |legs| legs.0.len())])
    }

    /// The same tree without some of its legs.
    pub(super) fn without(&self, legs: &Legs) -> Self {
        let left = self.legs.iter().map(|own| own.without(legs)).collect();
        Self { n_leaves: self.n_leaves, children: self.children.clone(), legs: left }
    }

    /// The same tree with the tensors of another; children have to come before parents.
    pub(super) fn with_leaves(&self, other: &Self) -> Self {
        let mut legs = other.legs[..self.n_leaves].to_vec();
        self.children.iter().for_each(|&[a, b]| legs.push(legs[a].xor(&legs[b])));
        Self { n_leaves: self.n_leaves, children: self.children.clone(), legs }
    }

    /// The same tree with children before parents, and of two children the one first that takes more memory on its way.
    pub(super) fn ordered(&self) -> Self {
        let mut below = self.below();
        below.reverse();
        let n = self.n_leaves;
        let mut peaks = vec![0.0; self.legs.len()];
        let size = |node: usize| (self.legs[node].len() as f64).exp2();
        let ahead = |peaks: &[f64], [a, b]: [usize; 2]| peaks[a] - size(a) >= peaks[b] - size(b);
        for &node in &below {
            let [a, b] = self.children[node - n];
            let [first, second] = if ahead(&peaks, [a, b]) { [a, b] } else { [b, a] };
            let product = size(first) + size(second) + size(node);
            peaks[node] = f64::max(peaks[first], size(first) + peaks[second]).max(product);
        }
        let mut tree = Self { n_leaves: n, children: Vec::new(), legs: self.legs[..n].to_vec() };
        let mut names: Vec<usize> = (0..self.legs.len()).collect();
        for node in self.postorder(|pair| ahead(&peaks, pair)) {
            names[node] = tree.legs.len();
            tree.children.push(self.children[node - n].map(|child| names[child]));
            tree.legs.push(self.legs[node].clone());
        }
        tree
    }

    /// The products under the root, parents before children.
    fn below(&self) -> Vec<usize> {
        let mut found: Vec<usize> =
            (self.legs.len() > self.n_leaves).then(|| self.legs.len() - 1).into_iter().collect();
        let mut at = 0;
        while let Some(&node) = found.get(at) {
            found.extend(
                self.children[node - self.n_leaves].into_iter().filter(|&child| child >= self.n_leaves),
            );
            at += 1;
        }
        found
    }

    /// The products, each directly behind the subtrees of its children; `first` says whether the first goes first.
    fn postorder(&self, first: impl Fn([usize; 2]) -> bool) -> Vec<usize> {
        let mut found = Vec::with_capacity(self.children.len());
        let mut waiting: Vec<usize> = self.below().first().copied().into_iter().collect();
        while let Some(node) = waiting.pop() {
            let pair = self.children[node - self.n_leaves];
            let [early, late] = if first(pair) { pair } else { [pair[1], pair[0]] };
            found.push(node);
            waiting.extend([early, late].into_iter().filter(|&child| child >= self.n_leaves)); // the later on top
        }
        found.reverse();
        found
    }
}
