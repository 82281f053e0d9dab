/** A page in one file: no script, nothing loaded from anywhere. */
import { markup, type Html } from './html.ts';

/** A style sheet with what the page's policy names it by: the base64 of its SHA-256, null where nobody can compute one
 *  (a browser outside of a secure context). Style attributes do not work under it. */
export type Sheet = { readonly css: string; readonly hash: string | null };

export const sheet = async (css: string): Promise<Sheet> => {
  const subtle: typeof globalThis.crypto.subtle | undefined = globalThis.crypto?.subtle;
  if (!subtle) return { css, hash: null };
  const digest = new Uint8Array(await subtle.digest('SHA-256', new TextEncoder().encode(css)));
  return { css, hash: btoa(String.fromCharCode(...digest)) };
};

/** https://www.w3.org/TR/CSP3: the one style sheet; nothing else, scripts least of all. */
const policyOf = ({ hash }: Sheet): string =>
  [
    "default-src 'none'",
    `style-src ${hash === null ? "'unsafe-inline'" : `'sha256-${hash}'`}`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');

export const documentOf = (title: string, style: Sheet, main: Html): string =>
  markup`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content="${{ html: policyOf(style) }}" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="referrer" content="no-referrer" />
        <title>${title}</title>
        ${{ html: `<style>${style.css}</style>` }}
      </head>
      <body>
        <main>${main}</main>
      </body>
    </html>
`.html;
