/** The last bytes of a stream: what a failure needs to show, however much a program prints. */
export class Tail {
  readonly #limit: number;
  #chunks: Buffer[] = [];
  #size = 0;
  /** Bytes have been let go. */
  truncated = false;

  /** @param limit bytes kept; a little more is held meanwhile */
  constructor(limit: number) {
    this.#limit = limit;
  }

  add(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#size += chunk.length;
    for (
      let first = this.#chunks[0];
      first && this.#size - first.length >= this.#limit;
      first = this.#chunks[0]
    ) {
      this.#chunks.shift();
      this.#size -= first.length;
      this.truncated ||= first.length > 0;
    }
  }

  /** The kept text. Cut at a line's start where something was let go, so that no half line or half character shows. */
  text(): string {
    const all = Buffer.concat(this.#chunks);
    if (!this.truncated && all.length <= this.#limit) return all.toString('utf8');
    this.truncated = true;
    const tail = all.subarray(-this.#limit);
    const lineStart = tail.indexOf(0x0a) + 1;
    return tail.subarray(lineStart > 0 && lineStart < tail.length ? lineStart : 0).toString('utf8');
  }
}

/** Cuts a byte stream into lines. A line over `limit` characters is handed on in pieces rather than kept whole. */
export class LineSplitter {
  readonly #onLine: (line: string) => void;
  readonly #limit: number;
  readonly #decoder = new TextDecoder();
  #rest = '';

  constructor(onLine: (line: string) => void, limit = 1024 * 1024) {
    this.#onLine = onLine;
    this.#limit = limit;
  }

  add(chunk: Buffer): void {
    this.#rest += this.#decoder.decode(chunk, { stream: true });
    const lines = this.#rest.split('\n');
    this.#rest = lines.pop() ?? '';
    for (const line of lines) this.#onLine(line.endsWith('\r') ? line.slice(0, -1) : line);
    if (this.#rest.length > this.#limit) {
      this.#onLine(this.#rest);
      this.#rest = '';
    }
  }

  end(): void {
    if (this.#rest !== '') this.#onLine(this.#rest);
    this.#rest = '';
  }
}
