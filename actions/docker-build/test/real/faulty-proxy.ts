import { once } from 'node:events';
import { createServer, type IncomingMessage, request } from 'node:http';
import type { Part } from './parts.ts';

/** What the proxy does instead of passing a request on. */
export type Fault =
  | { readonly status: number; readonly headers?: Readonly<Record<string, string>> }
  /** The connection is cut after so many bytes of the request's body. */
  | { readonly cutAfter: number };

/** Error codes as registries word them. Source: OCI distribution specification, "Error Codes". */
const CODES: Readonly<Record<number, string>> = { 403: 'DENIED', 429: 'TOOMANYREQUESTS', 503: 'UNAVAILABLE' };

/** A registry behind a bad line: each request goes through to the real one, unless `fault` says otherwise. */
export async function startFaultyProxy(
  target: string,
): Promise<Part & { fault: (request: IncomingMessage) => Fault | undefined; readonly requests: string[] }> {
  const requests: string[] = [];
  const server = createServer((incoming, outgoing) => {
    requests.push(`${incoming.method} ${incoming.url}`);
    const fault = proxy.fault(incoming);
    if (fault !== undefined && 'status' in fault) {
      incoming.resume();
      outgoing.writeHead(fault.status, { 'content-type': 'application/json', ...fault.headers });
      outgoing.end(
        JSON.stringify({ errors: [{ code: CODES[fault.status] ?? 'UNKNOWN', message: 'on purpose' }] }),
      );
      return;
    }
    if (fault !== undefined) {
      let seen = 0;
      incoming.on('data', (chunk: Buffer) => {
        seen += chunk.length;
        if (seen >= fault.cutAfter) incoming.socket.resetAndDestroy();
      });
      return;
    }
    // The host stays that of the proxy, so that the addresses which the registry gives lead here again.
    const onward = request(`http://${target}${incoming.url}`, {
      method: incoming.method,
      headers: incoming.headers,
    });
    onward.on('response', (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    onward.on('error', () => outgoing.destroy());
    incoming.pipe(onward);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const place = server.address();
  if (typeof place !== 'object' || place === null) throw new Error('no port');
  const proxy = {
    address: `127.0.0.1:${place.port}`,
    requests,
    fault: (_: IncomingMessage): Fault | undefined => undefined,
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  return proxy;
}
