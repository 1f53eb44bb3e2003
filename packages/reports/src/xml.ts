import { textOf, unreadable } from './source.js';

export interface XmlEvents {
  /** @param attributes as they stand; namespaces are not resolved, prefixes are cut from the element's name */
  open(name: string, attributes: Readonly<Record<string, string>>): void;
  close(name: string): void;
  /** Character data and CDATA, entities resolved; one element's text may come in several pieces. */
  text(piece: string): void;
}

/** Characters of one run of text that are handed on; what is longer loses its middle part. */
const TEXT_CHARACTERS = 256 * 1024;
const DEPTH = 512;
const NAME_CHARACTERS = 64 * 1024;
const ATTRIBUTES = 100_000;

/**
 * Saxes is fed pieces that fit where V8 keeps what is young and soon thrown away; larger ones get memory of their own,
 * each time anew, which costs a tenth of the whole reading (`node benchmarks/junit.mjs`).
 */
const PIECE_BYTES = 32 * 1024;

/** What saxes has gathered of what it is in the middle of: text, an attribute's value, a comment; names; attributes. */
interface Pending {
  text: string;
  readonly name: string;
  readonly entity: string;
  readonly piTarget: string;
  readonly attribList: readonly unknown[];
}

/**
 * Walks an XML file with saxes, which never resolves external references and expands no entity that a document
 * type declares: what attacks with either ends as an undefined entity. Characters that XML forbids (terminal
 * colours, mostly) are let through, as every reader of test reports has to.
 * @returns what is wrong with the file, or undefined; the events until there have been told
 * @throws ActionError 'unreadable-report' when elements are nested without measure
 */
export async function walkXml(path: string, name: string, events: XmlEvents): Promise<string | undefined> {
  const { SaxesParser } = await import('saxes');
  const parser = new SaxesParser({ position: false });
  let problem: string | undefined;
  let depth = 0;
  parser.on('error', (error) => {
    if (!/disallowed character|not allowed in|unescaped/i.test(error.message)) problem ??= error.message;
  });
  parser.on('opentag', (tag) => {
    if (++depth > DEPTH) throw unreadable(name, `its elements are nested more than ${DEPTH} deep`);
    events.open(local(tag.name), tag.attributes as Record<string, string>);
  });
  parser.on('closetag', (tag) => {
    depth--;
    events.close(local(tag.name));
  });
  parser.on('text', (piece) => events.text(piece));
  parser.on('cdata', (piece) => events.text(piece));
  // saxes gathers a run of text until its end. Looking in between the pieces keeps a log of gigabytes from growing.
  const pending = parser as unknown as Pending;
  for await (const piece of textOf(path, PIECE_BYTES)) {
    parser.write(piece);
    const length = pending.text.length;
    if (length > 2 * TEXT_CHARACTERS) {
      pending.text = pending.text.slice(0, TEXT_CHARACTERS) + pending.text.slice(-TEXT_CHARACTERS / 2);
    }
    if (
      [pending.name, pending.entity, pending.piTarget].some(({ length }) => length > NAME_CHARACTERS) ||
      pending.attribList.length > ATTRIBUTES
    ) {
      throw unreadable(name, 'a name in it, or a list of attributes, has no measure');
    }
    // Whatever follows an unknown entity or a torn tag is guesswork; what was read stands.
    if (problem !== undefined) return problem;
  }
  parser.close();
  return problem;
}

function local(name: string): string {
  const colon = name.indexOf(':');
  return colon < 0 ? name : name.slice(colon + 1);
}
