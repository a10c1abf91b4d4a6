# shellcheck shell=bash
# Sourced by the commands at the top: finds what they need, and installs what this machine lacks when
# it may, which is as root or by a sudo that wants no password.
# shellcheck source=local/scripts/jdk.sh
source "$(dirname "${BASH_SOURCE[0]}")/jdk.sh"

least_maven=3.8
least_python=3.10
least_node=18.18
os_release=/etc/os-release
apt_folder=/etc/apt
adoptium=https://packages.adoptium.net/artifactory

# require_needs COMMAND YES NEED...: returns if all of them are here or could be installed, and ends the
# script otherwise. YES is "yes" to install without asking. Exports JAVA_HOME if "jdk" is one of them.
require_needs() {
  local command=$1 yes=$2
  shift 2
  local missing=()
  missing_needs "$@"
  [ "${#missing[@]}" -gt 0 ] || return 0
  print_missing "$command needs what this machine lacks:" >&2
  if ! has_program apt-get; then
    echo "Install it, and start again." >&2
    print_jdk_hint >&2
    exit 1
  fi
  if ! may_install; then
    refuse "It can be installed by root. Run this, and start again:"
  elif [ "$yes" = yes ] || confirmed; then
    install_missing
  else
    refuse "Nothing was installed. Run this (or $command --yes), and start again:"
  fi
  missing_needs "$@"
  [ "${#missing[@]}" -eq 0 ] || {
    print_missing "This is still missing; $(distribution) has it not, or not as new. Install it by hand:" >&2
    print_jdk_hint >&2
    exit 1
  }
}

# Sets "missing" to those of the needs that are not here, or too old.
missing_needs() {
  local need
  missing=()
  hash -r
  for need in "$@"; do
    has_need "$need" || missing+=("$need")
  done
}

has_need() {
  case $1 in
    chromium) has_chromium ;;
    curl | git | haproxy) has_program "$1" ;;
    jdk) find_jdk ;;
    maven) at_least "$(found maven)" "$least_maven" ;;
    node) at_least "$(found node)" "$least_node" && has_program npm ;;
    prometheus) has_program prometheus && has_program promtool ;;
    python) at_least "$(found python)" "$least_python" && python3 -c 'import ensurepip, venv' 2>/dev/null ;;
    libssl3) has_libssl3 ;;
    redis) has_program valkey-server || has_program redis-server || has_libssl3 ;;
    *) echo "No such need: $1" >&2 && exit 2 ;;
  esac
}

# What a person calls it, with the version that is wanted.
describe() {
  case $1 in
    chromium) echo "Chromium and its driver, of one version" ;;
    haproxy) echo "HAProxy" ;;
    jdk) echo "a JDK, $required_java or newer" ;;
    maven) echo "Maven, $least_maven or newer" ;;
    node) echo "Node.js with npm, $least_node or newer" ;;
    prometheus) echo "Prometheus with promtool" ;;
    python) echo "Python with venv, $least_python or newer" ;;
    libssl3) echo "OpenSSL 3's library, which the bundled Redis wants" ;;
    redis) echo "a redis-server, or OpenSSL 3's library for the bundled one" ;;
    *) echo "$1" ;;
  esac
}

# The version that is here, or nothing.
found() {
  case $1 in
    jdk) newest_jdk ;;
    maven) version_in "$(mvn --version 2>/dev/null)" ;;
    node) version_in "$(node --version 2>/dev/null)" ;;
    python) version_in "$(python3 --version 2>/dev/null)" ;;
  esac
}

newest_jdk() {
  local home
  while IFS= read -r home; do
    [ -z "$home" ] || jdk_version "$home"
  done < <(jdk_candidates) | sort -n | tail -1
}

# The first number with a dot in a text, which may be coloured.
version_in() {
  printf '%s' "$1" | sed "s/$(printf '\033')\[[0-9;]*m//g" | grep -oE '[0-9]+(\.[0-9]+)+' | head -1 || true
}

# at_least VERSION LEAST
at_least() {
  [ -n "$1" ] && [ "$(printf '%s\n%s\n' "$1" "$2" | sort -V | head -1)" = "$2" ]
}

has_program() {
  command -v "$1" >/dev/null
}

# A driver drives only the browser of its own major version.
has_chromium() {
  local browser driver
  browser=$(first_program chromium chromium-browser google-chrome) &&
    driver=$(first_program chromedriver chromium.chromedriver) || return 1
  browser=$(version_in "$("$browser" --version 2>/dev/null)")
  driver=$(version_in "$("$driver" --version 2>/dev/null)")
  [ -n "$browser" ] && [ "${browser%%.*}" = "${driver%%.*}" ]
}

