import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findAccess, readKubeconfig } from '../../src/cluster/kubeconfig.ts';
import { proxyFor } from '../../src/cluster/proxy.ts';

const base64 = (text: string) => Buffer.from(text).toString('base64');

function kubeconfig(user: unknown, cluster: Record<string, unknown> = {}): string {
  return JSON.stringify({
    'current-context': 'one',
    contexts: [{ name: 'one', context: { cluster: 'c', user: 'u', namespace: 'stage' } }],
    clusters: [
      {
        name: 'c',
        cluster: {
          server: 'https://k8s.example.com:6443',
          'certificate-authority-data': base64('CA'),
          ...cluster,
        },
      },
    ],
    users: [{ name: 'u', user }],
  });
}

describe('readKubeconfig', () => {
  it('reads server, authority, namespace and a token', async () => {
    const access = await readKubeconfig(
      kubeconfig({ token: 'abc123' }, { 'tls-server-name': 'inner' }),
      '',
      '/',
    );
    expect(access.server.href).toBe('https://k8s.example.com:6443/');
    expect(access).toMatchObject({ namespace: 'stage', serverName: 'inner', skipVerify: false });
    expect(access.ca?.toString()).toBe('CA');
    expect(await access.credential(false)).toEqual({ token: 'abc123' });
  });

  it('reads a client certificate given inline and one given as files beside the kubeconfig', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'kubeconfig-'));
    writeFileSync(join(folder, 'key.pem'), 'KEY');
    const user = { 'client-certificate-data': base64('CERT'), 'client-key': 'key.pem' };
    const { cert, key } = await (await readKubeconfig(kubeconfig(user), '', folder)).credential(false);
    expect([cert?.toString(), key?.toString()]).toEqual(['CERT', 'KEY']);
  });

  it('asks an exec plugin, once, and again when the token was refused', async () => {
    const script = `
      const info = JSON.parse(process.env.KUBERNETES_EXEC_INFO);
      console.log(JSON.stringify({ status: { token: info.spec.cluster.server + ' ' + process.env.WHO + ' ' + process.hrtime.bigint() } }));`;
    const exec = {
      apiVersion: 'client.authentication.k8s.io/v1',
      command: process.execPath,
      args: ['-e', script],
      env: [{ name: 'WHO', value: 'me' }],
    };
    const access = await readKubeconfig(kubeconfig({ exec }), '', '/');
    const first = await access.credential(false);
    expect(first.token).toMatch(/^https:\/\/k8s\.example\.com:6443 me \d+$/);
    expect(await access.credential(false)).toEqual(first);
    expect((await access.credential(true)).token).not.toBe(first.token);
  });

  it.each([
    ['not YAML', '{', /it is not YAML/],
    ['base64 of one', base64('apiVersion: v1'), /no contexts/],
    ['no such context', kubeconfig({}), /no context 'two'\. It has: one/],
  ])('%s', async (_, text, message) => {
    await expect(readKubeconfig(text, text.startsWith('{"') ? 'two' : '', '/')).rejects.toThrow(message);
  });

  it('never quotes the text, which is a secret', async () => {
    const text = 'users: [ {token: s3cr3t-t0k3n';
    const error = await readKubeconfig(text, '', '/').catch((thrown: Error) => thrown);
    expect(String(error)).not.toContain('s3cr3t');
  });
});

describe('findAccess', () => {
  const none = { text: '', path: '', context: '' };

  it('says what to add when there is no cluster', async () => {
    await expect(findAccess(none, {})).rejects.toMatchObject({
      code: 'no-kubeconfig',
      remedy: /secrets\.KUBECONFIG/,
    });
  });

  it('takes the first file of KUBECONFIG that there is', async () => {
    const path = join(mkdtempSync(join(tmpdir(), 'kubeconfig-')), 'config');
    writeFileSync(path, kubeconfig({}));
    const access = await findAccess(none, { KUBECONFIG: `/nowhere/at-all:${path}` });
    expect(access.namespace).toBe('stage');
  });
});

describe('proxyFor', () => {
  const server = new URL('https://k8s.example.com');
  it.each([
    ['the kubeconfig first', 'http://own:1', { HTTPS_PROXY: 'http://env:2' }, 'own:1'],
    ['then the environment', undefined, { HTTPS_PROXY: 'http://env:2' }, 'env:2'],
    ['in lower case too', undefined, { https_proxy: 'http://env:2' }, 'env:2'],
    [
      'unless NO_PROXY names a parent',
      undefined,
      { HTTPS_PROXY: 'http://env:2', NO_PROXY: 'a,.example.com' },
      undefined,
    ],
    ['a suffix is no parent', undefined, { HTTPS_PROXY: 'http://env:2', NO_PROXY: 'ample.com' }, 'env:2'],
    ['none', undefined, {}, undefined],
  ])('%s', (_, configured, env, host) => {
    expect(proxyFor(server, configured, env)?.host).toBe(host);
  });

  it.each([
    ['10.0.0.0/8', 'https://10.96.0.1', true],
    ['10.0.0.0/8', 'https://11.0.0.1', false],
    ['10.96.0.1', 'https://10.96.0.1:443', true],
    ['10.96.0.1/32,fd00::/8', 'https://[fd00::1]', true],
    ['fd00::1', 'https://[fd00::1]:6443', true],
    ['fd00::1', 'https://[fd00::2]', false],
    ['10.0.0.0/99', 'https://10.0.0.1', false],
    ['10.0.0.0/8', 'https://ten.example.com', false],
  ])('NO_PROXY %s and %s', (NO_PROXY, address, isDirect) => {
    const found = proxyFor(new URL(address), undefined, { HTTPS_PROXY: 'http://env:2', NO_PROXY });
    expect(found === undefined).toBe(isDirect);
  });

  it('refuses what it cannot speak', () => {
    expect(() => proxyFor(server, 'socks5://x:1', {})).toThrow(/not an http or https address/);
  });
});
