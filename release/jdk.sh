# Shell functions that find JDKs; sourced by the scripts of this repository.

# Prints the major version of the JDK in a folder, or fails.
jdk_major() {
    [ -x "$1/bin/javac" ] || return 1
    # Every JDK says so in this file, which spares starting it.
    sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$1/release" 2>/dev/null | grep . ||
        "$1/bin/javac" -version 2>&1 | sed -n 's/^javac \([0-9]*\).*/\1/p'
}

# Prints the version and the folder of a JDK.
jdk_name() { echo "JDK $("$1/bin/javac" -version 2>&1 | sed 's/^javac //') in $1"; }

# Prints the folder of the JDK that this shell uses, or fails.
default_jdk() {
    if [ -n "${JAVA_HOME:-}" ] && [ -x "$JAVA_HOME/bin/javac" ]; then
        echo "$JAVA_HOME"
        return
    fi
    local javac
    javac=$(command -v javac) || return 1
    while [ -L "$javac" ]; do
        local target
        target=$(readlink "$javac")
        case $target in /*) javac=$target ;; *) javac=$(dirname "$javac")/$target ;; esac
    done
    (cd "$(dirname "$javac")/.." && pwd)
}

# Prints the folder of the JDK to build with: 17, else the shell's own; says what to install and fails if there is none.
build_jdk() {
    jdk_home 17 || default_jdk || {
        echo "No JDK was found: install JDK 17 (Debian: apt-get install openjdk-17-jdk-headless)." >&2
        return 1
    }
}

# Prints the folder of a JDK of this major version, or fails: JAVA<N>_HOME, the shell's own, then the usual places.
jdk_home() {
    local variable="JAVA$1_HOME" candidate own=""
    own=$(default_jdk || true)
    for candidate in "${!variable:-}" "$own" /usr/lib/jvm/* /opt/java/* "$HOME"/.sdkman/candidates/java/* "$HOME"/.jdks/* \
        /Library/Java/JavaVirtualMachines/*/Contents/Home; do
        if [ -n "$candidate" ] && [ "$(jdk_major "$candidate" || true)" = "$1" ]; then
            echo "$candidate"
            return
        fi
    done
    return 1
}
