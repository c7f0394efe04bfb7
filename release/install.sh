#!/bin/sh
# Installs the command vtl: VTL_BASE=URL sh install.sh [VERSION]. VTL_BASE is where the archives of a release are, with
# SHA256SUMS; VTL_DIR is the folder to install to (default: ~/.local/bin).
set -eu
version=${1:?give the version to install, such as 0.1.0}
base=${VTL_BASE:?set VTL_BASE to the address of the release files}
dir=${VTL_DIR:-$HOME/.local/bin}
case $(uname -s) in
    Linux) system=unknown-linux-musl ;;
    Darwin) system=apple-darwin ;;
    *) echo "no binary for $(uname -s)" >&2 && exit 1 ;;
esac
case $(uname -m) in
    x86_64 | amd64) machine=x86_64 ;;
    aarch64 | arm64) machine=aarch64 ;;
    *) echo "no binary for $(uname -m)" >&2 && exit 1 ;;
esac
name=vtl-$version-$machine-$system
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
curl -fsSL "$base/$name.tar.gz" -o "$name.tar.gz"
curl -fsSL "$base/SHA256SUMS" | grep " $name.tar.gz\$" > sum || { echo "SHA256SUMS does not name $name.tar.gz" >&2; exit 1; }
{ sha256sum -c sum || shasum -a 256 -c sum; } > /dev/null 2>&1 || { echo "$name.tar.gz is damaged" >&2; exit 1; }
tar -xzf "$name.tar.gz"
mkdir -p "$dir"
cp "$name/vtl" "$dir/vtl"
echo "installed $("$dir/vtl" --version) to $dir/vtl"
