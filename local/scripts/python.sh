# shellcheck shell=bash
# Sourced by scripts that run Python with packages.

# prepare_python FOLDER REQUIREMENTS: packages of Python, made anew when their versions change.
prepare_python() {
  cmp -s "$2" "$1/requirements.txt" && return
  echo "Installing Python packages into $1 ..."
  rm -rf "$1"
  python3 -m venv "$1" &&
    "$1/bin/python" -m pip install --quiet --requirement "$2" &&
    cp "$2" "$1/requirements.txt"
}
