#!/usr/bin/env bash
# Makes sure that test services can be had: ensure.sh [rabbitmq|postgresql|mariadb|redis|npm|openssl|gpg ...]. A service is there when its
# variable is set, its program is installed, or a Docker engine answers; else it is installed where that may be done
# (Debian's packages, as root or through sudo without a password), else one line says what to install. The last
# three are programs only: npm fetches the schema that AsyncAPI documents are checked with, openssl makes stores of
# certificates, gpg signs in the tests of the release.
#   DOWEL_NO_INSTALL=1      never installs
#   DOWEL_SERVICES_PATH=... the folders to look in, instead of the usual ones
set -euo pipefail

usual="/usr/lib/rabbitmq/bin:$(echo /usr/lib/postgresql/*/bin | tr ' ' ':'):$PATH:/usr/local/sbin:/opt/homebrew/sbin:/usr/sbin"

find_program() {
    local folder
    local IFS=:
    for folder in ${DOWEL_SERVICES_PATH:-$usual}; do
        if [ -x "$folder/$1" ]; then echo "$folder/$1"; return; fi
    done
    return 1
}

# Prints the first of several programs that all are needed, or fails.
find_programs() {
    local program
    for program in "$@"; do find_program "$program" >/dev/null || return 1; done
    find_program "$1"
}

engine_answers() { command -v docker >/dev/null && docker info >/dev/null 2>&1; }

# Installs one of Debian's packages without starting the service it brings.
install_package() {
    [ -z "${DOWEL_NO_INSTALL:-}" ] && [ -z "${DOWEL_SERVICES_PATH:-}" ] && command -v apt-get >/dev/null || return 1
    local as_root=""
    if [ "$(id -u)" != 0 ]; then
        command -v sudo >/dev/null && sudo -n true 2>/dev/null || return 1
        as_root="sudo -n"
    fi
    echo "installing $1 ..."
    local policy=/usr/sbin/policy-rc.d ours=""
    if [ ! -e "$policy" ]; then
        ours=yes
        trap '$as_root rm -f "$policy"' EXIT
        trap 'exit 130' INT TERM
        printf '#!/bin/sh\nexit 101\n' | $as_root tee "$policy" >/dev/null
        $as_root chmod +x "$policy"
    fi
    local good=0
    { $as_root apt-get update -qq && $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "$1"; } >/dev/null || good=1
    if [ -n "$ours" ]; then
        $as_root rm -f "$policy"
        trap - EXIT INT TERM
    fi
    return $good
}

missing=0
for service in "$@"; do
    case $service in
        npm | openssl | gpg)
            package=${service/gpg/gnupg}
            if found=$(find_programs "$service") || { install_package "$package" && found=$(find_programs "$service"); }; then
                echo "$service: $found"
            else
                echo "$service is needed and was not found: install it (Debian: apt-get install $package)."
                missing=1
            fi
            continue
            ;;
        rabbitmq) name=RabbitMQ programs="rabbitmq-server epmd" package=rabbitmq-server variable=RABBITMQ_URI ;;
        postgresql) name=PostgreSQL programs=postgres package=postgresql variable=POSTGRES_URL ;;
        mariadb) name=MariaDB programs="mariadbd mariadb-install-db" package=mariadb-server variable=MARIADB_URL ;;
        redis) name=Redis programs=redis-server package=redis-server variable=REDIS_URI ;;
        *) echo "ensure.sh: unknown service $service"; exit 2 ;;
    esac
    if found=$(find_programs $programs); then
        echo "$name: a private process of $found"
    elif [ -n "${!variable:-}" ]; then
        echo "$name: the one that $variable names; tests that kill it need a program of their own"
    elif engine_answers; then
        echo "$name: a container"
    elif install_package $package && found=$(find_programs $programs); then
        echo "$name: a private process of $found, just installed"
    else
        echo "$name is needed and was not found ($programs): install it (Debian: apt-get install $package), or set $variable, or start a Docker engine."
        missing=1
    fi
done
exit $missing
