import { run, runOrThrow, which } from '@fairway/exec-kit';

/** The chain of one pod's outgoing traffic, named in the rule that jumps to it together with our network. */
const POD_CHAIN = /--comment "name: \\"fairway\\" .* -j (CNI-[0-9a-f]+)$/;

interface Table {
  readonly name: string;
  readonly rules: string[];
  readonly chains: string[];
}

/**
 * What `iptables-restore --noflush` has to be told to take every rule and chain of Kubernetes and of our pod network
 * away, and nothing else: networks of others (podman's, Docker's) stay. Pure: from what `iptables-save` printed;
 * empty when nothing is left.
 */
export function withdrawal(saved: string): string {
  const podChains = new Set(saved.split('\n').map((line) => POD_CHAIN.exec(line)?.[1]));
  const isOurs = (chain: string | undefined) =>
    chain?.startsWith('KUBE-') === true || podChains.has(chain ?? '-');
  const script: string[] = [];
  let table: Table | undefined;
  for (const line of saved.split('\n')) {
    if (line.startsWith('*')) table = { name: line, rules: [], chains: [] };
    const chain = /^:(\S+) /.exec(line)?.[1];
    if (chain !== undefined && isOurs(chain)) table?.chains.push(chain);
    const [, from, target] = /^-A (\S+) .*-j (\S+)/.exec(line) ?? [];
    if (isOurs(target) && !isOurs(from)) table?.rules.push(line.replace(/^-A /, '-D '));
    if (line === 'COMMIT' && table !== undefined) script.push(...withdrawalOf(table));
  }
  return script.length === 0 ? '' : `${script.join('\n')}\n`;
}

function withdrawalOf({ name, rules, chains }: Table): string[] {
  if (rules.length + chains.length === 0) return [];
  const empty = chains.map((chain) => `-F ${chain}`);
  return [name, ...rules, ...empty, ...chains.map((chain) => `-X ${chain}`), 'COMMIT'];
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
