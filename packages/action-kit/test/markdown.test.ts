import fc from 'fast-check';
import { micromark } from 'micromark';
import { gfm, gfmHtml } from 'micromark-extension-gfm';
import { describe, expect, it } from 'vitest';
import { md } from '../src/index.ts';

/** As GitHub renders it, before it takes out dangerous HTML: what must not be there is not hidden by that. */
function render(markdown: string): string {
  return micromark(markdown, {
    extensions: [gfm()],
    htmlExtensions: [gfmHtml()],
    allowDangerousHtml: true,
    allowDangerousProtocol: true,
  });
}

/** The text that a reader sees, on one line, without the marks that only break links. */
function seen(html: string): string {
  return decoded(html).replaceAll('\u200b', '').replace(/\s+/g, ' ').trim();
}

/** The text nodes, in which GitHub looks for what it makes links of. */
function decoded(html: string): string {
  return html
    .replace(/<[^>]*>/g, '')
    .replace(/&#(\d+);/g, (_, code) => String.fromCodePoint(Number(code)))
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&amp;', '&');
}

const tagsIn = (html: string) => [...html.matchAll(/<\/?([a-z][a-z0-9]*)/gi)].map(([, name]) => name);

/** What GitHub turns into links in rendered text, however it came there. */
const LINKED = /@\w|#\d|\bGH-\d|https?:\/\/|www\./i;

const piece = fc.constantFrom(
  '<',
  '>',
  '&',
  '&lt;',
  '&#64;',
  '&commat;',
  '<img src=x>',
  '</code>',
  '<!--',
  '-->',
  '<https://a.b>',
  '[',
  ']',
  '(',
  ')',
  '![',
  '](https://evil)',
  '|',
  '\\',
  '\\|',
  '`',
  '``',
  '```',
  '~~~',
  '*',
  '**',
  '_',
  '~~',
  '# ',
  '#1',
  'GH-1',
  'a/b#2',
  '@octocat',
  'a@b.co',
  'https://evil.example',
  '_http://evil.example',
  'ftp://evil',
  'www.evil.example',
  '_www.evil.co',
  '1. ',
  '2) ',
  '- ',
  '+ ',
  '> ',
  '===',
  '---',
  '$x$',
  '\n',
  '\r',
  '\r\n',
  '\n\n',
  '\t',
  ' ',
  '    ',
  'a',
  'b1',
  'é',
  '\u202e',
);
const hostile = fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join(''));
const expectedText = (value: string) => value.replaceAll('\u202e', '').replace(/\s+/g, ' ').trim();
const many = { numRuns: 1000 };

describe('text', () => {
  it('shows any text as it is, and as nothing but a paragraph', () => {
    fc.assert(
      fc.property(hostile, (value) => {
        const html = render(md.text(value));
        expect(new Set(tagsIn(html))).toEqual(expectedText(value) === '' ? new Set() : new Set(['p']));
        expect(seen(html)).toBe(expectedText(value));
        expect(decoded(html)).not.toMatch(LINKED);
      }),
      many,
    );
  });

  it('is plain below and beside other text', () => {
    fc.assert(
      fc.property(hostile, hostile, (one, other) => {
        const html = render(`first\n${md.text(one)}${md.text(other)} last\n${md.text(other)}`);
        expect(tagsIn(html)).toEqual(['p', 'p']);
      }),
      many,
    );
  });

  it.each([
    ['$HOME and $PATH', '&#36;HOME and &#36;PATH'],
    ['fixes #12', 'fixes \\#\u200b12'],
    ['thanks @octocat', 'thanks @\u200boctocat'],
  ])('writes %s as %j', (value, expected) => expect(md.text(value)).toBe(expected));
});

describe('code', () => {
  it('shows any text as code, alone and in a table', () => {
    fc.assert(
      fc.property(hostile, (value) => {
        const html = render(`x ${md.code(value)} y`);
        expect(tagsIn(html)).toEqual(['p', 'code', 'code', 'p']);
        expect(seen(html)).toBe(`x ${expectedText(value)} y`.replace(/\s+/g, ' '));
        expect(html).not.toMatch(/<a|<img/);
      }),
      many,
    );
  });
});

