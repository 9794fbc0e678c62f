#!/bin/sh
# Makes the virtual environment of the peers in $PEERS_HOME (default ~/.cache/ketwork-peers/main).
# PyTorch comes from its own index of processor-only builds, which is small; where that cannot be reached, from PyPI,
# whose build brings about 5 GB of libraries for graphics processors (it does not load without them).
set -eu
here=$(cd "$(dirname "$0")" && pwd)
home=${PEERS_HOME:-$HOME/.cache/ketwork-peers/main}
python3 -m venv "$home"
pip="$home/bin/pip --disable-pip-version-check install"
torch=$(grep '^torch' "$here/requirements.txt")
$pip --retries 1 --index-url https://download.pytorch.org/whl/cpu "$torch" || $pip "$torch"
$pip -r "$here/requirements.txt"
"$home/bin/python" -c 'import jax, torch; print("jax", jax.__version__, "torch", torch.__version__)'
