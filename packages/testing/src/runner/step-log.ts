import { LogReader, type WorkflowCommand } from './workflow-command.js';

const shownCommands: ReadonlySet<string> = new Set(['error', 'warning', 'notice', 'group', 'endgroup']);

/** Follows a step's output as the runner does: obeys commands, masks secrets, keeps what a reader would see. */
export class StepLog {
  readonly commands: WorkflowCommand[] = [];
  readonly masks: string[] = [];
  readonly #lines: string[] = [];
  readonly #reader = new LogReader();
  readonly #showDebug: boolean;
  readonly #secrets = new Set<string>();

  /** @param secrets values the runner masks from the start, such as the job's token */
  constructor(secrets: readonly string[], showDebug: boolean) {
    this.#showDebug = showDebug;
    for (const secret of secrets) this.#hide(secret);
  }

  readonly onLine = (line: string): void => {
    const read = this.#reader.read(line);
    if (read.kind === 'text') {
      this.#lines.push(this.#masked(read.text));
      return;
    }
    const { command } = read;
    this.commands.push(command);
    const name = command.name.toLowerCase();
    if (name === 'add-mask') {
      this.masks.push(command.message);
      this.#hide(command.message);
    } else if (shownCommands.has(name) || (name === 'debug' && this.#showDebug)) {
      this.#lines.push(this.#masked(`##[${name}]${command.message}`));
    }
  };

  /** What somebody reading the log on GitHub sees, secrets replaced by `***` from the moment they were masked. */
  text(): string {
    return this.#lines.map((line) => `${line}\n`).join('');
  }

  /** The runner hides the whole value and each line of it. */
  #hide(secret: string): void {
    for (const part of [secret, ...secret.split(/[\r\n]+/)]) {
      if (part.trim() !== '') this.#secrets.add(part);
    }
  }

  #masked(line: string): string {
    const longestFirst = [...this.#secrets].sort((a, b) => b.length - a.length);
    return longestFirst.reduce((text, secret) => text.replaceAll(secret, '***'), line);
  }
}
