import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { withLogin, writeDockerConfig } from '../src/docker-config.ts';

const login = { registry: 'ghcr.io', username: 'me', password: 'a:b' };
const auth = Buffer.from('me:a:b').toString('base64');

describe('a login beside those that are there', () => {
  it('leaves the others and the client’s settings', () => {
    const original = { auths: { 'quay.io': { auth: 'x' } }, proxies: { default: { httpProxy: 'http://p' } } };
    expect(withLogin(original, login)).toEqual({
      auths: { 'quay.io': { auth: 'x' }, 'ghcr.io': { auth } },
      credHelpers: {},
      proxies: { default: { httpProxy: 'http://p' } },
    });
  });

  it('is not hidden by a credential store, and hides none of the store’s', () => {
    const original = {
      credsStore: 'desktop',
      auths: { 'quay.io': {}, 'ghcr.io': {} },
      credHelpers: { 'gcr.io': 'gcloud' },
    };
    const config = withLogin(original, login);
    expect(config).not.toHaveProperty('credsStore');
    expect(config.credHelpers).toEqual({ 'quay.io': 'desktop', 'gcr.io': 'gcloud' });
  });

  it('is kept where Docker Hub’s is looked for', () => {
    const config = withLogin({}, { ...login, registry: 'docker.io' });
    expect(config.auths).toEqual({ 'https://index.docker.io/v1/': { auth } });
  });

  it('takes a settings file of any shape', () => {
    for (const original of [null, 3, [], { auths: 1, credHelpers: 'x', credsStore: 7 }]) {
      expect(withLogin(original, login).auths).toEqual({ 'ghcr.io': { auth } });
    }
  });

  it('is written for this user alone', () => {
    const folder = mkdtempSync(join(tmpdir(), 'docker-config-'));
    try {
      writeFileSync(join(folder, 'config.json'), '{"currentContext":"far"}');
      const own = writeDockerConfig(folder, folder, [login]);
      expect(statSync(join(own, 'config.json')).mode & 0o777).toBe(0o600);
      expect(statSync(own).mode & 0o777).toBe(0o700);
      expect(JSON.parse(readFileSync(join(own, 'config.json'), 'utf8'))).toMatchObject({
        currentContext: 'far',
      });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
