const I=348,P=[348],E={32348:((A,m,r)=>{r.d(m,{startTest:()=>k});var u=r(51455),w=r(76760),f=r(99043),p=r(11931),g=r(94695),y=r(62069);const c="/.fairway",d=`${c}/busybox`,l={ended:91,silent:92,refused:93},T=`start() {
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
nap() { ${d} sleep 0.2 || ${d} sleep 1; }
running() { kill -0 "$program" 2>/dev/null; }
ask() {
  status=
  said=$(${d} timeout 5 ${d} wget -q -S -Y off -O /dev/null "http://127.0.0.1:$port$path" 2>&1) || :
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
    exit ${l.ended}
  fi
  ask
  clock
  if [ -z "\${status##[23]??}" ] && [ -n "$status" ] && running; then
    private && where=' on 127.0.0.1 only' || where=
    end 0 "answered $status after $((now - start)) s$where"
  fi
  last=\${status:-$last}
  [ $((now - start)) -lt "$seconds" ] && continue
  [ -z "$last" ] && end ${l.silent} "did not answer"
  end ${l.refused} "answered $last"
done
`;function x(e,t){const n=Math.max(1,Math.ceil(t.timeoutMs/1e3)),a=[d,"sh",`${c}/start.sh`,String(t.port),t.path,String(n),String(t.env.size),...[...t.env].map(([s,o])=>`${s}=${o}`),...e];return`FROM fairway-image
RUN ${["--network=none",`--mount=type=bind,from=${t.probeImage},source=/bin/busybox,target=${d}`,`--mount=type=bind,source=start.sh,target=${c}/start.sh`].join(" ")} ${JSON.stringify(a)}
`}const b=1024,v=", and, unlike in Docker, only root may listen below 1024: better take a port such as 8080, in the image or by test-env",h="fairway: ";async function k(e,t,n,a){const i=(0,w.join)(a.folder,"start-test");await(0,u.mkdir)(i,{recursive:!0}),await(0,u.writeFile)((0,w.join)(i,"start.sh"),T,{mode:420});const[s="",...o]=t;(0,f.pq)(`Starting the image: ${(0,g.TL)(s,o)}`);const $=await(0,y.W)(x(t,e),i,n,a);if(!$.ok)throw S($,e);$.tail.at(-1)?.endsWith("on 127.0.0.1 only")&&(0,f.$e)(`The image listens to port ${e.port} on 127.0.0.1 only: nothing outside of its container reaches it there. Let it listen on 0.0.0.0.`,{title:"Test run"})}function S(e,t){const n=e.tail.filter(o=>!o.startsWith(h)).slice(-20),[a,i,s=n.length>0?`It printed last:
${n.join(`
`)}`:"It printed nothing."]=O(e,t);return new p.l("smoke-test-failed",`${a}; the image was not pushed.
${s}`,{remedy:i})}function O(e,{port:t,path:n,timeoutMs:a,probeImage:i}){const s=e.tail.findLast(R=>R.startsWith(h))?.slice(h.length),o=`http://127.0.0.1:${t}${n}`,$=(0,f.a3)(a);switch(e.exitCode){case l.ended:return[`The image ${s??"ended"} before it answered`,`Mend what it says; what it needs at its start can be given, for example  test-env: DATABASE_URL=sqlite::memory:  . It has no network there${t<b?v:""}.`];case l.silent:return[`The image runs, and did not answer at ${o} within ${$}`,`Check that it listens to port ${t}, on 0.0.0.0; if it only starts slowly:  test-timeout: 2m`];case l.refused:return[`The image ${s??"answered"} at ${o} to the end of ${$}, which is neither 2xx nor 3xx`,"Mend the image, or name a path that it answers without what is not there, for example  test-path: /healthz"];default:return e.timedOut?["The image did not answer in the time that the step has","Give it more:  timeout: 1h"]:["The image could not be started for a test",`The builder must be able to pull ${i}, and find a statically linked /bin/busybox in it; another is named by  probe-image`,`BuildKit says: ${[...e.tail.slice(-5),e.error].join(`
`)}`]}}})};export{I as id,P as ids,E as modules};
