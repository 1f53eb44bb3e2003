import { run, runOrThrow, which } from '@fairway/exec-kit';

/** A rule or a chain of Kubernetes' or of our CNI network, as `iptables-save` prints it. */
const OURS = /\bKUBE-[A-Z0-9-]+\b|\bCNI-(?:[0-9a-f]{24}|HOSTPORT-[A-Z]+|DN-[0-9a-f]+)\b/;
const OUR_CHAIN = /^:((?:KUBE-|CNI-)\S+) /;

/**
 * What `iptables-restore --noflush` has to be told to take every rule and chain of the cluster away, and nothing
 * else. Pure: from what `iptables-save` printed; empty when nothing is left. CNI-* chains of other networks survive
 * when `CNI-` rules name another network.
 */
export function withdrawal(saved: string): string {
  const script: string[] = [];
  let table: { name: string; rules: string[]; chains: string[] } | undefined;
  for (const line of saved.split('\n')) {
    if (line.startsWith('*')) table = { name: line, rules: [], chains: [] };
    const chain = OUR_CHAIN.exec(line)?.[1];
    if (chain !== undefined) table?.chains.push(chain);
    const from = /^-A (\S+) /.exec(line)?.[1];
    if (from !== undefined && OURS.test(line) && !/^(?:KUBE|CNI)-/.test(from))
      table?.rules.push(line.replace(/^-A /, '-D '));
    if (line !== 'COMMIT' || table === undefined) continue;
    if (table.rules.length + table.chains.length > 0)
      script.push(
        table.name,
        ...table.rules,
        ...table.chains.map((name) => `-F ${name}`),
        ...table.chains.map((name) => `-X ${name}`),
        'COMMIT',
      );
    table = undefined;
  }
  return script.length === 0 ? '' : `${script.join('\n')}\n`;
}

/** Whether Kubernetes has rules on this machine right now: ours from a killed run, or another cluster's. */
export async function hasClusterRules(): Promise<boolean> {
  for (const family of ['iptables', 'ip6tables'])
    if (withdrawal(await save(family)).includes('KUBE-')) return true;
  return false;
}

/** Takes the cluster's rules and chains out of both families. */
export async function withdrawRules(): Promise<void> {
  for (const family of ['iptables', 'ip6tables']) {
    const script = withdrawal(await save(family));
    if (script === '') continue;
    await runOrThrow(`${family}-restore`, ['--noflush', '--wait', '10'], { input: script, show: 'never' });
  }
}

async function save(family: string): Promise<string> {
  if ((await which(`${family}-save`)) === undefined) return '';
  const saved = await run(`${family}-save`, [], { show: 'never', captureBytes: 16 * 1024 * 1024 });
  return saved.exitCode === 0 ? saved.stdout : '';
}
