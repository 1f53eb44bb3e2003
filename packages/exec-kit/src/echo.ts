import { inert } from '@fairway/action-kit';
import { LineSplitter } from './capture.js';

/**
 * Shows a program's output in the log, by whole lines: two streams never mix within a line, and what this action
 * prints next begins at a line's start, where the runner looks for commands. (The runner itself shows nothing
 * before a line is whole.)
 *
 * `commands: 'stop'`, the default: the runner obeys a workflow command on any line, whoever wrote it, and the output
 * of a tool quotes pull request titles, resource names, the contents of files. So such lines are defused, one by one,
 * with a zero-width space. Not with `::stop-commands::`, which does the same for all that follows it: a mask or an
 * annotation of this action's own would be printed instead of obeyed meanwhile, the secret with it, and of two
 * programs at once the first to end would let the commands of the other through.
 *
 * `commands: 'allow'`: the output is obeyed as that of a `run:` step is. Only for a command that the workflow's author
 * wrote, such as that of their tests, whose `::error file=…::` is meant. Only `stop-commands` is never let through: with
 * it, a later mask of this action's own would be printed instead of obeyed.
 */
export class Echo {
  readonly #target: NodeJS.WritableStream;
  readonly #splitter: LineSplitter;
  #lines: string[] = [];

  constructor(target: NodeJS.WritableStream, commands: 'allow' | 'stop') {
    const shown =
      commands === 'allow' ? (line: string) => (/stop-commands/i.test(line) ? inert(line) : line) : inert;
    this.#target = target;
    this.#splitter = new LineSplitter((line) => this.#lines.push(shown(line)));
  }

  /** Gives false where the target asks to wait for its `drain`. */
  add(chunk: Buffer): boolean {
    this.#splitter.add(chunk);
    return this.#flush();
  }

  end(): void {
    this.#splitter.end();
    this.#flush();
  }

  #flush(): boolean {
    if (this.#lines.length === 0) return true;
    const text = `${this.#lines.join('\n')}\n`;
    this.#lines = [];
    return this.#target.write(text);
  }
}
