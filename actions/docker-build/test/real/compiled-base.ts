import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, readdirSync, realpathSync } from 'node:fs';
import { copyFile, mkdir, symlink, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { shellBase, where } from './host-base.ts';
import { placeLinkedProgram } from './ssh-agent.ts';

/** What a program that is linked with the C library runs in, as distroless's `cc` is. */
export async function ccBase(root: string): Promise<void> {
  await shellBase(root);
  await placeLinkedProgram(realpathSync(where('cc')), root); // for its libraries: the C library and the loader
  await place(`/lib/${ask('cc', '-print-multiarch')}/libgcc_s.so.1`, root);
}

/** `cargo` and `rustc` with the standard library, and the C compiler that links for them. */
export async function rustBase(root: string): Promise<void> {
  await ccBase(root);
  const home = ask('rustc', '--print', 'sysroot');
  for (const name of ['cargo', 'rustc']) {
    await placeLinkedProgram(join(home, 'bin', name), root);
    await symlink(join(home, 'bin', name), join(root, 'usr/local/bin', name));
  }
  const target = readdirSync(join(home, 'lib/rustlib')).find((name) =>
    existsSync(join(home, 'lib/rustlib', name, 'lib')),
  );
  const library = join(home, 'lib/rustlib', target ?? '');
  cpSync(library, join(root, library), { recursive: true });
  await linker(root);
}

/** What `cc` needs to link, and nothing of what it needs to compile. */
async function linker(root: string): Promise<void> {
  await symlink(realpathSync(where('cc')), join(root, 'usr/bin/cc'));
  const own = dirname(ask('cc', '-print-prog-name=collect2'));
  for (const name of ['collect2', 'lto-wrapper']) await placeLinkedProgram(join(own, name), root);
  for (const name of readdirSync(own).filter((name) => /\.(?:o|a|so)$/.test(name)))
    await place(join(own, name), root);
  const system = ['Scrt1.o', 'crt1.o', 'crti.o', 'crtn.o', 'libc.so', 'libc_nonshared.a', 'libm.so'];
  for (const name of [...system, 'libutil.a', 'librt.a', 'libpthread.a', 'libdl.a'])
    await place(ask('cc', `-print-file-name=${name}`), root);
  for (const name of ['libm.so.6', 'libmvec.so.1'])
    await place(`/lib/${ask('cc', '-print-multiarch')}/${name}`, root);
}

/** `java`, as a JDK has it. */
export async function javaBase(root: string): Promise<void> {
  await shellBase(root);
  const home = dirname(dirname(realpathSync(where('javac'))));
  const unneeded = ['jmods', 'src.zip', 'legal', 'man', 'docs', 'demo'];
  const filter = (path: string) => existsSync(path) && !unneeded.includes(basename(path));
  cpSync(home, join(root, home), { recursive: true, dereference: true, filter });
  for (const name of ['java', 'javac'])
    await symlink(join(home, 'bin', name), join(root, 'usr/local/bin', name));
  for (const path of ask('find', home, '-name', '*.so').split('\n'))
    for (const [, library = ''] of ask('ldd', path).matchAll(/=> (\/\S+) \(0x/g))
      if (!library.startsWith(home)) await place(library, root);
  await placeLinkedProgram(join(home, 'bin/java'), root);
}

/** `mvn` beside it. */
export async function mavenBase(root: string): Promise<void> {
  await javaBase(root);
  const home = dirname(dirname(realpathSync(where('mvn'))));
  cpSync(home, join(root, home), { recursive: true, dereference: true, filter: (path) => existsSync(path) });
  const jdk = dirname(dirname(realpathSync(where('javac'))));
  const start = `#!/bin/sh\nJAVA_HOME=${jdk} exec ${home}/bin/mvn "$@"\n`;
  await writeFile(join(root, 'usr/local/bin/mvn'), start, { mode: 0o755 });
}

async function place(path: string, root: string): Promise<void> {
  const to = join(root, resolve(path));
  await mkdir(dirname(to), { recursive: true });
  await copyFile(path, to);
}

function ask(program: string, ...args: readonly string[]): string {
  return execFileSync(program, args, { encoding: 'utf8' }).trim();
}
