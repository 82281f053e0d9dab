/** A few rows as training sees them, without the personal data that can be told. */
import type { Message, Row } from '../../contracts/row.ts';
import { folded } from '../../page/folded.ts';
import { markup, type Html } from '../../page/html.ts';
import { masked } from '../privacy/mask.ts';
import { FATES } from './accounting.ts';
import type { Portrait, SampleRow } from './portrait.ts';

const REST = 'the file itself';
const MOST_MESSAGES = 20;

const shown = (text: string, code = false): Html => folded(masked(text), { code, rest: REST });

const label = ({ role, name, weight }: Message): string =>
  [
    name === undefined ? role : `${role} ${masked(name)}`,
    ...(weight === undefined || weight === 1 ? [] : [`weight ${weight}`]),
  ].join(', ');

const messageBlock = (message: Message): Html => {
  const { content, reasoning_content, tool_calls = [] } = message;
  return markup`<section class="message ${message.role}">
    <h3>${label(message)}</h3>
    ${reasoning_content === undefined ? null : markup`<div class="reasoning">${shown(reasoning_content)}</div>`}
    ${content === null || (content === '' && tool_calls.length > 0) ? null : shown(content)}
    ${tool_calls.map(({ function: { name, arguments: given } }) => shown(`${name}(${given})`, true))}
  </section>`;
};

const conversation = (messages: readonly Message[]): Html => {
  const more = messages.length - MOST_MESSAGES;
  return markup`${messages.slice(0, MOST_MESSAGES).map(messageBlock)}
  ${more > 0 ? markup`<p class="note">And ${more} more messages.</p>` : null}`;
};

const side = (name: string, messages: readonly Message[]): Html =>
  markup`<div class="answer">
    <h3>${name}</h3>
    ${conversation(messages)}
  </div>`;

const body = (row: Row): Html => {
  switch (row.kind) {
    case 'text':
      return shown(row.text);
    case 'preference':
      return markup`${conversation(row.messages)} ${side('Chosen', row.chosen)} ${side('Rejected', row.rejected)}`;
    case 'kto':
      return markup`${conversation(row.messages)}
        <p class="note">Found ${row.label ? 'good' : 'bad'}.</p>`;
    case 'chat':
      return conversation(row.messages);
  }
};

const toolsOf = (row: Row): Html | null =>
  row.kind === 'text' || !row.tools?.length
    ? null
    : markup`<section class="message tools">
        <h3>tools</h3>
        ${shown(JSON.stringify(row.tools), true)}
      </section>`;

const sample = ({ file, line, fate, reason, row }: SampleRow): Html =>
  markup`<article class="sample">
    <header>
      <span><bdi>${file}</bdi>, line ${line.toLocaleString('en-US')}</span>
      <span class="key"><i class="fate-${fate}"></i>${FATES[fate].name}${reason === null ? '' : ` (${reason})`}</span>
    </header>
    ${toolsOf(row)} ${body(row)}
  </article>`;

export const sampleRows = ({ samples }: Portrait): Html | null =>
  samples.length === 0
    ? null
    : markup`<h2>Sample rows</h2>
        <p class="note">Taken evenly from the rows of each fate, in the form in which training reads them. Personal data and secrets that were recognised are replaced here.</p>
        ${samples.map(sample)}`;
