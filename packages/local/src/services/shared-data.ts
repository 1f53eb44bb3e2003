import type { Launch } from './container.js';

/**
 * Debian's Prometheus and Alertmanager read templates and pages from /usr/share, where an unpacked package has
 * nothing. So they see the machine's /usr/share with the unpacked one laid over it, in a mount namespace of their own:
 * the machine itself is not changed, and it is gone when they end. The shell line is fixed; paths are its arguments.
 */
const SCRIPT = 'mount -t overlay overlay -o "lowerdir=$0:/usr/share" /usr/share && exec "$@"';

/** The argv that starts a program of an unpacked package with that package's shared data in place. Pure. */
export function withSharedData(unpacked: string, launch: Launch, root = process.getuid?.() === 0): Launch {
  const namespace = root ? ['--mount'] : ['--mount', '--map-root-user'];
  return {
    program: '/usr/bin/unshare',
    args: [...namespace, 'sh', '-c', SCRIPT, `${unpacked}/usr/share`, launch.program, ...launch.args],
  };
}
