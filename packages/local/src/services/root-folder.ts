import {
  copyFileSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  realpathSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { ActionError } from '@fairway/action-kit';
import { query, which } from '@fairway/exec-kit';

/** glibc looks these up itself, or prebuilt npm modules (sharp, better-sqlite3) link to them, though `node` does not. */
export const ALSO = ['libresolv.so.2', 'libnss_dns.so.2', 'libnss_files.so.2', 'librt.so.1', 'libutil.so.1'];

/** The absolute paths of the libraries, and of the loader, that `ldd` printed. Pure. */
export function sharedLibraries(lddOutput: string): string[] {
  const found = [...lddOutput.matchAll(/(?:=> )?(\/\S+) \(0x[0-9a-f]+\)/g)].map(([, path]) => path ?? '');
  return [...new Set(found)].sort();
}

/** The machine's certificate authorities, at the path where Debian's programs look. */
export const AUTHORITIES = '/etc/ssl/certs/ca-certificates.crt';

const ACCOUNTS =
  'root:x:0:0:root:/root:/sbin/nologin\nnode:x:1000:1000::/home/node:/sbin/nologin\napp:x:10001:10001::/:/sbin/nologin\n';

/** Lays a root folder that holds `node`, the libraries it needs, certificates and accounts, and nothing else. */
export async function layRuntime(root: string): Promise<void> {
  place(process.execPath, join(root, 'usr/local/bin/node'));
  const libraries = sharedLibraries(await query('ldd', [process.execPath]));
  const folder = dirname(
    libraries.find((path) => path.includes('libc.so')) ?? '/lib/x86_64-linux-gnu/libc.so.6',
  );
  const more = ALSO.map((name) => join(folder, name)).filter((path) => existsSync(path));
  for (const library of [...libraries, ...more]) place(library, join(root, library));
  if (existsSync(AUTHORITIES)) place(AUTHORITIES, join(root, AUTHORITIES));
  write(join(root, 'etc/passwd'), ACCOUNTS);
  write(join(root, 'etc/group'), 'root:x:0:\nnode:x:1000:\napp:x:10001:\n');
  write(join(root, 'etc/nsswitch.conf'), 'hosts: files dns\n');
  mkdirSync(join(root, 'tmp'), { recursive: true, mode: 0o1777 });
}

/** Adds npm and a shell to a root folder. */
export async function layBuildTools(root: string, busybox: string): Promise<void> {
  place(busybox, join(root, 'bin/busybox'));
  for (const applet of (await query(busybox, ['--list'])).split('\n').filter((name) => name !== 'busybox'))
    link('busybox', join(root, 'bin', applet));
  link('../../bin/busybox', join(root, 'usr/bin/env'));
  const npm = await which('npm');
  if (npm === undefined)
    throw new ActionError('tool-missing', 'npm is not on PATH.', { remedy: 'Install Node.js with npm.' });
  // …/npm/bin/npm-cli.js
  const folder = dirname(dirname(realpathSync(npm)));
  cpSync(folder, join(root, 'usr/local/lib/node_modules/npm'), { recursive: true, dereference: true });
  link('../lib/node_modules/npm/bin/npm-cli.js', join(root, 'usr/local/bin/npm'));
  link('../lib/node_modules/npm/bin/npx-cli.js', join(root, 'usr/local/bin/npx'));
}

function place(from: string, to: string): void {
  mkdirSync(dirname(to), { recursive: true });
  copyFileSync(realpathSync(from), to);
}

function link(target: string, path: string): void {
  mkdirSync(dirname(path), { recursive: true });
  if (lstatSync(path, { throwIfNoEntry: false }) === undefined) symlinkSync(target, path);
}

function write(file: string, content: string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
}