describe('codeBlock', () => {
  it('is one block, whatever stands in it', () => {
    fc.assert(
      fc.property(hostile, hostile, (value, language) => {
        const html = render(`before\n\n${md.codeBlock(value, language)}\n\nafter`);
        expect(tagsIn(html)).toEqual(['p', 'p', 'pre', 'code', 'code', 'pre', 'p', 'p']);
      }),
      many,
    );
  });

  it('takes a long text full of back-ticks', () => {
    expect(md.codeBlock('`` ` '.repeat(300_000)).startsWith('```\n')).toBe(true);
  });
});

describe('table', () => {
  it('keeps its shape with any cell', () => {
    fc.assert(
      fc.property(hostile, hostile, hostile, (one, two, three) => {
        const rows = [
          [md.text(one), md.code(two)],
          [md.link(three, `https://a.b/?q=${two}`), md.code(three)],
          ['end', md.text(two)],
        ];
        const html = render(md.table(['A', md.text(one)], rows));
        expect(tagsIn(html).filter((tag) => tag === 'tr')).toHaveLength(8);
        expect(tagsIn(html).filter((tag) => tag === 'td')).toHaveLength(12);
        expect(html).toMatch(/<td>end<\/td>\n<td>[\s\S]*<\/td>\n<\/tr>\n<\/tbody>\n<\/table>$/);
        expect(html.match(/<a /g)).toHaveLength(1);
      }),
      many,
    );
  });

  it.each(['a\\|b', 'a\\\\|b', '|', '\\'])('keeps %s in one cell', (value) => {
    const html = render(md.table(['h', 'i'], [[md.code(value), 'next']]));
    expect(html).toContain('<td>next</td>');
    expect(seen(html)).toBe(`h i ${value} next`);
  });

  it('turns any line break within a cell into one that shows', () => {
    expect(md.table(['h'], [['a\rb\r\nc\nd']])).toContain('| a<br>b<br>c<br>d |');
  });
});

describe('details', () => {
  it('has a summary that is text', () => {
    fc.assert(
      fc.property(hostile, (value) => {
        const html = render(md.details(value, 'body'));
        expect(tagsIn(html)).toEqual(['details', 'summary', 'summary', 'p', 'p', 'details']);
        expect(decoded(html)).not.toMatch(LINKED);
      }),
      many,
    );
  });
});

describe('link', () => {
  it('leads where it says, and stays one link', () => {
    fc.assert(
      fc.property(hostile, hostile, hostile, (label, path, query) => {
        const url = `https://example.com/${path}?q=${query}#${query}`;
        const html = render(`${md.link(label, url)} and ${md.link('other', url)}`);
        expect(tagsIn(html)).toEqual(['p', 'a', 'a', 'a', 'a', 'p']);
        const [first, second] = [...html.matchAll(/href="([^"]*)"/g)].map(([, href]) => href);
        expect(first).toBe(second);
        expect(first).toMatch(/^https:\/\/example\.com\//);
      }),
      many,
    );
  });

  it('keeps an address as it is', () => {
    const url = 'http://[::1]:8080/a/b-c_d.e?x=1&copy;=2#frag';
    expect(md.link('here', url)).toBe(`[here](<${url.replace('&', '&amp;')}>)`);
  });

  it.each(['javascript:alert(1)', 'data:text/html,x', 'not a url', '/relative', 'ftp://x/'])(
    'is text for %s',
    (url) => expect(render(md.link('label', url))).toBe('<p>label</p>'),
  );
});

it('writes a heading of one line', () => {
  fc.assert(
    fc.property(hostile, (value) => {
      expect(new Set(tagsIn(render(md.heading(3, value))))).toEqual(new Set(['h3']));
    }),
  );
});
