/** Where the two files of the test are in the image while it runs; nothing of them stays in it. */
export const START_FOLDER = '/.fairway';
const BUSYBOX = `${START_FOLDER}/busybox`;

/** Exit codes of the script below, out of the way of those that shells give. */
export const ENDINGS = { ended: 91, silent: 92, refused: 93 } as const;

/**
 * Arguments: port, path, seconds, how many variables, those as KEY=VALUE, and the program with its own arguments. It
 * asks `http://127.0.0.1:PORT PATH` until the answer is 2xx or 3xx, of which only the first status counts: a redirect
 * may lead to where this cannot follow. It writes nothing to the image, whose user may own no folder, and needs no
 * program of it.
 *
 * The program is started before any variable is set, for the image's environment may have one of that name, and is
 * looked for on PATH here: a busybox would start its own (`httpd`) in its place.
 */
export const START_SCRIPT = `start() {
  shift 3
  fairway_left=$1
  shift
  while [ "$fairway_left" -gt 0 ]; do
    export "$1"
    shift
    fairway_left=$((fairway_left - 1))
  done
  fairway_found=$1
  shift
  case $fairway_found in
    */*) exec "$fairway_found" "$@" ;;
  esac
  IFS=:
  set -f
  for fairway_folder in $PATH; do
    [ -f "$fairway_folder/$fairway_found" ] && [ -x "$fairway_folder/$fairway_found" ] &&
      exec "$fairway_folder/$fairway_found" "$@"
  done
  echo "$fairway_found is not on PATH ($PATH)"
  exit 127
}
start "$@" &
program=$!
port=$1 path=$2 seconds=$3
clock() { read -r now rest </proc/uptime; now=\${now%.*}; }
nap() { ${BUSYBOX} sleep 0.2 || ${BUSYBOX} sleep 1; }
running() { kill -0 "$program" 2>/dev/null; }
ask() {
  status=
  said=$(${BUSYBOX} timeout 5 ${BUSYBOX} wget -q -S -Y off -O /dev/null "http://127.0.0.1:$port$path" 2>&1) || :
  case $said in *HTTP/*)
    status=\${said#*HTTP/}
    status=\${status#* }
    status=\${status%%[!0-9]*}
  esac
}
private() {
  found=
  socket=$(printf '%04X' "$port"):0A
  for table in /proc/net/tcp /proc/net/tcp6; do
    [ -r $table ] || continue
    while read -r number local remote state rest; do
      case $local:$state in
        *0100007F:$socket) found=1 ;;
        *:$socket) return 1 ;;
      esac
    done <$table
  done
  [ -n "$found" ]
}
end() {
  kill "$program" 2>/dev/null
  tries=0
  while running && [ $tries -lt 15 ]; do tries=$((tries + 1)); nap; done
  kill -9 "$program" 2>/dev/null
  wait "$program"
  echo "fairway: $2"
  exit $1
}
clock
start=$now last=
while :; do
  nap
  if ! running; then
    wait "$program"
    code=$?
    echo "fairway: ended with exit code $code"
    exit ${ENDINGS.ended}
  fi
  ask
  clock
  if [ -z "\${status##[23]??}" ] && [ -n "$status" ] && running; then
    private && where=' on 127.0.0.1 only' || where=
    end 0 "answered $status after $((now - start)) s$where"
  fi
  last=\${status:-$last}
  [ $((now - start)) -lt "$seconds" ] && continue
  [ -z "$last" ] && end ${ENDINGS.silent} "did not answer"
  end ${ENDINGS.refused} "answered $last"
done
`;

/**
 * The Dockerfile that starts the image as it would be started, without any network but its own loopback. Pure.
 * @param start the program with its arguments; they reach it as they are, no shell reads them
 */
export function startDockerfile(
  start: readonly string[],
  how: {
    readonly port: number;
    readonly path: string;
    readonly env: ReadonlyMap<string, string>;
    readonly timeoutMs: number;
    readonly probeImage: string;
  },
): string {
  const seconds = Math.max(1, Math.ceil(how.timeoutMs / 1000));
  const argv = [
    ...[BUSYBOX, 'sh', `${START_FOLDER}/start.sh`, String(how.port), how.path, String(seconds)],
    String(how.env.size),
    ...[...how.env].map(([key, value]) => `${key}=${value}`),
    ...start,
  ];
  const options = [
    '--network=none',
    `--mount=type=bind,from=${how.probeImage},source=/bin/busybox,target=${BUSYBOX}`,
    `--mount=type=bind,source=start.sh,target=${START_FOLDER}/start.sh`,
  ];
  return `FROM fairway-image\nRUN ${options.join(' ')} ${JSON.stringify(argv)}\n`;
}
