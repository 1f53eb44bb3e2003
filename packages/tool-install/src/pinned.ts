import table from './pinned.json' with { type: 'json' };

export type Platform = 'linux-amd64' | 'linux-arm64' | 'darwin-arm64' | 'darwin-amd64' | 'windows-amd64';

/** The tools that actions may ask for. */
export type ToolName = keyof typeof table;

/** A released program, pinned: its checksum is one on which independent public sources agree. */
export interface PinnedTool {
  /** The name of the executable, without `.exe`. */
  readonly program: string;
  readonly version: string;
  /** The oldest version on PATH that Fairway has reason to trust with what it asks of the tool. */
  readonly minimum: string;
  readonly assets: Partial<Readonly<Record<Platform, { readonly url: string; readonly sha256: string }>>>;
}

export function pinned(name: ToolName): PinnedTool {
  return table[name];
}

/** The platform in the words of the table, or undefined where none of the tools is released for it. */
export function platformOf(os: NodeJS.Platform, arch: string): Platform | undefined {
  const systems: Readonly<Record<string, string>> = { linux: 'linux', darwin: 'darwin', win32: 'windows' };
  const machines: Readonly<Record<string, string>> = { x64: 'amd64', arm64: 'arm64' };
  const platform = `${systems[os]}-${machines[arch]}`;
  const known: readonly Platform[] = [
    'linux-amd64',
    'linux-arm64',
    'darwin-arm64',
    'darwin-amd64',
    'windows-amd64',
  ];
  return known.find((candidate) => candidate === platform);
}
