import { execFile } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { leadPath } from '@fairway/local';
import { cosign } from './cosign.ts';
import { freePort } from './ports.ts';
import { Servers } from './servers.ts';

const execute = promisify(execFile);

/** Built here where they are not there yet, unless SIGSTORE_PROGRAMS names a folder of others. */
const folder = process.env.SIGSTORE_PROGRAMS || dirname((await leadPath('sigstore')).path('sigstore'));

/** A Sigstore of the real servers, which believes one OIDC issuer, in a folder of its own. */
export interface RealSigstore {
  readonly fulcio: string;
  readonly rekor: string;
  /** What `cosign signing-config create` and `cosign trusted-root create` made for it. */
  readonly signingConfig: string;
  readonly trustedRoot: string;
  close(): Promise<void>;
}

export async function startRealSigstore(issuer: string, version: 1 | 2): Promise<RealSigstore> {
  const work = await mkdtemp(join(tmpdir(), 'sigstore-'));
  const servers = new Servers(work, folder);
  try {
    const { url: fulcio, certificateLog } = await startFulcio(servers, issuer);
    const timestamps = version === 2 ? await startTimestamps(servers) : undefined;
    const rekor = await (version === 1 ? startRekor1(servers) : startRekor2(servers));
    const start = new Date(Date.now() - 60_000).toISOString().replace(/\.\d+/, '');
    const service = (url: string, api: number) =>
      `url=${url},api-version=${api},start-time=${start},operator=loopback`;
    await cosignWrites(work, 'signing-config', [
      ...[`--fulcio=${service(fulcio, 1)}`, `--rekor=${service(rekor.url, version)}`, '--rekor-config=ANY'],
      `--oidc-provider=${service(issuer, 1)}`,
      ...(timestamps ? [`--tsa=${service(timestamps, 1)}`, '--tsa-config=ANY'] : []),
    ]);
    // A log of the second kind has another id, made of its key and its name.
    const origin = version === 2 ? ',origin=127.0.0.1' : '';
    await cosignWrites(work, 'trusted-root', [
      `--fulcio=url=${fulcio},certificate-chain=fulcio.pem,start-time=${start}`,
      `--ctfe=url=${certificateLog},public-key=ct.pub,start-time=${start}`,
      `--rekor=url=${rekor.url},public-key=rekor.pub,start-time=${start}${origin}`,
      ...(timestamps ? [`--tsa=url=${timestamps},certificate-chain=tsa.pem,start-time=${start}`] : []),
    ]);
    return {
      ...{ fulcio, rekor: rekor.url },
      signingConfig: await readFile(join(work, 'signing-config.json'), 'utf8'),
      trustedRoot: await readFile(join(work, 'trusted-root.json'), 'utf8'),
      close: () => servers.stop(),
    };
  } catch (cause) {
    await servers.stop();
    throw cause;
  }
}

async function cosignWrites(work: string, what: string, args: readonly string[]): Promise<void> {
  await execute(cosign, [what, 'create', ...args, '--out', `${what}.json`], {
    cwd: work,
    env: { PATH: process.env.PATH, HOME: work },
  });
}

interface Authority {
  readonly url: string;
  /** Where its certificates are published before they count. */
  readonly certificateLog: string;
}

/** Its own root, made anew each time, and the log of its certificates. */
async function startFulcio(servers: Servers, issuer: string): Promise<Authority> {
  const config = {
    OIDCIssuers: { [issuer]: { IssuerURL: issuer, ClientID: 'sigstore', Type: 'github-workflow' } },
  };
  await writeFile(join(servers.work, 'fulcio.json'), JSON.stringify(config));
  const [grpc, metrics, logPort] = [await freePort(), await freePort(), await freePort()];
  const certificateLog = `http://127.0.0.1:${logPort}/published`;
  const url = await servers.start('fulcio', (port) => [
    ...['serve', '--host', '127.0.0.1', '--port', `${port}`, '--ca', 'ephemeralca'],
    ...['--grpc-host', '127.0.0.1', '--grpc-port', `${grpc}`, '--metrics-port', `${metrics}`],
    ...['--config-path', 'fulcio.json', '--ct-log-url', certificateLog],
    ...['--legacy-unix-domain-socket', `@fulcio-${port}`],
  ]);
  await writeFile(join(servers.work, 'fulcio.pem'), await servers.ready(`${url}/api/v1/rootCert`));
  await startCertificateLog(servers, logPort);
  await servers.ready(`${certificateLog}/ct/v1/get-roots`);
  return { url, certificateLog };
}

