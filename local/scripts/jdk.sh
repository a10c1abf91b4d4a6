# shellcheck shell=bash
# Sourced by the scripts at the top: finds a JDK of at least this version and exports JAVA_HOME.
required_java=25

# Prints the feature version of the JDK in the given folder, or nothing if there is none.
jdk_version() {
  [ -x "$1/bin/javac" ] && [ -x "$1/bin/java" ] || return 0
  "$1/bin/java" -XshowSettings:properties -version 2>&1 |
    sed -n 's/^ *java\.specification\.version = \([0-9]*\).*/\1/p'
}

# One folder a line: what the user chose first, then where installers put JDKs.
jdk_candidates() {
  printf '%s\n' "${JAVA_HOME:-}"
  if command -v java >/dev/null; then
    java -XshowSettings:properties -version 2>&1 | sed -n 's/^ *java\.home = //p'
  fi
  ls -d /usr/lib/jvm/* /usr/java/* /opt/java/* /opt/jdk* \
    /Library/Java/JavaVirtualMachines/*/Contents/Home \
    "$HOME"/Library/Java/JavaVirtualMachines/*/Contents/Home \
    /opt/homebrew/opt/openjdk*/libexec/openjdk.jdk/Contents/Home \
    /usr/local/opt/openjdk*/libexec/openjdk.jdk/Contents/Home \
    "${SDKMAN_DIR:-$HOME/.sdkman}"/candidates/java/* "$HOME"/.jdks/* 2>/dev/null
}

# Exports JAVA_HOME; fails without a word if no JDK is new enough.
find_jdk() {
  local home version
  while IFS= read -r home; do
    [ -n "$home" ] || continue
    version=$(jdk_version "$home")
    if [ "${version:-0}" -ge "$required_java" ]; then
      export JAVA_HOME="$home"
      # Maven's own libraries use what this Java warns about.
      [ "$version" != 25 ] ||
        export MAVEN_OPTS="${MAVEN_OPTS:-} --sun-misc-unsafe-memory-access=allow --enable-native-access=ALL-UNNAMED"
      return 0
    fi
  done < <(jdk_candidates)
  return 1
}

# Exports JAVA_HOME, or ends the script and says what to install.
require_jdk() {
  find_jdk && return
  {
    echo "No JDK $required_java or newer was found in JAVA_HOME, on PATH or where installers put them."
    jdk_hint
  } >&2
  exit 1
}

jdk_hint() {
  cat <<TEXT
To install a JDK, for example:
  SDKMAN          sdk install java $required_java-tem
  Homebrew        brew install openjdk@$required_java
  Debian/Ubuntu   apt-get install openjdk-$required_java-jdk-headless   (where it is packaged)
  anywhere        unpack a JDK $required_java and set JAVA_HOME to its folder
TEXT
}

# Ends the script if the named program is missing.
require_program() {
  command -v "$1" >/dev/null && return
  echo "$1 was not found on PATH. $2" >&2
  exit 1
}
