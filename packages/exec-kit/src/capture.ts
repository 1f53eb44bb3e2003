import { StringDecoder } from 'node:string_decoder';

/** The last bytes of a stream: what a failure needs to show, however much a program prints. */
export class Tail {
  readonly #limit: number;
  /** Grows to the limit, then is written over from its start again. */
  #ring: Buffer = Buffer.alloc(0);
  #written = 0;

  /** @param limit bytes kept */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Bytes have been let go. */
  get truncated(): boolean {
    return this.#written > this.#limit;
  }

  add(chunk: Buffer): void {
    this.#makeRoom(this.#written + chunk.length);
    const kept = chunk.subarray(Math.max(0, chunk.length - this.#limit));
    this.#written += chunk.length - kept.length;
    if (kept.length === 0) return;
    const at = this.#written % this.#limit;
    const fitting = kept.subarray(0, this.#limit - at);
    fitting.copy(this.#ring, at);
    kept.copy(this.#ring, 0, fitting.length);
    this.#written += kept.length;
  }

  /** The kept text. Cut at a line's start where something was let go, so that no half line or half character shows. */
  text(): string {
    if (!this.truncated) return this.#ring.toString('utf8', 0, this.#written);
    if (this.#limit === 0) return '';
    const at = this.#written % this.#limit;
    const tail = Buffer.concat([this.#ring.subarray(at), this.#ring.subarray(0, at)]);
    const lineStart = tail.indexOf(0x0a) + 1;
    if (lineStart > 0 && lineStart < tail.length) return tail.toString('utf8', lineStart);
    const character = tail.findIndex((byte) => (byte & 0xc0) !== 0x80);
    return tail.toString('utf8', character < 0 ? tail.length : character);
  }

  #makeRoom(bytes: number): void {
    if (bytes <= this.#ring.length || this.#ring.length === this.#limit) return;
    const larger = Buffer.alloc(Math.min(this.#limit, Math.max(bytes, this.#ring.length * 2)));
    this.#ring.copy(larger);
    this.#ring = larger;
  }
}

/**
 * Cuts a byte stream into lines, ended by LF or CRLF. A line of more than `limit` characters is handed on in pieces
 * rather than kept whole. The same bytes give the same lines, however they arrive.
 */
export class LineSplitter {
  readonly #onLine: (line: string) => void;
  readonly #limit: number;
  // Not TextDecoder: in a stream it takes a byte order mark after a character cut in two for that of the beginning.
  readonly #decoder = new StringDecoder('utf8');
  #rest = '';

  constructor(onLine: (line: string) => void, limit = 1024 * 1024) {
    this.#onLine = onLine;
    this.#limit = limit;
  }

  add(chunk: Buffer): void {
    this.#take(this.#decoder.write(chunk));
  }

  /** Hands on what stands after the last line break. */
  end(): void {
    this.#take(this.#decoder.end());
    if (this.#rest !== '') this.#line('');
  }

  #take(text: string): void {
    let from = 0;
    for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', from)) {
      this.#line(text.slice(from, at));
      from = at + 1;
    }
    this.#rest += text.slice(from);
    // One more than the limit is kept: it may be the CR of a line break.
    this.#rest = this.#pieces(this.#rest, this.#limit + 1);
  }

  #line(last: string): void {
    const line = this.#rest + last;
    this.#rest = '';
    this.#onLine(this.#pieces(line.endsWith('\r') ? line.slice(0, -1) : line, this.#limit));
  }

  /** Hands on pieces while more than `most` characters are left; gives what is left. */
  #pieces(text: string, most: number): string {
    let from = 0;
    while (text.length - from > most) {
      const end = from + this.#limit;
      const halved = this.#limit > 1 && /[\ud800-\udbff]/.test(text.charAt(end - 1));
      this.#onLine(text.slice(from, halved ? end - 1 : end));
      from = halved ? end - 1 : end;
    }
    return from === 0 ? text : text.slice(from);
  }
}