/** Source: google/certificate-transparency-go, trillian/ctfe/configpb/config.proto, `LogConfig`. */
async function startCertificateLog(servers: Servers, port: number): Promise<void> {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const trillian = await startTrillian(servers);
  const key = privateKey.export({ type: 'pkcs8', format: 'der' }).toString('hex').replace(/../g, '\\x$&');
  await writeFile(
    join(servers.work, 'ct.cfg'),
    `config { log_id: ${trillian.tree} prefix: "published" roots_pem_file: "fulcio.pem" max_merge_delay_sec: 86400
      ext_key_usages: "CodeSigning" private_key { [type.googleapis.com/keyspb.PrivateKey] { der: "${key}" } } }`,
  );
  await writeFile(join(servers.work, 'ct.pub'), publicKey.export({ type: 'spki', format: 'pem' }));
  const backend = ['--log_rpc_server', `127.0.0.1:${trillian.port}`, '--log_config', 'ct.cfg'];
  await servers.start('ct_server', () => ['--http_endpoint', `127.0.0.1:${port}`, ...backend], port);
}

async function startTrillian(servers: Servers): Promise<{ readonly port: number; readonly tree: string }> {
  const port = await freePort();
  return {
    port,
    tree: await servers.firstLine('trillian_memory', ['--rpc_endpoint', `127.0.0.1:${port}`]),
  };
}

/** Needed where the log says no times. */
async function startTimestamps(servers: Servers): Promise<string> {
  const url = await servers.start('timestamp-server', (port) => [
    ...['serve', '--host', '127.0.0.1', '--port', `${port}`, '--disable-ntp-monitoring'],
  ]);
  const address = `${url}/api/v1/timestamp`;
  await writeFile(join(servers.work, 'tsa.pem'), await servers.ready(`${address}/certchain`));
  return address;
}

/** A log's checkpoints are signed under a name that must stand in its address: sigstore-js looks for it there. */
interface Log {
  readonly url: string;
}

async function startRekor1(servers: Servers): Promise<Log> {
  const trillian = await startTrillian(servers);
  const backend = ['--trillian_log_server.port', `${trillian.port}`, '--trillian_log_server.tlog_id'];
  const url = await servers.start('rekor-server', (port) => [
    ...['serve', '--port', `${port}`, '--rekor_server.address', '127.0.0.1', ...backend, trillian.tree],
    ...['--rekor_server.signer', 'memory', '--rekor_server.hostname', '127.0.0.1'],
    '--enable_retrieve_api=false',
    ...['--enabled_api_endpoints', 'getLogInfo,getPublicKey,getLogProof,createLogEntry,getLogEntryByUUID'],
  ]);
  await writeFile(join(servers.work, 'rekor.pub'), await servers.ready(`${url}/api/v1/log/publicKey`));
  return { url };
}

async function startRekor2(servers: Servers): Promise<Log> {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  await writeFile(join(servers.work, 'rekor.key'), privateKey.export({ type: 'pkcs8', format: 'pem' }));
  await writeFile(join(servers.work, 'rekor.pub'), publicKey.export({ type: 'spki', format: 'pem' }));
  const [grpc, metrics] = [await freePort(), await freePort()];
  const url = await servers.start('rekor-server-posix', (port) => [
    ...['serve', '--http-port', `${port}`, '--grpc-port', `${grpc}`, '--http-metrics-port', `${metrics}`],
    ...[
      '--hostname',
      '127.0.0.1',
      '--storage-dir',
      join(servers.work, 'log'),
      '--signer-filepath',
      'rekor.key',
    ],
    ...['--checkpoint-interval', '1s', '--batch-max-age', '100ms'],
  ]);
  await servers.ready(`${url}/healthz`);
  return { url };
}
