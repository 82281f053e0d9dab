/** A preview as one HTML file. */
import type {
  Preview,
  PreviewLengths,
  PreviewRow,
  PreviewSide,
  PreviewToken,
  Why,
} from '../../contracts/preview.ts';
import { binName } from '../../histogram.ts';
import { uprightBars } from '../../page/bars.ts';
import { documentOf } from '../../page/document.ts';
import { markup, type Html } from '../../page/html.ts';
import { count } from '../../page/wording.ts';
import { fateOf, lengthOf, originName, planOf, type Segment, segmentsOf, WHY, wholeIn } from './segments.ts';
import { SHEET } from './style.ts';

const MOST_TOKENS = 6000; // of a side: more make a page that no browser likes

/** A line end is seen, and still ends the line. */
const seen = (text: string): string => text.replaceAll('\n', '⏎\n');

const tokenSpan = ({ text, why }: PreviewToken, i: number): Html | null =>
  text === '' ? null : markup`<span class="${why}${i % 2 === 1 ? ' odd' : ''}">${seen(text)}</span>`;

const shareOf = ({ why, weight }: Segment): string =>
  why === 'learnt' && weight !== 1 ? `${WHY[why].name} × ${weight}` : WHY[why].name;

const segmentRow = (segment: Segment): Html =>
  markup`<tr>
    <td data-label="What">${shareOf(segment)}</td>
    <td data-label="Tokens">${segment.tokens.length}</td>
    <td data-label="From">${originName(segment.from)}</td>
    <td data-label="Ids"><div class="text code">${segment.tokens.map(({ id }) => id).join(' ')}</div></td>
  </tr>`;

const sideSection = (side: PreviewSide, maxLength: number): Html => {
  const tokens = side.tokens.slice(0, MOST_TOKENS);
  const more = side.tokens.length - tokens.length;
  const segments = segmentsOf({ ...side, tokens });
  const label = [
    ...(side.name === null ? [] : [`${side.name} answer`]),
    ...(side.desirable === null ? [] : [side.desirable ? 'found good' : 'found bad']),
  ].join(', ');
  return markup`<section class="side">
    ${label === '' ? null : markup`<h3>${label}</h3>`}
    <p class="note">${lengthOf(side, maxLength)}</p>
    <div class="tokens">${tokens.map(tokenSpan)}</div>
    ${more > 0 ? markup`<p class="note">${count(more, 'more token')}: --json has all of them.</p>` : null}
    <details>
      <summary>
        <span class="more"><span class="if-closed">${count(segments.length, 'segment')} with token ids</span><span class="if-open">show less</span></span>
      </summary>
      <table class="segments">
        <thead>
          <tr>
            <th scope="col">What</th>
            <th scope="col">Tokens</th>
            <th scope="col">From</th>
            <th scope="col">Ids</th>
          </tr>
        </thead>
        <tbody>
          ${segments.map(segmentRow)}
        </tbody>
      </table>
    </details>
  </section>`;
};

const rowArticle = (row: PreviewRow, maxLength: number): Html =>
  markup`<article class="sample">
    <header>
      <span>row ${row.number}, line ${row.line} of <bdi>${row.file}</bdi></span>
      <span>${fateOf(row)}</span>
    </header>
    ${row.sides.map((side) => sideSection(side, maxLength))}
  </article>`;

const legend = (rows: readonly PreviewRow[]): Html => {
  const reasons = new Set(
    rows.flatMap(({ sides }) => sides.flatMap(({ tokens }) => tokens.map((t) => t.why))),
  );
  return markup`<dl class="legend">
    ${(Object.keys(WHY) as Why[])
      .filter((why) => reasons.has(why))
      .map(
        (why) =>
          markup`<div>
            <dt class="${why}">${WHY[why].name}</dt>
            <dd>${WHY[why].means}</dd>
          </div>`,
      )}
  </dl>`;
};

const lengthSection = (lengths: PreviewLengths, maxLength: number): Html => {
  const { rows, total, learnt, median, max, bins, step } = lengths;
  return markup`<h2>How long the rows are</h2>
    <p class="note">${planOf(lengths, maxLength)} ${wholeIn(lengths)}.</p>
    <figure>
      ${uprightBars({
        label: `Rows by length: ${bins.map((n, i) => `${binName(lengths, i)} tokens ${n}`).join(', ')}`,
        bars: bins.map((n, i) => ({
          n,
          name: binName(lengths, i),
          className: (i + 1) * step > maxLength ? 'bar over' : 'bar',
        })),
        unit: 'tokens of a row',
      })}
    </figure>
    <dl class="figures">
      <div><dt>Rows</dt><dd>${rows.toLocaleString('en-US')}</dd></div>
      <div><dt>Tokens</dt><dd>${total.toLocaleString('en-US')}</dd></div>
      <div><dt>Learnt</dt><dd>${learnt.toLocaleString('en-US')}</dd></div>
      <div><dt>Median row</dt><dd>${median.toLocaleString('en-US')}</dd></div>
      <div><dt>Longest row</dt><dd>${max.toLocaleString('en-US')}</dd></div>
    </dl>`;
};

export const previewPage = (title: string, { base, objective, max_length, rows, lengths }: Preview): string =>
  documentOf(
    `Tokens: ${title}`,
    SHEET,
    markup`<header>
        <p class="over">Tokens of <bdi>${title}</bdi></p>
        <h1>What is learnt</h1>
        <p class="lead">
          As <bdi>${base}</bdi> reads it under the objective ${objective}, each row cut to ${count(max_length, 'token')}.
        </p>
      </header>
      ${legend(rows)} ${rows.map((row) => rowArticle(row, max_length))}
      ${lengths ? lengthSection(lengths, max_length) : null}`,
  );
