import { XMLParser } from 'fast-xml-parser';

export interface Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly Element[];
}

/** The whole document at once, by fast-xml-parser: slow and large, which is why it is no more than the second. */
export function elementsOf(xml: string): readonly Element[] {
  const parser = new XMLParser({ preserveOrder: true, ignoreAttributes: false, attributeNamePrefix: '' });
  return children(parser.parse(xml));
}

function children(nodes: unknown): readonly Element[] {
  if (!Array.isArray(nodes)) return [];
  return nodes.flatMap((node: Record<string, unknown>) => {
    const name = Object.keys(node).find((key) => key !== ':@' && key !== '#text');
    if (name === undefined) return [];
    const attributes = (node[':@'] ?? {}) as Record<string, string>;
    return [{ name, attributes, children: children(node[name]) }];
  });
}

/** Those of a name, at whatever depth. */
export function all(elements: readonly Element[], name: string): readonly Element[] {
  return elements.flatMap((element) => [
    ...(element.name === name ? [element] : []),
    ...all(element.children, name),
  ]);
}

/** An element's attributes as numbers; 0 for what is none. */
export function figures(element: Element | undefined): (name: string) => number {
  return (name) => Number(element?.attributes[name] ?? 0) || 0;
}
