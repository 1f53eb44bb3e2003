// A way to the cluster that counts: a plain HTTP server on loopback that hands every request on to the API server with
// the credentials of a kubeconfig, so that all contestants go the same way and none needs to be believed.
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { Agent, request } from 'node:https';
import { parse } from 'yaml';

/** @returns the server's address, a kubeconfig for it, and the requests that came through */
export async function openCluster(kubeconfig, folder) {
  const access = readAccess(kubeconfig);
  const seen = [];
  const server = createServer((incoming, outgoing) => {
    seen.push(`${incoming.method} ${incoming.url}`);
    const { host: _host, authorization: _none, ...headers } = incoming.headers;
    const onward = request(
      {
        ...access.options,
        method: incoming.method,
        path: incoming.url,
        headers: { ...headers, ...access.headers },
      },
      (answer) => {
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
        outgoing.flushHeaders();
        answer.pipe(outgoing);
        answer.on('error', () => outgoing.destroy());
      },
    );
    onward.on('error', () => outgoing.destroy());
    outgoing.on('close', () => onward.destroy());
    incoming.pipe(onward);
  });
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  const file = `${folder}/kubeconfig`;
  writeFileSync(file, kubeconfigText(`http://127.0.0.1:${server.address().port}`));
  const kubectl = (args, input) =>
    execFileSync('kubectl', ['--kubeconfig', kubeconfig, ...args], {
      encoding: 'utf8',
      input,
      maxBuffer: 1 << 28,
      stdio: ['pipe', 'pipe', 'pipe'],
    });
  return {
    kubeconfig: file,
    kubectl,
    seen,
    watch: (path, take) => watch(access, path, take),
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

function readAccess(kubeconfig) {
  const config = parse(readFileSync(kubeconfig, 'utf8'));
  const { context } = config.contexts.find(({ name }) => name === config['current-context']);
  const { cluster } = config.clusters.find(({ name }) => name === context.cluster);
  const { user } = config.users.find(({ name }) => name === context.user);
  const bytes = (entry, name) =>
    entry[`${name}-data`]
      ? Buffer.from(entry[`${name}-data`], 'base64')
      : entry[name] && readFileSync(entry[name]);
  const { hostname, port } = new URL(cluster.server);
  const options = {
    host: hostname,
    port: port || 443,
    ca: bytes(cluster, 'certificate-authority'),
    cert: bytes(user, 'client-certificate'),
    key: bytes(user, 'client-key'),
    rejectUnauthorized: cluster['insecure-skip-tls-verify'] !== true,
    agent: new Agent({ keepAlive: true }),
  };
  return { options, headers: user.token ? { authorization: `Bearer ${user.token}` } : {} };
}

function kubeconfigText(server) {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'c',
    contexts: [{ name: 'c', context: { cluster: 'c', user: 'u', namespace: 'default' } }],
    clusters: [{ name: 'c', cluster: { server } }],
    users: [{ name: 'u', user: {} }],
  });
}

/** Follows a collection with an eye of its own, again and again where it breaks off. @returns how to stop */
function watch({ options, headers }, path, take) {
  let asking;
  let going = true;
  const open = () => {
    asking = request({ ...options, agent: false, path: `${path}?watch=true`, headers }, (answer) => {
      let rest = '';
      answer.setEncoding('utf8');
      answer.on('data', (part) => {
        const lines = (rest + part).split('\n');
        rest = lines.pop() ?? '';
        for (const line of lines) if (line !== '') take(JSON.parse(line).object);
      });
      answer.on('error', () => {});
    });
    asking.on('error', () => {});
    asking.on('close', () => going && setTimeout(open, 100));
    asking.end();
  };
  open();
  return () => {
    going = false;
    asking.destroy();
  };
}
