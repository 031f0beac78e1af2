#!/bin/bash
# lab.sh up|env|status|down|destroy|kill|freeze|thaw|alarm on|alarm off|ctl ARGS...   - a real RabbitMQ for tests, loopback only.
# State: $LAB_STATE (default /tmp/guts-lab/rabbitmq). Ports: LAB_AMQP 5773, LAB_AMQPS 5774, LAB_DIST 25773, LAB_EPMD 4773.
# LAB_ADDRESS: one more address, for TLS alone, in a network namespace without a way out.
set -euo pipefail
S=${LAB_STATE:-/tmp/guts-lab/rabbitmq}
ADDRESS=${LAB_ADDRESS:-}
AMQP=${LAB_AMQP:-5773} AMQPS=${LAB_AMQPS:-5774} DIST=${LAB_DIST:-25773} EPMD=${LAB_EPMD:-4773}
NODE=guts-lab-$AMQP@localhost
# The password has what URLs, shells and JSON trip over.
USER_NAME=guts PASSWORD='Kaninchen & "Bau" 5%/@:ü' STRANGER=stranger STRANGER_PASSWORD=Fremder-77

die() { echo "lab: $*" >&2; exit 1; }
need() {
  local miss=() p
  for p in rabbitmq-server openssl; do dpkg -s "$p" >/dev/null 2>&1 || miss+=("$p"); done
  ((${#miss[@]})) || return 0
  [[ $(id -u) = 0 ]] || die "needs root to install: ${miss[*]}"
  local apt=(apt-get -qq -o DPkg::Lock::Timeout=600)
  "${apt[@]}" update >/dev/null
  # Debian starts the broker when it installs it; this one is nobody's.
  local policy=/usr/sbin/policy-rc.d made=
  [[ -e $policy ]] || { printf '#!/bin/sh\nexit 101\n' >$policy; chmod +x $policy; made=1; }
  DEBIAN_FRONTEND=noninteractive "${apt[@]}" install -y --no-install-recommends "${miss[@]}" >/dev/null
  [[ -z $made ]] || rm -f $policy
}

# As nobody who matters: root's broker would be the wrong one to test.
as=(); [[ $(id -u) != 0 ]] || as=(setpriv --reuid rabbitmq --regid rabbitmq --clear-groups --)
tools() { dirname "$(ls /usr/lib/rabbitmq/lib/rabbitmq_server-*/sbin/rabbitmq-server | sort -V | tail -1)"; }
with() { # runs in place of this shell, so that its pid is the program's: for a subshell
  exec ${as[@]+"${as[@]}"} env -i PATH=/usr/bin:/bin:/usr/sbin:/sbin LANG=C.UTF-8 HOME="$S/home" ERL_EPMD_PORT="$EPMD" ERL_EPMD_ADDRESS=127.0.0.1 \
    RABBITMQ_NODENAME="$NODE" RABBITMQ_DIST_PORT="$DIST" RABBITMQ_MNESIA_BASE="$S/data" RABBITMQ_LOG_BASE="$S/log" \
    RABBITMQ_CONFIG_FILE="$S/rabbitmq.conf" RABBITMQ_ENABLED_PLUGINS_FILE="$S/plugins" RABBITMQ_CONF_ENV_FILE=/dev/null \
    RABBITMQ_ALLOW_INPUT=1 \
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS="+S 2:2 +sbwt none -kernel inet_dist_use_interface {127,0,0,1} -noinput" "$@"
}
ctl() { (with "$(tools)/rabbitmqctl" -q "$@"); }

running() { # name: its pid, when the process of that pid file is ours and alive
  local p; p=$(cat "$S/$1.pid" 2>/dev/null) || return 1
  [[ -n $p && -r /proc/$p/environ ]] && tr '\0' '\n' <"/proc/$p/environ" 2>/dev/null | grep -qxF "HOME=$S/home" && echo "$p"
}
listens() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }
gone() { # pid seconds
  local i; for ((i = 0; i < $2 * 10; i++)); do [[ -d /proc/$1 ]] || return 0; sleep .1; done; return 1
}

certificates() {
  [[ -s $S/tls/server.pem ]] && return 0
  mkdir -p "$S/tls"
  local name
  for name in ca other-ca; do
    openssl req -x509 -newkey rsa:2048 -nodes -days 3650 -subj "/CN=Guts lab $name" -keyout "$S/tls/$name.key" -out "$S/tls/$name.pem" 2>/dev/null
  done
  openssl req -newkey rsa:2048 -nodes -subj /CN=localhost -keyout "$S/tls/server.key" -out "$S/tls/server.csr" 2>/dev/null
  openssl x509 -req -in "$S/tls/server.csr" -CA "$S/tls/ca.pem" -CAkey "$S/tls/ca.key" -CAcreateserial -days 3650 \
    -extfile <(printf 'subjectAltName=DNS:localhost,IP:127.0.0.1%s\n' "${ADDRESS:+,IP:$ADDRESS}") -out "$S/tls/server.pem" 2>/dev/null
}

hashed() { # as RabbitMQ keeps passwords: 4 bytes of salt, then SHA-256 of salt and password
  { printf 'salt'; { printf 'salt'; printf %s "$1"; } | openssl dgst -sha256 -binary; } | base64 -w0
}

configure() {
  mkdir -p "$S"/{home,data,log}
  certificates
  : >"$S/plugins"; echo '[].' >"$S/plugins"
  [[ -s $S/home/.erlang.cookie ]] || (umask 077; head -c 30 /dev/urandom | base64 | tr -dc A-Za-z0-9 >"$S/home/.erlang.cookie")
  printf %s "$PASSWORD" >"$S/password"; printf %s "$STRANGER_PASSWORD" >"$S/stranger-password"
  cat >"$S/definitions.json" <<E
{ "users": [
    { "name": "$USER_NAME", "password_hash": "$(hashed "$PASSWORD")", "hashing_algorithm": "rabbit_password_hashing_sha256", "tags": "" },
    { "name": "$STRANGER", "password_hash": "$(hashed "$STRANGER_PASSWORD")", "hashing_algorithm": "rabbit_password_hashing_sha256", "tags": "" } ],
  "vhosts": [ { "name": "/" }, { "name": "guts" } ],
  "permissions": [ { "user": "$USER_NAME", "vhost": "guts", "configure": "^guts\\\\.", "write": "^(guts\\\\.|amq\\\\.default$)", "read": "^guts\\\\." },
    { "user": "$USER_NAME", "vhost": "/", "configure": "^$", "write": "^$", "read": "^$" } ] }
E
  cat >"$S/rabbitmq.conf" <<E
listeners.tcp.1 = 127.0.0.1:$AMQP
listeners.ssl.1 = 127.0.0.1:$AMQPS
${ADDRESS:+listeners.ssl.2 = $ADDRESS:$AMQPS}
ssl_options.cacertfile = $S/tls/ca.pem
ssl_options.certfile = $S/tls/server.pem
ssl_options.keyfile = $S/tls/server.key
ssl_options.verify = verify_none
load_definitions = $S/definitions.json
vm_memory_high_watermark.relative = 0.3
disk_free_limit.absolute = 50MB
heartbeat = 10
log.console = false
log.file.level = warning
E
  chmod 600 "$S/password" "$S/stranger-password" "$S/definitions.json"
  [[ $(id -u) != 0 ]] || chown -R rabbitmq:rabbitmq "$S"
}

up() {
  need
  if running server >/dev/null && listens "$AMQP"; then return 0; fi
  if listens "$AMQP"; then die "port $AMQP is somebody else's"; fi
  configure
  if ! running epmd >/dev/null; then
    (with epmd -port "$EPMD" -address 127.0.0.1) >>"$S/log/epmd.log" 2>&1 </dev/null & echo $! >"$S/epmd.pid"
  fi
  (with "$(tools)/rabbitmq-server") >>"$S/log/start.log" 2>&1 </dev/null & echo $! >"$S/server.pid"
  local i
  for ((i = 0; i < 1800; i++)); do
    if listens "$AMQP" && listens "$AMQPS"; then return 0; fi
    running server >/dev/null || { sleep 1; running server >/dev/null || { tail -20 "$S/log/start.log" >&2; die "it ended at once"; }; }
    sleep .1
  done
  die "it does not listen after three minutes; see $S/log"
}

down() {
  local p
  if p=$(running server); then kill -CONT "$p"; kill -TERM "$p"; gone "$p" 30 || kill -KILL "$p"; fi
  if p=$(running epmd); then kill -TERM "$p"; gone "$p" 5 || kill -KILL "$p"; fi
  rm -f "$S/server.pid" "$S/epmd.pid"
}

environment() {
  cat <<E
export RABBITMQ_AMQP='amqp://$USER_NAME@127.0.0.1:$AMQP/guts'
export RABBITMQ_AMQPS='amqps://$USER_NAME@${ADDRESS:-localhost}:$AMQPS/guts'
export RABBITMQ_PASSWORD_FILE='$S/password'
export RABBITMQ_CA='$S/tls/ca.pem'
export RABBITMQ_OTHER_CA='$S/tls/other-ca.pem'
export RABBITMQ_FINGERPRINT='$(openssl x509 -in "$S/tls/server.pem" -noout -fingerprint -sha256 | cut -d= -f2)'
export RABBITMQ_STRANGER='amqp://$STRANGER@127.0.0.1:$AMQP/guts'
export RABBITMQ_STRANGER_PASSWORD_FILE='$S/stranger-password'
E
}

case "${1:-}" in
  up) up ;;
  env) environment ;;
  status) running server >/dev/null && listens "$AMQP" && echo "up: amqp $AMQP, amqps $AMQPS, state $S" || { echo down; exit 1; } ;;
  down) down ;;
  destroy) down; rm -rf "$S" ;;
  kill) p=$(running server) || die "it does not run"; kill -KILL "$p"; gone "$p" 10 ;;
  freeze) p=$(running server) || die "it does not run"; kill -STOP "$p" ;;
  thaw) p=$(running server) || die "it does not run"; kill -CONT "$p" ;;
  alarm) case "${2:-}" in
      on) ctl set_vm_memory_high_watermark 0.00001 ;;
      off) ctl set_vm_memory_high_watermark 0.3 ;;
      *) die "alarm on|off" ;;
    esac ;;
  ctl) shift; ctl "$@" ;;
  *) sed -n 2,3p "$0"; exit 2 ;;
esac
