import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { Agent, createServer as createSecure, request } from 'node:https';
import type { AddressInfo, Server } from 'node:net';
import { join } from 'node:path';

/** Spoils a request or its answer; `undefined` lets it through as it is. */
export type Fault = (asked: {
  readonly method: string;
  readonly path: string;
  /** How many came before this one. */
  readonly index: number;
}) => Spoiled | undefined;

export type Spoiled =
  | { readonly kind: 'delay'; readonly ms: number }
  /** It is carried out, and the answer breaks off. */
  | { readonly kind: 'break-off' }
  | { readonly kind: 'refuse'; readonly status: number; readonly headers: Record<string, string> }
  | { readonly kind: 'rewrite'; readonly path: string };

/** TLS in front of a real API server, as a load balancer stands there; it can do what those do on bad days. */
export class FaultyProxy {
  fault: Fault = () => undefined;
  readonly requests: string[] = [];
  readonly #upstream: number;
  readonly #agent = new Agent({ keepAlive: true, rejectUnauthorized: false });
  readonly #watches = new Set<ServerResponse>();
  #server: Server = createServer();
  ca = '';

  constructor(upstream: number) {
    this.#upstream = upstream;
  }

  async start(folder: string): Promise<void> {
    const [key, cert] = [join(folder, 'proxy.key'), join(folder, 'proxy.crt')];
    const subject = ['-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1'];
    const made = ['-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '1', '-keyout', key, '-out', cert];
    execFileSync('openssl', ['req', ...made, ...subject], { stdio: 'ignore' });
    this.ca = readFileSync(cert, 'utf8');
    this.#server = createSecure({ key: readFileSync(key), cert: this.ca }, (incoming, outgoing) =>
      this.#take(incoming, outgoing),
    );
    await new Promise<void>((done) => this.#server.listen(0, '127.0.0.1', done));
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** A kubeconfig that leads through here. */
  kubeconfig(user: object): string {
    const cluster = {
      server: `https://127.0.0.1:${this.port}`,
      'certificate-authority-data': Buffer.from(this.ca).toString('base64'),
    };
    return JSON.stringify({
      'current-context': 'c',
      contexts: [{ name: 'c', context: { cluster: 'c', user: 'u' } }],
      clusters: [{ name: 'c', cluster }],
      users: [{ name: 'u', user }],
    });
  }

  get openWatches(): number {
    return this.#watches.size;
  }

  /** Breaks every open watch in the middle. */
  dropWatches(): void {
    for (const watch of this.#watches) watch.destroy();
  }

  #take(incoming: IncomingMessage, outgoing: ServerResponse): void {
    const [method, path] = [incoming.method ?? 'GET', incoming.url ?? '/'];
    const spoiled = this.fault({ method, path, index: this.requests.length });
    this.requests.push(`${method} ${path}`);
    if (spoiled?.kind === 'refuse') {
      incoming.resume();
      const status = {
        kind: 'Status',
        code: spoiled.status,
        reason: 'TooManyRequests',
        message: 'slow down',
      };
      outgoing.writeHead(spoiled.status, { 'content-type': 'application/json', ...spoiled.headers });
      outgoing.end(JSON.stringify(status));
    } else if (spoiled?.kind === 'delay') {
      setTimeout(() => this.#forward(incoming, outgoing, path, undefined), spoiled.ms);
    } else {
      this.#forward(incoming, outgoing, spoiled?.kind === 'rewrite' ? spoiled.path : path, spoiled?.kind);
    }
  }

  #forward(
    incoming: IncomingMessage,
    outgoing: ServerResponse,
    path: string,
    spoiled: Spoiled['kind'] | undefined,
  ): void {
    const { method, headers } = incoming;
    const options = { host: '127.0.0.1', port: this.#upstream, agent: this.#agent, method, path, headers };
    const onward = request(options, (answer) => {
      if (spoiled === 'break-off') {
        outgoing.writeHead(answer.statusCode ?? 502, { 'content-length': '100000' });
        outgoing.write('{"kind": ');
        answer.resume().once('end', () => outgoing.destroy());
        return;
      }
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      outgoing.flushHeaders();
      answer.pipe(outgoing);
      answer.on('error', () => outgoing.destroy());
    });
    // As a load balancer answers whose server is gone.
    onward.on('error', () => {
      if (outgoing.headersSent) outgoing.destroy();
      else outgoing.writeHead(502).end('bad gateway');
    });
    outgoing.on('close', () => onward.destroy());
    if (path.includes('watch=true')) {
      this.#watches.add(outgoing);
      outgoing.on('close', () => this.#watches.delete(outgoing));
    }
    incoming.pipe(onward);
  }

  stop(): void {
    this.#agent.destroy();
    for (const watch of this.#watches) watch.destroy();
    (this.#server as ReturnType<typeof createSecure>).closeAllConnections?.();
    this.#server.close();
  }
}
