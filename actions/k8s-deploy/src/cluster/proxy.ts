import { BlockList, isIP } from 'node:net';
import { ActionError } from '@fairway/action-kit';

/**
 * The proxy to the API server: the kubeconfig's own, else HTTPS_PROXY (HTTP_PROXY for plain http) unless NO_PROXY names
 * the host. The same order as client-go. Entries of NO_PROXY match a host, its subdomains, a range of addresses, or `*`.
 * @throws ActionError 'bad-kubeconfig' for a proxy that is not http or https
 */
export function proxyFor(
  server: URL,
  configured: string | undefined,
  env: NodeJS.ProcessEnv,
): URL | undefined {
  const variable = server.protocol === 'https:' ? 'HTTPS_PROXY' : 'HTTP_PROXY';
  const fromEnv = bypasses(server.hostname, env) ? undefined : env[variable] || env[variable.toLowerCase()];
  const address = configured ?? fromEnv;
  if (!address) return undefined;
  const proxy = URL.canParse(address) ? new URL(address) : undefined;
  if (proxy?.protocol === 'http:' || proxy?.protocol === 'https:') return proxy;
  throw new ActionError('bad-kubeconfig', `The proxy to the cluster is not an http or https address.`, {
    remedy: `Set proxy-url in the kubeconfig, or ${variable}, to an address such as http://proxy.example.com:3128`,
  });
}

function bypasses(host: string, env: NodeJS.ProcessEnv): boolean {
  const bare = host.replace(/^\[|\]$/g, '').toLowerCase();
  if (bare === 'localhost' || bare === '::1' || bare.startsWith('127.')) return true;
  return (env.NO_PROXY || env.no_proxy || '')
    .toLowerCase()
    .split(/[\s,]+/)
    .filter((entry) => entry !== '')
    .some((entry) => {
      if (isIP(entry) !== 0) return bare === entry;
      if (entry.includes('/')) return isWithin(bare, entry);
      const name = entry.replace(/:\d+$/, '').replace(/^\*?\./, '');
      return entry === '*' || bare === name || bare.endsWith(`.${name}`);
    });
}

/** Whether an address is in a range such as 10.0.0.0/8. Names are not looked up. */
function isWithin(host: string, range: string): boolean {
  const [network = '', bits = ''] = range.split('/');
  const family = isIP(network);
  const prefix = Number(bits);
  if (family === 0 || isIP(host) !== family || !/^\d+$/.test(bits) || prefix > (family === 4 ? 32 : 128))
    return false;
  const type = family === 4 ? 'ipv4' : 'ipv6';
  const within = new BlockList();
  within.addSubnet(network, prefix, type);
  return within.check(host, type);
}
