import { once } from 'node:events';
import type { IncomingMessage, RequestOptions } from 'node:http';
import { isIP, Socket } from 'node:net';
import type { ConnectionOptions } from 'node:tls';
import type { Credential } from './credential.js';
import type { Access } from './kubeconfig.js';
import { proxyFor } from './proxy.js';

export interface Call {
  readonly method: string;
  /** Path with query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal?: AbortSignal;
  /** Milliseconds without a byte after which the call counts as dead. */
  readonly silenceMs: number;
}

/** Sends one request and gives the answer as it begins to arrive. Rejects when there is no answer. */
export type Transport = (call: Call, credential: Credential) => Promise<IncomingMessage>;

/** Milliseconds of silence after which the peer is asked for a sign of life, every second then, ten times (libuv). */
const KEEP_ALIVE_MS = 1_000;

/** Kept-alive HTTPS to one API server, directly or through an HTTP proxy. Loaded when first needed: TLS is heavy. */
export async function openTransport(access: Access, sockets = 24): Promise<Transport> {
  const secure = access.server.protocol === 'https:';
  const { request, Agent } = secure ? await import('node:https') : await import('node:http');
  const proxy = proxyFor(access.server, access.proxy, process.env);
  const agent = new Agent({
    keepAlive: true,
    keepAliveMsecs: KEEP_ALIVE_MS,
    maxSockets: sockets,
    scheduling: 'lifo',
  });
  if (proxy && secure) {
    agent.createConnection = (options, opened) => {
      openTunnel(proxy, options as ConnectionOptions).then(
        (socket) => opened?.(null, socket),
        (error: Error) => opened?.(error, new Socket()), // which nobody looks at
      );
      return undefined;
    };
  }
  const base = access.server.pathname.replace(/\/$/, '');

  return async (call, credential) => {
    const tls = {
      ...(access.ca && { ca: access.ca }),
      ...(access.serverName !== undefined && { servername: access.serverName }),
      ...(access.skipVerify && { rejectUnauthorized: false }),
      ...(credential.cert && { cert: credential.cert }),
      ...(credential.key && { key: credential.key }),
    };
    const options: RequestOptions = {
      host: access.server.hostname.replace(/^\[|\]$/g, ''),
      port: access.server.port || (secure ? 443 : 80),
      method: call.method,
      path: `${base}${call.path}`,
      headers: { ...call.headers, ...authorization(credential) },
      agent,
      timeout: call.silenceMs,
      ...(call.signal && { signal: call.signal }),
      ...(secure && tls),
    };
    const outgoing = request(options);
    outgoing.on('timeout', () => outgoing.destroy(new Error(`no answer for ${call.silenceMs / 1000} s`)));
    outgoing.end(call.body);
    const [answer] = await once(outgoing, 'response');
    // Errors after the answer began (a dropped watch) reach whoever reads the answer; here they only must not be fatal.
    outgoing.on('error', () => {});
    return answer as IncomingMessage;
  };
}

function authorization(credential: Credential): Record<string, string> {
  if (credential.token) return { authorization: `Bearer ${credential.token}` };
  if (credential.basic) return { authorization: `Basic ${Buffer.from(credential.basic).toString('base64')}` };
  return {};
}

/** A TLS connection to the API server through the proxy's CONNECT. @param target as the agent would connect itself */
async function openTunnel(proxy: URL, target: ConnectionOptions): Promise<Socket> {
  const { request } = proxy.protocol === 'https:' ? await import('node:https') : await import('node:http');
  const { connect } = await import('node:tls');
  const login = proxy.username
    ? Buffer.from(`${decodeURIComponent(proxy.username)}:${decodeURIComponent(proxy.password)}`).toString(
        'base64',
      )
    : undefined;
  const host = `${target.host}:${target.port}`;
  const asking = request({
    host: proxy.hostname,
    port: proxy.port || (proxy.protocol === 'https:' ? 443 : 80),
    method: 'CONNECT',
    path: host,
    headers: { host, ...(login && { 'proxy-authorization': `Basic ${login}` }) },
    timeout: 15_000,
  });
  asking.on('timeout', () => asking.destroy(new Error(`the proxy ${proxy.host} does not answer`)));
  asking.end();
  const [answer, socket] = (await once(asking, 'connect')) as [IncomingMessage, Socket];
  if (answer.statusCode !== 200) {
    socket.destroy();
    throw new Error(`the proxy ${proxy.host} answered ${answer.statusCode} to CONNECT`);
  }
  // As the agent does for direct connections: a watch on a network that swallows everything ends within seconds.
  socket.setKeepAlive(true, KEEP_ALIVE_MS);
  const { ca, cert, key, rejectUnauthorized, servername } = target;
  // An address is no server name (RFC 6066); the certificate is then checked against the host.
  const name = servername || (isIP(target.host ?? '') === 0 ? target.host : undefined);
  const secured = connect({
    socket,
    host: target.host,
    ca,
    cert,
    key,
    rejectUnauthorized,
    ...(name !== undefined && { servername: name }),
  });
  await once(secured, 'secureConnect');
  return secured;
}
