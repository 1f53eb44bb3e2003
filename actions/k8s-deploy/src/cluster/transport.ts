import { once } from 'node:events';
import type { IncomingMessage, RequestOptions } from 'node:http';
import { isIP, type Socket } from 'node:net';
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

/** Kept-alive HTTPS to one API server, directly or through an HTTP proxy. Loaded when first needed: TLS is heavy. */
export async function openTransport(access: Access, sockets = 24): Promise<Transport> {
  const secure = access.server.protocol === 'https:';
  const { request, Agent } = secure ? await import('node:https') : await import('node:http');
  const proxy = proxyFor(access.server, access.proxy, process.env);
  const agent = new Agent({ keepAlive: true, maxSockets: sockets, scheduling: 'lifo' });
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
    const tunnel = proxy && secure ? await openTunnel(proxy, options, tls) : undefined;
    const outgoing = request(tunnel ? { ...options, agent: false, createConnection: () => tunnel } : options);
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

/** A TLS connection to the API server through the proxy's CONNECT. */
async function openTunnel(proxy: URL, target: RequestOptions, tls: object): Promise<Socket> {
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
  // An address is no server name (RFC 6066); the certificate is then checked against the host.
  const name = target.host ?? '';
  const secured = connect({ socket, host: name, ...(isIP(name) === 0 && { servername: name }), ...tls });
  await once(secured, 'secureConnect');
  return secured;
}
