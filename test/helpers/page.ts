/** What every page must be, whatever text is put into it. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { expect } from 'vitest';

export const HOSTILE = [
  '<script>alert(1)</script>',
  '</div></article></main></body></html><h1>done',
  '"><img src=x onerror=alert(1)>',
  "' autofocus onfocus='alert(1)",
  '</title><style>*{display:none}</style>',
  '<!-- <svg onload=alert(1)> --!>',
  ']]><![CDATA[<b>',
  '&lt;i&gt; &amp;amp; &#60;u&#62; &nbsp',
  '${7*7} {{7*7}} <%= 7*7 %> `backtick`',
  'javascript:alert(1)//<a href=javascript:alert(1)>',
  'NUL\u0000 BEL\u0007 ESC\u001B[31m DEL\u007F C1\u0085',
  '\u202Eevil\u202C \u2066isolate \u200Fmark',
  'lone \uD800 surrogate \uDC00 \uFFFE\uFFFF',
  'مرحبا بالعالم שלום',
  '西红市第十实验小学 👩‍👩‍👧 Z̷̢a̶l̸g̵o̶',
  '',
  ' \t\n\r\n ',
];

const blns = new URL('../../../shared/data/blns/blns.json', import.meta.url);
/** https://github.com/minimaxir/big-list-of-naughty-strings, where it is present */
export const NAUGHTY: readonly string[] = existsSync(blns)
  ? (JSON.parse(readFileSync(blns, 'utf8')) as string[])
  : [];

const TAG = /<!?\/?[a-zA-Z][^>]*>/g;
/** Every tag with its attributes' names: what the browser would build, without the texts. */
export const skeleton = (page: string): string[] =>
  page
    .replace(/<style>[^]*?<\/style>/, '')
    .match(TAG)!
    .map((tag) => tag.replace(/"[^"]*"/g, '""'));

/** Tags that are open at the end, or closed out of order. */
export const unclosed = (page: string): string[] => {
  const open: string[] = [];
  for (const tag of skeleton(page)) {
    const name = /^<\/?([a-z0-9]+)/i.exec(tag)?.[1]?.toLowerCase();
    if (!name || tag.endsWith('/>')) continue;
    if (!tag.startsWith('</')) open.push(name);
    else if (open.pop() !== name) return [...open, name];
  }
  return open;
};

/** It loads nothing, runs nothing, and its one style sheet is the one that its policy names. */
export const expectSelfContained = (page: string): void => {
  expect(page).not.toMatch(/<script|<link|<iframe|<object|<img| on\w+="| style="|@import|url\(/i);
  const style = /<style>([^]*?)<\/style>/.exec(page)![1]!;
  const hash = createHash('sha256').update(style).digest('base64');
  expect(page).toContain(
    `content="default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'"`,
  );
  expect(page.match(/<style/g)).toHaveLength(1);
  expect(page).toMatch(/^<!doctype html>\s*<html lang="en">/);
};