first_program() {
  local program
  for program in "$@"; do
    ! has_program "$program" || { echo "$program" && return; }
  done
  return 1
}

# Users' PATH has no /sbin on Debian.
has_libssl3() {
  PATH="$PATH:/sbin:/usr/sbin" ldconfig -p 2>/dev/null | grep "libssl\.so\.3" >/dev/null
}

# The packages of a need, one a line; several in a line are other names of one.
packages() {
  case $1 in
    chromium) has_snap_of_chromium && echo snapd || printf '%s\n' chromium chromium-driver ;;
    jdk) echo "openjdk-$required_java-jdk-headless openjdk-$required_java-jdk" ;;
    node) printf '%s\n' nodejs npm ;;
    python) printf '%s\n' python3 python3-venv ;;
    libssl3 | redis) echo "libssl3t64 libssl3" ;;
    *) echo "$1" ;;
  esac
}

# Ubuntu's package of that name only says that it is a snap.
has_snap_of_chromium() {
  [ "$(release ID)" = ubuntu ]
}

release() {
  sed -n "s/^$1=\"\{0,1\}\([^\"]*\)\"\{0,1\}$/\1/p" "$os_release" 2>/dev/null
}

distribution() {
  local name
  name=$(release PRETTY_NAME)
  echo "${name:-this distribution}"
}

may_install() {
  [ "$(id -u)" = 0 ] || sudo -n true 2>/dev/null
}

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi
}

# The shell commands that install what is missing. A JDK that the distribution has not comes from those
# who build Temurin.
install_script() {
  local need line name chosen=() vendor='' snap=''
  for need in "${missing[@]}"; do
    while IFS= read -r line; do
      # shellcheck disable=SC2086 # the names in a line are words
      if name=$(known_package $line); then
        chosen+=("$name")
      elif [ "$need" = jdk ]; then
        vendor=yes
      fi
    done < <(packages "$need")
    [ "$need" != chromium ] || ! has_snap_of_chromium || snap=yes
  done
  [ -z "$vendor" ] || chosen+=(ca-certificates curl)
  printf 'export DEBIAN_FRONTEND=noninteractive && apt-get update -q'
  [ "${#chosen[@]}" -eq 0 ] || install_line "${chosen[@]}"
  [ -z "$vendor" ] || vendor_lines
  [ -z "$snap" ] || printf ' && snap install chromium'
  printf '\n'
}

install_line() {
  printf ' && apt-get install -qy --no-install-recommends'
  printf '%s\n' "$@" | sort -u | sed 's/^/ /' | tr -d '\n'
}

vendor_lines() {
  local key=$apt_folder/keyrings/adoptium.asc
  printf ' && install -d -m 755 %s/keyrings' "$apt_folder"
  printf ' && curl -fsSL %s/api/gpg/key/public -o %s' "$adoptium" "$key"
  printf ' && echo "deb [signed-by=%s] %s/deb %s main" >%s/sources.list.d/adoptium.list' \
    "$key" "$adoptium" "$(release VERSION_CODENAME)" "$apt_folder"
  printf ' && apt-get update -q'
  install_line "temurin-$required_java-jdk"
}

# The first of the names that the distribution has; the last one if there is no telling.
known_package() {
  local name
  for name in "$@"; do
    ! apt-cache show "$name" >/dev/null 2>&1 || { echo "$name" && return; }
  done
  case $name in openjdk-*) return 1 ;; esac
  echo "$name"
}

install_missing() {
  # A machine that was never updated knows no package, and so not how one is called here.
  as_root apt-get update -q >&2 || true
  as_root sh -c "$(install_script)" >&2 || echo "Not all could be installed." >&2
}

confirmed() {
  local answer
  [ -t 0 ] && [ -t 2 ] || return 1
  printf 'To install it, this runs as root:\n  %s\nInstall it now? [Y/n] ' "$(install_script)" >&2
  read -r answer || return 1
  case $answer in '' | [Yy] | [Yy][Ee][Ss]) ;; *) return 1 ;; esac
}

refuse() {
  printf '%s\n  %s\n' "$1" "$(one_line "$(install_script)")" >&2
  exit 1
}

one_line() {
  local prefix=''
  [ "$(id -u)" = 0 ] || prefix='sudo '
  printf "%ssh -c '%s'" "$prefix" "$1"
}

print_missing() {
  local need version
  echo "$1"
  for need in "${missing[@]}"; do
    version=$(found "$need")
    echo "  $(describe "$need")${version:+ (found: $version)}"
  done
}

print_jdk_hint() {
  case " ${missing[*]} " in *" jdk "*) jdk_hint ;; esac
}
