import { describe, expect, it } from 'vitest';
import { storedLogin } from '../src/stored-login.ts';

const login = { registry: 'ghcr.io', username: 'me', password: 'a:b' };
const auth = Buffer.from('me:a:b').toString('base64');

describe('what was logged in to before', () => {
  it('is read back, a colon in the password included', () => {
    expect(storedLogin({ auths: { 'ghcr.io': { auth } } }, 'ghcr.io')).toEqual({ login });
  });

  it('is asked of the registry’s own helper first', () => {
    const config = { credsStore: 'desktop', credHelpers: { 'ghcr.io': 'gcloud' } };
    expect(storedLogin(config, 'ghcr.io')).toEqual({ helper: 'gcloud', key: 'ghcr.io' });
    expect(storedLogin(config, 'quay.io')).toEqual({ helper: 'desktop', key: 'quay.io' });
  });

  it('never starts a helper whose name is a path', () => {
    expect(storedLogin({ credsStore: '../../evil' }, 'ghcr.io')).toBeUndefined();
  });
});
