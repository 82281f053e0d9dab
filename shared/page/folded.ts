/** Long text folded behind its beginning and its end. */
import { markup, type Html } from './html.ts';
import { count } from './wording.ts';

const FOLD_FROM = 700; // characters
const HEAD = 160;
const TAIL = 200; // a chat's question stands at its end
const MOST = 20_000;

type Options = {
  /** set in letters of one width */
  readonly code?: boolean;
  /** where all of it is, for text beyond `MOST` characters */
  readonly rest: string;
};

const show = (text: string, code: string): Html => markup`<div class="text${code}">${text}</div>`;

export const folded = (text: string, { code: isCode = false, rest }: Options): Html => {
  const code = isCode ? ' code' : '';
  if (text.trim() === '') return markup`<p class="none">nothing${text === '' ? '' : ' but white space'}</p>`;
  if (text.length <= FOLD_FROM) return show(text, code);
  const characters = Array.from(text.slice(0, MOST));
  const whole = text.length > MOST ? `${characters.join('')}\n… (the rest is in ${rest})` : text;
  const preview = `${characters.slice(0, HEAD).join('')} … ${Array.from(text.slice(-TAIL * 2))
    .slice(-TAIL)
    .join('')}`;
  const size = count(text.length, 'character');
  return markup`<details>
    <summary>
      ${show(preview, code)}
      <span class="more"><span class="if-closed">show all, ${size}</span><span class="if-open">show less</span></span>
    </summary>
    ${show(whole, code)}
  </details>`;
};
